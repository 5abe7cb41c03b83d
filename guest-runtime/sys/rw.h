/* SPDX-License-Identifier: Apache-2.0 */
/* Buffers of read, write and their vectored kin, checked as Linux does. */
#ifndef GUEST_SYS_RW_H
#define GUEST_SYS_RW_H

#include "guest-runtime/mm/uaccess.h"

#define RW_VECTOR_FAST 8
#define RW_BYTES_MAX   0x7ffff000u

struct rw_buffers {
	struct iovec_user fast[RW_VECTOR_FAST];
	struct iovec_user *vector; /* fast, or the heap's */
	struct uio uio;
};

/* One buffer. 0 or -EFAULT. */
int rw_single(struct rw_buffers *buffers, uva_t address, uint64_t length);
/* An array of struct iovec. 0 or -errno; released with rw_release(). */
int rw_vector(struct rw_buffers *buffers, uva_t vector, uint64_t count);
void rw_release(struct rw_buffers *buffers);

#endif
