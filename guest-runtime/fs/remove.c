// SPDX-License-Identifier: Apache-2.0
/* Removing and moving names: who may, in the order in which Linux asks. */
#include "guest-runtime/fs/inotify.h"
#include "guest-runtime/fs/names.h"
#include "guest-runtime/fs/walk.h"

#include <linux/fs.h>

/* May current take `entry` out of its directory? */
static int may_remove(struct dentry *entry, bool directory)
{
	struct inode *dir = entry->parent->inode;
	int error = inode_access(dir, 3, false);

	if (error < 0)
		return error;
	if ((dir->attr.mode & S_ISVTX) && !inode_owned(dir)) {
		error = inode_refresh(entry->inode);
		if (error < 0 || !inode_owned(entry->inode))
			return error < 0 ? error : -EPERM;
	}
	if (directory && !inode_is(entry->inode, S_IFDIR))
		return -ENOTDIR;
	if (!directory && inode_is(entry->inode, S_IFDIR))
		return -EISDIR;
	return 0;
}

static bool covered(const struct dentry *entry)
{
	return entry->fixed || entry->parent == entry;
}

/* 0 or -ENOTEMPTY: what the mount plan put there, or what the file system has. */
static int check_empty(struct dentry *dir)
{
	list_for_each (node, &dir->children)
		if (container_of(node, struct dentry, siblings)->fixed)
			return -ENOTEMPTY;
	return dir->inode->ops->empty ? dir->inode->ops->empty(dir) : 0;
}

/* It is not there: as far as the policy says so, that is noted. */
static int gone(const struct walk *walk, int error)
{
	return error == -ENOENT && notes_wanted
		       ? note_missing(NOTE_DELETE, walk->at, walk->name, error)
		       : error;
}

static int remove_last(const struct walk *walk, bool directory)
{
	struct dentry *entry;

	if (walk->at->super->read_only)
		return note_name(NOTE_DELETE, walk->at, walk->name, walk->length, -EROFS);
	int error = walk_name(walk->at, walk->name, walk->length, false, &entry);
	if (error < 0)
		return gone(walk, error);
	if (covered(entry)) {
		error = inode_is(entry->inode, S_IFDIR) && !directory ? -EISDIR : -EBUSY;
	} else if (!directory && walk->slash) {
		error = inode_is(entry->inode, S_IFDIR) ? -EISDIR : -ENOTDIR;
	} else {
		error = may_remove(entry, directory);
		if (error == 0 && directory)
			error = check_empty(entry);
		if (error == 0)
			error = entry->inode->ops->remove ? entry->inode->ops->remove(entry)
							  : -EPERM;
		if (error == 0 && notes_allowed())
			note_done_name(NOTE_DELETE, walk->at, walk->name);
		if (error == 0)
			notify_removed(entry);
	}
	const struct inode *inode = entry->inode;
	dentry_put(entry);
	if (error == 0)
		notify_end(inode);
	return error;
}

int path_remove(int dirfd, const char *path, bool directory)
{
	struct walk walk;
	int error = walk_path(dirfd, path, WALK_PARENT | WALK_FOR(NOTE_DELETE), &walk);

	if (error < 0)
		return error;
	if (walk.last == LAST_NAME)
		error = remove_last(&walk, directory);
	else if (!directory)
		error = -EISDIR;
	else
		error = walk.last == LAST_DOTDOT ? -ENOTEMPTY
			: walk.last == LAST_DOT	 ? -EINVAL
						 : -EBUSY;
	dentry_put(walk.at);
	return error;
}

/* Everything that can be wrong with moving `from` over `to` (NULL: a free name) in dir. */
static int may_rename(struct dentry *from, struct dentry *dir, struct dentry *to, bool exchange)
{
	bool directory = inode_is(from->inode, S_IFDIR);
	int error = may_remove(from, directory);

	if (error == 0)
		error = inode_access(dir->inode, 3, false);
	if (error == 0 && to)
		error = may_remove(to, exchange ? inode_is(to->inode, S_IFDIR) : directory);
	/* Its ".." changes. */
	if (error == 0 && directory && from->parent != dir)
		error = inode_access(from->inode, 2, false);
	if (error == 0 && exchange && inode_is(to->inode, S_IFDIR) && from->parent != dir)
		error = inode_access(to->inode, 2, false);
	if (error == 0 && (covered(from) || (to && covered(to))))
		error = -EBUSY;
	if (error == 0 && to && !exchange && directory)
		error = check_empty(to);
	return error;
}

static int rename_last(const struct walk *a, const struct walk *b, struct dentry *from,
		       struct dentry *to, uint32_t flags)
{
	bool exchange = flags & RENAME_EXCHANGE;

	if (to && (flags & RENAME_NOREPLACE))
		return -EEXIST;
	if (!to && exchange)
		return -ENOENT;
	if (exchange && !inode_is(to->inode, S_IFDIR) && b->slash)
		return -ENOTDIR;
	if (!inode_is(from->inode, S_IFDIR) && (a->slash || (!exchange && b->slash)))
		return -ENOTDIR;
	/* Into itself, or over what it lies in. */
	if (dentry_below(b->at, from))
		return -EINVAL;
	if (to && dentry_below(a->at, to))
		return exchange ? -EINVAL : -ENOTEMPTY;
	if (to && to->inode == from->inode)
		return 0;
	int error = may_rename(from, b->at, to, exchange);
	if (error == 0 && !to && name_hidden(b->at, b->name, b->length))
		error = note_name(NOTE_CREATE, b->at, b->name, b->length, -EACCES);
	if (error < 0)
		return error;
	const struct inode_ops *ops = a->at->inode->ops;
	if (exchange)
		error = ops->exchange ? ops->exchange(from, to) : -EINVAL;
	else
		error = ops->rename ? ops->rename(from, b->at, b->name, b->length, to) : -EPERM;
	if (error == 0 && notes_allowed()) {
		note_done_name(NOTE_DELETE, a->at, a->name);
		note_done_name(NOTE_CREATE, b->at, b->name);
	}
	if (error == 0)
		notify_move(from, a->at, a->name, a->length, exchange ? NULL : to);
	if (error == 0 && exchange)
		notify_move(to, b->at, b->name, b->length, NULL);
	return error;
}

static int rename_between(const struct walk *a, const struct walk *b, uint32_t flags)
{
	struct dentry *from, *to = NULL;

	if (a->at->super != b->at->super)
		return -EXDEV;
	if (a->last != LAST_NAME)
		return -EBUSY;
	if (b->last != LAST_NAME)
		return flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
	if (a->at->super->read_only)
		return note_name(NOTE_DELETE, a->at, a->name, a->length, -EROFS);
	if (dentry_removed(b->at))
		return -ENOENT;
	int error = walk_name(a->at, a->name, a->length, false, &from);
	if (error < 0)
		return gone(a, error);
	error = walk_name(b->at, b->name, b->length, false, &to);
	if (error == 0 || error == -ENOENT)
		error = rename_last(a, b, from, error == 0 ? to : NULL, flags);
	dentry_put(from);
	dentry_put(to);
	return error;
}

int path_rename(int from_fd, const char *from, int to_fd, const char *to, uint32_t flags)
{
	struct walk a, b;
	int error = walk_path(from_fd, from, WALK_PARENT | WALK_FOR(NOTE_DELETE), &a);

	if (error < 0)
		return error;
	error = walk_path(to_fd, to, WALK_PARENT | WALK_FOR(NOTE_CREATE), &b);
	if (error == 0) {
		error = rename_between(&a, &b, flags);
		dentry_put(b.at);
	}
	dentry_put(a.at);
	return error;
}
