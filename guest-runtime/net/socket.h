/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets as all families have them: the object, its options, messages, and
 * what a family provides. Nothing in here leads out of the VM.
 *
 * A socket's inode is part of it, so references to the inode are references to
 * the socket. It is closed when its open file goes, and freed when the last
 * reference (of a peer, of a message on its way) goes, too.
 */
#ifndef GUEST_NET_SOCKET_H
#define GUEST_NET_SOCKET_H

#include "guest-runtime/fs/vfs.h"
#include "guest-runtime/net/constants.h"

#define NET_ADDRESS_MAX 128 /* struct sockaddr_storage */

/* A struct sockaddr of the program. */
struct net_address {
	uint32_t length; /* bytes; 0: none */
	union {
		uint16_t family;
		uint8_t bytes[NET_ADDRESS_MAX];
	};
};

/* What may go with the bytes of a message. */
struct net_control {
	struct net_rights *rights; /* net/rights.h; owned; NULL: none */
	bool has_ids;
	struct net_ids { /* struct ucred */
		int32_t pid;
		uint32_t uid, gid;
	} ids;
	int64_t stamp_ns; /* of CLOCK_REALTIME, when it was sent; 0: not wanted */
	/* Of receiving: a record of the family's own, size 0: none. */
	struct net_record {
		int level, type;
		size_t size;
		uint8_t bytes[20];
	} record;
};

/* One transfer. */
struct net_message {
	struct uio *uio;
	uint32_t flags; /* MSG_*, of the call */
	uint32_t told;	/* MSG_*, of receiving: what there is to say about it */
	bool nonblocking;
	bool ended;		      /* of receiving: it was no message, but the end of all */
	const struct net_address *to; /* of sending; NULL: the peer */
	struct net_address *from;     /* of receiving: is filled; NULL: not wanted */
	struct net_control *control;  /* NULL: nothing is sent, or wanted */
};

enum socket_state { SOCKET_IDLE, SOCKET_CONNECTING, SOCKET_CONNECTED, SOCKET_LISTENING };

#define SOCKET_NO_RECEIVE 1u /* shutdown(2) */
#define SOCKET_NO_SEND	  2u
#define SOCKET_NEITHER	  3u

/* Options that are on or off, as bits of `on`. */
#define SOCKET_OPTION(name) (1ull << (name))

struct socket_options {
	uint64_t on;
	uint32_t send_bytes, receive_bytes; /* as SO_SNDBUF and SO_RCVBUF tell them */
	int64_t send_ns, receive_ns;	    /* timeouts; WAIT_FOREVER */
	int32_t receive_low;
	int32_t peek_offset; /* -1: off */
	int32_t linger_seconds;
	uint32_t priority, mark;
};

struct socket {
	struct inode inode;
	const struct socket_ops *ops;
	struct file *file; /* no reference; NULL: not accepted yet, or closed */
	uint16_t family, type, protocol;
	uint16_t error;	   /* pending, for the next call; 0: none */
	uint32_t shutdown; /* SOCKET_NO_* */
	enum socket_state state;
	uint64_t cookie;
	struct wait_queue queue; /* woken with POLL* */
	struct socket_options options;
};

/* NULL where a family or type has none: -EOPNOTSUPP. */
struct socket_ops {
	int (*bind)(struct socket *socket, const struct net_address *address);
	int (*connect)(struct socket *socket, const struct net_address *address, bool nonblocking);
	int (*pair)(struct socket *a, struct socket *b);
	int (*listen)(struct socket *socket, uint32_t backlog);
	/* *out: a connection, its reference the caller's. */
	int (*accept)(struct socket *socket, bool nonblocking, struct socket **out);
	/* 0 or -ENOTCONN. */
	int (*name)(struct socket *socket, bool peer, struct net_address *out);
	/* What is wrong before the message is looked at: 0 or -errno. */
	int (*may_send)(struct socket *socket);
	long (*send)(struct socket *socket, struct net_message *message);
	long (*receive)(struct socket *socket, struct net_message *message);
	int (*shutdown)(struct socket *socket, uint32_t how); /* SOCKET_NO_* */
	uint32_t (*poll)(struct socket *socket);
	long (*ioctl)(struct socket *socket, uint32_t request, uint64_t argument);
	/* Who the peer was when it connected or listened; false: nobody knows. */
	bool (*peer_ids)(struct socket *socket, struct net_ids *ids, uint32_t *group_count,
			 const uint32_t **groups);
	/* Of levels other than SOL_SOCKET; value and length are the program's. */
	int (*set_option)(struct socket *socket, int level, int name, uva_t value, uint32_t length);
	int (*get_option)(struct socket *socket, int level, int name, void *value,
			  uint32_t *length);
	void (*changed)(struct socket *socket, bool send); /* a buffer size */
	void (*close)(struct socket *socket);		   /* its file is gone */
	void (*free)(struct socket *socket);		   /* the last reference is, too */
	bool can_peek_offset, passes_ids;
};

/* socket.c. type: SOCK_*, without flags. 0 or -errno; *out: a reference. */
int socket_create(int family, int type, int protocol, struct socket **out);
/* For families: sets up what all have, in memory that is theirs. */
int socket_init(struct socket *socket, uint16_t family, uint16_t type,
		const struct socket_ops *ops);
/* An open file for it; takes over the reference in any case. NULL: no memory. */
struct file *socket_open(struct socket *socket, uint32_t flags);
struct socket *socket_of(const struct file *file); /* NULL: it is none */
/* The open file that fd of current names, a reference; NULL and -EBADF or -ENOTSOCK. */
struct file *socket_get_file(int fd, struct socket **socket, long *error);

static inline struct socket *socket_get(struct socket *socket)
{
	inode_get(&socket->inode);
	return socket;
}

static inline void socket_put(struct socket *socket)
{
	if (socket)
		inode_put(&socket->inode);
}

/* Takes the pending error: 0 or -errno. */
static inline int socket_take_error(struct socket *socket)
{
	int error = socket->error;

	socket->error = 0;
	return -error;
}

static inline bool socket_option(const struct socket *socket, int name)
{
	return socket->options.on & SOCKET_OPTION(name);
}

/* When waiting ends: 0 for not at all, else of clock_monotonic_ns(). */
int64_t socket_deadline(int64_t timeout_ns, bool nonblocking);
/* Sleeps once: 0 (look again), -EAGAIN: time is up, or what a signal makes of the call. */
long socket_sleep(struct wait_queue *queue, int64_t deadline);
/* -EPIPE, with SIGPIPE unless flags has MSG_NOSIGNAL. */
long socket_broken(uint32_t flags);
/* Bytes that MSG_WAITALL or SO_RCVLOWAT make a read wait for: at least 1. */
size_t socket_wanted(const struct socket *socket, uint32_t flags, size_t size);

/* Transfers with what they have in common: MSG_DONTWAIT. */
long socket_send(struct socket *socket, struct net_message *message);
long socket_receive(struct socket *socket, struct net_message *message);

/* options.c: SOL_SOCKET; other levels are the family's. */
int socket_set_option(struct socket *socket, int level, int name, uva_t value, int length);
int socket_get_option(struct socket *socket, int level, int name, uva_t value, uva_t length);

/* memory.c: what sockets hold of the VM's memory is bounded. False: no more. */
bool net_charge(size_t bytes);
void net_uncharge(size_t bytes);

#endif
