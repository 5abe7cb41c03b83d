// SPDX-License-Identifier: Apache-2.0
/* Descriptors: duplicates, flags, locks. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/restart.h"
#include "guest-runtime/sys/sys.h"

#include <linux/close_range.h>
#include <linux/fs.h>
#include <linux/resource.h>

/* What F_SETFL can change. */
#define SETTABLE (O_APPEND | O_NONBLOCK | O_NOATIME | FASYNC)

static bool within_limit(uint64_t fd)
{
	return fd < current()->process->limits[RLIMIT_NOFILE].soft;
}

long sys_dup(const uint64_t *a)
{
	struct file *file = fd_get_raw((int)a[0]);

	return file ? files_add(file, 0, false) : -EBADF;
}

long sys_dup2(const uint64_t *a)
{
	struct file *file = fd_get_raw((int)a[0]);

	if (!file)
		return -EBADF;
	if ((int)a[0] == (int)a[1]) {
		file_put(file);
		return (int)a[1];
	}
	return files_set((int)a[1], file, false);
}

long sys_dup3(const uint64_t *a)
{
	if ((a[2] & ~(uint64_t)O_CLOEXEC) || (int)a[0] == (int)a[1])
		return -EINVAL;
	if (!within_limit((uint32_t)a[1]))
		return -EBADF;
	struct file *file = fd_get_raw((int)a[0]);
	return file ? files_set((int)a[1], file, a[2] & O_CLOEXEC) : -EBADF;
}

long sys_close_range(const uint64_t *a)
{
	uint32_t first = (uint32_t)a[0], last = (uint32_t)a[1];

	if ((a[2] & ~(uint64_t)(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)) || first > last)
		return -EINVAL;
	files_close_range(first, last, a[2] & CLOSE_RANGE_CLOEXEC);
	return 0;
}

/*
 * Record locks belong to processes, and there is one: nothing ever conflicts.
 * The request is still checked as if somebody could.
 */
static long record_lock(struct file *file, uint64_t command, uva_t address)
{
	struct flock lock;
	int error = copy_from_user(&lock, address, sizeof(lock));

	if (error < 0)
		return error;
	if (lock.l_type != F_RDLCK && lock.l_type != F_WRLCK &&
	    (lock.l_type != F_UNLCK || command == F_GETLK))
		return -EINVAL;
	if (lock.l_whence < SEEK_SET || lock.l_whence > SEEK_END)
		return -EINVAL;
	if (lock.l_whence == SEEK_SET && (lock.l_start < 0 || lock.l_start + lock.l_len < 0))
		return -EINVAL;
	if (command == F_GETLK) {
		lock.l_type = F_UNLCK;
		return copy_to_user(address, &lock, sizeof(lock));
	}
	if ((lock.l_type == F_RDLCK && !file_readable(file)) ||
	    (lock.l_type == F_WRLCK && !file_writable(file)))
		return -EBADF;
	return 0;
}

static long set_flags(struct file *file, uint64_t flags)
{
	if ((flags & O_NOATIME) && !(file->flags & O_NOATIME) && !inode_owned(file->inode))
		return -EPERM;
	if (flags & O_DIRECT)
		return -EINVAL;
	file->flags = (file->flags & ~(uint32_t)SETTABLE) | ((uint32_t)flags & SETTABLE);
	return 0;
}

static long control(struct file *file, int fd, uint64_t command, uint64_t argument)
{
	switch (command) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		if (!within_limit((uint32_t)argument))
			return -EINVAL;
		return files_add(file_get(file), (int)argument, command == F_DUPFD_CLOEXEC);
	case F_GETFD:
		return files_cloexec(fd) == 1 ? FD_CLOEXEC : 0;
	case F_SETFD:
		return files_set_cloexec(fd, argument & FD_CLOEXEC);
	case F_GETFL:
		return file->flags;
	}
	if (file->flags & O_PATH)
		return -EBADF;
	switch (command) {
	case F_SETFL:
		return set_flags(file, argument);
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
		return record_lock(file, command, argument);
	default:
		return -EINVAL;
	}
}

long sys_fcntl(const uint64_t *a)
{
	struct file *file = fd_get_raw((int)a[0]);

	if (!file)
		return -EBADF;
	long result = control(file, (int)a[0], (uint32_t)a[1], a[2]);
	file_put(file);
	return result;
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
	/* The holder is this very process, which waits here: only a signal ends it. */
	signal_wait(current(), INT64_MAX, NULL, NULL);
	return -ERESTARTSYS;
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
