// SPDX-License-Identifier: Apache-2.0
/*
 * Waiting for data and for space in pipes, and telling those who wait: one
 * reader and one writer at a time, and only when it matters to them.
 */
#include "guest-runtime/fs/pipe.h"

#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/restart.h"

#include <asm/signal.h>

#define READABLE (POLLIN | POLLRDNORM)
#define WRITABLE (POLLOUT | POLLWRNORM)

void pipe_announce(struct pipe *pipe)
{
	if (!pipe->unannounced)
		return;
	pipe->unannounced = false;
	wait_queue_wake(&pipe->queue, READABLE);
}

void pipe_freed(struct pipe *pipe, bool was_full)
{
	if (was_full && !pipe_is_full(pipe))
		wait_queue_wake(&pipe->queue, WRITABLE);
	/* The next reader: only one was told. */
	if (pipe->used > 0 && pipe->hungry > 0)
		wait_queue_wake(&pipe->queue, READABLE);
}

/* count: of those who sleep for this. */
static long sleep(struct pipe *pipe, uint32_t events, uint32_t *count)
{
	struct waiter waiter;

	pipe_announce(pipe);
	waiter_add_exclusive(&waiter, &pipe->queue, events);
	++*count;
	long ended = wait_sleep(WAIT_FOREVER);
	--*count;
	waiter_remove(&waiter);
	if (!ended)
		return 0;
	/* What it may have been woken for is for another. */
	wait_queue_wake(&pipe->queue, events);
	return -ERESTARTSYS;
}

long pipe_wait_data(struct pipe *pipe, bool nonblocking)
{
	for (;;) {
		if (!pipe->locked && pipe->used > 0)
			return 1;
		if (!pipe->locked && pipe->writers == 0)
			return 0;
		if (!pipe->locked && nonblocking)
			return -EAGAIN;
		long error = sleep(pipe, READABLE, &pipe->hungry);
		if (error)
			return error;
	}
}

static bool has_space(struct pipe *pipe, bool ahead)
{
	if (!pipe_is_full(pipe))
		return true;
	return ahead && pipe->hungry > 0 && pipe->used < PIPE_AHEAD &&
	       pipe_make_room(pipe, PIPE_AHEAD);
}

long pipe_wait_space(struct pipe *pipe, bool nonblocking, bool ahead)
{
	for (;;) {
		if (!pipe->locked && pipe->readers == 0) {
			signal_raise_self(SIGPIPE);
			return -EPIPE;
		}
		if (!pipe->locked && has_space(pipe, ahead && !nonblocking))
			return 1;
		if (!pipe->locked && nonblocking)
			return -EAGAIN;
		long error = sleep(pipe, WRITABLE, &pipe->blocked);
		if (error)
			return error;
	}
}

void pipe_lock(struct pipe *pipe)
{
	pipe->locked = true;
}

void pipe_unlock(struct pipe *pipe)
{
	pipe->locked = false;
	wait_queue_wake(&pipe->queue, 0);
}
