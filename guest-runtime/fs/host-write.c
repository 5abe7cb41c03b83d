// SPDX-License-Identifier: Apache-2.0
/*
 * Writing host files: straight out of the program's memory, and in the file
 * when the call returns. Each change ends the belief in what was read.
 */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/host.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/process.h"

#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/resource.h>

#define APPEND (-1)

/* Contents have changed, by whatever way: copies for private mappings to come are made anew. */
static void wrote(struct inode *inode, int64_t end)
{
	host_changed(inode);
	host_drop_copies(host_of(inode), false);
	/* Near enough for reading ahead; the host is asked before anybody sees it. */
	inode->attr.size = MAX(inode->attr.size, end);
}

static void shorten(struct hc_segment *segments, uint32_t *count, size_t left)
{
	for (uint32_t i = 0; i < *count; i++) {
		if (segments[i].length >= left) {
			segments[i].length = left;
			*count = i + 1;
			return;
		}
		left -= segments[i].length;
	}
}

/* One exit's worth of `left` bytes at offset, or APPEND. */
static long write_some(struct file *file, struct uio *uio, size_t left, int64_t offset)
{
	struct hc_segment segments[HC_SEGMENTS_MAX];
	uint32_t count, handle;
	int error = host_handle(host_of(file->inode), HOST_WRITE, &handle);

	if (error < 0)
		return error;
	long covered = uio_segments(uio, false, segments, HC_SEGMENTS_MAX, &count);
	if (covered < 0)
		return covered;
	if ((size_t)covered > left)
		shorten(segments, &count, left);
	int64_t put = host_fs_write(handle, offset, segments, count);
	if (put > 0) {
		uio_advance(uio, (size_t)put);
		wrote(file->inode, offset == APPEND ? 0 : offset + put);
	}
	return (long)put;
}

/* O_APPEND: the position becomes the end, which others may have moved. */
static int find_end(struct file *file, int64_t *offset)
{
	int error = host_refresh(file->inode);

	if (error == 0)
		*offset = file->inode->attr.size;
	return error;
}

long host_write(struct file *file, struct uio *uio, int64_t *offset)
{
	bool append = file->flags & O_APPEND;
	long total = 0;

	if (uio->left == 0)
		return 0;
	if (append && current()->process->limits[RLIMIT_FSIZE].soft != RLIM_INFINITY) {
		int error = find_end(file, offset);

		if (error < 0)
			return error;
	}
	if (!append && *offset > INT64_MAX - (int64_t)uio->left)
		return -EFBIG;
	size_t left = file_size_limit(*offset, uio->left);
	if (left == 0)
		return -EFBIG;
	while (left > 0) {
		long put = write_some(file, uio, left, append ? APPEND : *offset);

		if (put <= 0) {
			if (total == 0)
				return put;
			break;
		}
		total += put;
		left -= (size_t)put;
		*offset += put;
	}
	if (append)
		find_end(file, offset);
	return total;
}

static int check_limit(int64_t end)
{
	return (uint64_t)end > current()->process->limits[RLIMIT_FSIZE].soft &&
			       file_size_limit(end, 0) == 0
		       ? -EFBIG
		       : 0;
}

int host_truncate(struct inode *inode, int64_t size)
{
	struct hc_fs_set_attr args = { .what = HC_SET_SIZE, .size = size };
	int error = host_handle(host_of(inode), HOST_WRITE, &args.handle);

	if (error == 0 && (uint64_t)size > current()->process->limits[RLIMIT_FSIZE].soft) {
		error = host_refresh(inode);
		if (error == 0 && size > inode->attr.size)
			error = check_limit(size);
	}
	if (error == 0)
		error = (int)host_fs_set_attr(&args);
	if (error == 0) {
		if (file_inode_is_mapped(inode))
			mm_truncate_file(inode, (uint64_t)size);
		wrote(inode, 0);
		inode->attr.size = size;
	}
	return error;
}

int host_allocate(struct inode *inode, int mode, int64_t offset, int64_t length)
{
	uint32_t handle;
	int error = host_handle(host_of(inode), HOST_WRITE, &handle);

	if (error == 0 && !(mode & FALLOC_FL_KEEP_SIZE))
		error = check_limit(offset + length);
	if (error == 0)
		error = (int)host_fs_allocate(handle, (uint32_t)mode, offset, length);
	if (error == 0)
		wrote(inode, 0);
	return error;
}

/* Nothing of a read-only mount waits to be written by us. */
int host_sync(struct file *file, bool data)
{
	uint32_t handle;

	if (file->inode->super->read_only)
		return 0;
	int error = host_handle(host_of(file->inode), HOST_OPENED, &handle);
	return error < 0 ? error : (int)host_fs_sync(handle, data);
}

int64_t host_seek(struct file *file, int64_t offset, int whence)
{
	uint32_t handle;
	int error;

	if (whence == SEEK_SET || whence == SEEK_CUR)
		return seek_plain(file, offset, whence, 0);
	if (whence != SEEK_DATA && whence != SEEK_HOLE) {
		error = host_refresh(file->inode);
		return error < 0 ? error : seek_plain(file, offset, whence, file->inode->attr.size);
	}
	error = host_handle(host_of(file->inode), HOST_OPENED, &handle);
	if (error < 0)
		return error;
	if (offset < 0)
		return -ENXIO;
	int64_t found = host_fs_seek(handle, offset, (enum hc_seek_whence)whence);
	return found < 0 ? found : (file->offset = found);
}
