// SPDX-License-Identifier: Apache-2.0
/*
 * Overlays: open files. One that was opened while contents were still those
 * below has an open file there, and goes over to memory when they are copied.
 */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/host.h"
#include "guest-runtime/fs/overlay.h"
#include "guest-runtime/mm/page.h"

#include <linux/fs.h>

static const struct file_ops overlay_data_ops;

/* Opens what is below. 0 or -errno. */
static int open_below(struct file *file)
{
	struct dentry *lower = overlay_of(file->inode)->lower;
	struct file *below;

	if (file->private)
		return 0;
	below = file_create(lower->inode, lower, O_RDONLY | O_LARGEFILE);
	if (!below)
		return -ENOMEM;
	int error = lower->inode->ops->open(below);
	if (error < 0) {
		file_put(below);
		return error;
	}
	file->private = below;
	return 0;
}

static bool is_own(const struct file *file)
{
	return overlay_of(file->inode)->own_data;
}

bool overlay_in_memory(const struct file *file)
{
	return file->ops == &overlay_data_ops && is_own(file);
}

struct file *overlay_below(struct file *file)
{
	if (file->ops != &overlay_data_ops || is_own(file) || open_below(file) < 0)
		return NULL;
	return file->private;
}

static long overlay_read(struct file *file, struct uio *uio, int64_t *offset)
{
	if (is_own(file))
		return tmpfs_data_ops.read(file, uio, offset);
	int error = open_below(file);
	if (error < 0)
		return error;
	struct file *below = file->private;
	return below->ops->read(below, uio, offset);
}

static long overlay_write(struct file *file, struct uio *uio, int64_t *offset)
{
	int error = uio->left ? overlay_own_data(file->inode, INT64_MAX) : 0;

	return error < 0 ? error : tmpfs_data_ops.write(file, uio, offset);
}

static int64_t overlay_seek(struct file *file, int64_t offset, int whence)
{
	if (is_own(file))
		return tmpfs_data_ops.seek(file, offset, whence);
	int error = overlay_refresh(file->inode);
	if (error < 0)
		return error;
	if (whence != SEEK_DATA && whence != SEEK_HOLE)
		return seek_plain(file, offset, whence, file->inode->attr.size);
	error = open_below(file);
	if (error < 0)
		return error;
	struct file *below = file->private;
	int64_t found = below->ops->seek(below, offset, whence);
	if (found >= 0)
		file->offset = found;
	return found;
}

static int overlay_page(struct file *file, void *page, uint64_t offset)
{
	if (is_own(file))
		return tmpfs_data_ops.page(file, page, offset);
	int error = open_below(file);
	if (error < 0)
		return error;
	struct file *below = file->private;
	return below->ops->page(below, page, offset);
}

static int overlay_shared_page(struct file *file, uint64_t offset, bool write, uint64_t *page)
{
	int error = write ? overlay_own_data(file->inode, INT64_MAX) : 0;

	if (error < 0)
		return -ENOMEM;
	if (is_own(file))
		return tmpfs_data_ops.shared_page(file, offset, write, page);
	return host_page(host_of(overlay_of(file->inode)->lower->inode), offset, FILE_MAP_SHARED,
			 page);
}

static void release_file(struct file *file)
{
	if (file->private)
		file_put(file->private);
}

static const struct file_ops overlay_data_ops = {
	.read = overlay_read,
	.write = overlay_write,
	.seek = overlay_seek,
	.page = overlay_page,
	.shared_page = overlay_shared_page,
	.release = release_file,
	.positioned = true,
};

int overlay_open_file(struct file *file)
{
	if (is_own(file)) {
		file->ops = &tmpfs_data_ops;
		return 0;
	}
	file->ops = &overlay_data_ops;
	/* So that what the host refuses is said now. */
	return file_readable(file) ? open_below(file) : 0;
}

int overlay_truncate(struct inode *inode, int64_t size)
{
	int error = overlay_own_data(inode, size);

	return error < 0 ? error : tmpfs_file_ops.truncate(inode, size);
}

int overlay_allocate(struct inode *inode, int mode, int64_t offset, int64_t length)
{
	int error = overlay_own_data(inode, INT64_MAX);

	return error < 0 ? error : tmpfs_file_ops.allocate(inode, mode, offset, length);
}
