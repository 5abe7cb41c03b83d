// SPDX-License-Identifier: Apache-2.0
/* open and its kin, and what changes the size of files. */
#include "guest-runtime/fs/anon.h"
#include "guest-runtime/fs/attr.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/inotify.h"
#include "guest-runtime/fs/memfd.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"

#include <asm/signal.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/memfd.h>
#include <linux/openat2.h>
#include <linux/resource.h>

#define OPEN_KNOWN \
	(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK | O_DSYNC | \
	 __O_SYNC | FASYNC | O_DIRECT | O_LARGEFILE | O_DIRECTORY | O_NOFOLLOW | O_NOATIME | \
	 O_CLOEXEC | O_PATH | __O_TMPFILE)
#define RESOLVE_KNOWN \
	(RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH | \
	 RESOLVE_IN_ROOT | RESOLVE_CACHED)

static long open_user(int dirfd, uva_t path, uint32_t flags, uint32_t mode, uint64_t resolve)
{
	struct file *file = NULL;
	char *name;
	int error = path_from_user(path, false, &name);

	if (error < 0)
		return error;
	/* First, so that nothing is made or waited for in vain. */
	error = files_room();
	if (error == 0)
		error = open_at(dirfd, name, flags, mode, resolve, &file);
	path_free(name);
	return error < 0 ? error : files_add(file, 0, flags & O_CLOEXEC);
}

long sys_open(const uint64_t *a)
{
	return open_user(AT_FDCWD, a[0], (uint32_t)a[1] & OPEN_KNOWN, (uint32_t)a[2], 0);
}

long sys_openat(const uint64_t *a)
{
	return open_user((int)a[0], a[1], (uint32_t)a[2] & OPEN_KNOWN, (uint32_t)a[3], 0);
}

long sys_creat(const uint64_t *a)
{
	return open_user(AT_FDCWD, a[0], O_CREAT | O_WRONLY | O_TRUNC, (uint32_t)a[1], 0);
}

/* Unlike its elders, it refuses what it does not know. */
long sys_openat2(const uint64_t *a)
{
	struct open_how how = { 0 };
	uint8_t rest[64];

	if (a[3] < sizeof(how))
		return -EINVAL;
	if (a[3] > GUEST_PAGE_SIZE)
		return -E2BIG;
	int error = copy_from_user(&how, a[2], sizeof(how));
	/* A newer, longer struct is fine as long as its news are zero. */
	for (uint64_t at = sizeof(how); error == 0 && at < a[3]; at += sizeof(rest)) {
		size_t n = MIN(sizeof(rest), a[3] - at);

		error = copy_from_user(rest, a[2] + at, n);
		for (size_t i = 0; error == 0 && i < n; i++)
			if (rest[i])
				error = -E2BIG;
	}
	if (error < 0)
		return error;
	if ((how.flags & ~(uint64_t)OPEN_KNOWN) || (how.resolve & ~(uint64_t)RESOLVE_KNOWN))
		return -EINVAL;
	if ((how.mode & ~07777ull) || (how.mode && !(how.flags & (O_CREAT | __O_TMPFILE))))
		return -EINVAL;
	if ((how.resolve & RESOLVE_BENEATH) && (how.resolve & RESOLVE_IN_ROOT))
		return -EINVAL;
	if ((how.flags & O_PATH) &&
	    (how.flags & ~(uint64_t)(O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)))
		return -EINVAL;
	/* Nothing is promised to be cached; callers then ask again without. */
	if (how.resolve & RESOLVE_CACHED)
		return -EAGAIN;
	return open_user((int)a[0], a[1], (uint32_t)how.flags, (uint32_t)how.mode, how.resolve);
}

long sys_close(const uint64_t *a)
{
	return files_close((int)a[0]);
}

