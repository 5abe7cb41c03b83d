// SPDX-License-Identifier: Apache-2.0
/* Flushing what was written, and advice on what will be read. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/sys/sys.h"

#include <linux/fs.h>

static long sync_file(const uint64_t *a, bool data)
{
	struct file *file = fd_get((int)a[0]);
	long result = 0;

	if (!file)
		return -EBADF;
	if (!inode_is(file->inode, S_IFREG) && !inode_is(file->inode, S_IFDIR))
		result = -EINVAL;
	else if (file->inode->ops->sync)
		result = file->inode->ops->sync(file, data);
	file_put(file);
	return result;
}

long sys_fsync(const uint64_t *a)
{
	return sync_file(a, false);
}

long sys_fdatasync(const uint64_t *a)
{
	return sync_file(a, true);
}

long sys_sync(const uint64_t *a)
{
	(void)a;
	return 0;
}

/* What was written is the host's already; of the disk, this file's part is waited for. */
long sys_syncfs(const uint64_t *a)
{
	struct file *file = fd_get((int)a[0]);
	long result = 0;

	if (!file)
		return -EBADF;
	if (file->inode->ops->sync)
		result = file->inode->ops->sync(file, false);
	file_put(file);
	return result;
}

/* Advice is taken note of by nobody, but wrong advice is refused. */
long sys_fadvise64(const uint64_t *a)
{
	struct file *file = fd_get((int)a[0]);
	long result = 0;

	if (!file)
		return -EBADF;
	inode_refresh(file->inode);
	if (inode_is(file->inode, S_IFIFO))
		result = -ESPIPE;
	else if ((int64_t)a[2] < 0 || (uint32_t)a[3] > 5)
		result = -EINVAL;
	file_put(file);
	return result;
}

long sys_sync_file_range(const uint64_t *a)
{
	const uint64_t known =
		SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
	int64_t offset = (int64_t)a[1], length = (int64_t)a[2];
	struct file *file = fd_get((int)a[0]);
	long result = 0;

	if (!file)
		return -EBADF;
	inode_refresh(file->inode);
	if ((a[3] & ~known) || offset < 0 || length < 0 || length > INT64_MAX - offset)
		result = -EINVAL;
	else if (!inode_is(file->inode, S_IFREG) && !inode_is(file->inode, S_IFDIR) &&
		 !inode_is(file->inode, S_IFLNK))
		result = -ESPIPE;
	else if (a[3] && file->inode->ops->sync)
		result = file->inode->ops->sync(file, true);
	file_put(file);
	return result;
}

/* Reading ahead is done where it helps, whether asked for or not. */
long sys_readahead(const uint64_t *a)
{
	struct file *file = fd_get((int)a[0]);
	long result = 0;

	if (!file)
		return -EBADF;
	inode_refresh(file->inode);
	if (!file_readable(file))
		result = -EBADF;
	else if (!inode_is(file->inode, S_IFREG))
		result = -EINVAL;
	file_put(file);
	return result;
}
