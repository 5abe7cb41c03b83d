// SPDX-License-Identifier: Apache-2.0
/* System calls of epoll. */
#include "guest-runtime/fs/epoll.h"

#include "guest-runtime/fs/anon.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/stream.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sigmask.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#define BATCH	   65536 /* more are left for the next call */
#define EVENTS_MAX (INT32_MAX / (int)sizeof(struct epoll_event))

_Static_assert(sizeof(struct epoll_event) == 12, "packed, as the program has it");

long sys_epoll_create(const uint64_t *a)
{
	return (int)a[0] <= 0 ? -EINVAL : anon_install(epoll_create(), false);
}

long sys_epoll_create1(const uint64_t *a)
{
	if (a[0] & ~(uint64_t)EPOLL_CLOEXEC)
		return -EINVAL;
	return anon_install(epoll_create(), a[0] & EPOLL_CLOEXEC);
}

long sys_epoll_ctl(const uint64_t *a)
{
	struct epoll_event event = { 0 };
	int operation = (int)a[1];

	if (operation != EPOLL_CTL_DEL && copy_from_user(&event, a[3], sizeof(event)) < 0)
		return -EFAULT;
	struct file *set = fd_get((int)a[0]), *file = fd_get((int)a[2]);
	long result = set && file ? epoll_control(epoll_of(set), operation, (int)a[2], file, &event)
				  : -EBADF;
	if (set)
		file_put(set);
	if (file)
		file_put(file);
	return result;
}

/* What is ready, through events out to the program; how many, or -EFAULT. */
static long collect(struct epoll *epoll, uva_t to, struct epoll_event *events, int max)
{
	int got = epoll_collect(epoll, events, max);

	return copy_to_user(to, events, (size_t)got * sizeof(*events)) < 0 ? -EFAULT : got;
}

static long wait_in(struct epoll *epoll, uva_t to, struct epoll_event *events, int max,
		    int64_t deadline)
{
	struct waiter waiter;
	long ended = 0;

	stream_forget();
	long ready = collect(epoll, to, events, max);
	if (ready != 0 || deadline == 0)
		return ready;
	waiter_add(&waiter, epoll_wait_queue(epoll), 0);
	while (ready == 0 && ended == 0) {
		ended = wait_sleep(deadline);
		if (ended == 0 || ended == -ETIMEDOUT)
			ready = collect(epoll, to, events, max);
	}
	waiter_remove(&waiter);
	return ready != 0 || ended == -ETIMEDOUT ? ready : ended;
}

static long wait_for(const uint64_t *a, int64_t deadline)
{
	int max = (int)a[2];

	if (max <= 0 || max > EVENTS_MAX)
		return -EINVAL;
	if (a[1] > GUEST_USER_END ||
	    (uint64_t)max * sizeof(struct epoll_event) > GUEST_USER_END - a[1])
		return -EFAULT;
	struct file *file = fd_get((int)a[0]);
	if (!file)
		return -EBADF;
	struct epoll *epoll = epoll_of(file);
	if (epoll)
		max = MIN(max, (int)MIN(epoll_size(epoll) + 1, BATCH));
	struct epoll_event *events = epoll ? kmalloc((size_t)max * sizeof(*events)) : NULL;
	long result = !epoll	? -EINVAL
		      : !events ? -ENOMEM
				: wait_in(epoll, a[1], events, max, deadline);
	kfree(events);
	file_put(file);
	return result;
}

static int64_t milliseconds(uint64_t timeout)
{
	int ms = (int)timeout;

	return ms == 0 ? 0 : ms < 0 ? WAIT_FOREVER : deadline_after((int64_t)ms * 1000000);
}

long sys_epoll_wait(const uint64_t *a)
{
	return wait_for(a, milliseconds(a[3]));
}

static long wait_masked(const uint64_t *a, int64_t deadline)
{
	bool masked;
	long error = sigmask_begin(a[4], a[5], &masked);

	return error ? error : sigmask_end(masked, wait_for(a, deadline));
}

long sys_epoll_pwait(const uint64_t *a)
{
	return wait_masked(a, milliseconds(a[3]));
}

long sys_epoll_pwait2(const uint64_t *a)
{
	int64_t deadline = WAIT_FOREVER, ns;

	if (a[3]) {
		int error = timespec_get(a[3], &ns);

		if (error)
			return error;
		deadline = ns == 0 ? 0 : deadline_after(ns);
	}
	return wait_masked(a, deadline);
}
