// SPDX-License-Identifier: Apache-2.0
/* Making names: who may, in the order in which Linux asks. */
#include "guest-runtime/fs/names.h"
#include "guest-runtime/fs/inotify.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/proc/process.h"

bool name_hidden(const struct dentry *dir, const char *name, size_t length)
{
	const struct dentry *entry = dentry_peek(dir, name, length);

	return entry && entry->fixed && !entry->inode;
}

int name_create(struct dentry *dir, const char *name, size_t length, uint32_t mode, uint64_t rdev,
		const char *target, struct dentry **out)
{
	struct dentry *entry = NULL;

	if (dir->super->read_only)
		return note_name(NOTE_CREATE, dir, name, length, -EROFS);
	if (!dir->inode->ops->create)
		return -ENOENT;
	if (dentry_removed(dir))
		return -ENOENT;
	int error = inode_access(dir->inode, 3, false);
	if (error == 0 && name_hidden(dir, name, length))
		error = note_name(NOTE_CREATE, dir, name, length, -EACCES);
	if (error == 0)
		error = dir->inode->ops->create(dir, name, length, mode, rdev, target, &entry);
	if (error < 0)
		return error;
	notify_name(entry, IN_CREATE);
	note_done(NOTE_CREATE, entry);
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
	error = walk_resolve(dirfd, path, WALK_PARENT | WALK_TARGET | WALK_FOR(NOTE_CREATE),
			     resolve, &walk);
	if (error < 0)
		return error;
	if (walk.last != LAST_NAME || walk.slash)
		error = -EISDIR;
	else
		error = name_create(walk.at, walk.name, walk.length,
				    S_IFREG | (mode & 07777 & ~current()->fs->umask), 0, NULL, out);
	dentry_put(walk.at);
	*created = error == 0;
	return error;
}

int path_make(int dirfd, const char *path, uint32_t mode, uint64_t rdev, const char *target,
	      struct dentry **out)
{
	struct walk walk;
	struct dentry *entry;
	int error = walk_path(dirfd, path, WALK_PARENT | WALK_FOR(NOTE_CREATE), &walk);

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
					    out);
		}
	}
	dentry_put(walk.at);
	return error;
}

int path_create(int dirfd, const char *path, uint32_t mode, uint64_t rdev, const char *target)
{
	return path_make(dirfd, path, mode, rdev, target, NULL);
}

/*
 * fs.protected_hardlinks, as Debian sets it: links to what is not one's own
 * only where it could be read and written anyway.
 */
static int may_link_to(struct inode *inode)
{
	int error = inode_refresh(inode);
	uint32_t mode = inode->attr.mode;

	if (error < 0 || inode_owned(inode))
		return error;
	if (!inode_is(inode, S_IFREG) || (mode & S_ISUID) ||
	    (mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
		return -EPERM;
	return inode_access(inode, 6, false) < 0 ? -EPERM : 0;
}

/* Everything that can be wrong with a new name for an object. */
static int may_link(struct dentry *object, const struct walk *to)
{
	struct inode *inode = object->inode;
	struct dentry *dir = to->at;

	if (dir->super->read_only)
		return note_name(NOTE_CREATE, dir, to->name, to->length, -EROFS);
	if (object->super != dir->super)
		return -EXDEV;
	int error = may_link_to(inode);
	if (error == 0 && dentry_removed(dir))
		error = -ENOENT;
	if (error == 0)
		error = inode_access(dir->inode, 3, false);
	if (error == 0 && (inode_is(inode, S_IFDIR) || !dir->inode->ops->link))
		error = -EPERM;
	if (error == 0 && inode->attr.nlink == 0 && !inode->linkable)
		error = -ENOENT;
	return error;
}

int path_link(int from_fd, const char *from, int to_fd, const char *to, uint32_t flags)
{
	struct dentry *object, *entry;
	struct walk walk;
	int error = walk_object(from_fd, from, flags, &object);

	if (error < 0)
		return error;
	error = walk_path(to_fd, to, WALK_PARENT | WALK_FOR(NOTE_CREATE), &walk);
	if (error < 0) {
		dentry_put(object);
		return error;
	}
	error = walk.last != LAST_NAME ? 0
				       : walk_name(walk.at, walk.name, walk.length, false, &entry);
	if (error == 0) {
		if (walk.last == LAST_NAME)
			dentry_put(entry);
		error = -EEXIST;
	} else if (error == -ENOENT) {
		error = walk.slash ? -ENOENT : may_link(object, &walk);
		if (error == 0 && name_hidden(walk.at, walk.name, walk.length))
			error = note_name(NOTE_CREATE, walk.at, walk.name, walk.length, -EACCES);
		if (error == 0)
			error = walk.at->inode->ops->link(walk.at, walk.name, walk.length,
							  object->inode);
		if (error == 0 && notes_allowed())
			note_done_name(NOTE_CREATE, walk.at, walk.name);
		if (error == 0)
			notify_link(object, walk.at, walk.name, walk.length);
	}
	dentry_put(walk.at);
	dentry_put(object);
	return error;
}
