/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls in exactly the form that the jail's filter names. Libraries
 * differ: one sign-extends ioctl's request, one adds a flag to openat.
 */
#ifndef COMMON_SYSCALL_H
#define COMMON_SYSCALL_H

/* >= 0, or -1 with errno. */
int host_ioctl(int fd, unsigned int request, void *argument);

/* openat(2) without O_CREAT: a descriptor, or -1 with errno. */
int host_openat(int directory, const char *name, int flags);

/* openat(2) with O_CREAT or O_TMPFILE. */
int host_create(int directory, const char *name, int flags, unsigned int mode);

#endif
