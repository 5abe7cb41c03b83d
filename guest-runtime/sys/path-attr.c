// SPDX-License-Identifier: Apache-2.0
/* System calls on mode, owner, times and access of files. */
#include "guest-runtime/fs/attr.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/inotify.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"

#include <linux/fs.h>
#include <linux/time.h>
#include <linux/utime.h>

/* Of Linux, but not in its UAPI headers. */
#define UTIME_NOW  ((1l << 30) - 1l)
#define UTIME_OMIT ((1l << 30) - 2l)
#define F_OK	   0
#define R_OK	   4
#define W_OK	   2
#define X_OK	   1

/* What a path, or with an empty one a descriptor, names. */
static int object(int dirfd, uva_t path, uint32_t flags, struct dentry **out)
{
	char *name;
	int error = path_from_user(path, flags & WALK_EMPTY, &name);

	if (error < 0)
		return error;
	error = walk_object(dirfd, name, flags, out);
	path_free(name);
	return error;
}

/* AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH in terms of the walk. */
static uint32_t walk_flags(uint64_t flags)
{
	return (flags & AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW) |
	       (flags & AT_EMPTY_PATH ? WALK_EMPTY : 0);
}

static long change_mode(int dirfd, uva_t path, uint32_t mode, uint32_t flags)
{
	struct dentry *entry;
	int error = object(dirfd, path, flags, &entry);

	if (error < 0)
		return error;
	error = attr_chmod(entry->inode, mode);
	if (error == 0)
		notify(entry, IN_ATTRIB);
	dentry_put(entry);
	return error;
}

long sys_chmod(const uint64_t *a)
{
	return change_mode(AT_FDCWD, a[0], (uint32_t)a[1], WALK_FOLLOW);
}

long sys_fchmodat(const uint64_t *a)
{
	return change_mode((int)a[0], a[1], (uint32_t)a[2], WALK_FOLLOW);
}

