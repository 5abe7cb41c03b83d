// SPDX-License-Identifier: Apache-2.0
/* Wait queues, timers and sleeping. */
#include "guest-runtime/proc/wait.h"

#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/sched.h"
#include "guest-runtime/proc/tick.h"

#include <linux/errno.h>

static struct list timers = LIST_INIT(timers); /* the first one first */

void waiter_add(struct waiter *waiter, struct wait_queue *queue, uint32_t events)
{
	waiter_add_function(waiter, queue, events, NULL);
}

void waiter_add_function(struct waiter *waiter, struct wait_queue *queue, uint32_t events,
			 void (*woken)(struct waiter *waiter, uint32_t events))
{
	*waiter = (struct waiter){ .thread = current(), .woken = woken, .events = events };
	if (!queue->waiters.next)
		list_init(&queue->waiters);
	list_add_before(&queue->waiters, &waiter->node);
	/* Of a stream, perhaps: current goes on, but somebody waits for it. */
	if (woken)
		tick_changed();
}

void waiter_remove(struct waiter *waiter)
{
	list_remove(&waiter->node);
}

void waiter_add_exclusive(struct waiter *waiter, struct wait_queue *queue, uint32_t events)
{
	waiter_add(waiter, queue, events);
	waiter->exclusive = true;
}

static bool concerns(const struct waiter *waiter, uint32_t events)
{
	return !events || !waiter->events || (events & waiter->events);
}

static struct waiter *waiter_of(struct list *node)
{
	return container_of(node, struct waiter, node);
}

void wait_queue_wake(struct wait_queue *queue, uint32_t events)
{
	bool one_woken = false;
	struct list *next;

	if (!queue->waiters.next)
		return;
	for (struct list *node = queue->waiters.next; node != &queue->waiters; node = next) {
		struct waiter *waiter = waiter_of(node);

		next = node->next;
		if (!concerns(waiter, events))
			continue;
		/* What is no kind of event, as an end, concerns all. */
		if (waiter->exclusive && events) {
			if (one_woken || waiter->thread->woken)
				continue;
			one_woken = true;
		}
		if (waiter->woken)
			waiter->woken(waiter, events);
		else
			wait_wake_thread(waiter->thread);
	}
}

void wait_queue_leave(struct wait_queue *queue)
{
	while (queue->waiters.next && !list_empty(&queue->waiters))
		list_remove(queue->waiters.next);
}

bool wait_queue_wanted(const struct wait_queue *queue, uint32_t events)
{
	if (!queue->waiters.next)
		return false;
	list_for_each (node, &queue->waiters)
		if (concerns(waiter_of(node), events))
			return true;
	return false;
}

void wait_wake_thread(struct thread *thread)
{
	thread->woken = true;
	if (thread->state == THREAD_SLEEPING)
		sched_ready(thread);
}

static struct wait_timer *timer_of(struct list *node)
{
	return container_of(node, struct wait_timer, node);
}

void wait_timer_set(struct wait_timer *timer, int64_t deadline)
{
	struct list *before = &timers;

	if (timer->deadline)
		list_remove(&timer->node);
	timer->deadline = deadline;
	if (!deadline)
		return;
	/* Most are set for later than those that are there. */
	while (before->prev != &timers && timer_of(before->prev)->deadline > deadline)
		before = before->prev;
	list_add_before(before, &timer->node);
	if (timers.next == &timer->node)
		tick_changed();
}

int64_t wait_timers_next(void)
{
	return list_empty(&timers) ? INT64_MAX : timer_of(timers.next)->deadline;
}

int64_t wait_timers_run(void)
{
	if (list_empty(&timers))
		return INT64_MAX;
	int64_t now = clock_monotonic_ns();
	while (wait_timers_next() <= now) {
		struct wait_timer *timer = timer_of(timers.next);

		wait_timer_set(timer, 0);
		timer->expired(timer);
	}
	return wait_timers_next();
}

struct sleeper {
	struct wait_timer timer;
	struct thread *thread;
};

static void wake_sleeper(struct wait_timer *timer)
{
	struct thread *thread = container_of(timer, struct sleeper, timer)->thread;

	if (thread->state == THREAD_SLEEPING)
		sched_ready(thread);
}

static void sleep(struct thread *thread, int64_t deadline)
{
	struct sleeper sleeper = { .timer.expired = wake_sleeper, .thread = thread };

	if (deadline != INT64_MAX)
		wait_timer_set(&sleeper.timer, deadline);
	thread->state = THREAD_SLEEPING;
	sched_leave();
	wait_timer_set(&sleeper.timer, 0);
}

long wait_sleep(int64_t deadline)
{
	struct thread *thread = current();

	for (;;) {
		wait_timers_run();
		bool interrupted = signal_pending(thread);
		if (thread->woken) {
			thread->woken = false;
			return 0;
		}
		if (interrupted)
			return -EINTR;
		if (deadline != INT64_MAX && clock_monotonic_ns() >= deadline)
			return -ETIMEDOUT;
		sleep(thread, deadline);
	}
}

long wait_sleep_killable(void)
{
	struct thread *thread = current();

	while (!thread->woken && !thread->ending)
		sleep(thread, INT64_MAX);
	bool woken = thread->woken;
	thread->woken = false;
	return woken ? 0 : -EINTR;
}
