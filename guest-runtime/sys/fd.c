// SPDX-License-Identifier: Apache-2.0
/* Descriptors: duplicates and flags. */
#include "guest-runtime/sys/fd.h"
#include "guest-runtime/fs/async.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/memfd.h"
#include "guest-runtime/fs/pipe.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/lock.h"
#include "guest-runtime/sys/sys.h"

#include <linux/close_range.h>
#include <linux/fs.h>
#include <linux/resource.h>

/* What F_SETFL can change. */
#define SETTABLE (O_APPEND | O_NONBLOCK | O_NOATIME | O_DIRECT)

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

static long set_flags(struct file *file, int fd, uint64_t flags)
{
	if ((flags & O_NOATIME) && !(file->flags & O_NOATIME) && !inode_owned(file->inode))
		return -EPERM;
	/* Of a pipe it makes packets; nothing else here can do without its cache. */
	if ((flags & O_DIRECT) && !inode_is(file->inode, S_IFIFO))
		return -EINVAL;
	/* Where it cannot be, O_ASYNC is passed over. */
	if (async_able(file) && async_set(file, fd, flags & FASYNC))
		return -ENOMEM;
	file->flags = (file->flags & ~(uint32_t)SETTABLE) | ((uint32_t)flags & SETTABLE);
	return 0;
}

long fd_set_owner(struct file *file, int id)
{
	return async_set_owner(file, id < 0 ? F_OWNER_PGRP : F_OWNER_PID, id);
}

int fd_get_owner(const struct file *file)
{
	return async_owner_exists(file) ? file->owner : 0;
}

static long get_owner(struct file *file, uva_t to)
{
	int id = fd_get_owner(file);
	const struct f_owner_ex owner = {
		.type = file->owner ? file->owner_type : F_OWNER_TID,
		.pid = id < 0 ? -id : id,
	};

	return copy_to_user(to, &owner, sizeof(owner));
}

static long set_owner_from(struct file *file, uva_t from)
{
	struct f_owner_ex owner;

	if (copy_from_user(&owner, from, sizeof(owner)) < 0)
		return -EFAULT;
	if (owner.type < F_OWNER_TID || owner.type > F_OWNER_PGRP)
		return -EINVAL;
	return async_set_owner(file, owner.type, owner.pid);
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
	case F_GETPIPE_SZ:
		return pipe_of(file) ? pipe_capacity(pipe_of(file)) : -EBADF;
	case F_SETPIPE_SZ:
		return pipe_of(file) ? pipe_resize(pipe_of(file), (uint32_t)argument) : -EBADF;
	case F_SETFL:
		return set_flags(file, fd, argument);
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		return lock_control(file, command, argument);
	case F_GETLEASE: /* nobody can have one */
		return F_UNLCK;
	case F_GETOWN:
		return fd_get_owner(file);
	case F_SETOWN:
		return fd_set_owner(file, (int)argument);
	case F_GETOWN_EX:
		return get_owner(file, argument);
	case F_SETOWN_EX:
		return set_owner_from(file, argument);
	case F_GETSIG:
		return file->io_signal;
	case F_SETSIG:
		if (argument > SIGNALS)
			return -EINVAL;
		file->io_signal = (int)argument;
		return 0;
	case F_NOTIFY:
		if (!inode_is(file->inode, S_IFDIR))
			return -ENOTDIR;
		/* Ends a watch, and there are none: inotify(7) replaced them long ago. */
		return (uint32_t)argument & ~(uint32_t)DN_MULTISHOT ? -EINVAL : 0;
	case F_ADD_SEALS:
		return seals_add(file, (uint32_t)argument);
	case F_GET_SEALS:
		return seals_get(file);
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
