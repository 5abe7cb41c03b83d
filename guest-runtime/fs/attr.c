// SPDX-License-Identifier: Apache-2.0
/* Changing mode, owner, times and size: who may. */
#include "guest-runtime/fs/attr.h"

#include "guest-runtime/fs/walk.h"
#include "guest-runtime/proc/process.h"

static int may_change(const struct inode *inode)
{
	if (inode->super->read_only)
		return -EROFS;
	return inode->ops->writable ? 0 : -EPERM;
}

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

int attr_chmod(struct inode *inode, uint32_t mode)
{
	int error = may_change(inode);

	if (error < 0)
		return error;
	if (inode_is(inode, S_IFLNK))
		return -EOPNOTSUPP;
	if (!inode_owned(inode))
		return -EPERM;
	mode &= 07777;
	if (current()->process->euid != 0 && !in_groups(inode->attr.gid))
		mode &= ~(uint32_t)S_ISGID;
	inode->attr.mode = (inode->attr.mode & S_IFMT) | mode;
	inode_touch(inode, false);
	return 0;
}

int attr_chown(struct inode *inode, uint32_t uid, uint32_t gid)
{
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
	if (uid != ATTR_KEEP_ID)
		inode->attr.uid = uid;
	if (gid != ATTR_KEEP_ID)
		inode->attr.gid = gid;
	if (!inode_is(inode, S_IFDIR)) {
		inode->attr.mode &= ~(uint32_t)S_ISUID;
		if (inode->attr.mode & 010)
			inode->attr.mode &= ~(uint32_t)S_ISGID;
	}
	inode_touch(inode, false);
	return 0;
}

int attr_utimes(struct inode *inode, int64_t atime, int64_t mtime, bool explicit)
{
	if (inode->super->read_only)
		return -EROFS;
	if (!inode_owned(inode)) {
		if (explicit)
			return -EPERM;
		/* Setting both to now is what any writer could do. */
		int error = inode_access(inode, 2, false);
		if (error < 0)
			return error;
	}
	if (!inode->ops->writable)
		return -EPERM;
	int64_t now = fs_now();
	if (atime != ATTR_TIME_KEEP)
		inode->attr.atime_ns = atime == ATTR_TIME_NOW ? now : atime;
	if (mtime != ATTR_TIME_KEEP)
		inode->attr.mtime_ns = mtime == ATTR_TIME_NOW ? now : mtime;
	inode->attr.ctime_ns = now;
	return 0;
}

int path_truncate(const char *path, int64_t size)
{
	struct dentry *entry;
	int error = walk_object(AT_FDCWD, path, WALK_FOLLOW, &entry);

	if (error < 0)
		return error;
	struct inode *inode = entry->inode;
	if (inode_is(inode, S_IFDIR))
		error = -EISDIR;
	else if (!inode_is(inode, S_IFREG))
		error = -EINVAL;
	else if (entry->super->read_only)
		error = -EROFS;
	else
		error = inode_access(inode, 2, false);
	if (error == 0)
		error = inode->ops->truncate ? inode->ops->truncate(inode, size) : -EPERM;
	dentry_put(entry);
	return error;
}
