// SPDX-License-Identifier: Apache-2.0
/* futex(2): operations by number, their flags and times; and the lists of robust locks. */
#include "guest-runtime/proc/futex.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/sys/restart.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#include <linux/errno.h>
#include <linux/futex.h>

static bool has_timeout(uint32_t operation)
{
	switch (operation) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
	case FUTEX_LOCK_PI:
	case FUTEX_LOCK_PI2:
	case FUTEX_WAIT_REQUEUE_PI:
		return true;
	default:
		return false;
	}
}

/* A span for FUTEX_WAIT, else a moment of either clock. */
static int get_deadline(uint32_t operation, bool realtime, uva_t from, int64_t *deadline)
{
	*deadline = INT64_MAX;
	if (!from || !has_timeout(operation))
		return 0;
	if (operation == FUTEX_WAIT)
		return timespec_deadline(from, deadline);
	return timespec_moment(from, realtime || operation == FUTEX_LOCK_PI, deadline);
}

static bool may_be_realtime(uint32_t operation)
{
	return operation == FUTEX_WAIT_BITSET || operation == FUTEX_WAIT_REQUEUE_PI ||
	       operation == FUTEX_LOCK_PI2;
}

static long wait_until(const uint64_t *a, int64_t deadline)
{
	uint32_t operation = (uint32_t)a[1] & (uint32_t)FUTEX_CMD_MASK;
	long result = futex_wait(a[0], a[1] & FUTEX_PRIVATE_FLAG, (uint32_t)a[2], deadline,
				 operation == FUTEX_WAIT ? FUTEX_BITSET_MATCH_ANY : (uint32_t)a[5]);

	if (result != -EINTR)
		return result;
	return a[3] ? restart_later(wait_until, a, deadline) : -ERESTARTSYS;
}

/* Those with one word. */
static long on_word(const uint64_t *a, uint32_t operation, bool private, int64_t deadline)
{
	switch (operation) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
		return wait_until(a, deadline);
	case FUTEX_WAKE:
		return futex_wake(a[0], private, (int)a[2], FUTEX_BITSET_MATCH_ANY);
	case FUTEX_WAKE_BITSET:
		return futex_wake(a[0], private, (int)a[2], (uint32_t)a[5]);
	case FUTEX_LOCK_PI:
	case FUTEX_LOCK_PI2:
		return futex_lock(a[0], private, deadline, false);
	case FUTEX_TRYLOCK_PI:
		return futex_lock(a[0], private, deadline, true);
	case FUTEX_UNLOCK_PI:
		return futex_unlock(a[0], private);
	default:
		return -ENOSYS;
	}
}

long sys_futex(const uint64_t *a)
{
	uint32_t operation = (uint32_t)a[1] & (uint32_t)FUTEX_CMD_MASK;
	bool private = a[1] & FUTEX_PRIVATE_FLAG, realtime = a[1] & FUTEX_CLOCK_REALTIME;
	int count = (int)a[2], other_count = (int)a[3];
	uint32_t value = (uint32_t)a[5];
	int64_t deadline;
	int error = get_deadline(operation, realtime, a[3], &deadline);

	if (error)
		return error;
	if (realtime && !may_be_realtime(operation))
		return -ENOSYS;
	switch (operation) {
	case FUTEX_WAKE_OP:
		return futex_wake_op(a[0], a[4], private, count, other_count, value);
	case FUTEX_REQUEUE:
		return futex_requeue(a[0], a[4], private, count, other_count, NULL);
	case FUTEX_CMP_REQUEUE:
		return futex_requeue(a[0], a[4], private, count, other_count, &value);
	case FUTEX_WAIT_REQUEUE_PI:
		return futex_wait_lock(a[0], a[4], private, (uint32_t)a[2], deadline);
	case FUTEX_CMP_REQUEUE_PI:
		return futex_requeue_lock(a[0], a[4], private, count, other_count, value);
	default:
		return on_word(a, operation, private, deadline);
	}
}

long sys_set_robust_list(const uint64_t *a)
{
	if (a[1] != sizeof(struct robust_list_head))
		return -EINVAL;
	current()->robust_list = a[0];
	return 0;
}

long sys_get_robust_list(const uint64_t *a)
{
	const uint64_t size = sizeof(struct robust_list_head);
	const struct thread *thread = (int)a[0] ? thread_find((int)a[0]) : current();

	if (!thread)
		return -ESRCH;
	if (!credentials_may_look(thread->process))
		return -EPERM;
	if (copy_to_user(a[2], &size, sizeof(size)))
		return -EFAULT;
	return copy_to_user(a[1], &thread->robust_list, sizeof(thread->robust_list));
}
