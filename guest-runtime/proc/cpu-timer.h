/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clocks of CPU time, and moments of theirs at which to do something. They go
 * only while a thread of the process has the CPU: the timers of who has it are
 * watched, no others.
 */
#ifndef GUEST_PROC_CPU_TIMER_H
#define GUEST_PROC_CPU_TIMER_H

#include "guest-runtime/lib/list.h"

#include <stdbool.h>
#include <stdint.h>

struct process;
struct thread;

struct cpu_clock {
	struct process *process; /* NULL: it is gone, and the clock stands still */
	struct thread *thread;	 /* NULL: all threads of the process count */
	bool user;		 /* without the time in system calls */
};

/*
 * The clock of a clockid_t: CLOCK_*_CPUTIME_ID, or of pthread_getcpuclockid(3).
 * -EINVAL: none. to_read: other threads' numbers name the process, too.
 */
int cpu_clock_find(int id, bool to_read, struct cpu_clock *out);
uint64_t cpu_clock_ns(const struct cpu_clock *clock);

struct cpu_timer {
	struct list node; /* of clock.process->cpu_timers */
	struct cpu_clock clock;
	uint64_t due_ns;			  /* of the clock; 0: off */
	void (*expired)(struct cpu_timer *timer); /* it is off then; must not sleep */
};

void cpu_timer_init(struct cpu_timer *timer, const struct cpu_clock *clock,
		    void (*expired)(struct cpu_timer *timer));
void cpu_timer_set(struct cpu_timer *timer, uint64_t due_ns);
/* Before its memory goes. */
void cpu_timer_remove(struct cpu_timer *timer);

/* sched.c: current has the CPU from now on; or will not have it. */
void cpu_timers_start(void);
void cpu_timers_stop(void);
/* RLIMIT_CPU of current's process was changed. */
void cpu_timers_changed(void);

/* Clocks that nobody can make go any more; thread NULL: all of the process. */
void cpu_timers_end(struct process *process, const struct thread *thread);

#endif
