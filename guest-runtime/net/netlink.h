/* SPDX-License-Identifier: Apache-2.0 */
/* AF_NETLINK: questions about the network, of which the VM has its loopback interface. */
#ifndef GUEST_NET_NETLINK_H
#define GUEST_NET_NETLINK_H

#include "guest-runtime/net/socket.h"

#include <linux/netlink.h>

/* An answer as it grows: messages one after the other, one datagram. */
struct netlink_reply {
	uint8_t bytes[4096];
	size_t length;
	uint32_t port, sequence; /* of who asked, and what */
};

int netlink_create(int type, int protocol, struct socket **out);

/*
 * netlink-route.c: answers a request of NETLINK_ROUTE, `size` bytes behind its
 * header. 0 or -errno for it.
 */
int netlink_route(const struct nlmsghdr *request, const void *body, size_t size,
		  struct netlink_reply *reply);

/* Begins a message with a body; then attributes; then netlink_end() of what it returned. */
struct nlmsghdr *netlink_begin(struct netlink_reply *reply, uint16_t type, uint16_t flags,
			       const void *body, size_t size);
void netlink_attribute(struct netlink_reply *reply, uint16_t type, const void *value, size_t size);
void netlink_end(struct netlink_reply *reply, struct nlmsghdr *message);

#endif
