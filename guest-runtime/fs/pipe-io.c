// SPDX-License-Identifier: Apache-2.0
/* Transfers through pipes, and what poll says of them. */
#include "guest-runtime/fs/pipe.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/mm/page.h"

#include <asm/ioctls.h>

static char *content(const struct pipe_slot *slot)
{
	return (char *)gpa_to_pointer(slot->page) + slot->offset;
}

long pipe_read(struct file *file, struct uio *uio, int64_t *offset)
{
	struct pipe *pipe = file->inode->pipe;
	long total = 0, ready = 1;

	(void)offset;
	if (uio->left == 0)
		return 0;
	ready = pipe_wait_data(pipe, file->flags & O_NONBLOCK);
	if (ready <= 0)
		return ready;
	bool was_full = pipe_is_full(pipe);
	while (uio->left > 0 && pipe->used > 0) {
		struct pipe_slot *slot = pipe_slot(pipe, 0);
		uint32_t n = (uint32_t)MIN(uio->left, slot->length);
		long got = uio_fill(uio, content(slot), n);
		bool packet = slot->packet;

		if (got < 0) {
			total = total ? total : got;
			break;
		}
		total += got;
		pipe_consume(pipe, packet ? slot->length : (uint32_t)got);
		if (packet || got < n)
			break;
	}
	pipe_freed(pipe, was_full);
	if (total > 0)
		inode_accessed(file);
	return total;
}

/* A write whose odd bytes fit behind what was written last goes there. */
static long merge(struct pipe *pipe, struct uio *uio)
{
	size_t odd = uio->left % PAGE_SIZE;
	struct pipe_slot *last = pipe->used ? pipe_slot(pipe, pipe->used - 1) : NULL;

	if (odd == 0 || !last || !last->merges || last->offset + last->length + odd > PAGE_SIZE)
		return 0;
	long got = uio_take(uio, content(last) + last->length, odd);
	if (got > 0) {
		last->length += (uint32_t)got;
		pipe->unannounced = true;
	}
	return got;
}

static long write_slot(struct pipe *pipe, struct uio *uio, bool packet)
{
	struct pipe_slot slot = { .page = page_alloc_dirty(), .merges = !packet, .packet = packet };

	if (!slot.page)
		return -ENOMEM;
	long got = uio_take(uio, content(&slot), MIN(uio->left, PAGE_SIZE));
	if (got <= 0) {
		page_put(slot.page);
		return got;
	}
	slot.length = (uint32_t)got;
	pipe_push(pipe, slot);
	return got;
}

long pipe_write(struct file *file, struct uio *uio, int64_t *offset)
{
	struct pipe *pipe = file->inode->pipe;
	long total = 0, got = 0;

	(void)offset;
	if (uio->left == 0)
		return 0;
	if (pipe->readers > 0 && !pipe->locked) {
		got = merge(pipe, uio);
		if (got < 0)
			return got;
		total = got;
	}
	while (uio->left > 0) {
		got = pipe_wait_space(pipe, file->flags & O_NONBLOCK, true);
		if (got > 0)
			got = write_slot(pipe, uio, file->flags & O_DIRECT);
		if (got < 0)
			break;
		total += got;
	}
	pipe_announce(pipe);
	/* The next writer: only one was told. */
	if (pipe->blocked > 0 && !pipe_is_full(pipe))
		wait_queue_wake(&pipe->queue, POLLOUT | POLLWRNORM);
	if (total > 0)
		inode_touch(file->inode, true);
	return total > 0 ? total : got;
}

long pipe_ioctl(struct file *file, uint32_t request, uint64_t argument)
{
	struct pipe *pipe = file->inode->pipe;
	int32_t bytes = 0;

	if (request != FIONREAD)
		return -ENOTTY;
	for (uint32_t i = 0; i < pipe->used; i++)
		bytes += (int32_t)pipe_slot(pipe, i)->length;
	return copy_to_user(argument, &bytes, sizeof(bytes));
}

uint32_t pipe_poll(struct file *file)
{
	const struct pipe *pipe = file->inode->pipe;
	uint32_t ready = 0;

	if (file_readable(file)) {
		if (pipe->used > 0)
			ready |= POLLIN | POLLRDNORM;
		if (pipe->writers == 0 && file->offset != pipe->writer_count)
			ready |= POLLHUP;
	}
	if (file_writable(file)) {
		if (!pipe_is_full(pipe))
			ready |= POLLOUT | POLLWRNORM;
		if (pipe->readers == 0)
			ready |= POLLERR;
	}
	return ready;
}

struct wait_queue *pipe_queue(struct file *file)
{
	return &file->inode->pipe->queue;
}
