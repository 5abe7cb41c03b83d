/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox-run policy diff OLD NEW, sandbox-run policy check --never OP:OBJECT. */
#ifndef SANDBOX_CLI_SUBCOMMAND_H
#define SANDBOX_CLI_SUBCOMMAND_H

struct err;
struct options;
struct policy;

/* The word after sandbox-run that starts one; a program of that name is run as ./policy. */
#define SUBCOMMAND "policy"

#define SUBCOMMAND_DIFFERS 1 /* exit status of diff */
#define SUBCOMMAND_ALLOWED 1 /* exit status of check: something is, or is not proven not to be */

/*
 * Reads the words up to where options may stand: sets the mode, and of diff all else.
 * *at: index of the word to go on with. 0, or -EINVAL with e filled.
 */
int subcommand_parse(struct options *o, int argc, char **argv, int *at, struct err *e);

/* diff: prints what changes; returns the exit status, e->what is empty without an error. */
int subcommand_diff(const struct options *o, struct err *e);

/* check: answers each --never under a finished policy; the exit status, or -errno with e filled. */
int subcommand_check(const struct options *o, const struct policy *p, struct err *e);

#endif