long sys_fchmodat2(const uint64_t *a)
{
	if (a[3] & ~(uint64_t)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	return change_mode((int)a[0], a[1], (uint32_t)a[2], walk_flags(a[3]));
}

long sys_fchmod(const uint64_t *a)
{
	struct file *file = fd_get((int)a[0]);

	if (!file)
		return -EBADF;
	int error = attr_chmod(file->inode, (uint32_t)a[1]);
	if (error == 0)
		notify(file->dentry, IN_ATTRIB);
	file_put(file);
	return error;
}

/* An owner that was only said to stay is no change, but for its time. */
static int own(struct inode *inode, struct dentry *entry, uint64_t uid, uint64_t gid)
{
	int error = attr_chown(inode, (uint32_t)uid, (uint32_t)gid);

	if (error == 0 && ((uint32_t)uid != ATTR_KEEP_ID || (uint32_t)gid != ATTR_KEEP_ID))
		notify(entry, IN_ATTRIB);
	return error;
}

static long change_owner(int dirfd, uva_t path, uint64_t uid, uint64_t gid, uint32_t flags)
{
	struct dentry *entry;
	int error = object(dirfd, path, flags, &entry);

	if (error < 0)
		return error;
	error = own(entry->inode, entry, uid, gid);
	dentry_put(entry);
	return error;
}

long sys_chown(const uint64_t *a)
{
	return change_owner(AT_FDCWD, a[0], a[1], a[2], WALK_FOLLOW);
}

long sys_lchown(const uint64_t *a)
{
	return change_owner(AT_FDCWD, a[0], a[1], a[2], 0);
}

long sys_fchownat(const uint64_t *a)
{
	if (a[4] & ~(uint64_t)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	return change_owner((int)a[0], a[1], a[2], a[3],
			    (a[4] & AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW) |
				    (a[4] & AT_EMPTY_PATH ? WALK_EMPTY : 0));
}

long sys_fchown(const uint64_t *a)
{
	struct file *file = fd_get((int)a[0]);

	if (!file)
		return -EBADF;
	int error = own(file->inode, file->dentry, a[1], a[2]);
	file_put(file);
	return error;
}

static long set_times(int dirfd, uva_t path, uint32_t flags, int64_t atime, int64_t mtime,
		      bool explicit)
{
	struct dentry *entry;
	int error;

	/* Without a path, futimens(3): the descriptor itself. */
	if (!path && dirfd != AT_FDCWD) {
		struct file *file = flags == WALK_FOLLOW ? fd_get(dirfd) : NULL;

		if (!file)
			return flags == WALK_FOLLOW ? -EBADF : -EINVAL;
		error = attr_utimes(file->inode, atime, mtime, explicit);
		if (error == 0)
			notify(file->dentry, IN_ATTRIB);
		file_put(file);
		return error;
	}
	error = object(dirfd, path, flags, &entry);
	if (error < 0)
		return error;
	error = attr_utimes(entry->inode, atime, mtime, explicit);
	if (error == 0)
		notify(entry, IN_ATTRIB);
	dentry_put(entry);
	return error;
}

static int decode_time(const struct __kernel_timespec *t, int64_t *out)
{
	if (t->tv_nsec == UTIME_NOW)
		*out = ATTR_TIME_NOW;
	else if (t->tv_nsec == UTIME_OMIT)
		*out = ATTR_TIME_KEEP;
	else if (t->tv_nsec < 0 || t->tv_nsec > 999999999)
		return -EINVAL;
	else if (__builtin_mul_overflow(t->tv_sec, 1000000000, out) ||
		 __builtin_add_overflow(*out, t->tv_nsec, out))
		*out = t->tv_sec < 0 ? ATTR_TIME_KEEP + 1 : INT64_MAX; /* as tmpfs clamps */
	return 0;
}

long sys_utimensat(const uint64_t *a)
{
	struct __kernel_timespec times[2];
	int64_t atime = ATTR_TIME_NOW, mtime = ATTR_TIME_NOW;

	if (a[3] & ~(uint64_t)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (a[2]) {
		int error = copy_from_user(times, a[2], sizeof(times));

		if (error == 0)
			error = decode_time(&times[0], &atime);
		if (error == 0)
			error = decode_time(&times[1], &mtime);
		if (error < 0)
			return error;
		if (atime == ATTR_TIME_KEEP && mtime == ATTR_TIME_KEEP)
			return 0;
	}
	bool now = atime == ATTR_TIME_NOW && mtime == ATTR_TIME_NOW;
	return set_times((int)a[0], a[1],
			 (a[3] & AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW) |
				 (a[3] & AT_EMPTY_PATH ? WALK_EMPTY : 0),
			 atime, mtime, !now);
}

/* utimes and futimesat: microseconds. */
static long set_timevals(int dirfd, uva_t path, uva_t address)
{
	struct {
		int64_t seconds, micros;
	} times[2];

	if (!address)
		return set_times(dirfd, path, WALK_FOLLOW, ATTR_TIME_NOW, ATTR_TIME_NOW, false);
	int error = copy_from_user(times, address, sizeof(times));
	if (error < 0)
		return error;
	for (int i = 0; i < 2; i++)
		if (times[i].micros < 0 || times[i].micros > 999999)
			return -EINVAL;
	struct __kernel_timespec t[2] = { { times[0].seconds, times[0].micros * 1000 },
					  { times[1].seconds, times[1].micros * 1000 } };
	int64_t atime = 0, mtime = 0;
	decode_time(&t[0], &atime);
	decode_time(&t[1], &mtime);
	return set_times(dirfd, path, WALK_FOLLOW, atime, mtime, true);
}

long sys_utimes(const uint64_t *a)
{
	return set_timevals(AT_FDCWD, a[0], a[1]);
}

long sys_futimesat(const uint64_t *a)
{
	return set_timevals((int)a[0], a[1], a[2]);
}

long sys_utime(const uint64_t *a)
{
	struct {
		int64_t atime, mtime;
	} times;

	if (!a[1])
		return set_times(AT_FDCWD, a[0], WALK_FOLLOW, ATTR_TIME_NOW, ATTR_TIME_NOW, false);
	int error = copy_from_user(&times, a[1], sizeof(times));
	if (error < 0)
		return error;
	return set_times(AT_FDCWD, a[0], WALK_FOLLOW, times.atime * 1000000000,
			 times.mtime * 1000000000, true);
}

static long access(int dirfd, uva_t path, uint64_t mode, uint64_t flags)
{
	struct dentry *entry;

	if (mode & ~(uint64_t)(R_OK | W_OK | X_OK))
		return -EINVAL;
	if (flags & ~(uint64_t)(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	int error = object(dirfd, path,
			   (flags & AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW) |
				   (flags & AT_EMPTY_PATH ? WALK_EMPTY : 0),
			   &entry);
	if (error < 0)
		return error;
	struct inode *inode = entry->inode;
	if (mode != F_OK)
		error = inode_access(inode, (uint32_t)mode, !(flags & AT_EACCESS));
	if (error == 0 && (mode & W_OK) && entry->super->read_only &&
	    (inode_is(inode, S_IFREG) || inode_is(inode, S_IFDIR) || inode_is(inode, S_IFLNK)))
		error = -EROFS;
	dentry_put(entry);
	return error;
}

long sys_access(const uint64_t *a)
{
	return access(AT_FDCWD, a[0], a[1], 0);
}

long sys_faccessat(const uint64_t *a)
{
	return access((int)a[0], a[1], a[2], 0);
}

long sys_faccessat2(const uint64_t *a)
{
	return access((int)a[0], a[1], a[2], a[3]);
}
