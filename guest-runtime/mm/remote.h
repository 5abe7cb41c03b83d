/* SPDX-License-Identifier: Apache-2.0 */
/* Between the memory of another process and buffers of current's. */
#ifndef GUEST_MM_REMOTE_H
#define GUEST_MM_REMOTE_H

#include "guest-runtime/mm/mm.h"

/*
 * n bytes from address on into the buffers, or with `write` out of them. Bytes, fewer where either
 * side ends: 0 when the other side's first is bad, -EFAULT when ours is; -ENOMEM.
 */
long mm_transfer(struct mm *mm, uint64_t address, struct uio *uio, size_t n, bool write);

#endif
