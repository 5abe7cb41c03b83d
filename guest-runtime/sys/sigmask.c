// SPDX-License-Identifier: Apache-2.0
/* Masks of the calls that wait with one. */
#include "guest-runtime/sys/sigmask.h"

#include "guest-runtime/proc/process.h"

#include <linux/errno.h>

int sigmask_begin(uva_t mask, uint64_t size, bool *set)
{
	sigmask_t blocked;

	*set = false;
	if (!mask)
		return 0;
	if (size != sizeof(blocked))
		return -EINVAL;
	int error = copy_from_user(&blocked, mask, sizeof(blocked));
	if (error < 0)
		return error;
	signal_mask_begin(current(), blocked);
	*set = true;
	return 0;
}

long sigmask_end(bool set, long result)
{
	if (set && result != -EINTR)
		signal_mask_end(current());
	return result;
}
