// SPDX-License-Identifier: Apache-2.0
/*
 * System calls of scheduling: policies, affinity. Nobody may have a real-time
 * policy; the one CPU is all that a set of CPUs can choose from.
 */
#include "guest-runtime/proc/sched.h"
#include "abi/boot.h"
#include "guest-runtime/host/boot.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/priority.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/sched/types.h>

#define REALTIME_MAX 99
#define KEEP_POLICY  (-1)

#define ATTR_SIZES_MAX 4096
#define CLAMPS	       (SCHED_FLAG_UTIL_CLAMP_MIN | SCHED_FLAG_UTIL_CLAMP_MAX)

long sys_sched_yield(const uint64_t *a)
{
	(void)a;
	sched_yield();
	return 0;
}

static struct thread *find(uint64_t tid)
{
	return (int)tid ? thread_find((int)tid) : current();
}

static uint64_t all_cpus(void)
{
	uint32_t cpus = boot_block()->cpus;

	return cpus >= 64 ? ~0ull : ((uint64_t)1 << MAX(cpus, 1u)) - 1;
}

long sys_sched_getaffinity(const uint64_t *a)
{
	uint64_t mask = all_cpus();
	const struct thread *thread;

	if (a[1] < sizeof(mask) || a[1] % sizeof(mask))
		return -EINVAL;
	thread = find(a[0]);
	if (!thread)
		return -ESRCH;
	if (thread->share.affinity)
		mask = thread->share.affinity;
	return copy_to_user(a[2], &mask, sizeof(mask)) ? -EFAULT : (long)sizeof(mask);
}

long sys_sched_setaffinity(const uint64_t *a)
{
	uint64_t mask = 0;

	if (copy_from_user(&mask, a[2], MIN((uint32_t)a[1], sizeof(mask))))
		return -EFAULT;
	struct thread *thread = find(a[0]);
	if (!thread)
		return -ESRCH;
	if (!priority_may_set(thread))
		return -EPERM;
	mask &= all_cpus();
	if (!mask)
		return -EINVAL;
	thread->share.affinity = mask;
	return 0;
}

