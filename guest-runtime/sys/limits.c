// SPDX-License-Identifier: Apache-2.0
/*
 * System calls of resource limits. Honoured are RLIMIT_CPU, RLIMIT_NOFILE, RLIMIT_FSIZE,
 * RLIMIT_AS, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_SIGPENDING and RLIMIT_MEMLOCK; what a
 * VM may take of its host is bounded from outside, by the monitor.
 */
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/cpu-timer.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"

#include <linux/errno.h>
#include <linux/resource.h>

#define OPEN_FILES_MAX 1048576 /* fs.nr_open */

static int check(uint32_t resource, const struct rlimit_pair *new, const struct rlimit_pair *old)
{
	if (new->soft > new->hard)
		return -EINVAL;
	/* Nobody here may raise a hard limit: the policy set it. */
	if (new->hard > old->hard)
		return -EPERM;
	if (resource == RLIMIT_NOFILE && new->hard > OPEN_FILES_MAX)
		return -EPERM;
	return 0;
}

static long change(struct process *process, uint32_t resource, uva_t from, uva_t to)
{
	struct rlimit_pair new, old;

	if (resource >= RLIMITS)
		return -EINVAL;
	old = process->limits[resource];
	if (from) {
		if (copy_from_user(&new, from, sizeof(new)))
			return -EFAULT;
		int error = check(resource, &new, &old);
		if (error)
			return error;
		process->limits[resource] = new;
		if (resource == RLIMIT_CPU)
			cpu_timers_changed();
	}
	return to ? copy_to_user(to, &old, sizeof(old)) : 0;
}

/* Its ids are all the caller's, or the caller is root. */
static bool may_change(const struct process *self, const struct process *process)
{
	bool same = self->uid == process->uid && self->uid == process->euid &&
		    self->uid == process->suid && self->gid == process->gid &&
		    self->gid == process->egid && self->gid == process->sgid;

	return same || !self->euid;
}

long sys_prlimit64(const uint64_t *a)
{
	struct process *self = current()->process;
	struct process *process = (int)a[0] ? process_find((int)a[0]) : self;

	if (!process)
		return -ESRCH;
	if (process != self && !may_change(self, process))
		return -EPERM;
	return change(process, (uint32_t)a[1], a[2], a[3]);
}

long sys_getrlimit(const uint64_t *a)
{
	return a[1] ? change(current()->process, (uint32_t)a[0], 0, a[1]) : -EFAULT;
}

long sys_setrlimit(const uint64_t *a)
{
	return a[1] ? change(current()->process, (uint32_t)a[0], a[1], 0) : -EFAULT;
}
