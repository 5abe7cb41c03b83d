// SPDX-License-Identifier: Apache-2.0
/*
 * System calls of scheduling. One process on one CPU: priorities, policies
 * and affinity are kept and told, and change nothing.
 */
#include "abi/boot.h"
#include "abi/layout.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/sched.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#include <linux/errno.h>
#include <linux/resource.h>
#include <linux/sched.h>

#define NICE_MIN      (-20)
#define NICE_MAX      19
#define REALTIME_MAX  99
#define RESET_ON_FORK SCHED_RESET_ON_FORK

static bool is_self(uint64_t pid)
{
	return !(int)pid || (int)pid == current()->process->pid;
}

long sys_sched_yield(const uint64_t *a)
{
	(void)a;
	sched_yield();
	return 0;
}

static uint64_t all_cpus(void)
{
	const struct boot_block *boot = (const void *)(GUEST_DIRECT_BASE + GUEST_RAM_GPA);

	return boot->cpus >= 64 ? ~0ull : ((uint64_t)1 << MAX(boot->cpus, 1u)) - 1;
}

long sys_sched_getaffinity(const uint64_t *a)
{
	const struct process *process = current()->process;
	uint64_t mask = process->affinity ? process->affinity : all_cpus();

	if (a[1] < sizeof(mask) || a[1] % sizeof(mask))
		return -EINVAL;
	if (!is_self(a[0]))
		return -ESRCH;
	return copy_to_user(a[2], &mask, sizeof(mask)) ? -EFAULT : (long)sizeof(mask);
}

long sys_sched_setaffinity(const uint64_t *a)
{
	uint64_t mask = 0;

	if (copy_from_user(&mask, a[2], MIN(a[1], sizeof(mask))))
		return -EFAULT;
	if (!is_self(a[0]))
		return -ESRCH;
	mask &= all_cpus();
	if (!mask)
		return -EINVAL;
	current()->process->affinity = mask;
	return 0;
}

static long check_policy(int policy, int priority)
{
	switch (policy & ~RESET_ON_FORK) {
	case SCHED_NORMAL:
	case SCHED_BATCH:
	case SCHED_IDLE:
		return priority ? -EINVAL : 0;
	case SCHED_FIFO:
	case SCHED_RR:
		return priority < 1 || priority > REALTIME_MAX ? -EINVAL : -EPERM;
	default:
		return -EINVAL;
	}
}

long sys_sched_setscheduler(const uint64_t *a)
{
	int32_t priority;

	if ((int)a[0] < 0 || !a[2] || (int)a[1] < 0)
		return -EINVAL;
	if (copy_from_user(&priority, a[2], sizeof(priority)))
		return -EFAULT;
	if (!is_self(a[0]))
		return -ESRCH;
	long error = check_policy((int)a[1], priority);
	if (!error)
		current()->process->policy = (int)a[1];
	return error;
}

long sys_sched_setparam(const uint64_t *a)
{
	int32_t priority;

	if ((int)a[0] < 0 || !a[1])
		return -EINVAL;
	if (copy_from_user(&priority, a[1], sizeof(priority)))
		return -EFAULT;
	return is_self(a[0]) ? check_policy(current()->process->policy, priority) : -ESRCH;
}

long sys_sched_getscheduler(const uint64_t *a)
{
	if ((int)a[0] < 0)
		return -EINVAL;
	return is_self(a[0]) ? current()->process->policy : -ESRCH;
}

long sys_sched_getparam(const uint64_t *a)
{
	const int32_t priority = 0;

	if ((int)a[0] < 0 || !a[1])
		return -EINVAL;
	return is_self(a[0]) ? copy_to_user(a[1], &priority, sizeof(priority)) : -ESRCH;
}

/* One thread has the CPU for as long as it likes; what a kernel at 250 Hz would say. */
long sys_sched_rr_get_interval(const uint64_t *a)
{
	if ((int)a[0] < 0)
		return -EINVAL;
	return is_self(a[0]) ? timespec_put(a[1], 4000000) : -ESRCH;
}

static long priority_limit(uint64_t policy, int realtime)
{
	switch ((int)policy) {
	case SCHED_FIFO:
	case SCHED_RR:
		return realtime;
	case SCHED_NORMAL:
	case SCHED_BATCH:
	case SCHED_IDLE:
	case SCHED_DEADLINE:
		return 0;
	default:
		return -EINVAL;
	}
}

long sys_sched_get_priority_max(const uint64_t *a)
{
	return priority_limit(a[0], REALTIME_MAX);
}

long sys_sched_get_priority_min(const uint64_t *a)
{
	return priority_limit(a[0], 1);
}

/* Whether who, a process, group or user, includes the one process there is. */
static long includes_self(int which, int who)
{
	const struct process *process = current()->process;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	if (!who || (which == PRIO_PROCESS && who == process->pid) ||
	    (which == PRIO_PGRP && who == process->pgid) ||
	    (which == PRIO_USER && (uint32_t)who == process->uid))
		return 0;
	return -ESRCH;
}

long sys_getpriority(const uint64_t *a)
{
	long error = includes_self((int)a[0], (int)a[1]);

	/* 40 to 1, so that no priority looks like an error. */
	return error ? error : 20 - current()->process->nice;
}

long sys_setpriority(const uint64_t *a)
{
	struct process *process = current()->process;
	int nice = MIN(MAX((int)a[2], NICE_MIN), NICE_MAX);
	long error = includes_self((int)a[0], (int)a[1]);

	if (error)
		return error;
	if (nice < process->nice)
		return -EACCES;
	process->nice = nice;
	return 0;
}

long sys_getcpu(const uint64_t *a)
{
	const uint32_t zero = 0; /* vCPU 0 of node 0 */

	if (a[0] && copy_to_user(a[0], &zero, sizeof(zero)))
		return -EFAULT;
	return a[1] ? copy_to_user(a[1], &zero, sizeof(zero)) : 0;
}
