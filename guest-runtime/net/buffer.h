/* SPDX-License-Identifier: Apache-2.0 */
/* A queue of bytes in pages: what a stream has received. Zeroed: an empty one. */
#ifndef GUEST_NET_BUFFER_H
#define GUEST_NET_BUFFER_H

#include "guest-runtime/mm/uaccess.h"

struct net_chunk;

struct net_buffer {
	struct net_chunk *first, *last;
	size_t length; /* bytes in it */
};

/* Appends up to n bytes: how many, -EFAULT, or -ENOBUFS when not even one could be. */
long net_buffer_put(struct net_buffer *buffer, struct uio *uio, size_t n);
/* Shows n bytes from `skip` on, which must be there: how many, or -EFAULT. */
long net_buffer_copy(const struct net_buffer *buffer, size_t skip, struct uio *uio, size_t n);
/* Takes the first n bytes away. */
void net_buffer_drop(struct net_buffer *buffer, size_t n);
/* Frees all of it. */
void net_buffer_clear(struct net_buffer *buffer);

#endif
