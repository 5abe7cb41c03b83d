/* SPDX-License-Identifier: Apache-2.0 */
/*
 * epoll: a set of entries, one a (descriptor, open file), each enrolled on its
 * file's queue; those that may be ready form a list.
 */
#ifndef GUEST_FS_EPOLL_H
#define GUEST_FS_EPOLL_H

#include "guest-runtime/fs/vfs.h"

#include <linux/eventpoll.h>

struct epoll;

struct file *epoll_create(void);	   /* NULL: no memory */
struct epoll *epoll_of(struct file *file); /* NULL: it is none */

/* EPOLL_CTL_*; the event is that of the program, unused for DEL. 0 or -errno. */
int epoll_control(struct epoll *epoll, int operation, int fd, struct file *file,
		  const struct epoll_event *event);
/* Takes up to max ready events into the array of runtime memory; how many. Does not sleep. */
int epoll_collect(struct epoll *epoll, struct epoll_event *events, int max);
uint32_t epoll_size(const struct epoll *epoll); /* entries */
struct wait_queue *epoll_wait_queue(struct epoll *epoll);
/* An open file goes: so do its entries. */
void epoll_forget(struct file *file);

#endif
