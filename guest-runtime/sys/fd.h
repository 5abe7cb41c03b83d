/* SPDX-License-Identifier: Apache-2.0 */
/* What fcntl(2) shares with ioctl(2). */
#ifndef GUEST_SYS_FD_H
#define GUEST_SYS_FD_H

struct file;

/* F_SETOWN: a process, or negative a group; 0: nobody. 0 or -errno. */
long fd_set_owner(struct file *file, int id);
/* F_GETOWN; who has ended is nobody any more. */
int fd_get_owner(const struct file *file);

#endif
