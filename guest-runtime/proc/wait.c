// SPDX-License-Identifier: Apache-2.0
/*
 * Wait queues, and sleeping in a VM of one thread: there is nobody else to run,
 * so the host is asked to wait for whatever could end the sleep.
 */
#include "guest-runtime/proc/wait.h"

#include "guest-runtime/fs/stream.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/process.h"

#include <linux/errno.h>

static struct list timers = LIST_INIT(timers);

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
}

void waiter_remove(struct waiter *waiter)
{
	list_remove(&waiter->node);
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
	struct list *next;

	if (!queue->waiters.next)
		return;
	for (struct list *node = queue->waiters.next; node != &queue->waiters; node = next) {
		struct waiter *waiter = waiter_of(node);

		next = node->next;
		if (!concerns(waiter, events))
			continue;
		if (waiter->woken)
			waiter->woken(waiter, events);
		else
			wait_wake_thread(waiter->thread);
	}
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
}

void wait_timer_set(struct wait_timer *timer, int64_t deadline)
{
	if (timer->deadline)
		list_remove(&timer->node);
	timer->deadline = deadline;
	if (deadline)
		list_add_before(&timers, &timer->node);
}

/* Acts on timers that are due; returns the next one's moment. */
static int64_t run_timers(void)
{
	int64_t first = INT64_MAX, now;
	struct list *next;

	if (list_empty(&timers))
		return INT64_MAX;
	now = clock_monotonic_ns();
	for (struct list *node = timers.next; node != &timers; node = next) {
		struct wait_timer *timer = container_of(node, struct wait_timer, node);

		next = node->next;
		if (timer->deadline <= now) {
			wait_timer_set(timer, 0);
			timer->expired(timer);
		}
	}
	list_for_each (node, &timers)
		first = MIN(first, container_of(node, struct wait_timer, node)->deadline);
	return first;
}

/* In the host, until the moment or a stream's event; 0 or -errno. */
static long wait_in_host(int64_t until)
{
	uint16_t events[HC_STREAMS], revents[HC_STREAMS] = { 0 };
	bool streams = stream_wanted(events);
	int64_t timeout = -1;

	if (until != INT64_MAX)
		timeout = MAX(until - clock_monotonic_ns(), 0);
	if (timeout == 0)
		return 0;
	int64_t ready = clock_wait(timeout, streams ? events : NULL, revents);
	if (ready > 0)
		stream_note(revents);
	return ready < 0 && ready != -EINTR ? (long)ready : 0;
}

long wait_sleep(int64_t deadline)
{
	struct thread *thread = current();

	for (;;) {
		int64_t next = run_timers();
		bool interrupted = signal_pending(thread);

		if (thread->woken) {
			thread->woken = false;
			return 0;
		}
		if (interrupted)
			return -EINTR;
		if (deadline != INT64_MAX && clock_monotonic_ns() >= deadline)
			return -ETIMEDOUT;
		next = MIN(next, deadline);
		int64_t alarm = thread->process->alarm.deadline_ns;
		long error = wait_in_host(alarm ? MIN(alarm, next) : next);
		if (error < 0)
			return error;
	}
}
