/* SPDX-License-Identifier: Apache-2.0 */
/* Scoped release of descriptors and memory, and checked arithmetic. */
#ifndef COMMON_CLEANUP_H
#define COMMON_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_pointer(void *pointer)
{
	free(*(void **)pointer);
}

#define cleanup_close __attribute__((cleanup(cleanup_fd)))
#define cleanup_free  __attribute__((cleanup(cleanup_pointer)))

/* Hands an owned descriptor to the caller: the scope no longer closes it. */
static inline int steal_fd(int *fd)
{
	int stolen = *fd;

	*fd = -1;
	return stolen;
}

/* True when the result does not fit; for every sum or product of untrusted values. */
#define add_ovf(a, b, result) __builtin_add_overflow(a, b, result)
#define mul_ovf(a, b, result) __builtin_mul_overflow(a, b, result)

#endif
