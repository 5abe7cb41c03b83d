// SPDX-License-Identifier: Apache-2.0
/*
 * Reading host files. An exit costs as much as copying a third of a MiB, so
 * each open file has a buffer that is read ahead: little where reads jump
 * about, up to AHEAD_MAX where they follow each other. The same memory is used
 * again and again, so that the second copy comes out of the CPU's cache. What
 * is larger than that goes straight into the program's memory.
 */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/host-load.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"

#define AHEAD_MIN  65536u
#define AHEAD_MAX  0x200000u /* one huge page */
#define GROWTH	   4u
#define WHOLE_MAX  0x40000   /* a file of this size is read as a whole */
#define DIRECT_MIN 0x100000u /* not worth a copy, when it is not in the buffer */

/* What is kept of an open file: bytes [start, start + length). */
struct window {
	uint8_t *bytes; /* NULL: not yet needed */
	size_t room;
	int64_t start;
	size_t length;
	bool end;	  /* the file ended behind them */
	uint64_t checked; /* when that was so */
	size_t ahead;	  /* how much was read last time */
	uint64_t loaded;  /* the bytes are of a load (host-load.c), and not ours; 0: they are */
	bool unpinned;	  /* the file was opened without a handle */
};

#define HELD_MAX (4 * AHEAD_MAX) /* bytes of large buffers, of all files */

static size_t held;    /* bytes of buffers larger than AHEAD_MIN */
static uint8_t *spare; /* a buffer of AHEAD_MAX that nobody uses */

static struct window *window_of(struct file *file)
{
	if (!file->private)
		file->private = kmalloc(sizeof(struct window));
	return file->private;
}

static void free_bytes(struct window *w)
{
	if (w->room > AHEAD_MIN)
		held -= w->room;
	if (w->room == AHEAD_MAX && !spare)
		spare = w->bytes;
	else if (!w->loaded)
		kfree(w->bytes);
	w->bytes = NULL;
	w->room = 0;
	w->loaded = 0;
}

/* Room for `wanted` bytes, or for as many as memory is there for. */
static bool make_room(struct window *w, size_t wanted)
{
	size_t room = PAGE_SIZE;

	while (room < wanted)
		room *= 2;
	if (w->room >= room)
		return true;
	free_bytes(w);
	if (room == AHEAD_MAX && spare) {
		w->bytes = spare;
		spare = NULL;
	}
	for (; !w->bytes && room >= PAGE_SIZE; room /= 2) {
		w->bytes = kmalloc(room);
		if (w->bytes)
			break;
	}
	w->room = w->bytes ? room : 0;
	if (w->room > AHEAD_MIN)
		held += w->room;
	w->length = 0;
	return w->bytes;
}

/* A small VM, or one with many files open, has better use for its memory. */
static size_t ahead_max(const struct window *w)
{
	bool plenty = page_free() > 16 * (AHEAD_MAX / PAGE_SIZE) && held < HELD_MAX;

	return plenty || w->room == AHEAD_MAX ? AHEAD_MAX : AHEAD_MIN;
}

/* Chooses what to read so that [offset, offset + wanted) begins it or lies in it. */
static void plan(const struct file *file, struct window *w, int64_t *offset, size_t wanted)
{
	int64_t size = file->inode->attr.size;
	bool follows = *offset == 0 || *offset == w->start + (int64_t)w->length;

	if (size > 0 && size <= WHOLE_MAX && *offset < size) {
		*offset = 0;
		w->ahead = (size_t)size + 1;
		return;
	}
	if (!follows)
		*offset = ALIGN_DOWN(*offset, (int64_t)PAGE_SIZE);
	w->ahead = follows && w->ahead ? w->ahead * GROWTH : AHEAD_MIN;
	w->ahead = MIN(MAX(w->ahead, ALIGN_UP(wanted + PAGE_SIZE, PAGE_SIZE)), ahead_max(w));
	/* No more room than the file needs to show its end, if it is what it was. */
	if (*offset < size && size - *offset < (int64_t)w->ahead)
		w->ahead = (size_t)(size - *offset) + 1;
}

static long refill(struct file *file, struct window *w, int64_t offset, size_t wanted)
{
	struct inode *inode = file->inode;
	int64_t start = offset;
	uint32_t handle;

	plan(file, w, &start, wanted);
	if (!make_room(w, w->ahead))
		return -ENOMEM;
	int error = host_handle(host_of(inode), HOST_READ, &handle);
	if (error < 0)
		return error;
	/* A file that has grown may fill the rest. */
	size_t length = w->room < AHEAD_MIN ? w->room : MIN(ALIGN_UP(w->ahead, PAGE_SIZE), w->room);
	w->length = 0;
	struct hc_segment segment = kernel_segment(w->bytes, length);
	int64_t got = host_fs_read(handle, start, &segment, 1);
	if (got < 0)
		return (long)got;
	w->start = start;
	w->length = (size_t)got;
	/* Files of procfs and its like have no size, and give less than asked before their end. */
	w->end = got == 0 ||
		 (w->length < length && inode->attr.size > 0 && start + got >= inode->attr.size);
	w->checked = host_stamp();
	if (start == 0 && w->end)
		host_keep(host_of(inode), w->bytes, w->length);
	return (long)MAX(start + got - offset, (int64_t)0);
}

