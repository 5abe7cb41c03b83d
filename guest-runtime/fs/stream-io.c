// SPDX-License-Identifier: Apache-2.0
/* Transfers on the caller's streams, straight between the host's file and program memory. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/host.h"
#include "guest-runtime/fs/stream.h"
#include "guest-runtime/fs/tty.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/proc/outside.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/tick.h"
#include "guest-runtime/sys/restart.h"

#include <asm/signal.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/poll.h>

enum way { IN, OUT };

static long wait_event(struct file *file, enum way way)
{
	uint32_t number = stream_number(file->inode);
	uint32_t events = (way == IN ? POLLIN : POLLOUT) | POLLERR | POLLHUP | POLLNVAL;
	struct waiter waiter;
	long ended = 0;

	stream_forget();
	if (stream_ready(number) & events)
		return 0;
	if (file->flags & O_NONBLOCK)
		return -EAGAIN;
	waiter_add(&waiter, stream_queue(number), events);
	while (ended == 0 && !(stream_ready(number) & events))
		ended = wait_sleep(WAIT_FOREVER);
	waiter_remove(&waiter);
	return ended == -EINTR ? -ERESTARTSYS : ended;
}

/*
 * What the transfer itself cannot do in the host: not to block when the
 * program asked for that, and to leave the CPU to others.
 */
static long wait_ready(struct file *file, enum way way)
{
	return (file->flags & O_NONBLOCK) || !tick_alone() ? wait_event(file, way) : 0;
}

/*
 * A pipe that is ready takes this much without blocking; more would block in
 * the host, where the descriptor need not be as the program wants it.
 */
static void shorten(struct file *file, struct hc_segment *segments, uint32_t *count, long *bytes)
{
	size_t left = PIPE_BUF;

	if (!(file->flags & O_NONBLOCK) || *bytes <= PIPE_BUF || inode_is(file->inode, S_IFREG) ||
	    (stream_host_flags(file->inode) & O_NONBLOCK))
		return;
	*bytes = PIPE_BUF;
	for (uint32_t i = 0; i < *count && left > 0; i++) {
		segments[i].length = MIN(segments[i].length, left);
		left -= segments[i].length;
		if (left == 0)
			*count = i + 1;
	}
}

/* One transfer; bytes. */
static long once(struct file *file, struct uio *uio, enum way way, size_t *covered)
{
	struct hc_segment segments[HC_SEGMENTS_MAX];
	uint32_t number = stream_number(file->inode), count;
	long bytes = uio_segments(uio, way == IN, segments, HC_SEGMENTS_MAX, &count);

	if (bytes < 0)
		return bytes;
	if (way == OUT)
		shorten(file, segments, &count, &bytes);
	*covered = (size_t)bytes;
	long error = wait_ready(file, way);
	for (;;) {
		if (error < 0)
			return error;
		int64_t done = way == IN ? host_stream_read(number, segments, count)
					 : host_stream_write(number, segments, count);
		stream_moved();
		if (done > 0)
			uio_advance(uio, (size_t)done);
		if (done == -EINTR || (done > 0 && (size_t)done < *covered))
			outside_take();
		if (done == -EINTR)
			error = signal_pending(current()) ? -ERESTARTSYS : wait_ready(file, way);
		else if (done == -EAGAIN && !(file->flags & O_NONBLOCK))
			error = wait_event(file, way); /* the caller's descriptor does not block */
		else
			return (long)done;
	}
}

/* A read from a pipe gives what it has; all else goes on until the buffers are done. */
static long transfer(struct file *file, struct uio *uio, enum way way)
{
	long total = 0;

	while (uio->left > 0) {
		size_t covered;
		long done = once(file, uio, way, &covered);

		if (done < 0 && total == 0)
			return done;
		if (done <= 0)
			break;
		total += done;
		if (way == IN && ((size_t)done < covered || !inode_is(file->inode, S_IFREG)))
			break;
		if ((size_t)done < covered &&
		    ((file->flags & O_NONBLOCK) || signal_pending(current())))
			break;
	}
	return total;
}

/* pread and pwrite: the host's position is moved there and back, unseen by others in the VM. */
static long transfer_at(struct file *file, struct uio *uio, enum way way, int64_t *offset)
{
	uint32_t number = stream_number(file->inode);
	int64_t back = host_stream_seek(number, 0, SEEK_CUR);

	if (back < 0)
		return (long)back;
	int64_t error = host_stream_seek(number, *offset, SEEK_SET);
	if (error < 0)
		return (long)error;
	long done = transfer(file, uio, way);
	host_stream_seek(number, back, SEEK_SET);
	if (done > 0)
		*offset += done;
	return done;
}

/* Of the caller's terminal only the foreground reads. */
static long check_group(struct inode *inode)
{
	const struct process *process = current()->process;

	if (!process->callers_terminal || process->pgid == tty_callers_group() ||
	    stream_check_terminal(inode) < 0)
		return 0;
	return tty_check_callers(SIGTTIN);
}

static long stream_read(struct file *file, struct uio *uio, int64_t *offset)
{
	long error = check_group(file->inode);

	if (error)
		return error;
	if (offset != &file->offset)
		return transfer_at(file, uio, IN, offset);
	return transfer(file, uio, IN);
}

/* What the stream is does not change: it is asked of the host once. */
static void learn_kind(struct inode *inode)
{
	if (!inode->attr.mode)
		inode_refresh(inode);
}

static long stream_write(struct file *file, struct uio *uio, int64_t *offset)
{
	struct inode *inode = file->inode;

	learn_kind(inode);
	if (stream_is_null(inode)) {
		long all = (long)uio->left;

		uio_advance(uio, uio->left);
		return all;
	}
	/* O_APPEND that the program has set, as near as the host's descriptor allows. */
	if ((file->flags & ~stream_host_flags(inode)) & O_APPEND)
		host_stream_seek(stream_number(inode), 0, SEEK_END);
	long done = offset != &file->offset ? transfer_at(file, uio, OUT, offset)
					    : transfer(file, uio, OUT);

	if (done == -EPIPE)
		signal_raise_self(SIGPIPE);
	/* It may be a file that the program reads by its name, too. */
	if (inode_is(inode, S_IFREG))
		host_changed(inode);
	return done;
}

static int64_t stream_seek(struct file *file, int64_t offset, int whence)
{
	if (whence < 0 || whence > SEEK_END)
		return -EINVAL;
	if (stream_cannot_seek(file->inode))
		return -ESPIPE;
	if (stream_is_null(file->inode))
		return 0;
	return host_stream_seek(stream_number(file->inode), offset, (uint32_t)whence);
}

static int stream_page(struct file *file, void *page, uint64_t offset)
{
	int error = inode_refresh(file->inode);

	if (error < 0)
		return error;
	if (!inode_is(file->inode, S_IFREG))
		return -ENODEV;
	long got = file_read_kernel(file, page, PAGE_SIZE, offset);
	if (got <= 0)
		return got < 0 ? (int)got : -ENXIO;
	memset((char *)page + got, 0, PAGE_SIZE - (size_t)got);
	return 0;
}

static uint32_t stream_poll(struct file *file)
{
	return stream_ready(stream_number(file->inode));
}

static struct wait_queue *queue_of(struct file *file)
{
	return stream_queue(stream_number(file->inode));
}

const struct file_ops stream_ops = {
	.read = stream_read,
	.write = stream_write,
	.seek = stream_seek,
	.ioctl = stream_ioctl,
	.poll = stream_poll,
	.queue = queue_of,
	.page = stream_page,
	.positioned = true,
};
