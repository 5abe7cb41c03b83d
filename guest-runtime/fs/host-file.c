// SPDX-License-Identifier: Apache-2.0
/*
 * Reading host files. Large reads go straight into the program's memory; small
 * ones come out of a window that is read ahead, so that a loop of small reads
 * does not leave the VM for each.
 */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/host.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"

#define WINDOW_MAX    65536u
#define WINDOW_RANDOM 4096u  /* when reads do not follow each other */
#define DIRECT_MIN    32768u /* not worth a copy */

/* What is kept of an open file: bytes [start, start + length). */
struct window {
	uint8_t *bytes; /* NULL: not yet needed */
	size_t room;
	int64_t start;
	size_t length;
	bool end; /* the file ended behind them */
	uint64_t checked;
};

static struct window *window_of(struct file *file)
{
	if (!file->private)
		file->private = kmalloc(sizeof(struct window));
	return file->private;
}

/* Room for as much as the file has, at most WINDOW_MAX. */
static bool make_room(struct window *w, int64_t size)
{
	size_t room = PAGE_SIZE;

	while ((int64_t)room < size && room < WINDOW_MAX)
		room *= 2;
	if (w->room >= room)
		return true;
	uint8_t *bytes = kmalloc(room);
	if (!bytes)
		return w->bytes != NULL;
	kfree(w->bytes);
	w->bytes = bytes;
	w->room = room;
	w->length = 0;
	return true;
}

static long refill(struct file *file, struct window *w, int64_t offset, size_t wanted)
{
	struct inode *inode = file->inode;
	bool follows = offset == 0 || (w->length > 0 && offset == w->start + (int64_t)w->length);
	size_t length = follows ? WINDOW_MAX : ALIGN_UP(MAX(wanted, WINDOW_RANDOM), PAGE_SIZE);
	uint32_t handle;

	if (!make_room(w, inode->attr.size))
		return -ENOMEM;
	int error = host_handle(host_of(inode), true, &handle);
	if (error < 0)
		return error;
	length = MIN(length, w->room);
	w->length = 0;
	struct hc_segment segment = kernel_segment(w->bytes, length);
	int64_t got = host_fs_read(handle, offset, &segment, 1);
	if (got < 0)
		return (long)got;
	w->start = offset;
	w->length = (size_t)got;
	/* Files of procfs and its like have no size, and give less than asked before their end. */
	w->end = got == 0 ||
		 (w->length < length && offset + got >= inode->attr.size && inode->attr.size > 0);
	w->checked = host_stamp();
	return (long)got;
}

static long read_direct(struct file *file, struct uio *uio, int64_t offset)
{
	struct hc_segment segments[HC_SEGMENTS_MAX];
	uint32_t count, handle;
	int error = host_handle(host_of(file->inode), true, &handle);

	if (error < 0)
		return error;
	long covered = uio_segments(uio, true, segments, HC_SEGMENTS_MAX, &count);
	if (covered < 0)
		return covered;
	int64_t got = host_fs_read(handle, offset, segments, count);
	if (got > 0)
		uio_advance(uio, (size_t)got);
	return (long)got;
}

/* One transfer of what is easiest to get; 0 at the end. */
static long read_some(struct file *file, struct uio *uio, int64_t offset)
{
	struct window *w = window_of(file);

	if (!w)
		return read_direct(file, uio, offset);
	bool fresh = host_fresh(w->checked);
	if (!fresh || offset < w->start || offset >= w->start + (int64_t)w->length) {
		if (fresh && w->end && offset == w->start + (int64_t)w->length)
			return 0;
		if (uio->left >= DIRECT_MIN) {
			size_t asked = uio->left;
			long got = read_direct(file, uio, offset);

			/* So that the read that finds the end is not asked of the host. */
			if (got >= 0 && (size_t)got < asked && file->inode->attr.size > 0 &&
			    offset + got >= file->inode->attr.size)
				*w = (struct window){ .bytes = w->bytes,
						      .room = w->room,
						      .start = offset + got,
						      .end = true,
						      .checked = host_stamp() };
			return got;
		}
		long got = refill(file, w, offset, uio->left);
		if (got == -ENOMEM)
			return read_direct(file, uio, offset);
		if (got <= 0)
			return got;
	}
	size_t skip = (size_t)(offset - w->start);
	return uio_fill(uio, w->bytes + skip, w->length - skip);
}

static long host_read(struct file *file, struct uio *uio, int64_t *offset)
{
	long total = 0;

	while (uio->left > 0) {
		long got = read_some(file, uio, *offset);

		if (got <= 0)
			return total ? total : got;
		total += got;
		*offset += got;
		/* Without a size there is no telling when to stop but to give what came. */
		if (file->inode->attr.size == 0)
			break;
	}
	return total;
}

static int64_t host_seek(struct file *file, int64_t offset, int whence)
{
	int error = whence == 0 || whence == 1 ? 0 : host_refresh(file->inode);

	return error < 0 ? error : seek_plain(file, offset, whence, file->inode->attr.size);
}

static int read_page(struct file *file, void *page, uint64_t offset)
{
	long got = file_read_kernel(file, page, PAGE_SIZE, offset);

	if (got < 0)
		return (int)got;
	memset((char *)page + got, 0, PAGE_SIZE - (size_t)got);
	return 0;
}

static void release(struct file *file)
{
	struct window *w = file->private;

	if (w)
		kfree(w->bytes);
	kfree(w);
}

const struct file_ops host_read_ops = {
	.read = host_read,
	.seek = host_seek,
	.page = read_page,
	.release = release,
	.positioned = true,
};

int host_open(struct file *file)
{
	uint32_t handle;
	int error = host_handle(host_of(file->inode), true, &handle);

	/* Contents are believed no longer than attributes, and a new open believes none. */
	file->ops = inode_is(file->inode, S_IFDIR) ? &host_readdir_ops : &host_read_ops;
	return error;
}
