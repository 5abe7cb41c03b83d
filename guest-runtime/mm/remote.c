// SPDX-License-Identifier: Apache-2.0
/* Through a page of the runtime: only one address space is active. */
#include "guest-runtime/mm/remote.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"

#include <linux/errno.h>

/* One page of the other's at most. */
static long step(struct mm *mm, uint64_t address, struct uio *uio, size_t n, bool write, char *page)
{
	long got;

	if (write) {
		const struct uio before = *uio;

		got = uio_take(uio, page, n);
		if (got > 0 && mm_write(mm, address, page, (size_t)got)) {
			*uio = before;
			return 0;
		}
		return got;
	}
	return mm_read(mm, address, page, n) ? 0 : uio_fill(uio, page, n);
}

long mm_transfer(struct mm *mm, uint64_t address, struct uio *uio, size_t n, bool write)
{
	char *page = kmalloc(PAGE_SIZE);
	long done = 0, got = 0;

	if (!page)
		return -ENOMEM;
	n = MIN(n, uio->left);
	while ((size_t)done < n) {
		size_t want = MIN(n - (size_t)done, PAGE_SIZE - address % PAGE_SIZE);

		got = step(mm, address, uio, want, write, page);
		if (got <= 0)
			break;
		done += got;
		address += (uint64_t)got;
		if ((size_t)got < want)
			break;
	}
	kfree(page);
	return done > 0 ? done : got;
}
