/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers of timer_create(2): each sends one signal at a time; what it would
 * have sent until that was taken is the overrun.
 */
#ifndef GUEST_PROC_POSIX_TIMER_H
#define GUEST_PROC_POSIX_TIMER_H

#include "guest-runtime/proc/signal.h"

#include <stdbool.h>
#include <stdint.h>

struct posix_timer;

struct posix_timer_request {
	int clock;	/* that can be waited for: not a coarse one */
	int notify;	/* SIGEV_* */
	int signo;	/* unless SIGEV_NONE */
	int tid;	/* SIGEV_THREAD_ID */
	uint64_t value; /* sigev_value */
	bool own_value; /* the value is to be the timer's number */
};

/* For current's process: its number; or -EINVAL: no such clock; -EAGAIN: too many, or no memory. */
int posix_timer_create(const struct posix_timer_request *request);
/* Of current's process, or NULL. */
struct posix_timer *posix_timer_find(int id);
void posix_timer_delete(struct posix_timer *timer);
/* All of the process, as by execve(2) and the end. */
void posix_timers_delete(struct process *process);

/*
 * value: a span, or `absolute` a moment of its clock; 0: off. ns. 0, or -ESRCH:
 * the clock stands still.
 */
int posix_timer_set(struct posix_timer *timer, int64_t value, int64_t interval, bool absolute);
void posix_timer_get(struct posix_timer *timer, int64_t *left, int64_t *interval);
/* Of the signal that was taken last. */
int posix_timer_overrun(const struct posix_timer *timer);

/* signal-queue.c: its signal was taken, and tells the overrun; or it was dropped. */
void posix_timer_taken(struct posix_timer *timer, struct signal_info *info);
void posix_timer_dropped(struct posix_timer *timer);
/* The process does not ignore the signal any more. */
void posix_timers_heed(struct process *process, int signo);

#endif
