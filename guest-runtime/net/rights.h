/* SPDX-License-Identifier: Apache-2.0 */
/* Open files that are sent through sockets (SCM_RIGHTS). */
#ifndef GUEST_NET_RIGHTS_H
#define GUEST_NET_RIGHTS_H

#include "guest-runtime/fs/vfs.h"

struct net_rights {
	struct list node;
	uint32_t count;
	uint32_t uid;	      /* whose files in flight they count as */
	bool in_flight;	      /* in a queue: net/unix-flight.c */
	struct file *files[]; /* references */
};

/* Appends the files that descriptors of current name: 0, -EBADF, -EINVAL (too many), -ENOMEM. */
int net_rights_add(struct net_rights **rights, const int *fds, uint32_t count);
/* Its own references to the same files; NULL: no memory. */
struct net_rights *net_rights_copy(const struct net_rights *rights);
/* Frees them and their references; NULL is fine. */
void net_rights_drop(struct net_rights *rights);

#endif
