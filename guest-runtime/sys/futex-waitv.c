// SPDX-License-Identifier: Apache-2.0
/* futex_waitv(2): a thread waits for the first of many futexes. */
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/futex.h"
#include "guest-runtime/proc/wait.h"
#include "guest-runtime/sys/restart.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#include <linux/errno.h>
#include <linux/futex.h>
#include <linux/time.h>

struct wait {
	struct futex_waitv what;
	struct futex_key key;
	struct futex_waiter waiter;
};

static int parse(struct wait *waits, uint64_t count, uva_t from)
{
	for (uint64_t i = 0; i < count; i++) {
		struct futex_waitv *what = &waits[i].what;

		if (copy_from_user(what, from + i * sizeof(*what), sizeof(*what)))
			return -EFAULT;
		if ((what->flags & ~(uint32_t)(FUTEX_32 | FUTEX_PRIVATE_FLAG)) ||
		    what->__reserved || !(what->flags & FUTEX_32))
			return -EINVAL;
	}
	return 0;
}

static int enqueue(struct wait *waits, uint64_t count)
{
	uint32_t value;

	for (uint64_t i = 0; i < count; i++) {
		int error = futex_key(waits[i].what.uaddr, waits[i].what.flags & FUTEX_PRIVATE_FLAG,
				      &waits[i].key);

		if (error)
			return error;
	}
	for (uint64_t i = 0; i < count; i++) {
		if (copy_from_user(&value, waits[i].what.uaddr, sizeof(value)))
			return -EFAULT;
		if (value != (uint32_t)waits[i].what.val)
			return -EAGAIN;
		futex_enqueue(&waits[i].waiter, &waits[i].key, FUTEX_BITSET_MATCH_ANY);
	}
	return 0;
}

/* Which was woken, the last of several; -1: none. */
static long woken(const struct wait *waits, uint64_t count)
{
	long which = -1;

	for (uint64_t i = 0; i < count; i++)
		if (!waits[i].waiter.queued)
			which = (long)i;
	return which;
}

static long wait(struct wait *waits, uint64_t count, uva_t from, int64_t deadline)
{
	long which = -1, ended = parse(waits, count, from);

	if (!ended)
		ended = enqueue(waits, count);
	if (!ended)
		while ((which = woken(waits, count)) < 0 && !ended)
			ended = wait_sleep(deadline);
	for (uint64_t i = 0; i < count; i++)
		futex_dequeue(&waits[i].waiter);
	if (which >= 0)
		return which;
	return ended == -EINTR ? -ERESTARTSYS : ended;
}

long sys_futex_waitv(const uint64_t *a)
{
	uint32_t count = (uint32_t)a[1];
	int64_t deadline = INT64_MAX;
	int clock = (int)a[4];

	if ((uint32_t)a[2] || !count || count > FUTEX_WAITV_MAX || !a[0])
		return -EINVAL;
	if (a[3]) {
		int error = clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC ? 0 : -EINVAL;

		if (!error)
			error = timespec_moment(a[3], clock == CLOCK_REALTIME, &deadline);
		if (error)
			return error;
	}
	struct wait *waits = kmalloc(count * sizeof(*waits));
	if (!waits)
		return -ENOMEM;
	long result = wait(waits, count, a[0], deadline);
	kfree(waits);
	return result;
}
