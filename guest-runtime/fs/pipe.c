// SPDX-License-Identifier: Apache-2.0
/* Pipes as objects: making, opening, closing, resizing. */
#include "guest-runtime/fs/pipe.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/sys/restart.h"

#include <linux/capability.h>
#include <linux/magic.h>

struct pipe *pipe_of(const struct file *file)
{
	return file->ops == &pipe_ops ? file->inode->pipe : NULL;
}

/* Capacity of all pipes together, in pages. */
static uint64_t charged;

#define SOFT_LIMIT 16384u /* fs.pipe-user-pages-soft; of a small VM, an eighth of its memory */

uint64_t pipe_soft_limit(void)
{
	return MIN(SOFT_LIMIT, page_total() / 8);
}

/* How many slots a new pipe may have; 0: none. */
static uint32_t take_slots(void)
{
	uint32_t slots = charged + PIPE_SLOTS <= pipe_soft_limit() ? PIPE_SLOTS : PIPE_SLOTS_MIN;

	if (charged + slots > page_total() / 4)
		return 0;
	charged += slots;
	return slots;
}

static struct pipe *allocate(void)
{
	uint32_t slots = take_slots();
	struct pipe *pipe = slots ? kmalloc(sizeof(*pipe)) : NULL;

	if (pipe)
		pipe->slot = kmalloc(slots * sizeof(*pipe->slot));
	if (!pipe || !pipe->slot) {
		charged -= slots;
		kfree(pipe);
		return NULL;
	}
	pipe->slots = pipe->room = slots;
	return pipe;
}

void pipe_push(struct pipe *pipe, struct pipe_slot slot)
{
	*pipe_slot(pipe, pipe->used++) = slot;
	pipe->unannounced = true;
}

void pipe_consume(struct pipe *pipe, uint32_t n)
{
	struct pipe_slot *slot = pipe_slot(pipe, 0);

	slot->offset += n;
	slot->length -= n;
	if (slot->length > 0)
		return;
	page_put(slot->page);
	if (++pipe->first == pipe->room)
		pipe->first = 0;
	pipe->used--;
}

static void leave(struct inode *inode)
{
	struct pipe *pipe = inode->pipe;

	wait_queue_wake(&pipe->queue, 0);
	if (--pipe->users > 0)
		return;
	while (pipe->used > 0)
		pipe_consume(pipe, pipe_slot(pipe, 0)->length);
	charged -= pipe->slots;
	kfree(pipe->slot);
	kfree(pipe);
	inode->pipe = NULL;
}

/* Counts the file among the pipe's ends. */
static void enter(struct file *file)
{
	struct pipe *pipe = file->inode->pipe;

	pipe->users++;
	if (file_readable(file)) {
		pipe->readers++;
		pipe->reader_count++;
	}
	if (file_writable(file)) {
		pipe->writers++;
		pipe->writer_count++;
	}
	file->ops = &pipe_ops;
	wait_queue_wake(&pipe->queue, 0);
}

static void release(struct file *file)
{
	struct pipe *pipe = file->inode->pipe;

	pipe->readers -= file_readable(file);
	pipe->writers -= file_writable(file);
	leave(file->inode);
}

/* Until somebody opens the other end: count changes, even if that one is gone again. */
static int wait_for_other(struct pipe *pipe, const uint32_t *count)
{
	uint32_t before = *count;

	return WAIT_UNTIL(&pipe->queue, WAIT_FOREVER, *count != before) ? -ERESTARTSYS : 0;
}

static const struct super_ops super_ops;

/* Made by pipe(2): opened again through /proc/self/fd, nobody waits for the other end. */
static bool is_nameless(const struct inode *inode)
{
	return inode->super->ops == &super_ops;
}

int fifo_open(struct file *file)
{
	struct inode *inode = file->inode;
	bool nonblocking = file->flags & O_NONBLOCK;

	if (!file_readable(file) && !file_writable(file))
		return -EINVAL;
	if (!inode->pipe)
		inode->pipe = allocate();
	if (!inode->pipe)
		return -ENOMEM;
	struct pipe *pipe = inode->pipe;
	if (!file_readable(file) && nonblocking && pipe->readers == 0) {
		pipe->users++;
		leave(inode);
		return -ENXIO;
	}
	enter(file);
	if ((file_readable(file) && file_writable(file)) || is_nameless(inode))
		return 0;
	if (file_writable(file))
		return pipe->readers ? 0 : wait_for_other(pipe, &pipe->reader_count);
	/* Until the first writer, its absence is no end: poll must not say so. */
	file->offset = pipe->writers ? -1 : (int64_t)pipe->writer_count;
	return pipe->writers || nonblocking ? 0 : wait_for_other(pipe, &pipe->writer_count);
}

