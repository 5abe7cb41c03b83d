// SPDX-License-Identifier: Apache-2.0
/* System calls without a library's idea of them. */
#include "common/syscall.h"

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

int host_ioctl(int fd, unsigned int request, void *argument)
{
	return (int)syscall(SYS_ioctl, (long)fd, (unsigned long)request, (uintptr_t)argument);
}

int host_openat(int directory, const char *name, int flags)
{
	return (int)syscall(SYS_openat, (long)directory, name, (long)flags, 0L);
}

int host_create(int directory, const char *name, int flags, unsigned int mode)
{
	return (int)syscall(SYS_openat, (long)directory, name, (long)flags, (long)mode);
}

static int64_t transfer(long number, int fd, const struct iovec *iov, uint32_t count,
			int64_t offset, int flags)
{
	long n;

	do
		n = syscall(number, (long)fd, iov, (long)count, offset, offset < 0 ? -1L : 0L,
			    (long)flags);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

int64_t host_readv(int fd, const struct iovec *iov, uint32_t count, int64_t offset, int flags)
{
	return transfer(SYS_preadv2, fd, iov, count, offset, flags);
}

int64_t host_writev(int fd, const struct iovec *iov, uint32_t count, int64_t offset, int flags)
{
	return transfer(SYS_pwritev2, fd, iov, count, offset, flags);
}
