/* SPDX-License-Identifier: Apache-2.0 */
/* One run: forks the monitor, waits for its outcome, for the time limit, for signals. */
#ifndef SANDBOX_CLI_LAUNCH_H
#define SANDBOX_CLI_LAUNCH_H

#include "hv/hv.h"

struct err;
struct policy;

enum launch_end {
	LAUNCH_OUTCOME = 1, /* outcome is filled */
	LAUNCH_TIMEOUT,	    /* the policy's wall time passed */
	LAUNCH_SIGNAL,	    /* number: a signal to sandbox-run asked for the end */
	LAUNCH_DIED,	    /* number: wait status; the monitor ended without a word */
};

struct launch_result {
	enum launch_end end;
	int number;
	uint64_t start_ns, end_ns; /* CLOCK_MONOTONIC of fork and of the end */
	struct hv_outcome outcome; /* untrusted */
};

/*
 * Called first of all: a stream that the caller closed gets an O_PATH
 * placeholder, so that no descriptor of ours ever becomes the task's stdin or
 * stdout. The monitor tells the task's open streams by it.
 */
int launch_streams(struct err *e);

/* Opens /dev/kvm, or says what to do. */
int launch_open_kvm(int *kvm, struct err *e);

/* Runs program in a VM under a finished policy. kvm is closed. */
int launch_run(const struct policy *p, const char *program, char *const *argv, int kvm,
	       struct launch_result *result, struct err *e);

#endif
