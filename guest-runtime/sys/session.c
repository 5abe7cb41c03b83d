// SPDX-License-Identifier: Apache-2.0
/* System calls of process groups and sessions. */
#include "guest-runtime/fs/tty.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/group.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"

#include <linux/errno.h>

/* The process of a number, which may be that of any of its threads; 0: the caller's. */
static const struct process *named(int id)
{
	const struct thread *thread = id ? thread_find(id) : current();

	return thread ? thread->process : process_find(id);
}

static bool leads_session(const struct process *process)
{
	return process->sid == process->pid;
}

long sys_getpgrp(const uint64_t *a)
{
	(void)a;
	return current()->process->pgid;
}

long sys_getpgid(const uint64_t *a)
{
	const struct process *process = named((int)a[0]);

	return process ? process->pgid : -ESRCH;
}

long sys_getsid(const uint64_t *a)
{
	const struct process *process = named((int)a[0]);

	return process ? process->sid : -ESRCH;
}

/* Whether self may move process to another group: in Linux's order. */
static int may_move(const struct process *self, const struct process *process)
{
	if (process->parent == self) {
		if (process->sid != self->sid)
			return -EPERM;
		if (process->executed)
			return -EACCES;
	} else if (process != self) {
		return -ESRCH;
	}
	return leads_session(process) ? -EPERM : 0;
}

long sys_setpgid(const uint64_t *a)
{
	const struct process *self = current()->process;
	int pid = (int)a[0] ? (int)a[0] : self->pid;
	int pgid = (int)a[1] ? (int)a[1] : pid;

	if (pgid < 0)
		return -EINVAL;
	struct process *process = process_find(pid);
	if (!process)
		return thread_find(pid) ? -EINVAL : -ESRCH;
	int error = may_move(self, process);
	if (error)
		return error;
	const struct process *member = group_find(pgid);
	if (pgid != pid && (!member || member->sid != self->sid))
		return -EPERM;
	process->pgid = pgid;
	return 0;
}

long sys_setsid(const uint64_t *a)
{
	struct process *process = current()->process;

	(void)a;
	if (leads_session(process) || group_find(process->pid))
		return -EPERM;
	process->sid = process->pgid = process->pid;
	tty_forget(process);
	return process->pid;
}

/* For those who manage the machine's terminals: nobody in here does. */
long sys_vhangup(const uint64_t *a)
{
	(void)a;
	return -EPERM;
}
