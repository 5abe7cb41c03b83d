// SPDX-License-Identifier: Apache-2.0
/*
 * The alarm timer. Waits and system calls look at it; a program that does
 * neither is interrupted by the host, which is asked to when an alarm is set,
 * and no sooner than that can it be too early: a ring in vain costs less than
 * taking it back each time.
 */
#include "guest-runtime/host/clock.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/signal.h"

#include <asm/siginfo.h>
#include <asm/signal.h>
#include <linux/errno.h>

static int64_t rings_ns; /* when the host will interrupt the program; 0: it will not */

static void ask_host(int64_t deadline_ns)
{
	host_timer(deadline_ns ? MAX(deadline_ns - clock_monotonic_ns(), 1) : 0);
	rings_ns = deadline_ns;
}

void signal_set_timer(struct thread *thread, int64_t deadline_ns, int64_t interval_ns)
{
	struct signal_timer *alarm = &thread->process->alarm;

	*alarm = (struct signal_timer){ .deadline_ns = deadline_ns, .interval_ns = interval_ns };
	if (deadline_ns && deadline_ns != INT64_MAX && (!rings_ns || rings_ns > deadline_ns))
		ask_host(deadline_ns);
}

bool signal_timer_rings(struct thread *thread)
{
	if (!rings_ns || clock_monotonic_ns() < rings_ns)
		return false;
	signal_check_timer(thread);
	ask_host(thread->process->alarm.deadline_ns);
	return true;
}

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
