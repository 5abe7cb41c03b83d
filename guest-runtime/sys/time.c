// SPDX-License-Identifier: Apache-2.0
/* System calls of clocks and sleeping. Boot time is the host's monotonic clock. */
#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/notes/notes.h"
#include "guest-runtime/proc/cpu-timer.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/restart.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#include <asm/unistd.h>
#include <linux/errno.h>
#include <linux/time.h>

#define COARSE_NS 4000000 /* resolution of the coarse clocks on a kernel with HZ=250 */

static int read_clock(int id, int64_t *ns)
{
	struct cpu_clock clock;

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
	default:
		if (cpu_clock_find(id, true, &clock))
			return -EINVAL;
		*ns = (int64_t)cpu_clock_ns(&clock);
		return 0;
	}
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
	return (int)a[0] == CLOCK_REALTIME ? note_syscall(__NR_clock_settime, -EPERM) : -EINVAL;
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
	return note_syscall(__NR_settimeofday, -EPERM);
}

long sys_time(const uint64_t *a)
{
	int64_t now = clock_realtime_ns() / NS_PER_S;

	if (a[0] && copy_to_user(a[0], &now, sizeof(now)))
		return -EFAULT;
	return now;
}

/* Sleeps; when interrupted, says what was left of the span, and goes on if no handler runs. */
static long sleep_to(const uint64_t *a, int64_t deadline, uva_t left, restart_function *again)
{
	long result;

	do
		result = wait_sleep(deadline);
	while (!result);
	if (result != -EINTR)
		return result == -ETIMEDOUT ? 0 : result;
	int64_t ns = deadline - clock_monotonic_ns();
	if (ns <= 0)
		return 0;
	if (left && timespec_put(left, ns))
		return -EFAULT;
	return restart_later(again, a, deadline);
}

static long nanosleep_again(const uint64_t *a, int64_t deadline)
{
	return sleep_to(a, deadline, a[1], nanosleep_again);
}

static long clock_nanosleep_again(const uint64_t *a, int64_t deadline)
{
	return sleep_to(a, deadline, a[3], clock_nanosleep_again);
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

/* Who sleeps until others have used CPU time. */
struct cpu_sleeper {
	struct cpu_timer timer;
	struct thread *thread;
	bool over;
};

static void wake_cpu_sleeper(struct cpu_timer *timer)
{
	struct cpu_sleeper *sleeper = container_of(timer, struct cpu_sleeper, timer);

	sleeper->over = true;
	wait_wake_thread(sleeper->thread);
}

/* Returns what ended wait_sleep(), or 0: the moment has come. */
static long sleep_on_cpu(const struct cpu_clock *clock, int64_t moment)
{
	struct cpu_sleeper sleeper = { .thread = current() };
	long ended = 0;

	cpu_timer_init(&sleeper.timer, clock, wake_cpu_sleeper);
	cpu_timer_set(&sleeper.timer, (uint64_t)moment);
	while (!sleeper.over && !ended)
		ended = wait_sleep(WAIT_FOREVER);
	cpu_timer_remove(&sleeper.timer);
	return sleeper.over ? 0 : ended;
}

static long cpu_nanosleep_again(const uint64_t *a, int64_t moment)
{
	struct cpu_clock clock;

	if (cpu_clock_find((int)a[0], false, &clock))
		return -EINVAL;
	int64_t left = moment - (int64_t)cpu_clock_ns(&clock);
	long result = left > 0 ? sleep_on_cpu(&clock, moment) : 0;
	if (result != -EINTR)
		return result;
	if (a[1] & TIMER_ABSTIME)
		return -ERESTARTNOHAND;
	left = moment - (int64_t)cpu_clock_ns(&clock);
	if (a[3] && timespec_put(a[3], MAX(left, 0)))
		return -EFAULT;
	return restart_later(cpu_nanosleep_again, a, moment);
}

/* Not on the caller's own clock: that would stand still. */
static long cpu_nanosleep(const uint64_t *a, int64_t ns)
{
	struct cpu_clock clock;
	int64_t moment = ns;

	if (cpu_clock_find((int)a[0], false, &clock) || clock.thread == current())
		return -EINVAL;
	if (!(a[1] & TIMER_ABSTIME) &&
	    __builtin_add_overflow((int64_t)cpu_clock_ns(&clock), ns, &moment))
		moment = INT64_MAX;
	return cpu_nanosleep_again(a, moment);
}

long sys_nanosleep(const uint64_t *a)
{
	int64_t ns;
	int error = timespec_get(a[0], &ns);

	return error ? error : nanosleep_again(a, deadline_after(ns));
}

long sys_clock_nanosleep(const uint64_t *a)
{
	int id = (int)a[0];
	struct cpu_clock clock;
	bool of_cpu = false;
	int64_t ns;

	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
	case CLOCK_TAI:
		break;
	default:
		of_cpu = id != CLOCK_THREAD_CPUTIME_ID && !cpu_clock_find(id, false, &clock);
		if (!of_cpu)
			return read_clock(id, &ns) ? -EINVAL : -EOPNOTSUPP;
	}
	int error = timespec_get(a[2], &ns);
	if (error)
		return error;
	if (of_cpu)
		return cpu_nanosleep(a, ns);
	return a[1] & TIMER_ABSTIME ? sleep_until(id, ns)
				    : clock_nanosleep_again(a, deadline_after(ns));
}
