// SPDX-License-Identifier: Apache-2.0
/* flock, and the locks of fcntl: F_SETLK and its kin, F_OFD_SETLK and its kin. */
#include "guest-runtime/sys/lock.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/lock.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/restart.h"
#include "guest-runtime/sys/sys.h"

#include <linux/fs.h>

/* A struct flock in absolute, inclusive terms. */
static int decode(struct file *file, const struct flock *from, struct range_lock *to)
{
	int64_t base = 0, start;
	struct hc_attr attr;

	switch (from->l_whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		base = MAX(file_seek(file, 0, SEEK_CUR), 0);
		break;
	case SEEK_END: {
		int error = file_attr(file, &attr);

		if (error < 0)
			return error;
		base = attr.size;
		break;
	}
	default:
		return -EINVAL;
	}
	if (__builtin_add_overflow(base, from->l_start, &start))
		return -EOVERFLOW;
	if (start < 0)
		return -EINVAL;
	to->start = start;
	to->end = INT64_MAX;
	if (from->l_len > 0 && __builtin_add_overflow(start, from->l_len - 1, &to->end))
		return -EOVERFLOW;
	if (from->l_len < 0) {
		to->start = start + from->l_len;
		to->end = start - 1;
		if (to->start < 0)
			return -EINVAL;
	}
	if (from->l_type != F_RDLCK && from->l_type != F_WRLCK && from->l_type != F_UNLCK)
		return -EINVAL;
	to->type = from->l_type;
	return 0;
}

static void encode(const struct range_lock *from, struct flock *to)
{
	to->l_type = (short)from->type;
	to->l_whence = SEEK_SET;
	to->l_start = from->start;
	to->l_len = from->end == INT64_MAX ? 0 : from->end - from->start + 1;
	to->l_pid = from->pid;
}

static bool of_open_file(uint64_t command)
{
	return command == F_OFD_GETLK || command == F_OFD_SETLK || command == F_OFD_SETLKW;
}

static long get(struct file *file, uva_t address, struct flock *lock,
		const struct range_lock *request)
{
	const struct range_lock *held = lock_conflict(file->inode, request);

	if (held)
		encode(held, lock);
	else
		lock->l_type = F_UNLCK;
	return copy_to_user(address, lock, sizeof(*lock));
}

/* An open file's locks (pid -1) are nobody's to wait in a circle for. */
static int apply(struct inode *inode, const struct range_lock *request, bool wait)
{
	int error = lock_apply(inode, request);

	if (error == -EAGAIN && wait && request->pid >= 0 && lock_would_deadlock(inode, request))
		return -EDEADLK;
	return error;
}

static long set(struct file *file, const struct range_lock *request, bool wait)
{
	struct inode *inode = file->inode;
	int error;

	if ((request->type == F_RDLCK && !file_readable(file)) ||
	    (request->type == F_WRLCK && !file_writable(file)))
		return -EBADF;
	error = apply(inode, request, wait);
	if (error != -EAGAIN || !wait)
		return error;
	struct lock_wait waiting;
	lock_wait_begin(&waiting, inode, request);
	long ended = WAIT_UNTIL(&inode->unlocked, WAIT_FOREVER,
				(error = apply(inode, request, true)) != -EAGAIN);
	lock_wait_end(&waiting);
	return ended ? -ERESTARTSYS : error;
}

long lock_control(struct file *file, uint64_t command, uva_t address)
{
	bool of_file = of_open_file(command);
	struct range_lock request = {
		.owner = of_file ? (const void *)file : current()->files,
		.pid = of_file ? -1 : current()->process->pid,
	};
	struct flock lock;

	if (copy_from_user(&lock, address, sizeof(lock)) < 0)
		return -EFAULT;
	if (command == F_GETLK && lock.l_type != F_RDLCK && lock.l_type != F_WRLCK)
		return -EINVAL;
	int error = decode(file, &lock, &request);
	if (error < 0)
		return error;
	if (of_file && lock.l_pid != 0)
		return -EINVAL;
	if (command == F_GETLK || command == F_OFD_GETLK)
		return get(file, address, &lock, &request);
	return set(file, &request, command == F_SETLKW || command == F_OFD_SETLKW);
}

static long lock_file(struct file *file, uint32_t how)
{
	uint32_t lock = how & ~(uint32_t)LOCK_NB;

	if (lock == LOCK_UN) {
		file_unlock(file);
		return 0;
	}
	if (lock != LOCK_SH && lock != LOCK_EX)
		return -EINVAL;
	if (file_lock(file, lock))
		return 0;
	if (how & LOCK_NB)
		return -EWOULDBLOCK;
	return WAIT_UNTIL(&file->inode->unlocked, WAIT_FOREVER, file_lock(file, lock))
		       ? -ERESTARTSYS
		       : 0;
}

long sys_flock(const uint64_t *a)
{
	struct file *file = fd_get((int)a[0]);

	if (!file)
		return -EBADF;
	long result = lock_file(file, (uint32_t)a[1]);
	file_put(file);
	return result;
}
