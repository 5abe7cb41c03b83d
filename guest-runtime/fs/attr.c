// SPDX-License-Identifier: Apache-2.0
/* Changing mode, owner, times and size: who may. */
#include "guest-runtime/fs/attr.h"

#include "guest-runtime/fs/inotify.h"
#include "guest-runtime/fs/memfd.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"

#include <linux/capability.h>

static bool in_groups(uint32_t gid)
{
	const struct process *process = current()->process;

	if (process->egid == gid)
		return true;
	for (uint32_t i = 0; i < process->group_count; i++)
		if (process->groups[i] == gid)
			return true;
	return false;
}

/* After the checks that come first in Linux: may attributes be changed at all? */
static int may_change(struct inode *inode)
{
	if (inode->super->read_only)
		return note_inode(NOTE_WRITE, inode, -EROFS);
	return inode_refresh_rights(inode);
}

static int change(struct inode *inode, const struct hc_fs_set_attr *set)
{
	int error = inode->ops->set_attr ? inode->ops->set_attr(inode, set) : -EPERM;

	if (error == 0 && inode->names)
		note_done(NOTE_WRITE, inode->names);
	return error;
}

int attr_chmod(struct inode *inode, uint32_t mode)
{
	struct hc_fs_set_attr set = { .what = HC_SET_MODE, .mode = mode & 07777 };
	int error = may_change(inode);

	if (error < 0)
		return error;
	if (inode_is(inode, S_IFLNK))
		return -EOPNOTSUPP;
	if (!inode_owned(inode))
		return -EPERM;
	if (current()->process->euid != 0 && !in_groups(inode->attr.gid))
		set.mode &= ~(uint32_t)S_ISGID;
	if ((inode->seals & F_SEAL_EXEC) && ((set.mode ^ inode->attr.mode) & 0111))
		return -EPERM;
	return change(inode, &set);
}

int attr_chown(struct inode *inode, uint32_t uid, uint32_t gid)
{
	struct hc_fs_set_attr set = { .what = HC_SET_OWNER, .uid = uid, .gid = gid };
	uint32_t euid = current()->process->euid;
	int error = may_change(inode);

	if (error < 0)
		return error;
	if (euid != 0) {
		/* The owner may keep it his and choose among his groups. */
		if (uid != ATTR_KEEP_ID && (euid != inode->attr.uid || uid != inode->attr.uid))
			return -EPERM;
		if (gid != ATTR_KEEP_ID &&
		    (euid != inode->attr.uid || (gid != inode->attr.gid && !in_groups(gid))))
			return -EPERM;
	}
	uint32_t mode = inode->attr.mode & 07777;
	if (!inode_is(inode, S_IFDIR)) {
		mode &= ~(uint32_t)S_ISUID;
		if (mode & S_IXGRP)
			mode &= ~(uint32_t)S_ISGID;
	}
	if (mode != (inode->attr.mode & 07777)) {
		set.what |= HC_SET_MODE;
		set.mode = mode;
	}
	return change(inode, &set);
}

int attr_utimes(struct inode *inode, int64_t atime, int64_t mtime, bool explicit)
{
	struct hc_fs_set_attr set = { .what = 0 };
	int error = may_change(inode);

	if (error == 0 && !inode_owned(inode)) {
		/* Setting both to now is what any writer could do. */
		error = explicit ? -EPERM : inode_access(inode, 2, false);
	}
	if (error < 0)
		return error;
	if (atime != ATTR_TIME_KEEP) {
		set.what |= HC_SET_ATIME;
		set.atime_ns = atime;
	}
	if (mtime != ATTR_TIME_KEEP) {
		set.what |= HC_SET_MTIME;
		set.mtime_ns = mtime;
	}
	return change(inode, &set);
}

void attr_drop_set_ids(struct inode *inode)
{
	uint32_t mode = inode->attr.mode, drop = mode & S_ISUID;

	/* On host mounts the host does it. */
	if (!(mode & (S_ISUID | S_ISGID)) || !inode_is(inode, S_IFREG) ||
	    inode->super->ops->no_override || credentials_capable(CAP_FSETID))
		return;
	if ((mode & S_IXGRP) || !in_groups(inode->attr.gid))
		drop |= mode & S_ISGID;
	if (drop)
		change(inode, &(struct hc_fs_set_attr){ .what = HC_SET_MODE,
							.mode = mode & 07777 & ~drop });
}

int path_truncate(const char *path, int64_t size)
{
	struct dentry *entry;
	int error = walk_object(AT_FDCWD, path, WALK_FOLLOW | WALK_FOR(NOTE_WRITE), &entry);

	if (error < 0)
		return error;
	struct inode *inode = entry->inode;
	if (inode_is(inode, S_IFDIR))
		error = -EISDIR;
	else if (!inode_is(inode, S_IFREG))
		error = -EINVAL;
	else if (entry->super->read_only)
		error = note_entry(NOTE_WRITE, entry, -EROFS);
	else
		error = inode_access(inode, 2, false);
	if (error == 0 && inode->runners)
		error = -ETXTBSY;
	if (error == 0)
		error = inode->ops->truncate ? inode->ops->truncate(inode, size) : -EPERM;
	if (error == 0) {
		attr_drop_set_ids(inode);
		note_done(NOTE_WRITE, entry);
		notify(entry, IN_MODIFY);
	}
	dentry_put(entry);
	return error;
}
