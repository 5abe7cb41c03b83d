// SPDX-License-Identifier: Apache-2.0
/* System calls of process descriptors: pidfd_open(2), pidfd_getfd(2). */
#include "guest-runtime/fs/pidfd.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/sys/sys.h"

#include <linux/capability.h>
#include <linux/errno.h>

long sys_pidfd_open(const uint64_t *a)
{
	int pid = (int)a[0];

	if ((uint32_t)a[1] & ~(uint32_t)O_NONBLOCK)
		return -EINVAL;
	if (pid <= 0)
		return -EINVAL;
	struct process *process = process_find(pid);
	if (!process)
		return thread_find(pid) ? -EINVAL : -ESRCH;
	return pidfd_create(process, (uint32_t)a[1]);
}

/* Linux asks whether the caller may trace the process. */
static bool may_take(const struct process *self, const struct process *process)
{
	bool same = self->euid == process->uid && self->euid == process->euid &&
		    self->euid == process->suid && self->egid == process->gid &&
		    self->egid == process->egid && self->egid == process->sgid &&
		    !process->not_dumpable;

	return self == process || same || !self->euid;
}

static long take(const struct process *process, int fd)
{
	const struct thread *thread = process_leader(process);

	if (!thread)
		return -ESRCH;
	if (!may_take(current()->process, process))
		return -EPERM;
	struct file *file = files_get(thread->files, fd);
	return file ? files_add(file, 0, true) : -EBADF;
}

long sys_pidfd_getfd(const uint64_t *a)
{
	if ((uint32_t)a[2])
		return -EINVAL;
	struct file *file = fd_get((int)a[0]);
	if (!file)
		return -EBADF;
	const struct process *process = pidfd_process(file);
	long result = process ? take(process, (int)a[1]) : -EBADF;
	file_put(file);
	return result;
}
