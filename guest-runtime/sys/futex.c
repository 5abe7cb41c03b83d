// SPDX-License-Identifier: Apache-2.0
/*
 * futex(2) for a process of one thread: nobody waits while it runs, and while
 * it waits nobody can wake it but time and signals.
 */
#include "guest-runtime/host/clock.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/restart.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#include "abi/layout.h"

#include <linux/errno.h>
#include <linux/futex.h>

static bool bad_word(uva_t word)
{
	return word % sizeof(uint32_t) != 0;
}

/* A moment of either clock, as a deadline. */
static int absolute_deadline(uva_t from, bool realtime, int64_t *deadline)
{
	int error = timespec_get(from, deadline);

	if (!error && realtime && *deadline != INT64_MAX)
		*deadline = deadline_after(*deadline - clock_realtime_ns());
	return error;
}

static long wait(uva_t word, uint32_t expected, uva_t timeout, int64_t deadline)
{
	uint32_t value;

	if (bad_word(word))
		return -EINVAL;
	if (copy_from_user(&value, word, sizeof(value)))
		return -EFAULT;
	if (value != expected)
		return -EAGAIN;
	long ended;
	do
		ended = wait_sleep(deadline);
	while (!ended);
	if (ended != -EINTR)
		return ended;
	return timeout ? -EINTR : -ERESTARTSYS;
}

/* Nobody to wake or to move: the arguments are checked as for somebody. */
static long wake(uva_t word)
{
	if (bad_word(word))
		return -EINVAL;
	return word < GUEST_USER_END ? 0 : -EFAULT;
}

static long requeue(const uint64_t *a, bool compare)
{
	uint32_t value;

	if ((int)a[2] < 0 || (int)a[3] < 0 || bad_word(a[0]) || bad_word(a[4]))
		return -EINVAL;
	if (a[0] >= GUEST_USER_END || a[4] >= GUEST_USER_END)
		return -EFAULT;
	if (!compare)
		return 0;
	if (copy_from_user(&value, a[0], sizeof(value)))
		return -EFAULT;
	return value == (uint32_t)a[5] ? 0 : -EAGAIN;
}

long sys_futex(const uint64_t *a)
{
	uint32_t operation = (uint32_t)a[1] & ~(uint32_t)FUTEX_PRIVATE_FLAG;
	bool realtime = operation & FUTEX_CLOCK_REALTIME;
	int64_t deadline = INT64_MAX;
	int error = 0;

	operation &= ~(uint32_t)FUTEX_CLOCK_REALTIME;
	if (realtime && operation != FUTEX_WAIT_BITSET && operation != FUTEX_WAIT)
		return -ENOSYS;
	switch (operation) {
	case FUTEX_WAIT:
		if (a[3])
			error = timespec_deadline(a[3], &deadline);
		return error ? error : wait(a[0], (uint32_t)a[2], a[3], deadline);
	case FUTEX_WAIT_BITSET:
		if (a[3])
			error = absolute_deadline(a[3], realtime, &deadline);
		if (!error && !(uint32_t)a[5])
			error = -EINVAL;
		return error ? error : wait(a[0], (uint32_t)a[2], a[3], deadline);
	case FUTEX_WAKE_BITSET:
		return (uint32_t)a[5] ? wake(a[0]) : -EINVAL;
	case FUTEX_WAKE:
		return wake(a[0]);
	case FUTEX_REQUEUE:
	case FUTEX_CMP_REQUEUE:
		return requeue(a, operation == FUTEX_CMP_REQUEUE);
	default:
		return -ENOSYS;
	}
}
