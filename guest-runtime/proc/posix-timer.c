// SPDX-License-Identifier: Apache-2.0
/*
 * Timers of timer_create(2). A timer whose signal is pending stands still; it
 * goes on from where it would have been when the signal is taken. One whose
 * signal is ignored stands still until it is not.
 */
#include "guest-runtime/proc/posix-timer.h"

#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/cpu-timer.h"
#include "guest-runtime/proc/process.h"

#include <asm/siginfo.h>
#include <asm/signal.h>
#include <linux/errno.h>
#include <linux/time.h>

enum base { BASE_MONOTONIC, BASE_REAL, BASE_CPU };

struct posix_timer {
	struct list node; /* of process->timers.created */
	struct process *process;
	int id;
	int notify, tid;
	enum base base;	    /* of the clock */
	enum base base_now; /* of due_ns: a span of real time is monotonic */
	struct wait_timer wait;
	struct cpu_timer cpu; /* BASE_CPU */
	int64_t due_ns;	      /* of its clock; 0: off */
	int64_t interval_ns;
	int64_t overrun, last_overrun;
	bool silent; /* its signal waits to be taken, or is ignored */
	struct signal_entry entry;
};

static struct posix_timer *timer_of(struct list *node)
{
	return container_of(node, struct posix_timer, node);
}

static struct list *timers_of(struct process *process)
{
	if (!process->timers.created.next)
		list_init(&process->timers.created);
	return &process->timers.created;
}

static int64_t now(const struct posix_timer *timer)
{
	switch (timer->base_now) {
	case BASE_REAL:
		return clock_realtime_ns();
	case BASE_CPU:
		return (int64_t)cpu_clock_ns(&timer->cpu.clock);
	default:
		return clock_monotonic_ns();
	}
}

static int64_t later(int64_t moment, int64_t span)
{
	int64_t sum;

	return __builtin_add_overflow(moment, span, &sum) ? INT64_MAX : sum;
}

static void stop(struct posix_timer *timer)
{
	wait_timer_set(&timer->wait, 0);
	if (timer->base == BASE_CPU)
		cpu_timer_set(&timer->cpu, 0);
}

static void arm(struct posix_timer *timer)
{
	if (timer->notify == SIGEV_NONE)
		return;
	if (timer->base == BASE_CPU)
		cpu_timer_set(&timer->cpu, (uint64_t)timer->due_ns);
	else
		wait_timer_set(&timer->wait,
			       MAX(later(clock_monotonic_ns(), timer->due_ns - now(timer)), 1));
}

/* Past all intervals that are over. Returns how many. */
static int64_t forward(struct posix_timer *timer)
{
	int64_t late = now(timer) - timer->due_ns;

	if (late < 0)
		return 0;
	int64_t count = late / timer->interval_ns + 1;
	timer->due_ns = later(timer->due_ns, count * timer->interval_ns);
	return count;
}

/* Who gets the signal of SIGEV_THREAD_ID. */
static struct thread *target_of(const struct posix_timer *timer)
{
	struct thread *thread = thread_find(timer->tid);

	return thread && thread->process == timer->process ? thread : NULL;
}

static void send(struct posix_timer *timer)
{
	bool ignored = false;

	if (timer->notify == SIGEV_THREAD_ID) {
		struct thread *thread = target_of(timer);

		if (thread)
			ignored = signal_send_thread_entry(thread, &timer->entry);
	} else {
		ignored = signal_send_process_entry(timer->process, &timer->entry);
	}
	timer->silent = true;
	if (ignored && !timer->interval_ns)
		timer->silent = false;
}

static void go_off(struct posix_timer *timer)
{
	/* The real time may have been set back meanwhile. */
	if (timer->due_ns > now(timer)) {
		arm(timer);
		return;
	}
	if (!timer->interval_ns)
		timer->due_ns = 0;
	send(timer);
}

static void wait_expired(struct wait_timer *wait)
{
	go_off(container_of(wait, struct posix_timer, wait));
}

static void cpu_expired(struct cpu_timer *cpu)
{
	go_off(container_of(cpu, struct posix_timer, cpu));
}

static void go_on(struct posix_timer *timer)
{
	timer->silent = false;
	if (!timer->interval_ns)
		return;
	timer->overrun += forward(timer);
	arm(timer);
}

