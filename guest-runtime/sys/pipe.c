// SPDX-License-Identifier: Apache-2.0
/* pipe, and mknod for what has a name. */
#include "guest-runtime/fs/pipe.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/names.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/sys/sys.h"

#include <linux/capability.h>
#include <linux/kdev_t.h>

static long make_pipe(uva_t to, uint32_t flags)
{
	struct file *ends[2];
	int fds[2];

	if (flags & ~(uint32_t)(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
		return -EINVAL;
	int error = pipe_create(ends, flags & ~(uint32_t)O_CLOEXEC);
	if (error < 0)
		return error;
	fds[0] = files_add(ends[0], 0, flags & O_CLOEXEC);
	if (fds[0] < 0) {
		file_put(ends[1]);
		return fds[0];
	}
	fds[1] = files_add(ends[1], 0, flags & O_CLOEXEC);
	error = fds[1] < 0 ? fds[1] : copy_to_user(to, fds, sizeof(fds));
	if (error < 0) {
		files_close(fds[0]);
		files_close(fds[1]);
	}
	return error;
}

long sys_pipe(const uint64_t *a)
{
	return make_pipe(a[0], 0);
}

long sys_pipe2(const uint64_t *a)
{
	return make_pipe(a[0], (uint32_t)a[1]);
}

static int may_make(uint32_t mode, uint64_t rdev)
{
	switch (mode & S_IFMT) {
	case 0:
	case S_IFREG:
	case S_IFIFO:
	case S_IFSOCK:
		return 0;
	case S_IFCHR:
		if (rdev == 0) /* a whiteout of overlayfs */
			return 0;
		__attribute__((fallthrough));
	case S_IFBLK:
		return credentials_capable(CAP_MKNOD) ? 0 : -EPERM;
	case S_IFDIR:
		return -EPERM;
	default:
		return -EINVAL;
	}
}

static long make_node(int dirfd, uva_t path, uint32_t mode, uint32_t device)
{
	bool plain = (mode & S_IFMT) == 0 || (mode & S_IFMT) == S_IFREG;
	int error = may_make(mode, device);
	char *name;

	if (error == -EINVAL || (mode & S_IFMT) == S_IFDIR)
		return error;
	long result = path_from_user(path, false, &name);
	if (result < 0)
		return result;
	mode = (plain ? S_IFREG : mode & S_IFMT) | (mode & 07777 & ~current()->fs->umask);
	result = error < 0 ? error : path_create(dirfd, name, mode, plain ? 0 : device, NULL);
	path_free(name);
	return result;
}

long sys_mknod(const uint64_t *a)
{
	return make_node(AT_FDCWD, a[0], (uint16_t)a[1], (uint32_t)a[2]);
}

long sys_mknodat(const uint64_t *a)
{
	return make_node((int)a[0], a[1], (uint16_t)a[2], (uint32_t)a[3]);
}
