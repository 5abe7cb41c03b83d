/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting: the one way for a thread to sleep until something happens.
 *
 * What can be waited for has a wait queue. A thread enrols (waiter_add) on as
 * many as it likes, looks at its condition, and calls wait_sleep() until the
 * condition is true, time is up or a signal comes; who changes the condition
 * calls wait_queue_wake(). A wake-up between enrolling and sleeping is not
 * lost. Wake-ups without cause are allowed: look again.
 *
 * Nothing but a sleep gives the CPU away within a system call.
 */
#ifndef GUEST_PROC_WAIT_H
#define GUEST_PROC_WAIT_H

#include "guest-runtime/lib/list.h"

#include <stdbool.h>
#include <stdint.h>

struct thread;

#define WAIT_FOREVER INT64_MAX

/* Zeroed: an empty one. */
struct wait_queue {
	struct list waiters;
};

/* One enrolment, in the memory of who waits: a stack, or an object such as an epoll entry. */
struct waiter {
	struct list node;
	struct thread *thread; /* is woken, unless: */
	void (*woken)(struct waiter *waiter, uint32_t events);
	uint32_t events; /* POLL* that matter to it; 0: all do */
	bool exclusive;
};

/* Enrols current() for events (POLL*; 0: whatever happens). */
void waiter_add(struct waiter *waiter, struct wait_queue *queue, uint32_t events);
/*
 * The same for what only one can have: of those who wait so, one is woken that was not yet. When
 * it leaves more than it found, or gives up, it wakes the next.
 */
void waiter_add_exclusive(struct waiter *waiter, struct wait_queue *queue, uint32_t events);
/* Enrols a function instead; it may remove its own waiter, but must not sleep. */
void waiter_add_function(struct waiter *waiter, struct wait_queue *queue, uint32_t events,
			 void (*woken)(struct waiter *waiter, uint32_t events));
void waiter_remove(struct waiter *waiter);

/*
 * Something happened: wakes all, but of the exclusive ones one, in the order in
 * which they came. events 0: anything.
 */
void wait_queue_wake(struct wait_queue *queue, uint32_t events);
/* The queue goes: who is enrolled stays so, and is never woken. */
void wait_queue_leave(struct wait_queue *queue);
/* Somebody waits for any of these events (0: for anything). */
bool wait_queue_wanted(const struct wait_queue *queue, uint32_t events);
/* Makes the thread's wait_sleep(), the present or the next one, return. */
void wait_wake_thread(struct thread *thread);

/*
 * Sleeps. 0: woken, look again; -ETIMEDOUT: the deadline (of clock_monotonic_ns()) has passed;
 * -EINTR: a signal is to be acted on.
 */
long wait_sleep(int64_t deadline);
/* Without a deadline, and for the end of the thread alone: 0, or -EINTR. */
long wait_sleep_killable(void);

/* Sleeps until the condition is true: 0, or what ended wait_sleep(). */
#define WAIT_UNTIL(queue, deadline, condition) \
	({ \
		struct waiter waiter_; \
		long ended_ = 0; \
		waiter_add(&waiter_, (queue), 0); \
		while (!(condition) && ended_ == 0) \
			ended_ = wait_sleep(deadline); \
		waiter_remove(&waiter_); \
		ended_; \
	})

/*
 * A moment at which to do something; the function runs soon after it
 * (proc/tick.h) and must not sleep.
 */
struct wait_timer {
	struct list node;
	int64_t deadline; /* of clock_monotonic_ns(); 0: off */
	void (*expired)(struct wait_timer *timer);
};

/* Zeroed before the first time. deadline 0: off. */
void wait_timer_set(struct wait_timer *timer, int64_t deadline);
/* The first moment of all timers, or INT64_MAX. */
int64_t wait_timers_next(void);
/* Acts on those that are due; then the same. */
int64_t wait_timers_run(void);

#endif
