/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets of AF_INET and AF_INET6 on the loopback network of this VM: TCP and
 * UDP between its own programs. There is no other network: no packets, no
 * interfaces, and no route to anywhere else.
 */
#ifndef GUEST_NET_INET_H
#define GUEST_NET_INET_H

#include "guest-runtime/net/buffer.h"
#include "guest-runtime/net/socket.h"
#include "guest-runtime/notes/notes.h"

struct text;
struct subject;

/* IPv4 addresses are those of IPv6 that are mapped to them, ::ffff:a.b.c.d. */
struct inet_address {
	uint8_t ip[16];
	uint16_t port; /* 0: none */
};

#define INET_VALUES 40 /* options of TCP, IP and IPv6: inet-options.c */

struct inet_datagram {
	struct list node;
	struct inet_address from, to;
	int64_t stamp_ns; /* 0: not wanted */
	size_t length, charge;
	char bytes[];
};

struct inet_socket {
	struct socket socket;
	struct list all;		   /* of inet_sockets */
	struct inet_address local, remote; /* remote's port 0: not connected */
	bool bound_address;		   /* local's address is the program's choice */
	bool bound_port;
	struct list port; /* of its port's sockets; alone: not bound */
	uint32_t uid;
	bool closed;
	int32_t values[INET_VALUES];

	/* TCP */
	struct inet_socket *peer; /* a reference */
	struct net_buffer received;
	bool finished;		    /* the peer has sent all */
	bool reset;		    /* the connection is no more */
	bool untold;		    /* connect(2) has not yet said what came of it */
	bool send_set, receive_set; /* SO_SNDBUF, SO_RCVBUF: no more than that */
	uint64_t urgent;	    /* position of an urgent byte + 1; 0: none */
	uint64_t read_position;
	bool urgent_taken;
	struct list embryos, embryo; /* connections to accept; in there: a reference */
	struct list joining;	   /* of a listener: connections that its queue has no room for; */
	uint32_t waiting, backlog; /* of a connection: there, with a reference */

	/* UDP */
	struct list datagrams;
	size_t held; /* charges of them */
};

static inline struct inet_socket *inet_of(struct socket *socket)
{
	return container_of(socket, struct inet_socket, socket);
}

static inline struct inet_socket *inet_get(struct inet_socket *inet)
{
	socket_get(&inet->socket);
	return inet;
}

static inline void inet_put(struct inet_socket *inet)
{
	if (inet)
		socket_put(&inet->socket);
}

static inline bool inet_is_bound(const struct inet_socket *inet)
{
	return inet->port.next != &inet->port;
}

extern struct list inet_sockets;

/* inet.c */
int inet_create(uint16_t family, int type, int protocol, struct socket **out);
struct inet_socket *inet_allocate(uint16_t family, uint16_t type); /* NULL: no memory */
void inet_free(struct socket *socket);
int inet_bind(struct socket *socket, const struct net_address *address);
int inet_name(struct socket *socket, bool peer, struct net_address *out);
/* Binds it as far as it is not to reach `remote`: 0, -EINVAL, -EADDRNOTAVAIL. */
int inet_choose_source(struct inet_socket *inet, const struct inet_address *remote);

/* inet-address.c */
int inet_parse(const struct inet_socket *inet, const struct net_address *from,
	       struct inet_address *to);
/* As the program of this socket sees it. */
void inet_show(const struct inet_socket *inet, const struct inet_address *from,
	       struct net_address *to);
bool inet_is_v4(const struct inet_address *address);
bool inet_is_any(const struct inet_address *address);

/* True when a socket can be bound to the address. */
bool inet_is_own(const struct inet_address *address);

bool inet_same_ip(const struct inet_address *a, const struct inet_address *b);
bool inet_same(const struct inet_address *a, const struct inet_address *b);
#define INET_TEXT 64
/* The policy does not allow that address: notes it and returns error. */
int inet_refuse(enum note_op op, const struct inet_address *a, int error);
/* Where a connection to `to` leads, which becomes an address of the loopback; -EACCES. */
int inet_route(struct inet_address *to);
/* The address that such a connection comes from. */
void inet_source(const struct inet_address *to, struct inet_address *from);

/* inet-port.c: who has which port, of TCP and of UDP. */
bool inet_may_have(const struct inet_socket *inet, const struct inet_address *local);
/* Gives it local's port, or with port 0 a free one: 0, -EADDRINUSE. */
int inet_take_port(struct inet_socket *inet, const struct inet_address *local);
int inet_take_any_port(struct inet_socket *inet); /* if it has none */
void inet_share_port(struct inet_socket *inet, const struct inet_address *local);
void inet_leave_port(struct inet_socket *inet); /* the name still tells the number */
/* No connection any more: gives up what the program has not bound itself. */
void inet_disconnect(struct inet_socket *inet);
/* The listener, or receiver of datagrams, that is meant best; NULL: nobody. */
struct inet_socket *inet_find(uint16_t type, const struct inet_address *to,
			      const struct inet_address *from);
/* Is there a connection between these two? */
bool inet_is_connected(const struct inet_address *local, const struct inet_address *remote);

/* inet-options.c */
void inet_default_options(struct inet_socket *inet);
int inet_set_option(struct socket *socket, int level, int name, uva_t value, uint32_t length);
int inet_get_option(struct socket *socket, int level, int name, void *value, uint32_t *length);
int32_t inet_option(const struct inet_socket *inet, int level, int name);

extern const struct socket_ops tcp_ops, udp_ops;

/* tcp.c */
void tcp_reset(struct inet_socket *inet, uint16_t error);

/* tcp-io.c */
long tcp_send(struct socket *socket, struct net_message *message);
long tcp_receive(struct socket *socket, struct net_message *message);
uint32_t tcp_poll(struct socket *socket);

/* inet-proc.c: /proc/net/tcp and its like */
void tcp_table(struct text *out, const struct subject *subject);
void tcp6_table(struct text *out, const struct subject *subject);
void udp_table(struct text *out, const struct subject *subject);
void udp6_table(struct text *out, const struct subject *subject);
void inet6_table(struct text *out, const struct subject *subject);

#endif