static long name(const struct dentry *entry, char *buffer, size_t size)
{
	return format(buffer, size, "pipe:[%lu]", entry->inode->attr.ino);
}

static void free_inode(struct inode *inode)
{
	kfree(inode);
}

static const struct super_ops super_ops = { .name = name, .magic = PIPEFS_MAGIC };
static const struct inode_ops inode_ops = { .open = fifo_open,
					    .set_attr = inode_set_attr,
					    .release = free_inode };

static struct inode *make_inode(void)
{
	static struct super *super;
	struct inode *inode = kmalloc(sizeof(*inode));

	if (!super)
		super = super_create_hidden(&super_ops, "pipefs");
	if (!super || !inode) {
		kfree(inode);
		return NULL;
	}
	inode_init(inode, super, &inode_ops, S_IFIFO | 0600);
	inode_own(inode);
	inode->pipe = allocate();
	if (inode->pipe)
		return inode;
	kfree(inode);
	return NULL;
}

int pipe_create(struct file *ends[2], uint32_t flags)
{
	struct inode *inode = make_inode();
	if (!inode)
		return -ENFILE;
	struct dentry *entry = dentry_create_root(inode->super, inode);

	ends[0] = entry ? file_create(inode, entry, O_RDONLY | flags) : NULL;
	ends[1] = entry ? file_create(inode, entry, O_WRONLY | flags) : NULL;
	for (int i = 0; i < 2; i++)
		if (ends[i])
			enter(ends[i]);
	if (ends[0] && ends[1]) {
		dentry_put(entry);
		return 0;
	}
	/* Somebody must hold the pipe for the last to free it. */
	inode->pipe->users++;
	for (int i = 0; i < 2; i++)
		if (ends[i])
			file_put(ends[i]);
	leave(inode);
	if (entry)
		dentry_put(entry);
	else
		inode_put(inode);
	return -ENOMEM;
}

long pipe_capacity(const struct pipe *pipe)
{
	return (long)(pipe->slots * PAGE_SIZE);
}

/* The ring, at least as large as what is in it. */
static bool set_room(struct pipe *pipe, uint32_t room)
{
	struct pipe_slot *slot = kmalloc(room * sizeof(*slot));

	if (!slot)
		return false;
	for (uint32_t i = 0; i < pipe->used; i++)
		slot[i] = *pipe_slot(pipe, i);
	kfree(pipe->slot);
	pipe->slot = slot;
	pipe->room = room;
	pipe->first = 0;
	return true;
}

/* Not where pipes have much of the memory: nobody counts what is put ahead. */
bool pipe_make_room(struct pipe *pipe, uint32_t room)
{
	return pipe->room >= room || (charged < pipe_soft_limit() / 16 && set_room(pipe, room));
}

/* Beyond the limit for all is for who has the capability, and the soft one is for everybody. */
static bool may_grow(const struct pipe *pipe, uint32_t slots)
{
	if (slots > PIPE_SLOTS_MAX &&
	    (!credentials_capable(CAP_SYS_RESOURCE) || slots > PIPE_LIMIT))
		return false;
	return charged - pipe->slots + slots <= pipe_soft_limit();
}

long pipe_resize(struct pipe *pipe, uint32_t bytes)
{
	uint32_t slots = 1;

	if (bytes > 1u << 31)
		return -EINVAL;
	while (slots * PAGE_SIZE < bytes)
		slots *= 2;
	if (slots > pipe->slots && !may_grow(pipe, slots))
		return -EPERM;
	if (slots < pipe->used && slots < pipe->slots)
		return -EBUSY;
	bool was_full = pipe_is_full(pipe);
	if (!set_room(pipe, MAX(slots, pipe->used)))
		return -ENOMEM;
	charged += slots;
	charged -= pipe->slots;
	pipe->slots = slots;
	pipe_freed(pipe, was_full);
	return pipe_capacity(pipe);
}

const struct file_ops pipe_ops = {
	.read = pipe_read,
	.write = pipe_write,
	.ioctl = pipe_ioctl,
	.poll = pipe_poll,
	.queue = pipe_queue,
	.release = release,
};