long sys_truncate(const uint64_t *a)
{
	char *path;

	if ((int64_t)a[1] < 0)
		return -EINVAL;
	int error = path_from_user(a[0], false, &path);
	if (error == 0) {
		error = path_truncate(path, (int64_t)a[1]);
		path_free(path);
	}
	return error;
}

long sys_ftruncate(const uint64_t *a)
{
	struct file *file = fd_get((int)a[0]);
	int error;

	if ((int64_t)a[1] < 0) {
		error = -EINVAL;
	} else if (!file) {
		error = -EBADF;
	} else if (!inode_is(file->inode, S_IFREG) || !file_writable(file)) {
		error = -EINVAL;
	} else {
		error = file->inode->ops->truncate
				? file->inode->ops->truncate(file->inode, (int64_t)a[1])
				: -EINVAL;
		if (error == 0) {
			attr_drop_set_ids(file->inode);
			notify(file->dentry, IN_MODIFY);
		}
	}
	if (file)
		file_put(file);
	return error;
}

/* A file may not grow beyond RLIMIT_FSIZE; SIGXFSZ says so. */
static bool exceeds_limit(struct file *file, int64_t end)
{
	struct hc_attr attr;

	if ((uint64_t)end <= current()->process->limits[RLIMIT_FSIZE].soft ||
	    file_attr(file, &attr) < 0 || end <= attr.size)
		return false;
	file_size_reached();
	return true;
}

static int allocate(struct file *file, int mode, int64_t offset, int64_t length)
{
	const int known = FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_COLLAPSE_RANGE |
			  FALLOC_FL_ZERO_RANGE | FALLOC_FL_INSERT_RANGE | FALLOC_FL_UNSHARE_RANGE;
	int64_t end;

	if (offset < 0 || length <= 0)
		return -EINVAL;
	if ((mode & ~known) || ((mode & FALLOC_FL_PUNCH_HOLE) && !(mode & FALLOC_FL_KEEP_SIZE)))
		return -EOPNOTSUPP;
	if (!file_writable(file))
		return -EBADF;
	if (inode_is(file->inode, S_IFIFO))
		return -ESPIPE;
	if (inode_is(file->inode, S_IFDIR))
		return -EISDIR;
	if (!inode_is(file->inode, S_IFREG))
		return -ENODEV;
	if (__builtin_add_overflow(offset, length, &end))
		return -EFBIG;
	if (!(mode & FALLOC_FL_KEEP_SIZE) && exceeds_limit(file, end))
		return -EFBIG;
	if (!file->inode->ops->allocate)
		return -EOPNOTSUPP;
	return file->inode->ops->allocate(file->inode, mode, offset, length);
}

long sys_fallocate(const uint64_t *a)
{
	struct file *file = fd_get((int)a[0]);

	if (!file)
		return -EBADF;
	int error = allocate(file, (int)a[1], (int64_t)a[2], (int64_t)a[3]);
	if (error == 0) {
		attr_drop_set_ids(file->inode);
		notify(file->dentry, IN_MODIFY);
	}
	file_put(file);
	return error;
}

long sys_memfd_create(const uint64_t *a)
{
	const uint32_t either = MFD_NOEXEC_SEAL | MFD_EXEC;
	const uint32_t known = MFD_CLOEXEC | MFD_ALLOW_SEALING | either;
	const uint32_t huge = (uint32_t)MFD_HUGE_MASK << MFD_HUGE_SHIFT;
	uint32_t flags = (uint32_t)a[1];
	char name[MEMFD_NAME_MAX + 1];

	/* Without huge page support, as such a kernel says it. */
	if ((flags & MFD_HUGETLB) && !(flags & ~known & ~(MFD_HUGETLB | huge)))
		return -ENOSYS;
	if ((flags & ~known) || (flags & either) == either)
		return -EINVAL;
	long length = string_from_user(name, a[0], sizeof(name));
	if (length < 0)
		return length == -ENAMETOOLONG ? -EINVAL : length;
	return anon_install(memfd_create(name, flags), flags & MFD_CLOEXEC);
}
