/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only ways to touch program memory. A bad address is -EFAULT, whatever
 * its page tables say; pages that are mapped lazily are filled on the way.
 * All act on the current process.
 */
#ifndef GUEST_MM_UACCESS_H
#define GUEST_MM_UACCESS_H

#include "abi/hypercalls.h"
#include "abi/layout.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A program's address: an integer here, so that nobody dereferences it. */
typedef uint64_t uva_t;

/*
 * Bytes not copied: of program memory, or of a window's page that the host took
 * away while it was read (entry/event.c). For who has checked the addresses.
 */
size_t user_copy(void *to, const void *from, size_t n);

int copy_from_user(void *to, uva_t from, size_t n);
int copy_to_user(uva_t to, const void *from, size_t n);
int clear_user(uva_t to, size_t n);

/*
 * Copies a string with its NUL; returns its length, -EFAULT, or -ENAMETOOLONG
 * when it needs more than size.
 */
long string_from_user(char *to, uva_t from, size_t size);

/*
 * The guest physical runs behind [address, address + length), for host I/O
 * straight into or out of program memory; fills pages as a touch would (write:
 * the host will store there). Stops at max segments or at a bad page.
 * Returns bytes covered, or -EFAULT when not even the first is good.
 */
long user_segments(uva_t address, size_t length, bool write, struct hc_segment *segments,
		   uint32_t max, uint32_t *count);

/* The same for the runtime's own memory (heap, pages, image): always one run. */
struct hc_segment kernel_segment(const void *address, size_t length);

/*
 * A position in a list of buffers: what read, readv, pread, sendfile hand to
 * files. Program memory, or runtime memory when `kernel`.
 */
struct iovec_user {
	uva_t base;
	uint64_t length;
};

struct uio {
	const struct iovec_user *vector; /* runtime memory */
	size_t count;
	size_t index, offset; /* position */
	size_t left;	      /* bytes from here to the end */
	bool kernel;	      /* base is an address in the runtime */
};

void uio_init(struct uio *uio, const struct iovec_user *vector, size_t count, bool kernel);
/*
 * Copy between the buffers and runtime memory and advance; return bytes, or
 * -EFAULT if none could be.
 */
long uio_fill(struct uio *uio, const void *from, size_t n); /* into the buffers: read(2) */
long uio_take(struct uio *uio, void *to, size_t n);	    /* out of them: write(2) */
long uio_zero(struct uio *uio, size_t n);
/* Segments for host I/O at the current position; does not advance. Returns bytes, or -EFAULT. */
long uio_segments(const struct uio *uio, bool write, struct hc_segment *segments, uint32_t max,
		  uint32_t *count);
void uio_advance(struct uio *uio, size_t n);

#endif
