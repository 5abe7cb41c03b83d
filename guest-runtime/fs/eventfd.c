// SPDX-License-Identifier: Apache-2.0
/* eventfd(2): a counter to wait for. */
#include "guest-runtime/fs/anon.h"
#include "guest-runtime/fs/events.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/sys/restart.h"

#include <linux/poll.h>

#define COUNT_MAX (UINT64_MAX - 1)

struct eventfd {
	uint64_t count;
	uint32_t id; /* of all that were made: for fdinfo */
	bool semaphore;
	struct wait_queue queue;
};

static struct eventfd *of(struct file *file)
{
	return file->private;
}

static long event_read(struct file *file, struct uio *uio, int64_t *offset)
{
	struct eventfd *event = of(file);

	(void)offset;
	if (uio->left < sizeof(event->count))
		return -EINVAL;
	if (event->count == 0 && (file->flags & O_NONBLOCK))
		return -EAGAIN;
	if (WAIT_UNTIL(&event->queue, WAIT_FOREVER, event->count > 0))
		return -ERESTARTSYS;
	uint64_t value = event->semaphore ? 1 : event->count;
	event->count -= value;
	wait_queue_wake(&event->queue, POLLOUT);
	return uio_fill(uio, &value, sizeof(value)) == sizeof(value) ? (long)sizeof(value)
								     : -EFAULT;
}

static long event_write(struct file *file, struct uio *uio, int64_t *offset)
{
	struct eventfd *event = of(file);
	uint64_t value;

	(void)offset;
	if (uio->left < sizeof(value))
		return -EINVAL;
	if (uio_take(uio, &value, sizeof(value)) != sizeof(value))
		return -EFAULT;
	if (value == UINT64_MAX)
		return -EINVAL;
	if (value > COUNT_MAX - event->count && (file->flags & O_NONBLOCK))
		return -EAGAIN;
	if (WAIT_UNTIL(&event->queue, WAIT_FOREVER, value <= COUNT_MAX - event->count))
		return -ERESTARTSYS;
	event->count += value;
	wait_queue_wake(&event->queue, POLLIN);
	return sizeof(value);
}

static uint32_t event_poll(struct file *file)
{
	const struct eventfd *event = of(file);

	return (event->count > 0 ? POLLIN : 0u) | (event->count < COUNT_MAX ? POLLOUT : 0u);
}

static struct wait_queue *event_queue(struct file *file)
{
	return &of(file)->queue;
}

static void event_describe(struct file *file, struct text *out)
{
	text_print(out, "eventfd-count: %16lx\neventfd-id: %u\n", of(file)->count, of(file)->id);
}

static void event_release(struct file *file)
{
	kfree(file->private);
}

static const struct file_ops event_ops = {
	.seek = seek_nothing,
	.read = event_read,
	.write = event_write,
	.poll = event_poll,
	.queue = event_queue,
	.describe = event_describe,
	.release = event_release,
};

struct file *eventfd_create(uint32_t count, uint32_t flags)
{
	struct eventfd *event = kmalloc(sizeof(*event));
	static uint32_t made;

	if (!event)
		return NULL;
	event->id = ++made;
	event->count = count;
	event->semaphore = flags & EVENTFD_SEMAPHORE;
	struct file *file =
		anon_file("[eventfd]", &event_ops, event, O_RDWR | (flags & O_NONBLOCK));
	if (!file)
		kfree(event);
	return file;
}
