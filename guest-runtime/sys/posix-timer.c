// SPDX-License-Identifier: Apache-2.0
/* System calls of timers that programs create: timer_create(2) and its kin. */
#include "guest-runtime/proc/posix-timer.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/cpu-timer.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#include <asm/siginfo.h>
#include <asm/signal.h>
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/time.h>

#define INTERVAL 0 /* offsets in struct itimerspec */
#define VALUE	 16

/* The kernel's struct sigevent, as far as it is looked at. */
struct event {
	uint64_t value;
	int32_t signo, notify, tid, pad[11];
};

_Static_assert(sizeof(struct event) == 64, "Linux ABI");

static int check_clock(int id)
{
	struct cpu_clock clock;

	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
	case CLOCK_TAI:
		return 0;
	case CLOCK_REALTIME_ALARM:
	case CLOCK_BOOTTIME_ALARM:
		return credentials_capable(CAP_WAKE_ALARM) ? 0 : -EPERM;
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_MONOTONIC_COARSE:
		return -EOPNOTSUPP;
	default:
		return cpu_clock_find(id, false, &clock);
	}
}

static int check_event(const struct event *event)
{
	const struct thread *thread;

	switch (event->notify) {
	case SIGEV_THREAD_ID:
		thread = thread_find(event->tid);
		if (!thread || thread->process != current()->process)
			return -EINVAL;
		/* fall through */
	case SIGEV_SIGNAL:
	case SIGEV_THREAD:
		return event->signo >= 1 && event->signo <= SIGNALS ? 0 : -EINVAL;
	case SIGEV_NONE:
		return 0;
	default:
		return -EINVAL;
	}
}

long sys_timer_create(const uint64_t *a)
{
	struct event event = { .notify = SIGEV_SIGNAL, .signo = SIGALRM };

	if (a[1] && copy_from_user(&event, a[1], sizeof(event)))
		return -EFAULT;
	int error = check_clock((int)a[0]);
	if (!error)
		error = check_event(&event);
	if (error)
		return error;
	const struct posix_timer_request request = { .clock = (int)a[0],
						     .notify = event.notify,
						     .signo = event.signo,
						     .tid = event.tid,
						     .value = event.value,
						     .own_value = !a[1] };
	int id = posix_timer_create(&request);
	if (id < 0)
		return id;
	if (copy_to_user(a[2], &id, sizeof(id))) {
		posix_timer_delete(posix_timer_find(id));
		return -EFAULT;
	}
	return 0;
}

static int put(uva_t to, struct posix_timer *timer)
{
	int64_t left, interval;

	posix_timer_get(timer, &left, &interval);
	int error = timespec_put(to + INTERVAL, interval);
	return error ? error : timespec_put(to + VALUE, left);
}

static int get(uva_t from, int64_t *value, int64_t *interval)
{
	int error = timespec_get(from + INTERVAL, interval);

	return error ? error : timespec_get(from + VALUE, value);
}

long sys_timer_settime(const uint64_t *a)
{
	int64_t value, interval, old_left, old_interval;

	if (!a[2])
		return -EINVAL;
	int error = get(a[2], &value, &interval);
	if (error)
		return error;
	wait_timers_run();
	struct posix_timer *timer = posix_timer_find((int)a[0]);
	if (!timer)
		return -EINVAL;
	posix_timer_get(timer, &old_left, &old_interval);
	error = posix_timer_set(timer, value, interval, a[1] & TIMER_ABSTIME);
	if (!error && a[3]) {
		error = timespec_put(a[3] + INTERVAL, old_interval);
		error = error ? error : timespec_put(a[3] + VALUE, old_left);
	}
	return error;
}

long sys_timer_gettime(const uint64_t *a)
{
	wait_timers_run();
	struct posix_timer *timer = posix_timer_find((int)a[0]);
	return timer ? put(a[1], timer) : -EINVAL;
}

long sys_timer_getoverrun(const uint64_t *a)
{
	const struct posix_timer *timer = posix_timer_find((int)a[0]);

	return timer ? posix_timer_overrun(timer) : -EINVAL;
}

long sys_timer_delete(const uint64_t *a)
{
	struct posix_timer *timer = posix_timer_find((int)a[0]);

	if (!timer)
		return -EINVAL;
	posix_timer_delete(timer);
	return 0;
}
