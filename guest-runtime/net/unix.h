/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets of AF_UNIX. A stream's bytes lie in the receiver's buffer, with marks
 * where something goes with them; datagrams and packets are messages of their
 * own; a listener has a queue of connections that nobody has accepted.
 */
#ifndef GUEST_NET_UNIX_H
#define GUEST_NET_UNIX_H

#include "guest-runtime/net/buffer.h"
#include "guest-runtime/net/socket.h"

struct net_rights;
struct text;
struct subject;

#define UNIX_PATH_MAX	  108
#define UNIX_QUEUE_MAX	  10 /* net.unix.max_dgram_qlen */
#define UNIX_ADDRESS_BASE 2  /* of the family, before the path */

/* A name: shared by a listener and its connections. */
struct unix_address {
	uint32_t references;
	uint32_t length; /* with the family; of a path with its NUL */
	bool abstract;
	struct {
		uint16_t family;
		char path[UNIX_PATH_MAX + 1];
	} name;
};

/* Who somebody was at some moment: SO_PEERCRED. */
struct unix_ids {
	uint32_t references;
	struct net_ids ids;
	uint32_t group_count;
	uint32_t groups[];
};

/* Bytes of a stream with which something goes; positions count from the stream's begin. */
struct unix_mark {
	struct list node;
	uint64_t start, end;
	struct net_control control;
	bool urgent; /* one byte of MSG_OOB; */
	bool taken;  /* it was read as such: it is none of the stream's bytes any more */
};

struct unix_message {
	struct list node;
	struct unix_socket *sender; /* a reference */
	struct net_control control;
	size_t length;
	size_t charge; /* of the sender's SO_SNDBUF */
	char bytes[];
};

struct unix_socket {
	struct socket socket;
	struct unix_address *address; /* a reference; NULL: without a name */
	struct dentry *place;	      /* of a path: a reference */
	struct unix_socket *peer;     /* a reference; stays after the other's end, for its name */
	struct unix_ids *ids, *peer_ids;
	struct list all;  /* of unix_sockets */
	struct list hash; /* of named ones; alone: without a name */
	bool closed;

	struct net_buffer received;
	uint64_t read_position;
	struct list marks;
	struct unix_mark *urgent; /* of marks: the last MSG_OOB that was not read */

	struct list messages;
	uint32_t message_count;
	size_t sent; /* charges of its messages that were not read */

	struct list embryos, embryo; /* of a listener; in there: a reference */
	uint32_t waiting, backlog;
	struct wait_queue room;	   /* woken when messages or embryos become fewer */
	struct waiter room_waiter; /* of poll: on the peer's room */

	struct list flight; /* of unix_flying; alone: not in flight */
	uint32_t in_flight; /* references of files that are in queues */
	uint32_t outside;   /* of unix-flight.c: references that no candidate's queue has */
	bool candidate;
	struct list reached;
};

static inline struct unix_socket *unix_of(struct socket *socket)
{
	return container_of(socket, struct unix_socket, socket);
}

static inline struct unix_socket *unix_get(struct unix_socket *unix_socket)
{
	socket_get(&unix_socket->socket);
	return unix_socket;
}

static inline void unix_put(struct unix_socket *unix_socket)
{
	if (unix_socket)
		socket_put(&unix_socket->socket);
}

extern struct list unix_sockets;

/* unix.c */
int unix_create(int type, int protocol, struct socket **out);
struct unix_socket *unix_allocate(uint16_t type); /* NULL: no memory */
/* Writes to it would not have to wait long: what poll calls writable. */
bool unix_writable(const struct unix_socket *unix_socket);
size_t unix_unread(const struct unix_socket *unix_socket); /* bytes that it sent and nobody read */

/* unix-name.c */
int unix_bind(struct socket *socket, const struct net_address *address);
int unix_autobind(struct unix_socket *unix_socket);
int unix_name(struct socket *socket, bool peer, struct net_address *out);
int unix_check_address(const struct net_address *address);
/* The socket of this name and type; *out a reference. */
int unix_find(const struct net_address *address, uint16_t type, struct unix_socket **out);
void unix_show_name(const struct unix_socket *unix_socket, struct net_address *out);
struct unix_address *unix_address_get(struct unix_address *address);
void unix_unname(struct unix_socket *unix_socket); /* nobody finds it any more */
void unix_address_put(struct unix_address *address);

/* unix-connect.c */
int unix_stream_connect(struct socket *socket, const struct net_address *address, bool nonblocking);
int unix_pair(struct socket *a, struct socket *b);
int unix_listen(struct socket *socket, uint32_t backlog);
int unix_accept(struct socket *socket, bool nonblocking, struct socket **out);
void unix_ids_put(struct unix_ids *ids);

/* unix-stream.c */
long unix_stream_send(struct socket *socket, struct net_message *message);
long unix_stream_receive(struct socket *socket, struct net_message *message);
void unix_mark_drop(struct unix_socket *unix_socket, struct unix_mark *mark);

/* unix-datagram.c */
int unix_datagram_connect(struct socket *socket, const struct net_address *address,
			  bool nonblocking);
long unix_datagram_send(struct socket *socket, struct net_message *message);
long unix_datagram_receive(struct socket *socket, struct net_message *message);
int unix_packet_may_send(struct socket *socket);
long unix_packet_send(struct socket *socket, struct net_message *message);
long unix_packet_receive(struct socket *socket, struct net_message *message);
uint32_t unix_datagram_poll(struct socket *socket);
void unix_messages_clear(struct unix_socket *unix_socket);

/*
 * unix-flight.c: files in queues. begin: they are put into one: 0 or
 * -ETOOMANYREFS; end: they leave it, if they are in one.
 */
int unix_flight_begin(struct net_rights *rights);
void unix_flight_end(struct net_rights *rights);
/* Frees sockets that nothing but each other's queues refers to. */
void unix_collect(void);

/* unix-proc.c: /proc/net/unix */
void unix_table(struct text *out, const struct subject *subject);

#endif
