// SPDX-License-Identifier: Apache-2.0
/*
 * System calls of the alarm timer (proc/signal-timer.c). The timers of CPU
 * time are not there: -ENOSYS.
 */
#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#include <linux/errno.h>
#include <linux/time.h>

#define INTERVAL 0 /* offsets in struct itimerval */
#define VALUE	 16

static int64_t left_ns(const struct signal_timer *timer)
{
	/* A due timer that nobody has noticed yet is not "off". */
	return timer->due_ns ? MAX(timer->due_ns - clock_monotonic_ns(), 1000) : 0;
}

static void set(int64_t value_ns, int64_t interval_ns)
{
	signal_set_timer(value_ns ? deadline_after(value_ns) : 0, interval_ns);
}

long sys_alarm(const uint64_t *a)
{
	struct signal_timer *timer = &current()->process->alarm;
	int64_t left = left_ns(timer), seconds = left / NS_PER_S;

	/* Rounded, but never to "no alarm". */
	if (left % NS_PER_S >= NS_PER_S / 2 || (left && !seconds))
		seconds++;
	set((int64_t)(uint32_t)a[0] * NS_PER_S, 0);
	return seconds;
}

static int put(uva_t to, const struct signal_timer *timer)
{
	int error = timeval_put(to + INTERVAL, timer->interval_ns);

	return error ? error : timeval_put(to + VALUE, left_ns(timer));
}

long sys_getitimer(const uint64_t *a)
{
	static const struct signal_timer off;

	switch ((int)a[0]) {
	case ITIMER_REAL:
		wait_timers_run();
		return put(a[1], &current()->process->alarm);
	case ITIMER_VIRTUAL:
	case ITIMER_PROF:
		return put(a[1], &off);
	default:
		return -EINVAL;
	}
}

long sys_setitimer(const uint64_t *a)
{
	struct signal_timer *timer = &current()->process->alarm;
	const struct signal_timer old = *timer;
	int64_t value = 0, interval = 0;
	int error = 0;

	if (a[1])
		error = timeval_get(a[1] + INTERVAL, &interval);
	if (a[1] && !error)
		error = timeval_get(a[1] + VALUE, &value);
	if (error)
		return error;
	if (a[0] > ITIMER_PROF)
		return -EINVAL;
	if (a[0] != ITIMER_REAL)
		return -ENOSYS;
	set(value, interval);
	return a[2] ? put(a[2], &old) : 0;
}
