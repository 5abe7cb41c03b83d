// SPDX-License-Identifier: Apache-2.0
/* The alarm timer, ITIMER_REAL. */
#include "guest-runtime/host/clock.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/signal.h"

#include <asm/signal.h>
#include <linux/errno.h>

static void expired(struct wait_timer *timer)
{
	struct process *process = container_of(timer, struct process, alarm.timer);
	int64_t interval = process->alarm.interval_ns, due = process->alarm.due_ns;

	process->alarm.due_ns = 0;
	if (interval) {
		/* Expiries that nobody could see are one. */
		int64_t late = clock_monotonic_ns() - due;

		process->alarm.due_ns = due + (late / interval + 1) * interval;
		wait_timer_set(timer, process->alarm.due_ns);
	}
	signal_send_kernel(process, SIGALRM);
}

void signal_set_timer(int64_t deadline_ns, int64_t interval_ns)
{
	struct signal_timer *alarm = &current()->process->alarm;

	alarm->timer.expired = expired;
	alarm->interval_ns = interval_ns;
	alarm->due_ns = deadline_ns;
	wait_timer_set(&alarm->timer, deadline_ns);
}

void signal_set_timer_off(struct process *process)
{
	wait_timer_set(&process->alarm.timer, 0);
}
