// SPDX-License-Identifier: Apache-2.0
/* System calls that make, remove, move and read names. */
#include "guest-runtime/fs/names.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"

#include <linux/fs.h>

static uint32_t masked(uint64_t mode)
{
	return (uint32_t)mode & 01777 & ~current()->fs->umask;
}

static long make(int dirfd, uva_t path, uint32_t mode, uint64_t rdev, const char *target)
{
	char *name;
	int error = path_from_user(path, false, &name);

	if (error < 0)
		return error;
	error = path_create(dirfd, name, mode, rdev, target);
	path_free(name);
	return error;
}

long sys_mkdir(const uint64_t *a)
{
	return make(AT_FDCWD, a[0], S_IFDIR | masked(a[1]), 0, NULL);
}

long sys_mkdirat(const uint64_t *a)
{
	return make((int)a[0], a[1], S_IFDIR | masked(a[2]), 0, NULL);
}

static long make_link(uva_t target, int dirfd, uva_t path)
{
	char *text;
	int error = path_from_user(target, false, &text);

	if (error < 0)
		return error;
	long result = make(dirfd, path, S_IFLNK | 0777, 0, text);
	path_free(text);
	return result;
}

long sys_symlink(const uint64_t *a)
{
	return make_link(a[0], AT_FDCWD, a[1]);
}

long sys_symlinkat(const uint64_t *a)
{
	return make_link(a[0], (int)a[1], a[2]);
}

static long remove(int dirfd, uva_t path, bool directory)
{
	char *name;
	int error = path_from_user(path, false, &name);

	if (error < 0)
		return error;
	error = path_remove(dirfd, name, directory);
	path_free(name);
	return error;
}

long sys_unlink(const uint64_t *a)
{
	return remove(AT_FDCWD, a[0], false);
}

long sys_rmdir(const uint64_t *a)
{
	return remove(AT_FDCWD, a[0], true);
}

long sys_unlinkat(const uint64_t *a)
{
	if (a[2] & ~(uint64_t)AT_REMOVEDIR)
		return -EINVAL;
	return remove((int)a[0], a[1], a[2] & AT_REMOVEDIR);
}

/* Two paths for link and rename. */
static long with_two(int from_fd, uva_t from, int to_fd, uva_t to, uint32_t flags, bool empty,
		     int (*act)(int, const char *, int, const char *, uint32_t))
{
	char *a, *b;
	int error = path_from_user(from, empty, &a);

	if (error < 0)
		return error;
	error = path_from_user(to, false, &b);
	if (error == 0) {
		error = act(from_fd, a, to_fd, b, flags);
		path_free(b);
	}
	path_free(a);
	return error;
}

long sys_rename(const uint64_t *a)
{
	return with_two(AT_FDCWD, a[0], AT_FDCWD, a[1], 0, false, path_rename);
}

long sys_renameat(const uint64_t *a)
{
	return with_two((int)a[0], a[1], (int)a[2], a[3], 0, false, path_rename);
}

long sys_renameat2(const uint64_t *a)
{
	if (a[4] & ~(uint64_t)(RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	if ((a[4] & RENAME_NOREPLACE) && (a[4] & RENAME_EXCHANGE))
		return -EINVAL;
	return with_two((int)a[0], a[1], (int)a[2], a[3], (uint32_t)a[4], false, path_rename);
}

long sys_link(const uint64_t *a)
{
	return with_two(AT_FDCWD, a[0], AT_FDCWD, a[1], 0, false, path_link);
}

long sys_linkat(const uint64_t *a)
{
	bool empty = a[4] & AT_EMPTY_PATH;

	if (a[4] & ~(uint64_t)(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	/* Linux asks for CAP_DAC_READ_SEARCH. */
	if (empty && current()->process->euid != 0)
		return -ENOENT;
	return with_two((int)a[0], a[1], (int)a[2], a[3],
			(a[4] & AT_SYMLINK_FOLLOW ? WALK_FOLLOW : 0) | (empty ? WALK_EMPTY : 0),
			empty, path_link);
}

static long read_link(struct inode *inode, uva_t buffer, size_t size)
{
	if (!inode_is(inode, S_IFLNK) || !inode->ops->readlink)
		return -EINVAL;
	char *text = kmalloc(FS_PATH_MAX);
	if (!text)
		return -ENOMEM;
	long length = inode->ops->readlink(inode, text, FS_PATH_MAX);
	if (length >= 0) {
		length = MIN(length, (long)size);
		int error = copy_to_user(buffer, text, (size_t)length);
		if (error < 0)
			length = error;
	}
	kfree(text);
	return length;
}

static long readlink(int dirfd, uva_t path, uva_t buffer, int size)
{
	struct dentry *entry;
	char *name;

	if (size <= 0)
		return -EINVAL;
	long result = path_from_user(path, true, &name);
	if (result < 0)
		return result;
	result = walk_object(dirfd, name, WALK_EMPTY, &entry);
	if (result == 0) {
		result = read_link(entry->inode, buffer, (size_t)size);
		/* An empty path names the descriptor; only of a link does that make sense. */
		if (result == -EINVAL && !*name)
			result = -ENOENT;
		dentry_put(entry);
	}
	path_free(name);
	return result;
}

long sys_readlink(const uint64_t *a)
{
	return readlink(AT_FDCWD, a[0], a[1], (int)a[2]);
}

long sys_readlinkat(const uint64_t *a)
{
	return readlink((int)a[0], a[1], a[2], (int)a[3]);
}

/* No file here has a handle that would outlive its name. */
long sys_name_to_handle_at(const uint64_t *a)
{
	struct dentry *entry;
	char *name;

	if (a[4] & ~(uint64_t)(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	int error = path_from_user(a[1], a[4] & AT_EMPTY_PATH, &name);
	if (error < 0)
		return error;
	error = walk_object((int)a[0], name,
			    (a[4] & AT_SYMLINK_FOLLOW ? WALK_FOLLOW : 0) |
				    (a[4] & AT_EMPTY_PATH ? WALK_EMPTY : 0),
			    &entry);
	path_free(name);
	if (error < 0)
		return error;
	dentry_put(entry);
	return -EOPNOTSUPP;
}

long sys_open_by_handle_at(const uint64_t *a)
{
	(void)a;
	return -EPERM;
}
