// SPDX-License-Identifier: Apache-2.0
/* AF_UNIX: making and ending sockets, shutdown, what poll and ioctl say. */
#include "guest-runtime/net/unix.h"

#include "guest-runtime/mm/heap.h"

#include <asm/ioctls.h>
#include <linux/poll.h>
#include <linux/sockios.h>

#define WRITABLE (POLLOUT | POLLWRNORM | POLLWRBAND)

struct list unix_sockets = LIST_INIT(unix_sockets);

static const struct socket_ops stream_ops, datagram_ops, packet_ops;

static const struct socket_ops *ops_of(uint16_t type)
{
	return type == SOCK_STREAM ? &stream_ops : type == SOCK_DGRAM ? &datagram_ops : &packet_ops;
}

struct unix_socket *unix_allocate(uint16_t type)
{
	if (!net_charge(sizeof(struct unix_socket)))
		return NULL;
	struct unix_socket *made = kmalloc(sizeof(*made));
	if (!made || socket_init(&made->socket, AF_UNIX, type, ops_of(type)) < 0) {
		net_uncharge(sizeof(*made));
		kfree(made);
		return NULL;
	}
	list_init(&made->hash);
	list_init(&made->marks);
	list_init(&made->messages);
	list_init(&made->embryos);
	list_init(&made->embryo);
	list_init(&made->room_waiter.node);
	list_init(&made->flight);
	list_init(&made->reached);
	made->backlog = UNIX_QUEUE_MAX;
	list_add_before(&unix_sockets, &made->all);
	return made;
}

int unix_create(int type, int protocol, struct socket **out)
{
	if (protocol != 0 && protocol != AF_UNIX)
		return -EPROTONOSUPPORT;
	if (type == SOCK_RAW)
		type = SOCK_DGRAM;
	if (type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_SEQPACKET)
		return -ESOCKTNOSUPPORT;
	unix_collect();
	struct unix_socket *made = unix_allocate((uint16_t)type);
	if (!made)
		return -ENOMEM;
	*out = &made->socket;
	return 0;
}

static bool paired(const struct unix_socket *u)
{
	return u->socket.type != SOCK_DGRAM;
}

/* Bytes to read: of all messages, but of datagrams of the first. */
static size_t readable(const struct unix_socket *u)
{
	size_t total = u->received.length;

	list_for_each (node, &u->marks)
		total -= container_of(node, struct unix_mark, node)->taken;
	list_for_each (node, &u->messages) {
		total += container_of(node, struct unix_message, node)->length;
		if (u->socket.type == SOCK_DGRAM)
			break;
	}
	return total;
}

/* Empty messages count, urgent bytes that were taken do not. */
/*
 * An empty message at the head does not count: Linux takes it for what is left
 * of an urgent byte.
 */
static bool anything_received(const struct unix_socket *u)
{
	const struct list *first = u->messages.next;

	if (first != &u->messages && container_of(first, struct unix_message, node)->length == 0)
		first = first->next;
	return readable(u) > 0 || first != &u->messages;
}

/* The other end learns that this one is gone. */
static void leave_peer(struct unix_socket *u, bool lost)
{
	struct unix_socket *peer = u->peer;

	if (!peer)
		return;
	waiter_remove(&u->room_waiter);
	u->peer = NULL;
	if (paired(u) && !peer->closed) {
		peer->socket.shutdown = SOCKET_NEITHER;
		if (lost)
			peer->socket.error = ECONNRESET;
		wait_queue_wake(&peer->socket.queue, 0);
	}
	unix_put(peer);
}

static void clear(struct unix_socket *u)
{
	while (!list_empty(&u->marks))
		unix_mark_drop(u, container_of(u->marks.next, struct unix_mark, node));
	net_buffer_clear(&u->received);
	unix_messages_clear(u);
}

static void end(struct unix_socket *u, bool lost)
{
	unix_unname(u);
	u->socket.shutdown = SOCKET_NEITHER;
	u->socket.state = SOCKET_IDLE;
	u->closed = true;
	wait_queue_wake(&u->room, 0);
	leave_peer(u, lost || anything_received(u));
	clear(u);
}

static void close(struct socket *socket)
{
	struct unix_socket *u = unix_of(socket);

	end(u, false);
	while (!list_empty(&u->embryos)) {
		struct unix_socket *embryo =
			container_of(u->embryos.next, struct unix_socket, embryo);

		list_remove(&embryo->embryo);
		end(embryo, true);
		unix_put(embryo);
	}
	unix_collect();
}