void posix_timer_taken(struct posix_timer *timer, struct signal_info *info)
{
	if (timer->interval_ns) {
		go_on(timer);
		timer->last_overrun = timer->overrun;
		timer->overrun = -1;
	}
	timer->silent = false;
	info->timer.overrun = posix_timer_overrun(timer);
}

void posix_timer_dropped(struct posix_timer *timer)
{
	timer->silent = timer->interval_ns != 0;
}

void posix_timers_heed(struct process *process, int signo)
{
	list_for_each (node, timers_of(process)) {
		struct posix_timer *timer = timer_of(node);

		if (timer->silent && timer->entry.info.signo == signo &&
		    list_empty(&timer->entry.node))
			send(timer);
	}
}

int posix_timer_overrun(const struct posix_timer *timer)
{
	return (int)MIN(MAX(timer->last_overrun, 0), INT32_MAX);
}

int posix_timer_set(struct posix_timer *timer, int64_t value, int64_t interval, bool absolute)
{
	if (timer->base == BASE_CPU && !timer->cpu.clock.process)
		return -ESRCH;
	stop(timer);
	signal_entry_withdraw(&timer->entry);
	timer->silent = false;
	timer->overrun = -1;
	timer->last_overrun = 0;
	timer->interval_ns = value ? interval : 0;
	timer->base_now = timer->base == BASE_REAL && !absolute ? BASE_MONOTONIC : timer->base;
	timer->due_ns = absolute || !value ? value : later(now(timer), value);
	if (value)
		arm(timer);
	return 0;
}

void posix_timer_get(struct posix_timer *timer, int64_t *left, int64_t *interval)
{
	*interval = timer->interval_ns;
	*left = 0;
	if (!timer->due_ns)
		return;
	if (timer->interval_ns && (timer->silent || timer->notify == SIGEV_NONE))
		timer->overrun += forward(timer);
	*left = timer->due_ns - now(timer);
	if (*left <= 0)
		*left = timer->notify == SIGEV_NONE ? 0 : 1;
}

/* Its clock. 0 or -EINVAL. */
static int set_clock(struct posix_timer *timer, int id)
{
	struct cpu_clock clock;

	timer->wait.expired = wait_expired;
	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_TAI:
		timer->base = BASE_REAL;
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
		timer->base = BASE_MONOTONIC;
		return 0;
	default:
		if (cpu_clock_find(id, false, &clock))
			return -EINVAL;
		timer->base = BASE_CPU;
		cpu_timer_init(&timer->cpu, &clock, cpu_expired);
		return 0;
	}
}

int posix_timer_create(const struct posix_timer_request *request)
{
	struct process *process = current()->process;
	struct posix_timer *timer = kmalloc(sizeof(*timer));
	int error = 0;

	if (!timer || !signal_entry_count(&timer->entry, process, false)) {
		kfree(timer);
		return -EAGAIN;
	}
	error = set_clock(timer, request->clock);
	if (error) {
		signal_entry_discount(&timer->entry);
		kfree(timer);
		return error;
	}
	timer->process = process;
	timer->id = process->timers.next_id++ & INT32_MAX;
	timer->notify = request->notify;
	timer->tid = request->tid;
	timer->entry.timer = timer;
	list_init(&timer->entry.node);
	timer->entry.info.signo = request->signo;
	timer->entry.info.code = SI_TIMER;
	timer->entry.info.timer.id = timer->id;
	timer->entry.info.timer.value = request->own_value ? (uint64_t)timer->id : request->value;
	list_add_before(timers_of(process), &timer->node);
	return timer->id;
}

struct posix_timer *posix_timer_find(int id)
{
	list_for_each (node, timers_of(current()->process))
		if (timer_of(node)->id == id)
			return timer_of(node);
	return NULL;
}

void posix_timer_delete(struct posix_timer *timer)
{
	stop(timer);
	if (timer->base == BASE_CPU)
		cpu_timer_remove(&timer->cpu);
	signal_entry_withdraw(&timer->entry);
	signal_entry_discount(&timer->entry);
	list_remove(&timer->node);
	kfree(timer);
}

void posix_timers_delete(struct process *process)
{
	struct list *timers = timers_of(process), *next;

	for (struct list *node = timers->next; node != timers; node = next) {
		next = node->next;
		posix_timer_delete(timer_of(node));
	}
}
