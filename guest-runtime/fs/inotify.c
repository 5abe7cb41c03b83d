// SPDX-License-Identifier: Apache-2.0
/* Queues of inotify files, and the list of all watches. */
#include "guest-runtime/fs/inotify.h"

#include "guest-runtime/fs/anon.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/sys/restart.h"

#include <asm/ioctls.h>
#include <linux/poll.h>

#define EVENTS_MAX 16384 /* fs.inotify.max_queued_events */
#define HEAD	   sizeof(struct inotify_event)
/* Bits of a watch's mask that say how, not what. */
#define HOW	   (IN_MASK_ADD | IN_MASK_CREATE | IN_ONLYDIR | IN_DONT_FOLLOW)

struct inotify {
	struct list events;
	uint32_t count, bytes; /* of events */
	int last_watch;
	struct wait_queue queue;
};

struct event {
	struct list node;
	uint32_t size; /* as it is read */
	struct inotify_event head;
	char name[]; /* with its padding */
};

struct watch {
	struct list node; /* of all */
	struct inotify *inotify;
	struct dentry *entry; /* a reference: keeps the object what lookups find */
	uint32_t mask;
	int number;
};

uint32_t inotify_watches;
static struct list watches = LIST_INIT(watches);

static struct watch *watch_of(struct list *node)
{
	return container_of(node, struct watch, node);
}

static struct event *event_of(struct list *node)
{
	return container_of(node, struct event, node);
}

/* Nothing new to a reader who has not yet read the last. */
static bool repeats(const struct inotify *inotify, const struct event *event)
{
	if (inotify->count == 0)
		return false;
	const struct event *last = event_of(inotify->events.prev);
	return last->size == event->size && memcmp(&last->head, &event->head, event->size) == 0;
}

static void queue_event(struct inotify *inotify, int watch, uint32_t mask, uint32_t cookie,
			const char *name, size_t length)
{
	size_t space = length ? ALIGN_UP(length + 1, HEAD) : 0;
	struct event *event;

	if (inotify->count > EVENTS_MAX)
		return;
	if (inotify->count == EVENTS_MAX) {
		watch = -1;
		mask = IN_Q_OVERFLOW;
		space = length = cookie = 0;
	}
	event = kmalloc(sizeof(*event) + space);
	if (!event)
		return;
	event->size = (uint32_t)(HEAD + space);
	event->head = (struct inotify_event){
		.wd = watch, .mask = mask, .cookie = cookie, .len = (uint32_t)space
	};
	memcpy(event->name, name, length);
	if (repeats(inotify, event)) {
		kfree(event);
		return;
	}
	list_add_before(&inotify->events, &event->node);
	inotify->count++;
	inotify->bytes += event->size;
	wait_queue_wake(&inotify->queue, POLLIN | POLLRDNORM);
}

static void drop_event(struct inotify *inotify, struct event *event)
{
	list_remove(&event->node);
	inotify->count--;
	inotify->bytes -= event->size;
	kfree(event);
}

static void end_watch(struct watch *watch)
{
	queue_event(watch->inotify, watch->number, IN_IGNORED, 0, NULL, 0);
	list_remove(&watch->node);
	inotify_watches--;
	dentry_put(watch->entry);
	kfree(watch);
}

/* Tells those who watch the object. */
static void tell(struct inode *inode, uint32_t mask, uint32_t cookie, const char *name,
		 size_t length, bool unlinked)
{
	struct list *next;

	for (struct list *node = watches.next; node != &watches; node = next) {
		struct watch *watch = watch_of(node);

		next = node->next;
		if (watch->entry->inode != inode || !(watch->mask & mask & IN_ALL_EVENTS))
			continue;
		if (unlinked && (watch->mask & IN_EXCL_UNLINK))
			continue;
		queue_event(watch->inotify, watch->number, mask, cookie, name, length);
		if (watch->mask & IN_ONESHOT)
			end_watch(watch);
	}
}

static uint32_t kind(const struct dentry *entry)
{
	return entry->inode && inode_is(entry->inode, S_IFDIR) ? IN_ISDIR : 0;
}

void inotify_tell(struct dentry *entry, uint32_t mask)
{
	if (!entry->inode)
		return;
	mask |= kind(entry);
	if (entry->parent != entry)
		tell(entry->parent->inode, mask, 0, entry->name, entry->length, !entry->hashed);
	tell(entry->inode, mask, 0, NULL, 0, false);
}

void inotify_tell_name(struct dentry *dir, const struct dentry *entry, const char *name,
		       size_t length, uint32_t mask, uint32_t cookie)
{
	tell(dir->inode, mask | kind(entry), cookie, name, length, false);
}

void inotify_tell_move(struct dentry *entry, struct dentry *from_dir, const char *from,
		       size_t from_length, struct dentry *victim)
{
	static uint32_t cookies;

	cookies++;
	inotify_tell_name(from_dir, entry, from, from_length, IN_MOVED_FROM, cookies);
	inotify_tell_name(entry->parent, entry, entry->name, entry->length, IN_MOVED_TO, cookies);
	if (victim && victim->inode)
		tell(victim->inode, IN_ATTRIB, 0, NULL, 0, false);
	tell(entry->inode, IN_MOVE_SELF, 0, NULL, 0, false);
	if (victim && victim->inode)
		inotify_tell_end(victim->inode);
}

void inotify_tell_link(struct dentry *object, struct dentry *dir, const char *name, size_t length)
{
	tell(object->inode, IN_ATTRIB, 0, NULL, 0, false);
	inotify_tell_name(dir, object, name, length, IN_CREATE, 0);
}

