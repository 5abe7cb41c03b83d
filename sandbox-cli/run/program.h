/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the program that the user named. */
#ifndef SANDBOX_CLI_PROGRAM_H
#define SANDBOX_CLI_PROGRAM_H

struct err;
struct policy;

/*
 * Finds name like execvp(3) does and makes it visible in the sandbox: with a
 * "/" a path, else searched in the PATH of the sandbox. *guest: the path to
 * execute, as the task sees it; the caller frees. Called after the other
 * grants and before policy_finish().
 */
int program_find(struct policy *p, const char *name, char **guest, struct err *e);

#endif
