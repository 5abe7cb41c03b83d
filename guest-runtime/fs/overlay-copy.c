// SPDX-License-Identifier: Apache-2.0
/* Overlays: contents and extended attributes from below become an inode's own. */
#include "guest-runtime/fs/host.h"
#include "guest-runtime/fs/overlay.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/page.h"

#include <linux/limits.h>

#define BATCH_PAGES 256u
#define WHOLE_MAX   ((int64_t)1 << 20) /* larger files come into memory page by page */

/* Pages for [at, end) as segments, at most a batch; returns bytes, 0: no memory. */
static uint64_t make_pages(struct tmpfs_data *data, uint64_t at, uint64_t end,
			   struct hc_segment *segments, uint32_t *count)
{
	uint64_t start = at;
	uint32_t n = 0;

	for (; at < end && at - start < BATCH_PAGES * PAGE_SIZE; at += PAGE_SIZE) {
		bool made;
		gpa_t page = tmpfs_page_make(data, at, &made);

		if (!page)
			return 0;
		if (n > 0 && segments[n - 1].gpa + segments[n - 1].length == page &&
		    !page_is_region_start(page)) {
			segments[n - 1].length += PAGE_SIZE;
			continue;
		}
		if (n == HC_SEGMENTS_MAX)
			break;
		segments[n++] = (struct hc_segment){ .gpa = page, .length = PAGE_SIZE };
	}
	*count = n;
	return at - start;
}

/* What lies in [at, end) of a file of `size`; when it has shrunk, the rest reads as zeros. */
static int copy_range(uint32_t handle, struct tmpfs_data *data, uint64_t at, uint64_t end,
		      uint64_t size)
{
	struct hc_segment segments[HC_SEGMENTS_MAX];
	uint32_t count;

	while (at < end) {
		uint64_t n = make_pages(data, at, end, segments, &count);

		if (n == 0)
			return -ENOSPC;
		int64_t got = host_fs_read(handle, (int64_t)at, segments, count);
		if (got < 0)
			return (int)got;
		if (got == 0 || at + (uint64_t)got >= size)
			return 0;
		/* A short read may end within a page: that page is read again. */
		at += (uint64_t)got == n ? n : ALIGN_DOWN((uint64_t)got, PAGE_SIZE);
		if ((uint64_t)got < PAGE_SIZE)
			return 0;
	}
	return 0;
}

/* All data below `size`; a sparse file stays so. */
static int copy_data(uint32_t handle, struct tmpfs_data *data, uint64_t size, bool sparse)
{
	uint64_t at = 0, end = ALIGN_UP(size, PAGE_SIZE);

	while (at < size) {
		if (sparse) {
			int64_t start = host_fs_seek(handle, (int64_t)at, HC_SEEK_DATA);

			if (start == -ENXIO)
				return 0;
			int64_t stop =
				start < 0 ? start : host_fs_seek(handle, start, HC_SEEK_HOLE);
			/* A file system that knows no holes. */
			if (stop < 0)
				return copy_range(handle, data, at, end, size);
			at = ALIGN_DOWN((uint64_t)start, PAGE_SIZE);
			end = MIN(ALIGN_UP((uint64_t)stop, PAGE_SIZE), ALIGN_UP(size, PAGE_SIZE));
		}
		int error = at < end ? copy_range(handle, data, at, end, size) : 0;
		if (error < 0)
			return error;
		at = MAX(end, at + PAGE_SIZE);
	}
	return 0;
}

static uint64_t count_pages(const struct tmpfs_data *data)
{
	uint64_t count = 0, at = 0, start;

	while ((start = tmpfs_next(data, at, true)) != UINT64_MAX) {
		at = tmpfs_next(data, start, false);
		count += (at - start) / PAGE_SIZE;
	}
	return count;
}

/* What the last page has behind the end is not the file's. */
static void clear_behind(struct tmpfs_data *data, uint64_t end)
{
	gpa_t last = end % PAGE_SIZE ? tmpfs_page(data, end) : 0;

	if (last)
		memset((char *)gpa_to_pointer(last) + end % PAGE_SIZE, 0,
		       PAGE_SIZE - end % PAGE_SIZE);
}

