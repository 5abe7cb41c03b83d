// SPDX-License-Identifier: Apache-2.0
/* ioctl: what holds for every descriptor; the rest is the file's own. */
#include "guest-runtime/fs/async.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/sys/sys.h"

#include <asm/ioctls.h>
#include <linux/fiemap.h>
#include <linux/fs.h>

static long set_nonblocking(struct file *file, uva_t argument)
{
	int32_t on;
	int error = copy_from_user(&on, argument, sizeof(on));

	if (error < 0)
		return error;
	file->flags = on ? file->flags | O_NONBLOCK : file->flags & ~(uint32_t)O_NONBLOCK;
	return 0;
}

/* Bytes from here to the end of a regular file. */
static long bytes_left(struct file *file, uva_t argument)
{
	struct hc_attr attr;
	int error = file_attr(file, &attr);

	if (error < 0)
		return error;
	int64_t at = file_seek(file, 0, 1);
	if (at < 0)
		return (long)at;
	int32_t left = (int32_t)(attr.size - at);
	return copy_to_user(argument, &left, sizeof(left));
}

static long set_async(struct file *file, int fd, uva_t argument)
{
	int32_t on;
	int error = copy_from_user(&on, argument, sizeof(on));

	return error < 0 ? error : async_set(file, fd, on != 0);
}

static long put_size(struct file *file, uva_t argument)
{
	struct hc_attr attr;
	int error = file_attr(file, &attr);

	if (error < 0)
		return error;
	if (!inode_is(file->inode, S_IFREG) && !inode_is(file->inode, S_IFDIR))
		return -ENOTTY;
	return copy_to_user(argument, &attr.size, sizeof(attr.size));
}

static long control(struct file *file, int fd, uint32_t request, uint64_t argument)
{
	/* What kind of file it is, a stream must be asked. */
	if (request == FIONREAD && file->inode->ops->refresh)
		inode_refresh(file->inode);
	switch (request) {
	case FIOCLEX:
		return files_set_cloexec(fd, true);
	case FIONCLEX:
		return files_set_cloexec(fd, false);
	case FIONBIO:
		return set_nonblocking(file, argument);
	case FIONREAD:
		if (inode_is(file->inode, S_IFREG))
			return bytes_left(file, argument);
		break;
	case FIGETBSZ: {
		int32_t size = (int32_t)file->inode->attr.blksize;

		return copy_to_user(argument, &size, sizeof(size));
	}
	case FIOASYNC:
		return set_async(file, fd, argument);
	case FIOQSIZE:
		return put_size(file, argument);
	case FICLONE:
	case FICLONERANGE:
	case FIDEDUPERANGE:
	case FS_IOC_FIEMAP:
		return -EOPNOTSUPP;
	}
	return file->ops->ioctl ? file->ops->ioctl(file, request, argument) : -ENOTTY;
}

long sys_ioctl(const uint64_t *a)
{
	struct file *file = fd_get((int)a[0]);

	if (!file)
		return -EBADF;
	long result = control(file, (int)a[0], (uint32_t)a[1], a[2]);
	file_put(file);
	return result;
}
