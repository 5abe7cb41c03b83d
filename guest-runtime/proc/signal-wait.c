// SPDX-License-Identifier: Apache-2.0
/* Waiting that ends for signals, and the alarm timer, which only waits and system calls notice. */
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

long signal_wait(struct thread *thread, int64_t deadline_ns, const uint16_t events[HC_STREAMS],
		 uint16_t revents[HC_STREAMS])
{
	if (revents)
		memset(revents, 0, HC_STREAMS * sizeof(*revents));
	for (;;) {
		if (signal_pending(thread))
			return -EINTR;
		int64_t alarm = thread->process->alarm.deadline_ns;
		int64_t until = alarm ? MIN(alarm, deadline_ns) : deadline_ns;
		int64_t timeout = -1;

		if (until != INT64_MAX)
			timeout = MAX(until - clock_monotonic_ns(), 0);
		if (!timeout && !events)
			goto expired;
		int64_t ready = clock_wait(timeout, events, revents);
		if (ready > 0 || (ready < 0 && ready != -EINTR))
			return ready;
	expired:
		if (deadline_ns != INT64_MAX && clock_monotonic_ns() >= deadline_ns)
			return 0;
	}
}
