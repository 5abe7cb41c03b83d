// SPDX-License-Identifier: Apache-2.0
/* Making names: who may, in the order in which Linux asks. */
#include "guest-runtime/fs/names.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/proc/process.h"

int name_create(struct dentry *dir, const char *name, size_t length, uint32_t mode, uint64_t rdev,
		const char *target, struct dentry **out)
{
	struct dentry *entry;

	if (!dir->inode->ops->create)
		return dir->super->read_only ? -EROFS : -ENOENT;
	if (dir->super->read_only)
		return -EROFS;
	if (dentry_removed(dir))
		return -ENOENT;
	int error = inode_access(dir->inode, 3, false);
	if (error == 0)
		error = dir->inode->ops->create(dir, name, length, mode, rdev, target, &entry);
	if (error < 0)
		return error;
	if (out)
		*out = entry;
	else
		dentry_put(entry);
	return 0;
}

/*
 * The link's text, joined to its directory, is the path to create at; it may
 * end in a link again.
 */
int name_through_link(int dirfd, const char *path, uint64_t resolve, uint32_t mode,
		      struct dentry **out, bool *created)
{
	struct walk walk;
	int error = walk_resolve(dirfd, path, WALK_FOLLOW, resolve, &walk);

	*created = false;
	if (error == 0) {
		*out = walk.at;
		return 0;
	}
	if (error != -ENOENT)
		return error;
	error = walk_resolve(dirfd, path, WALK_PARENT | WALK_TARGET, resolve, &walk);
	if (error < 0)
		return error;
	if (walk.last != LAST_NAME || walk.slash)
		error = -EISDIR;
	else
		error = name_create(walk.at, walk.name, walk.length,
				    S_IFREG | (mode & 07777 & ~current()->process->fs->umask), 0,
				    NULL, out);
	dentry_put(walk.at);
	*created = error == 0;
	return error;
}

int path_create(int dirfd, const char *path, uint32_t mode, uint64_t rdev, const char *target)
{
	struct walk walk;
	struct dentry *entry;
	int error = walk_path(dirfd, path, WALK_PARENT, &walk);

	if (error < 0)
		return error;
	if (walk.last != LAST_NAME) {
		error = -EEXIST;
	} else {
		error = walk_name(walk.at, walk.name, walk.length, false, &entry);
		if (error == 0) {
			dentry_put(entry);
			error = -EEXIST;
		} else if (error == -ENOENT && walk.slash && (mode & S_IFMT) != S_IFDIR) {
			error = -ENOENT;
		} else if (error == -ENOENT) {
			error = name_create(walk.at, walk.name, walk.length, mode, rdev, target,
					    NULL);
		}
	}
	dentry_put(walk.at);
	return error;
}

int path_link(int from_fd, const char *from, int to_fd, const char *to, uint32_t flags)
{
	struct dentry *object, *entry;
	struct walk walk;
	int error = walk_object(from_fd, from, flags, &object);

	if (error < 0)
		return error;
	error = walk_path(to_fd, to, WALK_PARENT, &walk);
	if (error < 0) {
		dentry_put(object);
		return error;
	}
	struct inode *inode = object->inode;
	error = walk.last != LAST_NAME
			? 0
			: walk_name(walk.at, walk.name, walk.length, false, &entry);
	if (error == 0) {
		if (walk.last == LAST_NAME)
			dentry_put(entry);
		error = -EEXIST;
	} else if (error == -ENOENT) {
		if (walk.slash)
			error = -ENOENT;
		else if (walk.at->super->read_only)
			error = -EROFS;
		else if (dentry_removed(walk.at))
			error = -ENOENT;
		else if (object->super != walk.at->super)
			error = -EXDEV;
		else
			error = inode_access(walk.at->inode, 3, false);
		if (error == 0 && inode_is(inode, S_IFDIR))
			error = -EPERM;
		if (error == 0 && !walk.at->inode->ops->link)
			error = -EPERM;
		if (error == 0 && inode->attr.nlink == 0 && !inode->linkable)
			error = -ENOENT;
		if (error == 0)
			error = walk.at->inode->ops->link(walk.at, walk.name, walk.length, inode);
	}
	dentry_put(walk.at);
	dentry_put(object);
	return error;
}
