/* SPDX-License-Identifier: Apache-2.0 */
/* RLIMIT_MEMLOCK and who may pass it. */
#ifndef GUEST_SYS_MEMORY_H
#define GUEST_SYS_MEMORY_H

#include <stdint.h>

/*
 * Whether current may lock that many bytes more, as mmap(2) with MAP_LOCKED
 * asks: 0, -EPERM, -EAGAIN.
 */
int memory_may_lock(uint64_t bytes);

#endif
