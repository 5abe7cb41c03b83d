// SPDX-License-Identifier: Apache-2.0
/* The alarm timer, which only waits and system calls notice. */
#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/signal.h"

#include <asm/siginfo.h>
#include <asm/signal.h>
#include <linux/errno.h>

bool signal_timer_armed(struct thread *thread)
{
	return thread->process->alarm.deadline_ns;
}

void signal_check_timer(struct thread *thread)
{
	struct signal_timer *alarm = &thread->process->alarm;
	const struct signal_info info = { .signo = SIGALRM, .code = SI_KERNEL };

	if (!alarm->deadline_ns)
		return;
	int64_t late = clock_monotonic_ns() - alarm->deadline_ns;
	if (late < 0)
		return;
	/* Expiries that nobody could see are one. */
	if (alarm->interval_ns)
		alarm->deadline_ns += (late / alarm->interval_ns + 1) * alarm->interval_ns;
	else
		alarm->deadline_ns = 0;
	signal_raise(thread, &info);
}
