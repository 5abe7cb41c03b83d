/* SPDX-License-Identifier: Apache-2.0 */
/* Control data of messages (struct cmsghdr) between the program and struct net_control. */
#ifndef GUEST_NET_CONTROL_H
#define GUEST_NET_CONTROL_H

#include "guest-runtime/net/socket.h"

/* The program's control data, length bytes; control is zeroed before. 0 or -errno. */
int net_control_read(const struct socket *socket, uva_t from, uint64_t length,
		     struct net_control *control);
/*
 * Hands out what came, as the socket's options want it, in at most *length
 * bytes, and sets *length to what was used. message->told may get MSG_CTRUNC.
 */
void net_control_write(const struct socket *socket, struct net_message *message, uva_t to,
		       uint64_t *length);
/* Drops what it owns. */
void net_control_end(struct net_control *control);
/* The ids of current. */
struct net_ids net_ids_current(void);

#endif
