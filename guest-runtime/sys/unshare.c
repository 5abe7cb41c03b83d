// SPDX-License-Identifier: Apache-2.0
/*
 * unshare(2), setns(2): a thread's own descriptors and directories; there are
 * no namespaces to make or to enter.
 */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/notes/notes.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"

#include <asm/unistd.h>
#include <linux/errno.h>
#include <linux/sched.h>

#define NAMESPACES \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	 CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)
#define KNOWN \
	(NAMESPACES | CLONE_THREAD | CLONE_FS | CLONE_SIGHAND | CLONE_VM | CLONE_FILES | \
	 CLONE_SYSVSEM)

static int unshare_fs(struct thread *thread)
{
	if (thread->fs->shares == 1)
		return 0;
	struct fs_context *copy = fs_context_copy(thread->fs);
	if (!copy)
		return -ENOMEM;
	fs_context_release(thread->fs);
	thread->fs = copy;
	return 0;
}

long sys_unshare(const uint64_t *a)
{
	struct thread *thread = current();
	int error = 0;

	if (a[0] & ~(uint64_t)KNOWN)
		return -EINVAL;
	/* What a thread shares with its process, it shares for good. */
	if ((a[0] & (CLONE_THREAD | CLONE_SIGHAND | CLONE_VM)) && thread->process->thread_count > 1)
		return -EINVAL;
	if (a[0] & NAMESPACES)
		return note_syscall(__NR_unshare, -EPERM);
	if (a[0] & CLONE_FS)
		error = unshare_fs(thread);
	if (!error && (a[0] & CLONE_FILES))
		error = files_unshare();
	return error;
}

long sys_setns(const uint64_t *a)
{
	struct file *file = fd_get((int)a[0]);

	if (!file)
		return -EBADF;
	file_put(file);
	return -EINVAL;
}
