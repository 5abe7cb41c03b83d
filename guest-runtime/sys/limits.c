// SPDX-License-Identifier: Apache-2.0
/*
 * System calls of resource limits. Honoured are RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_AS,
 * RLIMIT_DATA, RLIMIT_STACK, RLIMIT_SIGPENDING and RLIMIT_MEMLOCK; what a VM may
 * take of its host is bounded from outside, by the monitor.
 */
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"

#include <linux/errno.h>
#include <linux/resource.h>

#define OPEN_FILES_MAX 1048576 /* fs.nr_open */

static int check(uint32_t resource, const struct rlimit_pair *new)
{
	const struct rlimit_pair *old = &current()->process->limits[resource];

	if (new->soft > new->hard)
		return -EINVAL;
	/* Nobody here may raise a hard limit: the policy set it. */
	if (new->hard > old->hard)
		return -EPERM;
	if (resource == RLIMIT_NOFILE && new->hard > OPEN_FILES_MAX)
		return -EPERM;
	return 0;
}

static long change(uint32_t resource, uva_t from, uva_t to)
{
	struct rlimit_pair new, old;

	if (resource >= RLIMITS)
		return -EINVAL;
	old = current()->process->limits[resource];
	if (from) {
		if (copy_from_user(&new, from, sizeof(new)))
			return -EFAULT;
		int error = check(resource, &new);
		if (error)
			return error;
		current()->process->limits[resource] = new;
	}
	return to ? copy_to_user(to, &old, sizeof(old)) : 0;
}

long sys_prlimit64(const uint64_t *a)
{
	if ((int)a[0] && (int)a[0] != current()->process->pid)
		return -ESRCH;
	return change((uint32_t)a[1], a[2], a[3]);
}

long sys_getrlimit(const uint64_t *a)
{
	return a[1] ? change((uint32_t)a[0], 0, a[1]) : -EFAULT;
}

long sys_setrlimit(const uint64_t *a)
{
	return a[1] ? change((uint32_t)a[0], a[1], 0) : -EFAULT;
}
