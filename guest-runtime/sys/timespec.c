// SPDX-License-Identifier: Apache-2.0
/* The two structures hold seconds and a fraction, both 64 bits. */
#include "guest-runtime/sys/timespec.h"

#include "guest-runtime/host/clock.h"

#include <linux/errno.h>

static int get(uva_t from, int64_t unit_ns, int64_t *ns)
{
	int64_t pair[2];

	if (copy_from_user(pair, from, sizeof(pair)))
		return -EFAULT;
	if (pair[0] < 0 || pair[1] < 0 || pair[1] >= NS_PER_S / unit_ns)
		return -EINVAL;
	if (__builtin_mul_overflow(pair[0], NS_PER_S, ns) ||
	    __builtin_add_overflow(*ns, pair[1] * unit_ns, ns))
		*ns = INT64_MAX;
	return 0;
}

static int put(uva_t to, int64_t unit_ns, int64_t ns)
{
	const int64_t pair[2] = { ns / NS_PER_S, ns % NS_PER_S / unit_ns };

	return copy_to_user(to, pair, sizeof(pair));
}

int timespec_get(uva_t from, int64_t *ns)
{
	return get(from, 1, ns);
}

int timespec_put(uva_t to, int64_t ns)
{
	return put(to, 1, ns);
}

int timeval_get(uva_t from, int64_t *ns)
{
	return get(from, 1000, ns);
}

int timeval_put(uva_t to, int64_t ns)
{
	return put(to, 1000, ns);
}

int64_t deadline_after(int64_t ns)
{
	int64_t deadline;

	return __builtin_add_overflow(clock_monotonic_ns(), ns, &deadline) ? INT64_MAX : deadline;
}

int timespec_deadline(uva_t from, int64_t *deadline)
{
	int64_t ns;
	int error = timespec_get(from, &ns);

	if (!error)
		*deadline = deadline_after(ns);
	return error;
}

int timespec_moment(uva_t from, bool realtime, int64_t *deadline)
{
	int error = timespec_get(from, deadline);

	if (!error && realtime && *deadline != INT64_MAX)
		*deadline = deadline_after(*deadline - clock_realtime_ns());
	return error;
}
