/* SPDX-License-Identifier: Apache-2.0 */
/* From the command line to the policy in force. */
#ifndef SANDBOX_CLI_BUILD_H
#define SANDBOX_CLI_BUILD_H

struct err;
struct options;
struct policy;
struct rules;

/*
 * Collects the rules of the policy file and of the flags, fills an empty policy
 * with all that the task may touch by them, and finishes it. r outlives p.
 * *program: the path to execute, as the task sees it; the caller frees. NULL
 * without a COMMAND.
 */
int build_policy(struct policy *p, struct rules *r, const struct options *o, char **program,
		 struct err *e);

/* The same with more rules, which more() adds after all others. */
typedef int build_more(void *context, struct rules *r, struct err *e);
int build_policy_more(struct policy *p, struct rules *r, const struct options *o, build_more *more,
		      void *context, char **program, struct err *e);

/*
 * What a program is to find as its own path, in AT_EXECFN and as a script's
 * $0: typed, where the task finds program under it too, else program.
 */
const char *build_name(const struct policy *p, const char *typed, const char *program);

#endif
