/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pipes and FIFOs: a ring of pages, each filled by one write or by several
 * small ones. Capacity is counted in pages, as in Linux: what fits depends on
 * how it is written.
 *
 * While a reader sleeps for data, whoever writes and would sleep for space may
 * put more than the capacity: on two CPUs the reader would take it meanwhile,
 * and here each way from one to the other costs.
 */
#ifndef GUEST_FS_PIPE_H
#define GUEST_FS_PIPE_H

#include "guest-runtime/fs/vfs.h"

#include <linux/poll.h>

#define PIPE_SLOTS     16u	  /* of a new pipe */
#define PIPE_SLOTS_MIN 2u	  /* of a new pipe when pipes have a good part of memory */
#define PIPE_SLOTS_MAX 256u	  /* for who has no CAP_SYS_RESOURCE: 1 MiB */
#define PIPE_LIMIT     (1u << 20) /* slots that anybody may have */
#define PIPE_AHEAD     256u	  /* slots for a reader that sleeps: 1 MiB */

struct pipe_slot {
	uint64_t page; /* a reference */
	uint32_t offset, length;
	bool merges; /* a small write may be appended */
	bool packet; /* O_DIRECT: one read at most gets it, and drops the rest */
};

struct pipe {
	uint32_t users; /* open files; the last takes the pipe with it */
	uint32_t readers, writers;
	uint32_t reader_count, writer_count; /* that ever opened it */
	uint32_t slots;			     /* capacity */
	uint32_t room, first, used;	     /* of the ring */
	uint32_t hungry, blocked; /* readers that sleep for data, writers that sleep for space */
	bool unannounced;	  /* something was put: pipe_announce() is due */
	bool locked; /* in the middle of a transfer to or from a file, which may sleep */
	struct pipe_slot *slot;
	struct wait_queue queue;
};

extern const struct file_ops pipe_ops;

/* ends[0] for reading, ends[1] for writing; flags: O_NONBLOCK, O_DIRECT. 0, -ENFILE or -ENOMEM. */
int pipe_create(struct file *ends[2], uint32_t flags);
/* What open(2) does with a FIFO, of any file system: waits for the other end. */
int fifo_open(struct file *file);
struct pipe *pipe_of(const struct file *file); /* NULL: it is none */

/* F_SETPIPE_SZ and F_GETPIPE_SZ, in bytes. */
long pipe_resize(struct pipe *pipe, uint32_t bytes);
long pipe_capacity(const struct pipe *pipe);
/* What all pipes may have: beyond, new ones are small; in pages. */
uint64_t pipe_soft_limit(void);

/* Sleeps until there is something to read: 1, 0 at the end (no writer), or -errno. */
long pipe_wait_data(struct pipe *pipe, bool nonblocking);
/*
 * Sleeps until a slot is free: 1, or -errno (-EPIPE after SIGPIPE). ahead: one
 * beyond the capacity will do.
 */
long pipe_wait_space(struct pipe *pipe, bool nonblocking, bool ahead);
/* For the time of a transfer that may sleep: others wait, in the two above. */
void pipe_lock(struct pipe *pipe);
void pipe_unlock(struct pipe *pipe);

/* pipe-io.c */
long pipe_read(struct file *file, struct uio *uio, int64_t *offset);
long pipe_write(struct file *file, struct uio *uio, int64_t *offset);
long pipe_ioctl(struct file *file, uint32_t request, uint64_t argument);
uint32_t pipe_poll(struct file *file);
struct wait_queue *pipe_queue(struct file *file);

static inline bool pipe_is_full(const struct pipe *pipe)
{
	return pipe->used >= pipe->slots;
}

/* The n-th, 0 to used, from the oldest. */
static inline struct pipe_slot *pipe_slot(const struct pipe *pipe, uint32_t n)
{
	uint32_t at = pipe->first + n;

	return &pipe->slot[at < pipe->room ? at : at - pipe->room];
}

/* Adds a slot to a pipe that has room; takes over the page's reference. pipe_announce() follows. */
void pipe_push(struct pipe *pipe, struct pipe_slot slot);
void pipe_announce(struct pipe *pipe);
/* Takes n bytes out of the first slot, and it away when it is empty. pipe_freed() follows. */
void pipe_consume(struct pipe *pipe, uint32_t n);
/* was_full: before what was taken. */
void pipe_freed(struct pipe *pipe, bool was_full);
/* Makes the ring of a pipe as large as that. False: out of memory. */
bool pipe_make_room(struct pipe *pipe, uint32_t room);

#endif