void inotify_tell_removed(struct dentry *entry)
{
	if (!kind(entry))
		tell(entry->inode, IN_ATTRIB, 0, NULL, 0, false);
	inotify_tell_name(entry->parent, entry, entry->name, entry->length, IN_DELETE, 0);
}

void inotify_tell_end(const struct inode *gone)
{
	struct inode *inode = NULL;
	struct list *next;
	uint32_t mine = 0;

	list_for_each (node, &watches) {
		if (watch_of(node)->entry->inode != gone)
			continue;
		inode = watch_of(node)->entry->inode;
		mine++;
	}
	/* Each watch's name may hold one reference; more are those of others. */
	if (!inode || inode->references > mine || inode_refresh(inode) < 0 || inode->attr.nlink > 0)
		return;
	inode_get(inode);
	tell(inode, IN_DELETE_SELF, 0, NULL, 0, false);
	for (struct list *node = watches.next; node != &watches; node = next) {
		next = node->next;
		if (watch_of(node)->entry->inode == inode)
			end_watch(watch_of(node));
	}
	inode_put(inode);
}

static long read_events(struct file *file, struct uio *uio, int64_t *offset)
{
	struct inotify *inotify = file->private;
	long total = 0;

	(void)offset;
	if (inotify->count == 0 && (file->flags & O_NONBLOCK))
		return -EAGAIN;
	if (WAIT_UNTIL(&inotify->queue, WAIT_FOREVER, inotify->count > 0))
		return -ERESTARTSYS;
	struct list *next;
	for (struct list *node = inotify->events.next; node != &inotify->events; node = next) {
		struct event *event = event_of(node);

		next = node->next;
		if (event->size > uio->left)
			return total ? total : -EINVAL;
		uint32_t size = event->size;
		long got = uio_fill(uio, &event->head, size);
		/* A bad address loses it, as in Linux. */
		drop_event(inotify, event);
		if (got != (long)size)
			return total ? total : -EFAULT;
		total += got;
	}
	return total;
}

static uint32_t poll(struct file *file)
{
	const struct inotify *inotify = file->private;

	return inotify->count ? POLLIN | POLLRDNORM : 0;
}

static struct wait_queue *queue(struct file *file)
{
	struct inotify *inotify = file->private;

	return &inotify->queue;
}

static long ioctl(struct file *file, uint32_t request, uint64_t argument)
{
	const struct inotify *inotify = file->private;
	int32_t bytes = (int32_t)inotify->bytes;

	return request == FIONREAD ? copy_to_user(argument, &bytes, sizeof(bytes)) : -ENOTTY;
}

static void release(struct file *file)
{
	struct inotify *inotify = file->private;
	struct list *next;

	for (struct list *node = watches.next; node != &watches; node = next) {
		next = node->next;
		if (watch_of(node)->inotify == inotify)
			end_watch(watch_of(node));
	}
	for (struct list *node = inotify->events.next; node != &inotify->events; node = next) {
		next = node->next;
		drop_event(inotify, event_of(node));
	}
	kfree(inotify);
}

static void describe(struct file *file, struct text *out)
{
	list_for_each (node, &watches) {
		const struct watch *watch = watch_of(node);
		const struct inode *inode = watch->entry->inode;

		if (watch->inotify == file->private && inode)
			text_print(out, "inotify wd:%x ino:%lx sdev:%lx mask:%x ignored_mask:0\n",
				   (uint32_t)watch->number, inode->attr.ino, inode->super->dev,
				   watch->mask);
	}
}

static const struct file_ops inotify_ops = {
	.read = read_events,
	.seek = seek_nothing,
	.ioctl = ioctl,
	.poll = poll,
	.queue = queue,
	.describe = describe,
	.release = release,
};

struct inotify *inotify_of(struct file *file)
{
	return file->ops == &inotify_ops ? file->private : NULL;
}

struct file *inotify_create(uint32_t flags)
{
	struct inotify *inotify = kmalloc(sizeof(*inotify));

	if (!inotify)
		return NULL;
	list_init(&inotify->events);
	struct file *file = anon_file("inotify", &inotify_ops, inotify, flags & O_NONBLOCK);
	if (!file)
		kfree(inotify);
	return file;
}

int inotify_add(struct inotify *inotify, struct dentry *entry, uint32_t mask)
{
	uint32_t kept = mask & ~(uint32_t)HOW;

	list_for_each (node, &watches) {
		struct watch *watch = watch_of(node);

		if (watch->inotify != inotify || watch->entry->inode != entry->inode)
			continue;
		if (mask & IN_MASK_CREATE)
			return -EEXIST;
		watch->mask = kept | (mask & IN_MASK_ADD ? watch->mask : 0);
		return watch->number;
	}
	struct watch *watch = kmalloc(sizeof(*watch));
	if (!watch)
		return -ENOMEM;
	watch->inotify = inotify;
	watch->entry = dentry_get(entry);
	watch->mask = kept;
	watch->number = ++inotify->last_watch;
	list_add_before(&watches, &watch->node);
	inotify_watches++;
	return watch->number;
}

int inotify_remove(struct inotify *inotify, int number)
{
	list_for_each (node, &watches) {
		struct watch *watch = watch_of(node);

		if (watch->inotify == inotify && watch->number == number) {
			end_watch(watch);
			return 0;
		}
	}
	return -EINVAL;
}
