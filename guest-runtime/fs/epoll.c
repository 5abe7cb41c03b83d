// SPDX-License-Identifier: Apache-2.0
/* The set of an epoll file: entries, readiness, nesting. */
#include "guest-runtime/fs/epoll.h"

#include "guest-runtime/fs/anon.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/stream.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/mm/heap.h"

#include <linux/poll.h>

#define NESTS_MAX 4 /* epoll files in epoll files */
/* Bits of events that say how, not what. */
#define PRIVATE	  (EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE)
#define EXCLUSIVE_OK \
	(EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE)

struct epoll {
	struct file *file; /* it is this one's: no reference */
	struct list entries, ready;
	uint32_t size; /* entries */
	struct wait_queue queue;
	uint32_t asked; /* entries that must be looked at: nobody announces their changes */
	uint32_t visit; /* of depth_below() */
	uint32_t depth;
};

struct entry {
	struct epoll *epoll;
	struct file *file; /* no reference: epoll_forget() */
	int fd;
	struct epoll_event event;
	struct waiter waiter;
	struct list node;    /* of epoll->entries */
	struct list watcher; /* of file->watchers */
	struct list ready;   /* of epoll->ready; alone: not there */
	uint32_t reported;   /* EPOLLET on a stream: stream_moves() when it was told */
};

static const struct file_ops epoll_ops;

struct epoll *epoll_of(struct file *file)
{
	return file->ops == &epoll_ops ? file->private : NULL;
}

struct wait_queue *epoll_wait_queue(struct epoll *epoll)
{
	return &epoll->queue;
}

uint32_t epoll_size(const struct epoll *epoll)
{
	return epoll->size;
}

static bool on_stream(const struct entry *entry)
{
	return entry->file->ops == &stream_ops;
}

static bool asked(const struct entry *entry)
{
	return on_stream(entry) || epoll_of(entry->file);
}

/* In the set, or in those in it: no deeper than NESTS_MAX. */
static bool has_streams(const struct epoll *epoll)
{
	if (epoll->asked == 0)
		return false;
	list_for_each (node, &epoll->entries) {
		const struct entry *entry = container_of(node, struct entry, node);
		const struct epoll *below = epoll_of(entry->file);

		if (below ? has_streams(below) : on_stream(entry))
			return true;
	}
	return false;
}

/* Another set tells of its edges itself, but for those of streams. */
static bool tells(const struct entry *entry)
{
	const struct epoll *below = epoll_of(entry->file);

	return below && (entry->event.events & EPOLLET) && !has_streams(below);
}

/* What of the entry's events is true now. */
static uint32_t state(const struct entry *entry)
{
	uint32_t what = entry->event.events & ~PRIVATE;

	/* A level is all that the host tells of a stream; an edge follows a transfer. */
	if (on_stream(entry) && (entry->event.events & EPOLLET) &&
	    entry->reported == stream_moves())
		return 0;
	return what ? file_poll(entry->file) & what : 0;
}

static void mark_ready(struct entry *entry)
{
	if (list_empty(&entry->ready))
		list_add_before(&entry->epoll->ready, &entry->ready);
	wait_queue_wake(&entry->epoll->queue, POLLIN);
}

static void woken(struct waiter *waiter, uint32_t events)
{
	struct entry *entry = container_of(waiter, struct entry, waiter);
	uint32_t what = entry->event.events & ~PRIVATE;

	if (what && (!events || (events & what)))
		mark_ready(entry);
}

/* Puts those on the list whose changes nobody announces. */
static void ask(struct epoll *epoll)
{
	if (epoll->asked == 0)
		return;
	list_for_each (node, &epoll->entries) {
		struct entry *entry = container_of(node, struct entry, node);

		if (asked(entry) && !tells(entry) && list_empty(&entry->ready) && state(entry))
			list_add_before(&epoll->ready, &entry->ready);
	}
}

