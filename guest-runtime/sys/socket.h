/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of socket calls to and from the program. */
#ifndef GUEST_SYS_SOCKET_H
#define GUEST_SYS_SOCKET_H

#include "guest-runtime/net/socket.h"

/* 0, -EINVAL or -EFAULT. */
int socket_address_read(uva_t from, int length, struct net_address *address);
/* As much as the integer at `length` says has room; then the integer is the whole length. */
int socket_address_write(const struct net_address *address, uva_t to, uva_t length);

#endif
