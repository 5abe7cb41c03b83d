// SPDX-License-Identifier: Apache-2.0
/* process_vm_readv, process_vm_writev and kcmp: looking into other processes. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/mm/remote.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/rw.h"
#include "guest-runtime/sys/sys.h"

#include <linux/kcmp.h>

/* By the number of any thread: who current may look into; 0, -ESRCH, -EPERM. */
static int find(int id, struct thread **thread)
{
	*thread = thread_find(id);
	if (!*thread)
		return -ESRCH;
	const struct subject subject = { .process = (*thread)->process,
					 .thread = *thread,
					 .id = id };
	return subject_may_look(&subject) ? 0 : -EPERM;
}

static long move(struct mm *mm, const struct rw_buffers *remote, struct uio *local, bool write)
{
	long done = 0;

	for (size_t i = 0; i < remote->uio.count && local->left > 0; i++) {
		const struct iovec_user *part = &remote->vector[i];
		size_t want = MIN(part->length, local->left);
		long got = want ? mm_transfer(mm, part->base, local, want, write) : 0;

		if (got < 0 || (want && got == 0))
			return done ? done : got < 0 ? got : -EFAULT;
		done += got;
		if ((size_t)got < want)
			break;
	}
	return done;
}

static long transfer(const uint64_t *a, bool write)
{
	struct rw_buffers local, remote;
	struct thread *thread;

	if (a[5])
		return -EINVAL;
	long result = rw_vector(&local, a[1], a[2]);
	if (result)
		return result;
	result = rw_vector(&remote, a[3], a[4]);
	if (result == 0) {
		/* Without anything to do, not even the process matters. */
		if (local.uio.left > 0 && remote.uio.left > 0) {
			result = find((int)a[0], &thread);
			if (!result)
				result = move(thread->process->mm, &remote, &local.uio, write);
		}
		rw_release(&remote);
	}
	rw_release(&local);
	return result;
}

long sys_process_vm_readv(const uint64_t *a)
{
	return transfer(a, false);
}

long sys_process_vm_writev(const uint64_t *a)
{
	return transfer(a, true);
}

static long order(const void *a, const void *b)
{
	return a == b ? 0 : a < b ? 1 : 2;
}

static long compare_files(struct thread *a, struct thread *b, int fd_a, int fd_b)
{
	struct file *file_a = files_get_raw(a->files, fd_a);
	struct file *file_b = files_get_raw(b->files, fd_b);
	long result = file_a && file_b ? order(file_a, file_b) : -EBADF;

	if (file_a)
		file_put(file_a);
	if (file_b)
		file_put(file_b);
	return result;
}

long sys_kcmp(const uint64_t *a)
{
	struct thread *first, *second;
	int error = find((int)a[0], &first), other = find((int)a[1], &second);

	if (error == -ESRCH || other == -ESRCH)
		return -ESRCH;
	if (error || other)
		return -EPERM;
	switch ((int)a[2]) {
	case KCMP_FILE:
		return compare_files(first, second, (int)a[3], (int)a[4]);
	case KCMP_VM:
		return order(first->process->mm, second->process->mm);
	case KCMP_FILES:
		return order(first->files, second->files);
	case KCMP_FS:
		return order(first->fs, second->fs);
	case KCMP_SIGHAND:
		return order(first->process->actions, second->process->actions);
	case KCMP_SYSVSEM:
		return order(first->process->sem_undos, second->process->sem_undos);
	case KCMP_IO: /* no I/O priorities: nobody has a context for them */
		return 0;
	default:
		return -EINVAL;
	}
}
