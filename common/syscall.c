// SPDX-License-Identifier: Apache-2.0
/* System calls without a library's idea of them. */
#include "common/syscall.h"

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
