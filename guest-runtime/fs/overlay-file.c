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

/* Of a file with contents of its own, what is not yet in memory is still below. */
static uint64_t below_end(const struct file *file)
{
	return overlay_of(file->inode)->below_end;
}

bool overlay_in_memory(const struct file *file)
{
	return file->ops == &overlay_data_ops && is_own(file) && !below_end(file);
}

struct file *overlay_below(struct file *file)
{
	if (file->ops != &overlay_data_ops || is_own(file) || open_below(file) < 0)
		return NULL;
	return file->private;
}

/* At most n bytes from below, where they stop being there zeros. */
static long read_below(struct file *file, struct uio *uio, int64_t *offset, size_t n)
{
	struct file *below = file->private;
	size_t kept = uio->left - n;

	uio->left = n;
	long got = below->ops->read(below, uio, offset);
	if (got == 0) {
		got = uio_zero(uio, n);
		*offset += MAX(got, 0);
	}
	uio->left += kept;
	return got;
}

/* One run of pages that are in memory, or are not. */
static long read_run(struct file *file, struct uio *uio, int64_t *offset)
{
	const struct tmpfs_data *data = &tmpfs_of(file->inode)->data;
	uint64_t at = (uint64_t)*offset, end = (uint64_t)file->inode->attr.size;
	bool there = tmpfs_page(data, at) != 0;

	if (!there && at < below_end(file)) {
		end = MIN(tmpfs_next(data, at, true), below_end(file));
		return read_below(file, uio, offset, MIN(uio->left, end - at));
	}
	if (at < end && at < below_end(file))
		end = MIN(end, tmpfs_next(data, at, false));
	size_t n = at < end ? MIN(uio->left, end - at) : uio->left, kept = uio->left - n;
	uio->left = n;
	long got = tmpfs_data_ops.read(file, uio, offset);
	uio->left += kept;
	return got;
}

static long overlay_read(struct file *file, struct uio *uio, int64_t *offset)
{
	long total = 0;

	if (is_own(file) && !below_end(file))
		return tmpfs_data_ops.read(file, uio, offset);
	int error = open_below(file);
	if (error < 0)
		return error;
	struct file *below = file->private;
	if (!is_own(file))
		return below->ops->read(below, uio, offset);
	while (uio->left > 0) {
		long got = read_run(file, uio, offset);

		if (got <= 0)
			return total ? total : got;
		total += got;
	}
	return total;
}

static long overlay_write(struct file *file, struct uio *uio, int64_t *offset)
{
	struct inode *inode = file->inode;
	int error = uio->left ? overlay_own_data(inode, INT64_MAX) : 0;

	if (error == 0 && uio->left) {
		uint64_t at = (uint64_t)(file->flags & O_APPEND ? inode->attr.size : *offset);

		/* All of them: a write may end early, within a page. */
		error = overlay_fetch(inode, at, at + uio->left);
	}
	return error < 0 ? error : tmpfs_data_ops.write(file, uio, offset);
}

static int64_t overlay_seek(struct file *file, int64_t offset, int whence)
{
	if (is_own(file) && (uint64_t)offset < below_end(file) &&
	    (whence == SEEK_DATA || whence == SEEK_HOLE)) {
		/* What is below counts as data. */
		if (whence == SEEK_DATA)
			return file->offset = offset;
		offset = (int64_t)below_end(file);
		if (offset == file->inode->attr.size)
			return file->offset = offset;
	}
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
	int error =
		is_own(file) ? overlay_fetch(file->inode, offset, offset + 1) : open_below(file);

	if (error < 0)
		return error;
	if (is_own(file))
		return tmpfs_data_ops.page(file, page, offset);
	struct file *below = file->private;
	return below->ops->page(below, page, offset);
}

static int overlay_shared_page(struct file *file, uint64_t offset, bool write, uint64_t *page)
{
	int error = write ? overlay_own_data(file->inode, INT64_MAX) : 0;

	if (error == 0 && is_own(file))
		error = overlay_fetch(file->inode, offset, offset + 1);
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
	if (is_own(file) && !below_end(file)) {
		file->ops = &tmpfs_data_ops;
		return 0;
	}
	file->ops = &overlay_data_ops;
	/* So that what the host refuses is said now. */
	return file_readable(file) ? open_below(file) : 0;
}

int overlay_truncate(struct inode *inode, int64_t size)
{
	struct overlay_inode *overlay = overlay_of(inode);
	int error = overlay_own_data(inode, size);
	bool cuts = (uint64_t)size < overlay->below_end;

	if (error == 0 && cuts)
		error = overlay_fetch(inode, (uint64_t)size, (uint64_t)size + 1);
	if (error < 0)
		return error;
	if (cuts)
		overlay->below_end = (uint64_t)size;
	error = tmpfs_file_ops.truncate(inode, size);
	if (error == 0 && cuts)
		inode->attr.blocks = (int64_t)(ALIGN_UP((uint64_t)size, PAGE_SIZE) / PAGE_SIZE * 8);
	return error;
}

int overlay_allocate(struct inode *inode, int mode, int64_t offset, int64_t length)
{
	struct overlay_inode *overlay = overlay_of(inode);
	int error = overlay_own_data(inode, INT64_MAX);

	/* Holes are holes only when nothing is below. */
	if (error == 0)
		error = overlay_fetch(inode, 0, overlay->below_end);
	if (error < 0)
		return error;
	overlay->below_end = 0;
	return tmpfs_file_ops.allocate(inode, mode, offset, length);
}