int epoll_collect(struct epoll *epoll, struct epoll_event *events, int max)
{
	struct list again;
	int count = 0;

	ask(epoll);
	list_init(&again);
	while (count < max && !list_empty(&epoll->ready)) {
		struct entry *entry = container_of(epoll->ready.next, struct entry, ready);
		uint32_t what = state(entry);

		list_remove(&entry->ready);
		if (!what)
			continue;
		events[count++] = (struct epoll_event){ .events = what, .data = entry->event.data };
		entry->reported = stream_moves();
		if (entry->event.events & EPOLLONESHOT)
			entry->event.events &= PRIVATE;
		else if (!(entry->event.events & EPOLLET))
			list_add_before(&again, &entry->ready);
	}
	/* Level: looked at again next time, after those that had no turn. */
	while (!list_empty(&again)) {
		struct list *node = again.next;

		list_remove(node);
		list_add_before(&epoll->ready, node);
	}
	return count;
}

static uint32_t poll(struct file *file)
{
	struct epoll *epoll = file->private;

	ask(epoll);
	while (!list_empty(&epoll->ready)) {
		struct entry *entry = container_of(epoll->ready.next, struct entry, ready);

		if (state(entry))
			return POLLIN | POLLRDNORM;
		list_remove(&entry->ready);
	}
	return 0;
}

static struct wait_queue *queue(struct file *file)
{
	struct epoll *epoll = file->private;

	return &epoll->queue;
}

static void enrol(struct entry *entry)
{
	const struct file_ops *ops = entry->file->ops;

	if (ops->queue)
		waiter_add_function(&entry->waiter, ops->queue(entry->file),
				    entry->event.events & ~PRIVATE, woken);
	else
		list_init(&entry->waiter.node);
}

static void remove(struct entry *entry)
{
	waiter_remove(&entry->waiter);
	list_remove(&entry->node);
	list_remove(&entry->watcher);
	list_remove(&entry->ready);
	entry->epoll->asked -= asked(entry);
	entry->epoll->size--;
	kfree(entry);
}

void epoll_forget(struct file *file)
{
	struct list *next;

	if (!file->watchers.next)
		return;
	for (struct list *node = file->watchers.next; node != &file->watchers; node = next) {
		next = node->next;
		remove(container_of(node, struct entry, watcher));
	}
}

static void release(struct file *file)
{
	struct epoll *epoll = file->private;

	struct list *next;

	for (struct list *node = epoll->entries.next; node != &epoll->entries; node = next) {
		next = node->next;
		remove(container_of(node, struct entry, node));
	}
	kfree(epoll);
}

static void describe(struct file *file, struct text *out)
{
	const struct epoll *epoll = file->private;

	list_for_each (node, &epoll->entries) {
		const struct entry *entry = container_of(node, struct entry, node);
		const struct inode *inode = entry->file->inode;

		text_print(out, "tfd: %8d events: %8x data: %16lx  pos:%ld ino:%lx sdev:%lx\n",
			   entry->fd, entry->event.events, (uint64_t)entry->event.data,
			   (long)entry->file->offset, inode->attr.ino, inode->super->dev);
	}
}

static const struct file_ops epoll_ops = {
	.seek = seek_nothing,
	.poll = poll,
	.queue = queue,
	.describe = describe,
	.release = release,
};

struct file *epoll_create(void)
{
	struct epoll *epoll = kmalloc(sizeof(*epoll));

	if (!epoll)
		return NULL;
	list_init(&epoll->entries);
	list_init(&epoll->ready);
	epoll->file = anon_file("[eventpoll]", &epoll_ops, epoll, O_RDWR);
	if (epoll->file)
		return epoll->file;
	kfree(epoll);
	return NULL;
}

static struct entry *find(struct epoll *epoll, int fd, const struct file *file)
{
	list_for_each (node, &epoll->entries) {
		struct entry *entry = container_of(node, struct entry, node);

		if (entry->fd == fd && entry->file == file)
			return entry;
	}
	return NULL;
}

