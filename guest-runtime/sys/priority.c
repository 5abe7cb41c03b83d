// SPDX-License-Identifier: Apache-2.0
/*
 * Priorities of threads, groups and users: of the CPU, and of files, which is
 * only kept and told.
 */
#include "guest-runtime/sys/priority.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"

#include <linux/errno.h>
#include <linux/ioprio.h>
#include <linux/resource.h>
#include <linux/sched.h>

#define IO_NICES 5 /* nice values of one I/O priority */

bool priority_may_set(const struct thread *thread)
{
	const struct process *self = current()->process, *process = thread->process;

	return self->euid == process->euid || self->euid == process->uid;
}

bool priority_may_be(const struct thread *thread, int nice)
{
	return (uint64_t)(NICE_MAX + 1 - nice) <= thread->process->limits[RLIMIT_NICE].soft;
}

/* What is done to each thread that is meant; `result` is -ESRCH before the first. */
typedef long visit_function(struct thread *thread, int value, long result);

/* which: PRIO_*, of which who is one; who 0: current's. */
static long for_each_of(int which, int who, int value, visit_function *visit)
{
	const struct process *self = current()->process;
	uint32_t uid = who ? (uint32_t)who : self->uid;
	int pgid = who ? who : self->pgid;
	long result = -ESRCH;

	if (which == PRIO_PROCESS) {
		struct thread *thread = who ? thread_find(who) : current();

		return thread ? visit(thread, value, result) : -ESRCH;
	}
	for_each_process(process)
	{
		if (which == PRIO_PGRP ? process->pgid != pgid : process->uid != uid)
			continue;
		for_each_thread(thread, process) result = visit(thread, value, result);
	}
	return result;
}

/* 40 to 1, so that no priority looks like an error. */
static long best_nice(struct thread *thread, int value, long result)
{
	(void)value;
	return MAX(NICE_MAX + 1 - thread->share.nice, result);
}

long sys_getpriority(const uint64_t *a)
{
	int which = (int)a[0];

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	return for_each_of(which, (int)a[1], 0, best_nice);
}

static long set_nice(struct thread *thread, int nice, long result)
{
	if (!priority_may_set(thread))
		return -EPERM;
	if (nice < thread->share.nice && !priority_may_be(thread, nice))
		return -EACCES;
	thread->share.nice = nice;
	return result == -ESRCH ? 0 : result;
}

long sys_setpriority(const uint64_t *a)
{
	int which = (int)a[0], nice = MIN(MAX((int)a[2], NICE_MIN), NICE_MAX);

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	return for_each_of(which, (int)a[1], nice, set_nice);
}

/* IOPRIO_WHO_* begin with 1. */
static int which_of(uint64_t ioprio_which)
{
	return (int)ioprio_which - IOPRIO_WHO_PROCESS + PRIO_PROCESS;
}

static long check_io(int value)
{
	switch (IOPRIO_PRIO_CLASS(value)) {
	case IOPRIO_CLASS_RT:
		return -EPERM;
	case IOPRIO_CLASS_BE:
		return IOPRIO_PRIO_DATA(value) >= IOPRIO_NR_LEVELS ? -EINVAL : 0;
	case IOPRIO_CLASS_IDLE:
		return 0;
	case IOPRIO_CLASS_NONE:
		return IOPRIO_PRIO_DATA(value) ? -EINVAL : 0;
	default:
		return -EINVAL;
	}
}

static long set_io(struct thread *thread, int value, long result)
{
	if (!priority_may_set(thread))
		return -EPERM;
	thread->share.io = (uint16_t)value;
	return result == -ESRCH ? 0 : result;
}

long sys_ioprio_set(const uint64_t *a)
{
	int which = which_of(a[0]);
	long error = check_io((int)a[2]);

	if (!error && (which < PRIO_PROCESS || which > PRIO_USER))
		error = -EINVAL;
	return error ? error : for_each_of(which, (int)a[1], (int)a[2], set_io);
}

static long own_io(struct thread *thread, int value, long result)
{
	(void)value;
	(void)result;
	return thread->share.io;
}

/* The best is the lowest; of who has none it follows from the nice value. */
static long best_io(struct thread *thread, int value, long result)
{
	int io = thread->share.io;

	(void)value;
	if (IOPRIO_PRIO_CLASS(io) == IOPRIO_CLASS_NONE)
		io = IOPRIO_PRIO_VALUE(thread->share.policy == SCHED_IDLE ? IOPRIO_CLASS_IDLE
									  : IOPRIO_CLASS_BE,
				       (thread->share.nice - NICE_MIN) / IO_NICES);
	return result < 0 ? io : MIN(io, result);
}

long sys_ioprio_get(const uint64_t *a)
{
	int which = which_of(a[0]);

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	return for_each_of(which, (int)a[1], 0, which == PRIO_PROCESS ? own_io : best_io);
}