static long read_direct(struct file *file, struct uio *uio, int64_t offset)
{
	struct hc_segment segments[HC_SEGMENTS_MAX];
	uint32_t count, handle;
	int error = host_handle(host_of(file->inode), HOST_READ, &handle);

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

/* A large read, after which no exit is needed to find the end. */
static long read_large(struct file *file, struct window *w, struct uio *uio, int64_t offset)
{
	int64_t size = file->inode->attr.size;
	size_t asked = uio->left;
	long got = read_direct(file, uio, offset);

	if (got < 0)
		return got;
	w->start = offset + got;
	w->length = 0;
	w->end = (size_t)got < asked && size > 0 && offset + got >= size;
	w->checked = host_stamp();
	return got;
}

/*
 * What ld.so reads of each library: the ELF header with what mostly follows it,
 * and program headers.
 */
static bool is_loader_read(int64_t offset, size_t length)
{
	return (offset == 0 && length == 832) || (offset == 64 && length == 784);
}

/* Out of the copy that the mapping to come will use. 0: there is none. */
static long read_library(struct file *file, struct uio *uio, int64_t offset)
{
	gpa_t page;

	if (!is_loader_read(offset, uio->left) ||
	    !host_copied_page(host_of(file->inode), (uint64_t)offset, &page))
		return 0;
	return uio_fill(uio, (const char *)gpa_to_pointer(page) + offset,
			(size_t)MIN((int64_t)PAGE_SIZE, file->inode->attr.size) - (size_t)offset);
}

/* One transfer of what is easiest to get; 0 at the end. */
static long read_some(struct file *file, struct uio *uio, int64_t offset)
{
	long library = read_library(file, uio, offset);
	size_t length;

	if (library)
		return library;
	const uint8_t *kept = host_kept(host_of(file->inode), &length);
	if (kept)
		return offset < (int64_t)length
			       ? uio_fill(uio, kept + offset, length - (size_t)offset)
			       : 0;
	struct window *w = window_of(file);

	if (!w)
		return read_direct(file, uio, offset);
	if (w->loaded && !host_loaded_still(w->loaded)) {
		free_bytes(w);
		w->length = 0;
	}
	bool inside = offset >= w->start && offset < w->start + (int64_t)w->length;
	if (!inside || !host_content_fresh(file->inode, w->checked)) {
		if (w->end && offset == w->start + (int64_t)w->length &&
		    host_end_fresh(file->inode, w->checked))
			return 0;
		if (uio->left >= DIRECT_MIN)
			return read_large(file, w, uio, offset);
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

static int read_page(struct file *file, void *page, uint64_t offset)
{
	long got = file_read_kernel(file, page, PAGE_SIZE, offset);

	if (got <= 0)
		return got < 0 ? (int)got : -ENXIO;
	memset((char *)page + got, 0, PAGE_SIZE - (size_t)got);
	return 0;
}

static void release(struct file *file)
{
	struct window *w = file->private;

	if (w && w->unpinned)
		host_of(file->inode)->unpinned--;
	if (w)
		free_bytes(w);
	kfree(w);
}

const struct file_ops host_file_ops = {
	.read = host_read,
	.write = host_write,
	.seek = host_seek,
	.page = read_page,
	.release = release,
	.positioned = true,
};

/* Opens a file that was loaded, without the host. */
static bool open_loaded(struct file *file)
{
	struct host_inode *host = host_of(file->inode);
	struct dentry *entry = file->dentry;
	uint64_t id;
	size_t length;

	if (!inode_is(file->inode, S_IFREG) || (file->flags & O_ACCMODE) != O_RDONLY ||
	    host->state != HOST_HANDLE_NONE || host->has_writer)
		return false;
	if (!host->loaded && entry && entry->hashed && entry->parent != entry)
		host_load(entry->parent, entry->name, entry->length, true);
	const uint8_t *bytes = host_loaded(host, &length, &id);
	struct window *w = bytes ? window_of(file) : NULL;
	if (!w)
		return false;
	*w = (struct window){ .bytes = (uint8_t *)(uintptr_t)bytes,
			      .length = length,
			      .end = true,
			      .checked = host_stamp(),
			      .loaded = id,
			      .unpinned = true };
	host->unpinned++;
	return true;
}

int host_open(struct file *file)
{
	static const uint32_t needs[] = { HOST_READ, HOST_WRITE, HOST_READ | HOST_WRITE, HOST_ANY };
	struct inode *inode = file->inode;

	/* What was read of the file before is not believed: a new open starts without. */
	file->ops = inode_is(inode, S_IFDIR) ? &host_readdir_ops : &host_file_ops;
	if (host_of(inode)->made && inode_is(inode, S_IFREG)) {
		host_of(inode)->made = false;
		return 0;
	}
	if (open_loaded(file))
		return 0;
	return host_may_open(host_of(inode), needs[file->flags & O_ACCMODE]);
}
