// SPDX-License-Identifier: Apache-2.0
/* Opening a file to execute it, with the checks of execve(2) in Linux's order. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/proc/exec.h"

static int check(const struct dentry *entry)
{
	struct inode *inode = entry->inode;

	if (inode_is(inode, S_IFLNK))
		return -ELOOP;
	if (!inode_is(inode, S_IFREG))
		return -EACCES;
	int error = inode_access(inode, 1, false);
	if (error)
		return error;
	return inode->writers ? -ETXTBSY : 0;
}

int exec_open(int dirfd, const char *path, uint32_t flags, struct file **out)
{
	struct walk walk;
	uint32_t how = (flags & AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW) |
		       (flags & AT_EMPTY_PATH ? WALK_EMPTY : 0) | WALK_OPEN | WALK_FOR(NOTE_EXEC);
	int error = walk_path(dirfd, path, how, &walk);

	if (error)
		return error;
	error = check(walk.at);
	struct file *file =
		error ? NULL : file_create(walk.at->inode, walk.at, O_RDONLY | O_LARGEFILE);
	if (!error && !file)
		error = -ENOMEM;
	if (!error) {
		error = walk.at->inode->ops->open ? walk.at->inode->ops->open(file) : -ENXIO;
		if (error)
			file_put(file);
		else
			note_done(NOTE_EXEC, walk.at);
	}
	dentry_put(walk.at);
	*out = error ? NULL : file;
	return error;
}
