// SPDX-License-Identifier: Apache-2.0
/* futex(2): operations by number, their flags and times. */
#include "guest-runtime/proc/futex.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/sys/restart.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#include <linux/errno.h>
#include <linux/futex.h>

static bool has_timeout(uint32_t operation)
{
	return operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET;
}

/* A span for FUTEX_WAIT, else a moment of either clock. */
static int get_deadline(uint32_t operation, bool realtime, uva_t from, int64_t *deadline)
{
	*deadline = INT64_MAX;
	if (!from || !has_timeout(operation))
		return 0;
	if (operation == FUTEX_WAIT)
		return timespec_deadline(from, deadline);
	int error = timespec_get(from, deadline);
	if (!error && realtime && *deadline != INT64_MAX)
		*deadline = deadline_after(*deadline - clock_realtime_ns());
	return error;
}

/* A moment is the same when the call is made again, a span is not. */
static long interrupted(long result, bool span)
{
	if (result != -EINTR)
		return result;
	return span ? -EINTR : -ERESTARTSYS;
}

long sys_futex(const uint64_t *a)
{
	uint32_t operation = (uint32_t)a[1] & (uint32_t)FUTEX_CMD_MASK;
	bool private = a[1] & FUTEX_PRIVATE_FLAG, realtime = a[1] & FUTEX_CLOCK_REALTIME;
	uint32_t value = (uint32_t)a[2], value3 = (uint32_t)a[5];
	int64_t deadline;
	int error = get_deadline(operation, realtime, a[3], &deadline);

	if (error)
		return error;
	if (realtime && operation != FUTEX_WAIT_BITSET)
		return -ENOSYS;
	switch (operation) {
	case FUTEX_WAIT:
		value3 = FUTEX_BITSET_MATCH_ANY;
		/* fall through */
	case FUTEX_WAIT_BITSET:
		return interrupted(futex_wait(a[0], private, value, deadline, value3),
				   operation == FUTEX_WAIT && a[3]);
	case FUTEX_WAKE:
		value3 = FUTEX_BITSET_MATCH_ANY;
		/* fall through */
	case FUTEX_WAKE_BITSET:
		return futex_wake(a[0], private, (int)value, value3);
	case FUTEX_WAKE_OP:
		return futex_wake_op(a[0], a[4], private, (int)value, (int)a[3], value3);
	case FUTEX_REQUEUE:
	case FUTEX_CMP_REQUEUE:
		return futex_requeue(a[0], a[4], private, (int)value, (int)a[3],
				     operation == FUTEX_CMP_REQUEUE ? &value3 : NULL);
	default:
		return -ENOSYS;
	}
}
