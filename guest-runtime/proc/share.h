/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shares of the CPU, as sched(7) and setpriority(2) have them: each thread has
 * a virtual time, which runs slower the heavier the thread is, and who waits
 * for the CPU is served in the order of it.
 */
#ifndef GUEST_PROC_SHARE_H
#define GUEST_PROC_SHARE_H

#include <stdbool.h>
#include <stdint.h>

#define NICE_MIN (-20)
#define NICE_MAX 19

/* Of a thread. Zeroed: SCHED_OTHER, nice 0. */
struct share {
	int nice;
	int policy; /* SCHED_OTHER, SCHED_BATCH or SCHED_IDLE */
	bool reset_on_fork;
	bool woken;	   /* slept, and has not had the CPU since */
	uint16_t io;	   /* ioprio_set(2): kept and told */
	uint64_t affinity; /* bit i: CPU i; 0: all */
	uint64_t time;	   /* virtual, ns of nice 0 */
};

/* So much CPU time was used. */
void share_charge(struct share *share, uint64_t ns);
/* CPU time until the share's virtual time is `time`; 0: it is already. */
uint64_t share_until(const struct share *share, uint64_t time);
bool share_before(const struct share *a, const struct share *b);

/*
 * CPU time that who has the CPU may use before `next` gets it, unless its
 * share is up later.
 */
uint64_t share_turn(const struct share *share, const struct share *next);
/* It slept: its virtual time comes near to `now`, of those who did not. */
void share_wake(struct share *share, uint64_t now);
/* For a new thread or process of `parent`. */
void share_inherit(struct share *share, const struct share *parent);

#endif
