/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls in exactly the form that the jail's filter names. Libraries
 * differ: one sign-extends ioctl's request, one adds a flag to openat.
 */
#ifndef COMMON_SYSCALL_H
#define COMMON_SYSCALL_H

#include <stdint.h>

struct iovec;

/* >= 0, or -1 with errno. */
int host_ioctl(int fd, unsigned int request, void *argument);

/* openat(2) without O_CREAT: a descriptor, or -1 with errno. */
int host_openat(int directory, const char *name, int flags);

/* openat(2) with O_CREAT or O_TMPFILE. */
int host_create(int directory, const char *name, int flags, unsigned int mode);

/*
 * preadv2(2) and pwritev2(2), which are all the other reads and writes: at
 * offset -1 where the descriptor stands, as readv(2) and writev(2); without
 * RWF_* flags as preadv(2) and pwritev(2). Bytes, or -errno; again after EINTR.
 */
int64_t host_readv(int fd, const struct iovec *iov, uint32_t count, int64_t offset, int flags);
int64_t host_writev(int fd, const struct iovec *iov, uint32_t count, int64_t offset, int flags);

#endif