static void free_socket(struct socket *socket)
{
	struct unix_socket *u = unix_of(socket);

	list_remove(&u->all);
	unix_address_put(u->address);
	dentry_put(u->place);
	unix_ids_put(u->ids);
	unix_ids_put(u->peer_ids);
	unix_put(u->peer);
	net_uncharge(sizeof(*u));
	kfree(u);
}

static int shutdown(struct socket *socket, uint32_t how)
{
	struct unix_socket *u = unix_of(socket), *peer = u->peer;

	socket->shutdown |= how;
	wait_queue_wake(&socket->queue, 0);
	if (!peer || !paired(u))
		return 0;
	peer->socket.shutdown |= (how & SOCKET_NO_RECEIVE ? SOCKET_NO_SEND : 0) |
				 (how & SOCKET_NO_SEND ? SOCKET_NO_RECEIVE : 0);
	wait_queue_wake(&peer->socket.queue, 0);
	return 0;
}

size_t unix_unread(const struct unix_socket *u)
{
	if (u->socket.type != SOCK_STREAM)
		return u->sent;
	return u->peer ? u->peer->received.length : 0;
}

bool unix_writable(const struct unix_socket *u)
{
	return u->socket.state != SOCKET_LISTENING &&
	       unix_unread(u) * 4 <= u->socket.options.send_bytes;
}

static uint32_t stream_poll(struct socket *socket)
{
	const struct unix_socket *u = unix_of(socket);
	uint32_t ready = socket->error ? POLLERR : 0;

	if (socket->shutdown == SOCKET_NEITHER || socket->state == SOCKET_IDLE)
		ready |= POLLHUP;
	if (socket->shutdown & SOCKET_NO_RECEIVE)
		ready |= POLLRDHUP | POLLIN | POLLRDNORM;
	if (u->received.length > 0 || !list_empty(&u->embryos))
		ready |= POLLIN | POLLRDNORM;
	if (u->urgent)
		ready |= POLLPRI;
	if (unix_writable(u))
		ready |= WRITABLE;
	return ready;
}

static long tell(uint64_t argument, size_t n)
{
	int32_t number = (int32_t)MIN(n, (size_t)INT32_MAX);

	return copy_to_user(argument, &number, sizeof(number));
}

static bool at_mark(const struct unix_socket *u)
{
	const struct unix_mark *first = container_of(u->marks.next, struct unix_mark, node);

	return !list_empty(&u->marks) && first->urgent && first->start == u->read_position;
}

static long ioctl(struct socket *socket, uint32_t request, uint64_t argument)
{
	const struct unix_socket *u = unix_of(socket);

	switch (request) {
	case SIOCINQ:
		if (socket->state == SOCKET_LISTENING)
			return -EINVAL;
		return tell(argument, readable(u));
	case SIOCOUTQ:
		return tell(argument, unix_unread(u));
	case SIOCATMARK:
		return socket->type == SOCK_STREAM ? tell(argument, at_mark(u)) : -EOPNOTSUPP;
	}
	return -ENOTTY;
}

static bool peer_ids(struct socket *socket, struct net_ids *ids, uint32_t *group_count,
		     const uint32_t **groups)
{
	const struct unix_ids *of = unix_of(socket)->peer_ids;

	if (!of)
		return false;
	*ids = of->ids;
	if (groups) {
		*group_count = of->group_count;
		*groups = of->groups;
	}
	return true;
}

static void changed(struct socket *socket, bool send)
{
	if (send && unix_writable(unix_of(socket)))
		wait_queue_wake(&socket->queue, WRITABLE);
}

#define COMMON_OPS \
	.bind = unix_bind, .pair = unix_pair, .name = unix_name, .shutdown = shutdown, \
	.ioctl = ioctl, .peer_ids = peer_ids, .changed = changed, .close = close, \
	.free = free_socket, .can_peek_offset = true, .passes_ids = true

static const struct socket_ops stream_ops = {
	COMMON_OPS,
	.connect = unix_stream_connect,
	.listen = unix_listen,
	.accept = unix_accept,
	.send = unix_stream_send,
	.receive = unix_stream_receive,
	.poll = stream_poll,
};

static const struct socket_ops datagram_ops = {
	COMMON_OPS,
	.connect = unix_datagram_connect,
	.send = unix_datagram_send,
	.receive = unix_datagram_receive,
	.poll = unix_datagram_poll,
};

static const struct socket_ops packet_ops = {
	COMMON_OPS,
	.connect = unix_stream_connect,
	.listen = unix_listen,
	.accept = unix_accept,
	.may_send = unix_packet_may_send,
	.send = unix_packet_send,
	.receive = unix_packet_receive,
	.poll = unix_datagram_poll,
};
