/* SPDX-License-Identifier: Apache-2.0 */
/* One run: forks the monitor, waits for its outcome, for the time limit, for signals. */
#ifndef SANDBOX_CLI_LAUNCH_H
#define SANDBOX_CLI_LAUNCH_H

#include "hv/hv.h"

struct err;
struct notes;
struct status;
struct policy;

enum launch_end {
	LAUNCH_OUTCOME = 1, /* outcome is filled */
	LAUNCH_TIMEOUT,	    /* the policy's wall time passed, and the program went on */
	LAUNCH_SIGNAL,	    /* number: a second signal to sandbox-run asked for the end */
	LAUNCH_DIED,	    /* number: wait status; the monitor ended without a word */
};

struct launch_result {
	enum launch_end end;
	int number;
	int timed_out;		     /* the wall time passed, and the program was asked to end */
	int cgroup_version;	     /* that keeps the share of the CPU; 0: the launcher does */
	unsigned int cgroup_limited; /* its controllers, bits of enum cgroup_controller */
	int cpu_limited;	     /* it was for its CPU time */
	uint64_t start_ns, end_ns;   /* CLOCK_MONOTONIC of fork and of the end */
	long max_rss_kib;	     /* of the monitor with the VM's memory; 0: not asked for */
	uint64_t cpu_ns;	     /* of the monitor with its guest; 0: not asked for */
	struct hv_outcome outcome;   /* untrusted */
};

/*
 * Called first of all: a stream that the caller closed gets an O_PATH
 * placeholder, so that no descriptor of ours ever becomes the task's stdin or
 * stdout. The monitor tells the task's open streams by it.
 */
int launch_streams(struct err *e);

/* /dev/kvm, and its answer about CPUID, which comes by itself. */
struct launch_kvm {
	int fd;	   /* owned; -1: could not be opened */
	int error; /* why, an errno */
	struct hv_cpuid *cpuid;
};

/*
 * Opens /dev/kvm and lets a thread ask it, while the caller works out the
 * policy. Only launch_kvm_check() speaks of a failure, so that what is wrong
 * with the command line is said first.
 */
void launch_kvm_start(struct launch_kvm *kvm);

/* 0, or an error that says what to do about /dev/kvm. */
int launch_kvm_check(const struct launch_kvm *kvm, struct err *e);

struct launch {
	const struct policy *policy; /* finished */
	const char *program;	     /* path as the task sees it */
	const char *name;	     /* the same file, as the user named it */
	char *const *argv;
	const struct launch_kvm *kvm;
	int save_fd, trace_fd; /* stay the caller's; -1: none */
	int tty;	       /* a private terminal */
	struct notes *notes;   /* takes the guest's notes, an empty one; NULL: none are asked for */
	/* Is told of the start, and the monitor's memory is asked for; or NULL. */
	struct status *status;
	/* Counts what is done, and makes max_rss_kib be asked for; NULL. */
	struct hv_account *account;
	uint32_t note_flags; /* which: enum boot_notes; BOOT_NOTES_KILL counts without notes, too */
};

/* Runs a program in a VM, to its end or to that of its time. */
int launch_run(const struct launch *what, struct launch_result *result, struct err *e);

#endif
