// SPDX-License-Identifier: Apache-2.0
/* CPU clocks and their timers; RLIMIT_CPU. */
#include "guest-runtime/proc/cpu-timer.h"

#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/sched.h"

#include <asm/signal.h>
#include <linux/errno.h>
#include <linux/resource.h>
#include <linux/time.h>

#define LEAST_NS 1000000 /* between looks at the clock: where Linux has its tick */

static void watch_expired(struct wait_timer *timer);

static struct wait_timer watch = { .expired = watch_expired }; /* for current */

static uint64_t process_ns(const struct process *process, bool user)
{
	struct usage usage;

	process_usage(process, &usage);
	return usage.user_ns + (user ? 0 : usage.system_ns);
}

uint64_t cpu_clock_ns(const struct cpu_clock *clock)
{
	if (clock->thread)
		return thread_cpu_ns(clock->thread);
	return clock->process ? process_ns(clock->process, clock->user) : 0;
}

/* clock_getcpuclockid(3): ~id << 3, a bit for threads, the kind; 3 is a descriptor's clock. */
static int find_by_number(int id, bool to_read, struct cpu_clock *out)
{
	struct thread *self = current();
	int number = (int)(~(unsigned int)id >> 3);
	bool of_thread = id & 4;

	if ((id & 3) == 3)
		return -EINVAL;
	out->user = (id & 3) == 1;
	if (of_thread) {
		out->thread = number ? thread_find(number) : self;
		out->process = self->process;
		return out->thread && out->thread->process == self->process ? 0 : -EINVAL;
	}
	if (!number || (to_read && number == self->tid))
		out->process = self->process;
	else
		out->process = process_find(number);
	return out->process ? 0 : -EINVAL;
}

int cpu_clock_find(int id, bool to_read, struct cpu_clock *out)
{
	*out = (struct cpu_clock){ .process = current()->process };
	switch (id) {
	case CLOCK_PROCESS_CPUTIME_ID:
		return 0;
	case CLOCK_THREAD_CPUTIME_ID:
		out->thread = current();
		return 0;
	default:
		return id < 0 ? find_by_number(id, to_read, out) : -EINVAL;
	}
}

static struct list *timers_of(struct process *process)
{
	if (!process->cpu_timers.next)
		list_init(&process->cpu_timers);
	return &process->cpu_timers;
}

static struct cpu_timer *timer_of(struct list *node)
{
	return container_of(node, struct cpu_timer, node);
}

/* Whether the clock goes while current has the CPU. */
static bool goes(const struct cpu_clock *clock)
{
	return !clock->thread || clock->thread == current();
}

void cpu_timer_init(struct cpu_timer *timer, const struct cpu_clock *clock,
		    void (*expired)(struct cpu_timer *timer))
{
	*timer = (struct cpu_timer){ .clock = *clock, .expired = expired };
	list_add_before(timers_of(clock->process), &timer->node);
}

void cpu_timer_set(struct cpu_timer *timer, uint64_t due_ns)
{
	timer->due_ns = timer->clock.process ? due_ns : 0;
	if (timer->due_ns && timer->clock.process == current()->process)
		cpu_timers_changed();
}

void cpu_timer_remove(struct cpu_timer *timer)
{
	list_remove(&timer->node);
}

/*
 * Nanoseconds until it is due, 0 and below: it is; INT64_MAX: it is off, or its
 * clock stands still.
 */
static int64_t left_of(const struct cpu_timer *timer)
{
	if (!timer->due_ns || !goes(&timer->clock))
		return INT64_MAX;
	return (int64_t)(timer->due_ns - cpu_clock_ns(&timer->clock));
}

/* SIGXCPU once a second from the soft limit on, SIGKILL at the hard one. */
static void check_limit(struct process *process, int64_t *next)
{
	struct rlimit_pair *limit = &process->limits[RLIMIT_CPU];
	uint64_t seconds = process_ns(process, false) / (uint64_t)NS_PER_S;

	if (limit->hard <= seconds) {
		signal_send_kernel(process, SIGKILL);
		return;
	}
	if (limit->soft <= seconds) {
		signal_send_kernel(process, SIGXCPU);
		limit->soft++;
	}
	uint64_t first = MIN(limit->soft, limit->hard);
	if (first > INT64_MAX / (uint64_t)NS_PER_S)
		return;
	*next = MIN(*next, (int64_t)(first * (uint64_t)NS_PER_S - process_ns(process, false)));
}

/* Each goes off once at most: with a short interval it is due again before this is over. */
static void expire(struct list *timers)
{
	size_t count = 0;

	list_for_each (node, timers)
		count++;
	for (; count > 0 && !list_empty(timers); count--) {
		struct list *node = timers->next;
		struct cpu_timer *timer = timer_of(node);

		list_remove(node);
		list_add_before(timers, node);
		if (left_of(timer) > 0)
			continue;
		cpu_timer_set(timer, 0);
		timer->expired(timer);
	}
}

/* Acts on what is due, and says when to look again. */
static void look(void)
{
	struct process *process = current()->process;
	int64_t next = INT64_MAX;

	expire(timers_of(process));
	list_for_each (node, timers_of(process))
		next = MIN(next, left_of(timer_of(node)));
	check_limit(process, &next);
	/* One that is due after the end of time is off, too. */
	if (__builtin_add_overflow(clock_monotonic_ns(), MAX(next, LEAST_NS), &next))
		next = 0;
	wait_timer_set(&watch, next);
}

static void watch_expired(struct wait_timer *timer)
{
	(void)timer;
	look();
}

static bool is_watched(const struct process *process)
{
	return (process->cpu_timers.next && !list_empty(&process->cpu_timers)) ||
	       process->limits[RLIMIT_CPU].soft != ~0ull;
}

void cpu_timers_start(void)
{
	if (is_watched(current()->process))
		cpu_timers_changed();
}

void cpu_timers_changed(void)
{
	/* Not now: who calls may be in the middle of something. */
	wait_timer_set(&watch, clock_monotonic_ns());
}

void cpu_timers_stop(void)
{
	wait_timer_set(&watch, 0);
}

void cpu_timers_end(struct process *process, const struct thread *thread)
{
	struct list *timers = timers_of(process), *next;

	for (struct list *node = timers->next; node != timers; node = next) {
		struct cpu_timer *timer = timer_of(node);

		next = node->next;
		if (thread && timer->clock.thread != thread)
			continue;
		cpu_timer_remove(timer);
		timer->due_ns = 0;
		timer->clock = (struct cpu_clock){ 0 };
	}
}
