/* SPDX-License-Identifier: Apache-2.0 */
/* The files that a run writes besides its streams: --save-changes and --trace. */
#ifndef SANDBOX_CLI_OUTPUTS_H
#define SANDBOX_CLI_OUTPUTS_H

#include "sandbox-cli/explain/whole.h"

struct err;
struct launch_result;
struct options;
struct policy;

/*
 * Both are data of the task: the guest writes what it likes into them, and
 * nobody here reads it.
 */
struct outputs {
	struct whole save;
	int trace_fd, audit_fd; /* owned; -1: none */
	char *learn;		/* owned: what the draft of --learn is to be called */
};

/*
 * Opens what the options ask for; p is finished. A file that the task could
 * change under a write grant is refused.
 */
int outputs_open(struct outputs *out, const struct options *o, const struct policy *p,
		 struct err *e);

/*
 * After the run, or with result NULL when there was none. The archive gets its
 * name when the program came to its own end, for only then is it complete;
 * else it is removed, with *dropped set. 0, or an error when it could not be
 * given its name.
 */
int outputs_close(struct outputs *out, const struct launch_result *result, int *dropped,
		  struct err *e);

#endif
