// SPDX-License-Identifier: Apache-2.0
/* Positions in lists of buffers. */
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/uaccess.h"

#include <linux/errno.h>

void uio_init(struct uio *uio, const struct iovec_user *vector, size_t count, bool kernel)
{
	*uio = (struct uio){ .vector = vector, .count = count, .kernel = kernel };
	for (size_t i = 0; i < count; i++)
		uio->left += vector[i].length;
}

void uio_advance(struct uio *uio, size_t n)
{
	uio->left -= n;
	while (n > 0 ||
	       (uio->index < uio->count && uio->offset == uio->vector[uio->index].length)) {
		size_t step = MIN(n, uio->vector[uio->index].length - uio->offset);

		n -= step;
		uio->offset += step;
		if (uio->offset == uio->vector[uio->index].length) {
			uio->index++;
			uio->offset = 0;
		}
	}
}

enum direction { FILL, TAKE, ZERO };

static int step_copy(const struct uio *uio, enum direction direction, uint64_t address,
		     char *buffer, size_t n)
{
	if (uio->kernel) {
		if (direction == FILL)
			memcpy((void *)address, buffer, n);
		else if (direction == TAKE)
			memcpy(buffer, (const void *)address, n);
		else
			memset((void *)address, 0, n);
		return 0;
	}
	if (direction == FILL)
		return copy_to_user(address, buffer, n);
	if (direction == TAKE)
		return copy_from_user(buffer, address, n);
	return clear_user(address, n);
}

/*
 * Goes on in steps that end at page ends, so that what was copied before a bad page counts.
 * ZERO has no buffer.
 */
static long transfer(struct uio *uio, enum direction direction, char *buffer, size_t n)
{
	size_t done = 0;

	n = MIN(n, uio->left);
	while (done < n) {
		uio_advance(uio, 0);
		uint64_t address = uio->vector[uio->index].base + uio->offset;
		size_t step = MIN(n - done, uio->vector[uio->index].length - uio->offset);
		char *part = buffer ? buffer + done : NULL;
		int error = step_copy(uio, direction, address, part, step);

		if (error && step > GUEST_PAGE_SIZE - address % GUEST_PAGE_SIZE) {
			step = GUEST_PAGE_SIZE - address % GUEST_PAGE_SIZE;
			error = step_copy(uio, direction, address, part, step);
		}
		if (error)
			return done ? (long)done : error;
		done += step;
		uio_advance(uio, step);
	}
	return (long)done;
}

long uio_fill(struct uio *uio, const void *from, size_t n)
{
	return transfer(uio, FILL, (char *)(uintptr_t)from, n);
}

long uio_take(struct uio *uio, void *to, size_t n)
{
	return transfer(uio, TAKE, to, n);
}

long uio_zero(struct uio *uio, size_t n)
{
	return transfer(uio, ZERO, NULL, n);
}

long uio_segments(const struct uio *uio, bool write, struct hc_segment *segments, uint32_t max,
		  uint32_t *count)
{
	struct uio at = *uio;
	size_t done = 0;

	*count = 0;
	while (at.left > 0 && *count < max) {
		uio_advance(&at, 0);
		uint64_t address = at.vector[at.index].base + at.offset;
		size_t length = at.vector[at.index].length - at.offset;
		uint32_t made = 0;
		long n;

		if (at.kernel) {
			segments[(*count)++] = kernel_segment((const void *)address, length);
			n = (long)length;
		} else {
			n = user_segments(address, length, write, segments + *count, max - *count,
					  &made);
			if (n < 0)
				return done ? (long)done : n;
			*count += made;
		}
		done += (size_t)n;
		uio_advance(&at, (size_t)n);
		if ((size_t)n < length)
			break;
	}
	return (long)done;
}
