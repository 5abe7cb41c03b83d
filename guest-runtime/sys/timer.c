// SPDX-License-Identifier: Apache-2.0
/* System calls of interval timers: alarm(2), getitimer(2), setitimer(2). */
#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#include <linux/errno.h>
#include <linux/time.h>

#define INTERVAL 0 /* offsets in struct itimerval */
#define VALUE	 16

long sys_alarm(const uint64_t *a)
{
	int64_t left, interval;

	signal_timer_get(ITIMER_REAL, &left, &interval);
	int64_t seconds = left / NS_PER_S;
	/* Rounded, but never to "no alarm". */
	if (left % NS_PER_S >= NS_PER_S / 2 || (left && !seconds))
		seconds++;
	signal_timer_set(ITIMER_REAL, (int64_t)(uint32_t)a[0] * NS_PER_S, 0);
	return seconds;
}

static int put(uva_t to, int64_t left, int64_t interval)
{
	int error = timeval_put(to + INTERVAL, interval);

	return error ? error : timeval_put(to + VALUE, left);
}

long sys_getitimer(const uint64_t *a)
{
	int64_t left, interval;

	if (a[0] > ITIMER_PROF)
		return -EINVAL;
	wait_timers_run();
	signal_timer_get((int)a[0], &left, &interval);
	return put(a[1], left, interval);
}

long sys_setitimer(const uint64_t *a)
{
	int64_t value = 0, interval = 0, old_left, old_interval;
	int error = 0;

	if (a[1])
		error = timeval_get(a[1] + INTERVAL, &interval);
	if (a[1] && !error)
		error = timeval_get(a[1] + VALUE, &value);
	if (error)
		return error;
	if (a[0] > ITIMER_PROF)
		return -EINVAL;
	wait_timers_run();
	signal_timer_get((int)a[0], &old_left, &old_interval);
	signal_timer_set((int)a[0], value, interval);
	return a[2] ? put(a[2], old_left, old_interval) : 0;
}