static bool is_realtime(int policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

/* By Linux's order: what makes no sense, then what would need CAP_SYS_NICE. */
static long set_policy(struct thread *thread, const struct sched_attr *attr)
{
	struct share *share = &thread->share;
	int policy = (int)attr->sched_policy;
	bool reset = attr->sched_flags & SCHED_FLAG_RESET_ON_FORK;

	if (policy == KEEP_POLICY) {
		policy = share->policy;
		reset = share->reset_on_fork;
	}
	if (policy != SCHED_NORMAL && policy != SCHED_BATCH && policy != SCHED_IDLE &&
	    policy != SCHED_DEADLINE && !is_realtime(policy))
		return -EINVAL;
	if ((attr->sched_flags & ~(uint64_t)SCHED_FLAG_ALL) ||
	    attr->sched_priority > REALTIME_MAX ||
	    (policy == SCHED_DEADLINE && !attr->sched_runtime) ||
	    is_realtime(policy) != (attr->sched_priority != 0))
		return -EINVAL;
	if (is_realtime(policy) || policy == SCHED_DEADLINE || !priority_may_set(thread) ||
	    (attr->sched_nice < share->nice && !priority_may_be(thread, attr->sched_nice)) ||
	    (share->policy == SCHED_IDLE && policy != SCHED_IDLE &&
	     !priority_may_be(thread, share->nice)) ||
	    (share->reset_on_fork && !reset))
		return -EPERM;
	if (attr->sched_flags & CLAMPS)
		return -EOPNOTSUPP;
	share->policy = policy;
	share->nice = attr->sched_nice;
	share->reset_on_fork = reset;
	return 0;
}

static long set_scheduler(uint64_t tid, int policy, uva_t parameter)
{
	struct sched_attr attr = { .sched_policy = (uint32_t)policy };

	if (!parameter || (int)tid < 0)
		return -EINVAL;
	if (copy_from_user(&attr.sched_priority, parameter, sizeof(attr.sched_priority)))
		return -EFAULT;
	struct thread *thread = find(tid);
	if (!thread)
		return -ESRCH;
	if (policy != KEEP_POLICY && (policy & SCHED_RESET_ON_FORK)) {
		attr.sched_policy &= ~(uint32_t)SCHED_RESET_ON_FORK;
		attr.sched_flags = SCHED_FLAG_RESET_ON_FORK;
	}
	attr.sched_nice = thread->share.nice;
	return set_policy(thread, &attr);
}

long sys_sched_setscheduler(const uint64_t *a)
{
	return (int)a[1] < 0 ? -EINVAL : set_scheduler(a[0], (int)a[1], a[2]);
}

long sys_sched_setparam(const uint64_t *a)
{
	return set_scheduler(a[0], KEEP_POLICY, a[1]);
}

long sys_sched_getscheduler(const uint64_t *a)
{
	const struct thread *thread;

	if ((int)a[0] < 0)
		return -EINVAL;
	thread = find(a[0]);
	if (!thread)
		return -ESRCH;
	return thread->share.policy | (thread->share.reset_on_fork ? SCHED_RESET_ON_FORK : 0);
}

long sys_sched_getparam(const uint64_t *a)
{
	const int32_t priority = 0;

	if ((int)a[0] < 0 || !a[1])
		return -EINVAL;
	return find(a[0]) ? copy_to_user(a[1], &priority, sizeof(priority)) : -ESRCH;
}

/* copy_struct_from_user's rule: what is newer than we know must be zero. */
static long get_attr(struct sched_attr *attr, uva_t from)
{
	const uint32_t known = sizeof(*attr);
	uint32_t size;
	uint8_t more;

	*attr = (struct sched_attr){ 0 };
	if (copy_from_user(&size, from, sizeof(size)))
		return -EFAULT;
	if (!size)
		size = SCHED_ATTR_SIZE_VER0;
	bool fits = size >= SCHED_ATTR_SIZE_VER0 && size <= ATTR_SIZES_MAX;
	if (fits && copy_from_user(attr, from, MIN(size, known)))
		return -EFAULT;
	for (uint32_t at = known; fits && at < size; at++) {
		if (copy_from_user(&more, from + at, 1))
			return -EFAULT;
		fits = !more;
	}
	if (!fits)
		return copy_to_user(from, &known, sizeof(known)) ? -EFAULT : -E2BIG;
	if ((attr->sched_flags & CLAMPS) && size < SCHED_ATTR_SIZE_VER1)
		return -EINVAL;
	attr->sched_nice = MIN(MAX(attr->sched_nice, NICE_MIN), NICE_MAX);
	return 0;
}

long sys_sched_setattr(const uint64_t *a)
{
	struct sched_attr attr;

	if (!a[1] || (int)a[0] < 0 || (uint32_t)a[2])
		return -EINVAL;
	long error = get_attr(&attr, a[1]);
	if (error)
		return error;
	if ((int)attr.sched_policy < 0)
		return -EINVAL;
	if (attr.sched_flags & SCHED_FLAG_KEEP_POLICY)
		attr.sched_policy = (uint32_t)KEEP_POLICY;
	struct thread *thread = find(a[0]);
	if (!thread)
		return -ESRCH;
	if (attr.sched_flags & SCHED_FLAG_KEEP_PARAMS)
		attr.sched_nice = thread->share.nice;
	return set_policy(thread, &attr);
}

long sys_sched_getattr(const uint64_t *a)
{
	uint32_t size = (uint32_t)a[2];
	const struct thread *thread;

	if (!a[1] || (int)a[0] < 0 || size > ATTR_SIZES_MAX || size < SCHED_ATTR_SIZE_VER0 ||
	    (uint32_t)a[3])
		return -EINVAL;
	thread = find(a[0]);
	if (!thread)
		return -ESRCH;
	const uint32_t told = MIN(size, (uint32_t)sizeof(struct sched_attr));
	const struct sched_attr attr = {
		.size = told,
		.sched_policy = (uint32_t)thread->share.policy,
		.sched_flags = thread->share.reset_on_fork ? SCHED_FLAG_RESET_ON_FORK : 0,
		.sched_nice = thread->share.nice,
	};
	return copy_to_user(a[1], &attr, attr.size);
}

/* The length of a turn. */
long sys_sched_rr_get_interval(const uint64_t *a)
{
	if ((int)a[0] < 0)
		return -EINVAL;
	return find(a[0]) ? timespec_put(a[1], 4000000) : -ESRCH;
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

long sys_getcpu(const uint64_t *a)
{
	const uint32_t zero = 0; /* vCPU 0 of node 0 */

	if (a[0] && copy_to_user(a[0], &zero, sizeof(zero)))
		return -EFAULT;
	return a[1] ? copy_to_user(a[1], &zero, sizeof(zero)) : 0;
}
