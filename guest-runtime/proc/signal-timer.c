// SPDX-License-Identifier: Apache-2.0
/* Interval timers of processes: ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF. */
#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/posix-timer.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/signal.h"

#include <asm/signal.h>
#include <linux/time.h>

#define LEAST_NS 1000 /* left of a timer that is due: "off" would be wrong */

static const uint8_t signals[SIGNAL_INTERVALS] = {
	[ITIMER_REAL] = SIGALRM,
	[ITIMER_VIRTUAL] = SIGVTALRM,
	[ITIMER_PROF] = SIGPROF,
};

static int64_t later(int64_t moment, int64_t span)
{
	int64_t sum;

	return __builtin_add_overflow(moment, span, &sum) ? INT64_MAX : sum;
}

static int64_t now(struct signal_interval *timer, int which)
{
	return which == ITIMER_REAL ? clock_monotonic_ns()
				    : (int64_t)cpu_clock_ns(&timer->cpu.clock);
}

static void arm(struct signal_interval *timer, int which, int64_t due_ns)
{
	timer->due_ns = due_ns;
	if (which == ITIMER_REAL)
		wait_timer_set(&timer->real, due_ns);
	else
		cpu_timer_set(&timer->cpu, (uint64_t)due_ns);
}

static void go_off(struct process *process, int which)
{
	struct signal_interval *timer = &process->timers.interval[which];
	int64_t interval = timer->interval_ns, due = timer->due_ns;

	timer->due_ns = 0;
	/* Expiries that nobody could see are one. */
	if (interval) {
		int64_t late = MAX(now(timer, which) - due, 0);

		arm(timer, which, later(due, (late / interval + 1) * interval));
	}
	signal_send_kernel(process, signals[which]);
}

static void real_expired(struct wait_timer *timer)
{
	go_off(container_of(timer, struct process, timers.interval[ITIMER_REAL].real), ITIMER_REAL);
}

static void virtual_expired(struct cpu_timer *timer)
{
	go_off(timer->clock.process, ITIMER_VIRTUAL);
}

static void profile_expired(struct cpu_timer *timer)
{
	go_off(timer->clock.process, ITIMER_PROF);
}

static struct signal_interval *prepare(int which)
{
	struct process *process = current()->process;
	struct signal_interval *timer = &process->timers.interval[which];
	const struct cpu_clock clock = { .process = process, .user = which == ITIMER_VIRTUAL };

	timer->real.expired = real_expired;
	if (!timer->ready && which != ITIMER_REAL)
		cpu_timer_init(&timer->cpu, &clock,
			       which == ITIMER_VIRTUAL ? virtual_expired : profile_expired);
	timer->ready = true;
	return timer;
}

void signal_timer_set(int which, int64_t value_ns, int64_t interval_ns)
{
	struct signal_interval *timer = prepare(which);

	/* As Linux has it: what is off has no interval, except of CPU time. */
	timer->interval_ns = value_ns || which != ITIMER_REAL ? interval_ns : 0;
	arm(timer, which, value_ns ? later(now(timer, which), value_ns) : 0);
}

void signal_timer_get(int which, int64_t *left_ns, int64_t *interval_ns)
{
	struct signal_interval *timer = prepare(which);

	*left_ns = timer->due_ns ? MAX(timer->due_ns - now(timer, which), LEAST_NS) : 0;
	*interval_ns = timer->interval_ns;
}

void signal_timers_end(struct process *process)
{
	wait_timer_set(&process->timers.interval[ITIMER_REAL].real, 0);
	posix_timers_delete(process);
	cpu_timers_end(process, NULL);
}