int overlay_fetch(struct inode *inode, uint64_t from, uint64_t to)
{
	struct overlay_inode *overlay = overlay_of(inode);
	struct tmpfs_data *data = &overlay->memory.data;
	uint32_t handle;

	from = ALIGN_DOWN(from, PAGE_SIZE);
	to = ALIGN_UP(MIN(to, overlay->below_end), PAGE_SIZE);
	while (from < to) {
		uint64_t start = tmpfs_next(data, from, false);

		if (start >= to)
			break;
		uint64_t end = MIN(tmpfs_next(data, start, true), to);
		int error = host_handle(host_of(overlay->lower->inode), HOST_READ, &handle);
		if (error == 0)
			error = copy_range(handle, data, start, end, overlay->below_end);
		if (error < 0) {
			tmpfs_drop(data, start, end);
			return error;
		}
		if (end > overlay->below_end)
			clear_behind(data, overlay->below_end);
		from = end;
	}
	return 0;
}

/* The first `size` bytes of what is below, all at once. */
static int copy_whole(struct overlay_inode *overlay, int64_t size)
{
	const struct hc_attr *below = &overlay->lower->inode->attr;
	struct tmpfs_data *data = &overlay->memory.data;
	uint32_t handle;

	if (size == 0)
		return 0;
	int error = host_handle(host_of(overlay->lower->inode), HOST_READ, &handle);
	if (error == 0)
		error = copy_data(handle, data, (uint64_t)size, below->blocks * 512 < below->size);
	if (error < 0)
		tmpfs_drop(data, 0, UINT64_MAX);
	clear_behind(data, (uint64_t)size);
	return error;
}

int overlay_own_data(struct inode *inode, int64_t size)
{
	struct overlay_inode *overlay = overlay_of(inode);
	struct tmpfs_data *data = &overlay->memory.data;

	if (overlay->own_data)
		return 0;
	int error = inode_refresh(overlay->lower->inode);
	if (error == 0)
		error = overlay_refresh(inode);
	if (error < 0)
		return error;
	size = MIN(size, overlay->lower->inode->attr.size);
	if (size <= WHOLE_MAX)
		error = copy_whole(overlay, size);
	if (error == 0)
		error = overlay_own(inode);
	if (error < 0) {
		tmpfs_drop(data, 0, UINT64_MAX);
		return error;
	}
	overlay->own_data = true;
	inode->attr.size = size;
	if (size > WHOLE_MAX) {
		overlay->below_end = (uint64_t)size;
		inode->attr.blocks = (size + (int64_t)PAGE_SIZE - 1) / (int64_t)PAGE_SIZE * 8;
	} else {
		inode->attr.blocks = (int64_t)count_pages(data) * 8;
	}
	host_drop_handle(host_of(overlay->lower->inode));
	mm_forget_file(inode, 0);
	return 0;
}

static int copy_xattr(struct inode *below, struct xattr **to, const char *name)
{
	long size = below->ops->xattr_get(below, name, NULL, 0);

	if (size < 0)
		return size == -ENODATA ? 0 : (int)size;
	char *value = kmalloc((size_t)size + 1);
	if (!value)
		return -ENOSPC;
	long got = size ? below->ops->xattr_get(below, name, value, (size_t)size) : 0;
	int error = got < 0 ? (int)got : xattr_set(to, name, value, (size_t)got, 0);
	kfree(value);
	return error;
}

int overlay_own_xattrs(struct inode *inode)
{
	struct overlay_inode *overlay = overlay_of(inode);
	struct xattr *copies = NULL;
	int error = 0;

	if (overlay->own_xattrs || !overlay->lower)
		return 0;
	struct inode *below = overlay->lower->inode;
	if (below->ops->xattr_list) {
		char *names = kmalloc(XATTR_LIST_MAX);
		long length =
			names ? below->ops->xattr_list(below, names, XATTR_LIST_MAX) : -ENOSPC;

		for (long at = 0; error == 0 && at < length; at += (long)strlen(names + at) + 1)
			error = copy_xattr(below, &copies, names + at);
		if (length < 0 && length != -EOPNOTSUPP)
			error = (int)length;
		kfree(names);
	}
	if (error < 0) {
		xattr_free(&copies);
		return error;
	}
	overlay->memory.xattrs = copies;
	overlay->own_xattrs = true;
	return 0;
}
