// SPDX-License-Identifier: Apache-2.0
/* Bytes on their way through a terminal: rings. */
#include "guest-runtime/fs/tty.h"
#include "guest-runtime/mm/heap.h"

bool tty_queue_init(struct tty_queue *queue, uint32_t size)
{
	queue->bytes = kmalloc(size);
	queue->size = size;
	return queue->bytes;
}

uint32_t tty_queue_room(const struct tty_queue *queue)
{
	return queue->size - queue->used;
}

/* Copies from the ring's start; n is at most what it has. */
static void copy_out(const struct tty_queue *queue, uint8_t *to, uint32_t n)
{
	uint32_t straight = MIN(n, queue->size - queue->first);

	memcpy(to, queue->bytes + queue->first, straight);
	memcpy(to + straight, queue->bytes, n - straight);
}

uint32_t tty_queue_put(struct tty_queue *queue, const void *bytes, uint32_t n)
{
	n = MIN(n, tty_queue_room(queue));
	if (n == 0)
		return 0;
	uint32_t at = (queue->first + queue->used) & (queue->size - 1);
	uint32_t straight = MIN(n, queue->size - at);

	memcpy(queue->bytes + at, bytes, straight);
	memcpy(queue->bytes, (const uint8_t *)bytes + straight, n - straight);
	queue->used += n;
	return n;
}

uint32_t tty_queue_take(struct tty_queue *queue, void *to, uint32_t n)
{
	n = MIN(n, queue->used);
	if (n == 0)
		return 0;
	copy_out(queue, to, n);
	queue->first = (queue->first + n) & (queue->size - 1);
	queue->used -= n;
	return n;
}
