/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors of processes: pidfd_open(2), CLONE_PIDFD. */
#ifndef GUEST_FS_PIDFD_H
#define GUEST_FS_PIDFD_H

#include "guest-runtime/fs/vfs.h"

struct process;

/* A new descriptor, close-on-exec; flags: O_NONBLOCK. Or -errno. */
int pidfd_create(struct process *process, uint32_t flags);
/* The process that an open file stands for, or NULL: it is no pidfd. */
struct process *pidfd_process(const struct file *file);

#endif
