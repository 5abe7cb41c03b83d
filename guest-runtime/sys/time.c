// SPDX-License-Identifier: Apache-2.0
/*
 * System calls of clocks and sleeping. One process: its CPU clock is the time
 * it did not wait. Boot time is the host's monotonic clock.
 */
#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/restart.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#include <linux/errno.h>
#include <linux/resource.h>
#include <linux/time.h>

#define TICK_NS	  10000000 /* of times(2): USER_HZ is 100 */
#define COARSE_NS 4000000  /* resolution of the coarse clocks on a kernel with HZ=250 */

/* clock_getcpuclockid(3): ~pid << 3, a bit for threads, the kind; 3 is a descriptor's clock. */
static bool own_cpu_clock(int id)
{
	const struct thread *thread = current();
	int pid = (int)(~(unsigned int)id >> 3);
	bool of_thread = id & 4;

	return (id & 3) != 3 &&
	       (pid == 0 || pid == (of_thread ? thread->tid : thread->process->pid));
}

static int read_clock(int id, int64_t *ns)
{
	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_REALTIME_ALARM:
	case CLOCK_TAI:
		*ns = clock_realtime_ns();
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
	case CLOCK_BOOTTIME_ALARM:
		*ns = clock_monotonic_ns();
		return 0;
	case CLOCK_PROCESS_CPUTIME_ID:
	case CLOCK_THREAD_CPUTIME_ID:
		break;
	default:
		if (id >= 0 || !own_cpu_clock(id))
			return -EINVAL;
	}
	*ns = clock_cpu_ns();
	return 0;
}

long sys_clock_gettime(const uint64_t *a)
{
	int64_t ns;
	int error = read_clock((int)a[0], &ns);

	return error ? error : timespec_put(a[1], ns);
}

long sys_clock_getres(const uint64_t *a)
{
	int id = (int)a[0];
	bool coarse = id == CLOCK_REALTIME_COARSE || id == CLOCK_MONOTONIC_COARSE;
	int64_t ns;
	int error = read_clock(id, &ns);

	if (error)
		return error;
	return a[1] ? timespec_put(a[1], coarse ? COARSE_NS : 1) : 0;
}

long sys_clock_settime(const uint64_t *a)
{
	int64_t ns;
	int error = timespec_get(a[1], &ns);

	if (error)
		return error;
	return (int)a[0] == CLOCK_REALTIME ? -EPERM : -EINVAL;
}

long sys_gettimeofday(const uint64_t *a)
{
	const int32_t zone[2] = { 0 };
	int error = a[0] ? timeval_put(a[0], clock_realtime_ns()) : 0;

	if (!error && a[1])
		error = copy_to_user(a[1], zone, sizeof(zone));
	return error;
}

long sys_settimeofday(const uint64_t *a)
{
	(void)a;
	return -EPERM;
}

long sys_time(const uint64_t *a)
{
	int64_t now = clock_realtime_ns() / NS_PER_S;

	if (a[0] && copy_to_user(a[0], &now, sizeof(now)))
		return -EFAULT;
	return now;
}

/* Sleeps for a span; when interrupted, says what was left of it. */
static long sleep_for(int64_t ns, uva_t left)
{
	int64_t deadline = deadline_after(ns);
	long result;

	do
		result = wait_sleep(deadline);
	while (!result);
	if (result != -EINTR)
		return result == -ETIMEDOUT ? 0 : result;
	if (left && timespec_put(left, MAX(deadline - clock_monotonic_ns(), 0)))
		return -EFAULT;
	return -EINTR;
}

static long sleep_until(int id, int64_t ns)
{
	int64_t now;
	long result;

	/* The host's real time may be set meanwhile, so look again at it. */
	do {
		read_clock(id, &now);
		if (now >= ns)
			return 0;
		result = wait_sleep(deadline_after(ns - now));
	} while (!result || result == -ETIMEDOUT);
	return result == -EINTR ? -ERESTARTNOHAND : result;
}

long sys_nanosleep(const uint64_t *a)
{
	int64_t ns;
	int error = timespec_get(a[0], &ns);

	return error ? error : sleep_for(ns, a[1]);
}

long sys_clock_nanosleep(const uint64_t *a)
{
	int id = (int)a[0];
	int64_t ns;

	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
	case CLOCK_TAI:
		break;
	case CLOCK_THREAD_CPUTIME_ID:
		return -EINVAL;
	default:
		return read_clock(id, &ns) ? -EINVAL : -EOPNOTSUPP;
	}
	int error = timespec_get(a[2], &ns);
	if (error)
		return error;
	return a[1] & TIMER_ABSTIME ? sleep_until(id, ns) : sleep_for(ns, a[3]);
}

long sys_times(const uint64_t *a)
{
	const int64_t ticks[4] = { clock_cpu_ns() / TICK_NS };

	if (a[0] && copy_to_user(a[0], ticks, sizeof(ticks)))
		return -EFAULT;
	return clock_monotonic_ns() / TICK_NS;
}

long sys_getrusage(const uint64_t *a)
{
	struct rusage usage = { 0 };

	switch ((int)a[0]) {
	case RUSAGE_SELF:
	case RUSAGE_THREAD: {
		int64_t ns = clock_cpu_ns();

		usage.ru_utime.tv_sec = ns / NS_PER_S;
		usage.ru_utime.tv_usec = ns % NS_PER_S / 1000;
		usage.ru_maxrss = (long)(current()->process->mm->peak_rss * (PAGE_SIZE / 1024));
		break;
	}
	case RUSAGE_CHILDREN: /* there were none */
		break;
	default:
		return -EINVAL;
	}
	return copy_to_user(a[1], &usage, sizeof(usage));
}