/* Levels of epoll files in this one, NESTS_MAX + 1 for too many; each is visited once. */
static uint32_t depth_below(struct epoll *epoll, uint32_t visit, uint32_t level)
{
	if (level > NESTS_MAX)
		return NESTS_MAX + 1;
	if (epoll->visit == visit)
		return epoll->depth;
	epoll->visit = visit;
	/* Whoever comes here again before this is done has found a loop. */
	epoll->depth = NESTS_MAX + 1;
	uint32_t depth = 0;
	list_for_each (node, &epoll->entries) {
		struct entry *entry = container_of(node, struct entry, node);
		struct epoll *below = epoll_of(entry->file);

		if (below)
			depth = MAX(depth, depth_below(below, visit, level + 1) + 1);
	}
	return epoll->depth = MIN(depth, (uint32_t)NESTS_MAX + 1);
}

static uint32_t depth_above(const struct epoll *epoll, uint32_t level)
{
	uint32_t depth = 0;

	if (level > NESTS_MAX || !epoll->file->watchers.next)
		return level > NESTS_MAX;
	list_for_each (node, &epoll->file->watchers) {
		const struct entry *entry = container_of(node, struct entry, watcher);

		depth = MAX(depth, depth_above(entry->epoll, level + 1) + 1);
	}
	return depth;
}

/* Would `inner` in epoll make a loop, or a nest that is too deep? */
static bool nests_badly(struct epoll *epoll, struct epoll *inner)
{
	static uint32_t visits;

	epoll->visit = ++visits;
	epoll->depth = NESTS_MAX + 1;
	uint32_t below = depth_below(inner, visits, 0);
	return below > NESTS_MAX || below + 1 + depth_above(epoll, 0) > NESTS_MAX;
}

static int add(struct epoll *epoll, int fd, struct file *file, const struct epoll_event *event)
{
	struct entry *entry = kmalloc(sizeof(*entry));

	if (!entry)
		return -ENOMEM;
	entry->epoll = epoll;
	entry->file = file;
	entry->fd = fd;
	entry->event = *event;
	entry->reported = stream_moves() - 1;
	list_init(&entry->ready);
	list_add_before(&epoll->entries, &entry->node);
	if (!file->watchers.next)
		list_init(&file->watchers);
	list_add_before(&file->watchers, &entry->watcher);
	enrol(entry);
	epoll->asked += asked(entry);
	epoll->size++;
	if (state(entry))
		mark_ready(entry);
	return 0;
}

static void modify(struct entry *entry, const struct epoll_event *event)
{
	entry->event = *event;
	entry->waiter.events = event->events & ~PRIVATE;
	entry->reported = stream_moves() - 1;
	if (state(entry))
		mark_ready(entry);
}

/* Files whose readiness means nothing: a stream may be one, too. */
static bool can_poll(struct file *file)
{
	if (!file->ops->poll)
		return false;
	if (file->ops == &stream_ops) {
		inode_refresh(file->inode);
		return !inode_is(file->inode, S_IFREG) && !inode_is(file->inode, S_IFDIR) &&
		       !stream_is_null(file->inode);
	}
	return true;
}

int epoll_control(struct epoll *epoll, int operation, int fd, struct file *file,
		  const struct epoll_event *event)
{
	struct epoll_event wanted = *event;

	if (!can_poll(file))
		return -EPERM;
	if (!epoll || file == epoll->file)
		return -EINVAL;
	struct epoll *inner = epoll_of(file);
	if (operation != EPOLL_CTL_DEL && (wanted.events & EPOLLEXCLUSIVE) &&
	    (operation == EPOLL_CTL_MOD || inner || (wanted.events & ~EXCLUSIVE_OK)))
		return -EINVAL;
	struct entry *entry = find(epoll, fd, file);
	wanted.events |= POLLERR | POLLHUP;
	switch (operation) {
	case EPOLL_CTL_ADD:
		if (inner && nests_badly(epoll, inner))
			return -ELOOP;
		return entry ? -EEXIST : add(epoll, fd, file, &wanted);
	case EPOLL_CTL_DEL:
		if (!entry)
			return -ENOENT;
		remove(entry);
		return 0;
	case EPOLL_CTL_MOD:
		if (!entry)
			return -ENOENT;
		if (entry->event.events & EPOLLEXCLUSIVE)
			return -EINVAL;
		modify(entry, &wanted);
		return 0;
	default:
		return -EINVAL;
	}
}
