/* SPDX-License-Identifier: Apache-2.0 */
/* One run of a contestant: how long, what it printed, or why it failed. */
#ifndef BENCH_CHILD_H
#define BENCH_CHILD_H

struct child_run {
	double exit_ns;	  /* from before the start to the end of the process started */
	double gone_ns;	  /* to the end of every process that it left behind */
	char output[512]; /* what it printed, as far as there is room */
	char why[300];	  /* if it failed: one line */
};

/* Once, first: orphans come to us, and a run that takes longer than this is ended. */
int child_init(unsigned limit_seconds);

/*
 * Runs it to its end and to the end of all that it leaves behind, so that the
 * next run has the machine for itself: 0, or -1 and why. keep_output: through
 * a pipe that holds 64 KiB, otherwise to /dev/null.
 */
int child_run(char *const *argv, int keep_output, struct child_run *run);

#endif
