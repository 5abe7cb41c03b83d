/* SPDX-License-Identifier: Apache-2.0 */
/* O_ASYNC: a signal when something can be read or written, fcntl(2) F_SETOWN and F_SETSIG. */
#ifndef GUEST_FS_ASYNC_H
#define GUEST_FS_ASYNC_H

#include "guest-runtime/fs/vfs.h"

/* Pipes, sockets, terminals, inotify. */
bool async_able(struct file *file);
/* Turns it on or off; fd is told with F_SETSIG's signals. 0, -ENOTTY: not async_able(); -ENOMEM. */
int async_set(struct file *file, int fd, bool on);
/* type: F_OWNER_*; id 0: nobody. 0, -EINVAL or -ESRCH. */
int async_set_owner(struct file *file, int type, int id);
/* There is one, and it has not ended. */
bool async_owner_exists(const struct file *file);
/* SIGURG, which the owner gets in any case. */
void async_urgent(struct file *file);

#endif
