// SPDX-License-Identifier: Apache-2.0
/*
 * Queues of bytes: a list of pages. The last page is kept when it is read
 * empty, so that small messages to and fro allocate nothing.
 */
#include "guest-runtime/net/buffer.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/net/socket.h"

struct net_chunk {
	struct net_chunk *next;
	uint32_t start, end;
	char bytes[];
};

#define CHUNK_BYTES (PAGE_SIZE - sizeof(struct net_chunk))

static struct net_chunk *add_chunk(struct net_buffer *buffer)
{
	gpa_t page = net_charge(PAGE_SIZE) ? page_alloc_dirty() : 0;

	if (!page)
		return NULL;
	struct net_chunk *chunk = gpa_to_pointer(page);
	*chunk = (struct net_chunk){ 0 };
	if (buffer->last)
		buffer->last->next = chunk;
	else
		buffer->first = chunk;
	buffer->last = chunk;
	return chunk;
}

static void free_first(struct net_buffer *buffer)
{
	struct net_chunk *chunk = buffer->first;

	buffer->first = chunk->next;
	if (!buffer->first)
		buffer->last = NULL;
	page_put(pointer_to_gpa(chunk));
	net_uncharge(PAGE_SIZE);
}

long net_buffer_put(struct net_buffer *buffer, struct uio *uio, size_t n)
{
	long total = 0;

	while (n > 0) {
		struct net_chunk *chunk = buffer->last;

		if (!chunk || chunk->end == CHUNK_BYTES)
			chunk = add_chunk(buffer);
		if (!chunk)
			return total ? total : -ENOBUFS;
		size_t step = MIN(n, CHUNK_BYTES - chunk->end);
		long got = uio_take(uio, chunk->bytes + chunk->end, step);
		if (got < 0)
			return total ? total : got;
		chunk->end += (uint32_t)got;
		buffer->length += (size_t)got;
		total += got;
		n -= (size_t)got;
		if ((size_t)got < step)
			break;
	}
	return total;
}

long net_buffer_copy(const struct net_buffer *buffer, size_t skip, struct uio *uio, size_t n)
{
	const struct net_chunk *chunk = buffer->first;
	long total = 0;

	for (; n > 0; chunk = chunk->next) {
		size_t there = chunk->end - chunk->start;

		if (skip >= there) {
			skip -= there;
			continue;
		}
		size_t step = MIN(n, there - skip);
		long got = uio_fill(uio, chunk->bytes + chunk->start + skip, step);
		if (got < 0)
			return total ? total : got;
		total += got;
		n -= (size_t)got;
		skip = 0;
		if ((size_t)got < step)
			break;
	}
	return total;
}

void net_buffer_drop(struct net_buffer *buffer, size_t n)
{
	buffer->length -= n;
	while (n > 0) {
		struct net_chunk *chunk = buffer->first;
		size_t step = MIN(n, (size_t)(chunk->end - chunk->start));

		chunk->start += (uint32_t)step;
		n -= step;
		if (chunk->start < chunk->end)
			return;
		if (chunk->next)
			free_first(buffer);
		else
			chunk->start = chunk->end = 0;
	}
}

void net_buffer_clear(struct net_buffer *buffer)
{
	while (buffer->first)
		free_first(buffer);
	buffer->length = 0;
}
