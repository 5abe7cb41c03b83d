// SPDX-License-Identifier: Apache-2.0
/* Listing directories, and being in one. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/inotify.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"

#define RECORD_MAX (24 + FS_NAME_MAX + 1)

struct user_sink {
	struct dir_sink sink;
	uva_t at;
	size_t left;
	bool old;  /* getdents: the type stands behind the name */
	int error; /* -EINVAL: too small even for one; -EFAULT */
	bool any;
};

/* struct linux_dirent64, or of old struct linux_dirent. */
struct record {
	uint64_t ino;
	uint64_t next;
	uint16_t length;
	char rest[RECORD_MAX - 18];
};

static bool emit(struct dir_sink *sink, const char *name, size_t length, uint64_t ino,
		 uint32_t type, uint64_t next)
{
	struct user_sink *out = container_of(sink, struct user_sink, sink);
	size_t size = ALIGN_UP(18 + length + 2, (size_t)8);
	struct record record = { .ino = ino, .next = next, .length = (uint16_t)size };

	if (!out->old)
		size = ALIGN_UP(19 + length + 1, (size_t)8);
	record.length = (uint16_t)size;
	if (size > out->left) {
		if (!out->any)
			out->error = -EINVAL;
		return false;
	}
	memcpy(record.rest + (out->old ? 0 : 1), name, length);
	record.rest[out->old ? size - 18 - 1 : 0] = (char)type;
	if (copy_to_user(out->at, &record, size) < 0) {
		if (!out->any)
			out->error = -EFAULT;
		return false;
	}
	out->any = true;
	out->at += size;
	out->left -= size;
	return true;
}

static long list(const uint64_t *a, bool old)
{
	struct user_sink out = { .sink = { emit }, .at = a[1], .left = (uint32_t)a[2], .old = old };
	struct file *file = fd_get((int)a[0]);

	if (!file)
		return -EBADF;
	int error = file->ops->readdir ? file->ops->readdir(file, &out.sink) : -ENOTDIR;
	if (out.any)
		notify(file->dentry, IN_ACCESS);
	file_put(file);
	if (out.any)
		return (long)(out.at - a[1]);
	return error < 0 ? error : out.error;
}

long sys_getdents64(const uint64_t *a)
{
	return list(a, false);
}

long sys_getdents(const uint64_t *a)
{
	return list(a, true);
}

/* Takes over the reference to entry. */
static long go_to(struct dentry **place, struct dentry *entry)
{
	int error = inode_is(entry->inode, S_IFDIR) ? 0 : -ENOTDIR;

	if (error == 0)
		error = inode_access(entry->inode, 1, false);
	if (error < 0) {
		dentry_put(entry);
		return error;
	}
	dentry_put(*place);
	*place = entry;
	return 0;
}

static long go_to_path(struct dentry **place, uva_t path)
{
	struct dentry *entry;
	char *name;
	int error = path_from_user(path, false, &name);

	if (error < 0)
		return error;
	error = walk_object(AT_FDCWD, name, WALK_FOLLOW, &entry);
	path_free(name);
	return error < 0 ? error : go_to(place, entry);
}

long sys_chdir(const uint64_t *a)
{
	return go_to_path(&current()->fs->cwd, a[0]);
}

long sys_fchdir(const uint64_t *a)
{
	struct file *file = fd_get_raw((int)a[0]);

	if (!file)
		return -EBADF;
	long result =
		file->dentry ? go_to(&current()->fs->cwd, dentry_get(file->dentry)) : -ENOTDIR;
	file_put(file);
	return result;
}

long sys_chroot(const uint64_t *a)
{
	if (current()->process->euid != 0)
		return -EPERM;
	return go_to_path(&current()->fs->root, a[0]);
}

long sys_getcwd(const uint64_t *a)
{
	const struct fs_context *context = current()->fs;
	char *path = kmalloc(FS_PATH_MAX);
	long length;

	if (!path)
		return -ENOMEM;
	if (dentry_removed(context->cwd))
		length = -ENOENT;
	else
		length = dentry_path(context->cwd, context->root, path, FS_PATH_MAX);
	if (length >= 0) {
		length++;
		if ((uint64_t)length > a[1])
			length = -ERANGE;
		else if (copy_to_user(a[0], path, (size_t)length) < 0)
			length = -EFAULT;
	}
	kfree(path);
	return length;
}

long sys_umask(const uint64_t *a)
{
	struct fs_context *context = current()->fs;
	uint32_t old = context->umask;

	context->umask = (uint32_t)a[0] & 0777;
	return old;
}
