// SPDX-License-Identifier: Apache-2.0
/* System calls that make and set the files of fs/events.h. */
#include "guest-runtime/fs/events.h"

#include "guest-runtime/fs/anon.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/proc/signal.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#include <asm/signal.h>
#include <linux/capability.h>
#include <linux/signalfd.h>
#include <linux/time.h>
#include <linux/timerfd.h>

#define ITIMERSPEC_INTERVAL 0 /* offsets of the two timespecs */
#define ITIMERSPEC_VALUE    16

long sys_eventfd2(const uint64_t *a)
{
	uint32_t flags = (uint32_t)a[1];

	if (flags & ~(uint32_t)(EVENTFD_SEMAPHORE | O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	return anon_install(eventfd_create((uint32_t)a[0], flags), flags & O_CLOEXEC);
}

long sys_eventfd(const uint64_t *a)
{
	return anon_install(eventfd_create((uint32_t)a[0], 0), false);
}

long sys_timerfd_create(const uint64_t *a)
{
	uint32_t flags = (uint32_t)a[1];

	if (flags & ~(uint32_t)(TFD_CLOEXEC | TFD_NONBLOCK))
		return -EINVAL;
	switch ((int)a[0]) {
	case CLOCK_REALTIME_ALARM:
	case CLOCK_BOOTTIME_ALARM:
		if (!credentials_capable(CAP_WAKE_ALARM))
			return -EPERM;
		break;
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
		break;
	default:
		return -EINVAL;
	}
	return anon_install(timerfd_create((int)a[0], flags), flags & TFD_CLOEXEC);
}

/* The timer of a descriptor and a reference to its file. 0 or -errno. */
static int find_timer(uint64_t fd, struct file **file, struct timerfd **timer)
{
	*file = fd_get((int)fd);
	if (!*file)
		return -EBADF;
	*timer = timerfd_of(*file);
	if (*timer)
		return 0;
	file_put(*file);
	return -EINVAL;
}

static int put_timer(uva_t to, struct timerfd *timer)
{
	int64_t left, interval;

	timerfd_get(timer, &left, &interval);
	int error = timespec_put(to + ITIMERSPEC_INTERVAL, interval);
	return error ? error : timespec_put(to + ITIMERSPEC_VALUE, left);
}

long sys_timerfd_settime(const uint64_t *a)
{
	int64_t value = 0, interval = 0;
	struct timerfd *timer;
	struct file *file;
	int error = timespec_get(a[2] + ITIMERSPEC_INTERVAL, &interval);

	if (!error)
		error = timespec_get(a[2] + ITIMERSPEC_VALUE, &value);
	if (!error && (a[1] & ~(uint64_t)(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)))
		error = -EINVAL;
	if (!error)
		error = find_timer(a[0], &file, &timer);
	if (error)
		return error;
	if (a[3])
		error = put_timer(a[3], timer);
	timerfd_set(timer, value, interval, a[1] & TFD_TIMER_ABSTIME);
	file_put(file);
	return error;
}

long sys_timerfd_gettime(const uint64_t *a)
{
	struct timerfd *timer;
	struct file *file;
	int error = find_timer(a[0], &file, &timer);

	if (error)
		return error;
	error = put_timer(a[1], timer);
	file_put(file);
	return error;
}

static long make_signalfd(const uint64_t *a, uint32_t flags)
{
	sigmask_t mask;

	if (a[2] != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, a[1], sizeof(mask)))
		return -EFAULT;
	if (flags & ~(uint32_t)(SFD_CLOEXEC | SFD_NONBLOCK))
		return -EINVAL;
	mask &= ~(SIGNAL_BIT(SIGKILL) | SIGNAL_BIT(SIGSTOP));
	if ((int)a[0] == -1)
		return anon_install(signalfd_create(mask, flags), flags & SFD_CLOEXEC);
	struct file *file = fd_get((int)a[0]);
	if (!file)
		return -EBADF;
	int error = signalfd_set(file, mask);
	file_put(file);
	return error ? error : (int)a[0];
}

long sys_signalfd4(const uint64_t *a)
{
	return make_signalfd(a, (uint32_t)a[3]);
}

long sys_signalfd(const uint64_t *a)
{
	return make_signalfd(a, 0);
}
