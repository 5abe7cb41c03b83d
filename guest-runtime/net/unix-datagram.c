// SPDX-License-Identifier: Apache-2.0
/* AF_UNIX datagrams and packets: messages of their own, charged to the sender. */
#include "guest-runtime/host/clock.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/net/control.h"
#include "guest-runtime/net/rights.h"
#include "guest-runtime/net/unix.h"

#include <linux/poll.h>

#define READABLE (POLLIN | POLLPRI | POLLRDNORM | POLLRDBAND)
#define WRITABLE (POLLOUT | POLLWRNORM | POLLWRBAND)
#define OVERHEAD 32u  /* of the largest message */
#define HEAD	 256u /* what Linux counts for a message, */
#define TAIL	 320u /* and behind its bytes */

static size_t charge_of(size_t length)
{
	size_t size = 512;

	if (length + TAIL > GUEST_PAGE_SIZE)
		return ALIGN_UP(length, GUEST_PAGE_SIZE) + HEAD + TAIL;
	while (size < length + TAIL)
		size *= 2;
	return size + HEAD;
}

static size_t memory_of(const struct unix_message *message)
{
	return sizeof(*message) + message->length;
}

/* Taken out of its queue before. */
static void drop(struct unix_message *message)
{
	struct unix_socket *sender = message->sender;

	sender->sent -= message->charge;
	if (!sender->closed && unix_writable(sender))
		wait_queue_wake(&sender->socket.queue, WRITABLE);
	net_control_end(&message->control);
	net_uncharge(memory_of(message));
	kfree(message);
	unix_put(sender);
}

void unix_messages_clear(struct unix_socket *u)
{
	struct list *next;

	for (struct list *node = u->messages.next; node != &u->messages; node = next) {
		next = node->next;
		list_remove(node);
		u->message_count--;
		drop(container_of(node, struct unix_message, node));
	}
}

static struct unix_message *allocate(struct unix_socket *sender, size_t length)
{
	size_t size = sizeof(struct unix_message) + length;

	if (!net_charge(size))
		return NULL;
	struct unix_message *made = kmalloc(size);
	if (!made) {
		net_uncharge(size);
		return NULL;
	}
	made->sender = unix_get(sender);
	made->length = length;
	made->charge = charge_of(length);
	sender->sent += made->charge;
	return made;
}

static bool may_send(const struct unix_socket *from, const struct unix_socket *to)
{
	return !to->peer || to->peer == from;
}

static bool full(const struct unix_socket *to)
{
	return to->message_count > to->backlog;
}

/* Messages of a connected one are lost; who was connected to it learns it. */
static void forget_peer(struct unix_socket *u, struct unix_socket *old)
{
	if (list_empty(&u->messages))
		return;
	unix_messages_clear(u);
	wait_queue_wake(&u->room, POLLOUT);
	if (!old->closed && old->peer == u) {
		old->socket.error = ECONNRESET;
		wait_queue_wake(&old->socket.queue, POLLERR);
	}
}

static void set_peer(struct unix_socket *u, struct unix_socket *peer)
{
	struct unix_socket *old = u->peer;

	waiter_remove(&u->room_waiter);
	u->peer = peer;
	u->socket.state = peer ? SOCKET_CONNECTED : SOCKET_IDLE;
	if (old && old != peer)
		forget_peer(u, old);
	unix_put(old);
	wait_queue_wake(&u->socket.queue, WRITABLE);
}

int unix_datagram_connect(struct socket *socket, const struct net_address *address,
			  bool nonblocking)
{
	struct unix_socket *u = unix_of(socket), *peer = NULL;

	(void)nonblocking;
	if (address->length < sizeof(address->family))
		return -EINVAL;
	if (address->family == AF_UNSPEC) {
		set_peer(u, NULL);
		return 0;
	}
	int error = unix_check_address(address);
	if (error == 0 && socket_option(socket, SO_PASSCRED))
		error = unix_autobind(u);
	if (error == 0)
		error = unix_find(address, socket->type, &peer);
	if (!peer)
		return error;
	if (!may_send(u, peer)) {
		unix_put(peer);
		return -EPERM;
	}
	set_peer(u, peer);
	return 0;
}

/* Until SO_SNDBUF has room for one more. */
static long wait_memory(struct unix_socket *u, int64_t deadline)
{
	for (;;) {
		long error = socket_take_error(&u->socket);

		if (error < 0)
			return error;
		if (u->socket.shutdown & SOCKET_NO_SEND)
			return -EPIPE;
		if (u->sent < u->socket.options.send_bytes)
			return 0;
		error = socket_sleep(&u->socket.queue, deadline);
		if (error < 0)
			return error;
	}
}

/* The connected one is gone: the first to notice loses the connection. */
static long lost_peer(struct unix_socket *u, struct unix_socket *to)
{
	if (u->socket.type == SOCK_SEQPACKET)
		return -EPIPE;
	if (u->peer == to)
		set_peer(u, NULL);
	return -ECONNREFUSED;
}

/* Who is meant; *out a reference. */
static long find_named(struct unix_socket *u, const struct net_address *name,
		       struct unix_socket **out)
{
	if (name)
		return unix_find(name, u->socket.type, out);
	if (!u->peer)
		return -ENOTCONN;
	*out = unix_get(u->peer);
	return 0;
}

/* Who is to get it, with room in its queue; *out a reference. */
static long find_receiver(struct unix_socket *u, const struct net_address *name, int64_t deadline,
			  struct unix_socket **out)
{
	for (;;) {
		struct unix_socket *to;
		long error = find_named(u, name, &to);

		if (error < 0)
			return error;
		if (!may_send(u, to))
			error = -EPERM;
		else if (to->closed)
			error = lost_peer(u, to);
		else if (to->socket.shutdown & SOCKET_NO_RECEIVE)
			error = -EPIPE;
		else if (to == u || to->peer == u || !full(to)) {
			*out = to;
			return 0;
		} else
			error = socket_sleep(&to->room, deadline);
		unix_put(to);
		if (error < 0)
			return error;
	}
}

/* What goes with it, as sender and receiver want it. Takes over rights. */
static long load(struct unix_socket *u, struct unix_message *made, struct net_message *message)
{
	long got = uio_take(message->uio, made->bytes, made->length);

	if (got < 0 || (size_t)got < made->length)
		return -EFAULT;
	if (message->control && message->control->rights) {
		int error = unix_flight_begin(message->control->rights);

		if (error < 0)
			return error;
	}
	if (message->control) {
		made->control = *message->control;
		message->control->rights = NULL;
	}
	(void)u;
	return 0;
}

static void deliver(struct unix_socket *u, struct unix_socket *to, struct unix_message *made)
{
	if (!made->control.has_ids &&
	    (socket_option(&u->socket, SO_PASSCRED) || socket_option(&to->socket, SO_PASSCRED))) {
		made->control.has_ids = true;
		made->control.ids = net_ids_current();
	}
	if (socket_option(&to->socket, SO_TIMESTAMP_OLD) ||
	    socket_option(&to->socket, SO_TIMESTAMPNS_OLD))
		made->control.stamp_ns = clock_realtime_ns();
	list_add_before(&to->messages, &made->node);
	to->message_count++;
	wait_queue_wake(&to->socket.queue, READABLE);
}

long unix_datagram_send(struct socket *socket, struct net_message *message)
{
	struct unix_socket *u = unix_of(socket), *to;
	size_t length = message->uio->left;

	if (message->flags & MSG_OOB)
		return -EOPNOTSUPP;
	long error = message->to ? unix_check_address(message->to) : 0;
	if (error == 0 && socket_option(socket, SO_PASSCRED))
		error = unix_autobind(u);
	if (error == 0 && length > socket->options.send_bytes - OVERHEAD)
		error = -EMSGSIZE;
	int64_t deadline = socket_deadline(socket->options.send_ns, message->nonblocking);
	if (error == 0)
		error = wait_memory(u, deadline);
	if (error < 0)
		return error;
	struct unix_message *made = allocate(u, length);
	if (!made)
		return -ENOBUFS;
	error = load(u, made, message);
	if (error == 0)
		error = find_receiver(u, message->to, deadline, &to);
	if (error < 0) {
		drop(made);
		return error;
	}
	deliver(u, to, made);
	unix_put(to);
	return (long)length;
}

/*
 * The message that is meant: with a peek offset, the one where it lies, less
 * what it skips of it.
 */
static struct unix_message *find_message(struct unix_socket *u, bool peek, size_t *skip)
{
	int32_t offset = u->socket.options.peek_offset;

	*skip = peek && offset > 0 ? (size_t)offset : 0;
	list_for_each (node, &u->messages) {
		struct unix_message *message = container_of(node, struct unix_message, node);

		if (*skip < message->length || *skip == 0)
			return message;
		*skip -= message->length;
	}
	return NULL;
}

/* Until there is a message that was not peeked at: 0; 1: the end, or -errno. */
static long wait_message(struct unix_socket *u, int64_t deadline, bool peek,
			 struct unix_message **out, size_t *skip)
{
	for (;;) {
		long error = socket_take_error(&u->socket);

		if (error < 0)
			return error;
		*out = find_message(u, peek, skip);
		if (*out)
			return 0;
		if (deadline == 0)
			return (u->socket.shutdown & SOCKET_NO_RECEIVE) &&
					       u->socket.type == SOCK_SEQPACKET
				       ? 1
				       : -EAGAIN;
		if (u->socket.shutdown & SOCKET_NO_RECEIVE)
			return 1;
		error = socket_sleep(&u->socket.queue, deadline);
		if (error < 0)
			return error;
	}
}

static void move_peek_offset(struct unix_socket *u, bool peek, size_t shown, size_t length)
{
	int32_t *offset = &u->socket.options.peek_offset;

	if (*offset < 0)
		return;
	if (peek)
		*offset += (int32_t)shown;
	else
		*offset = MAX(*offset - (int32_t)length, 0);
}

/* What goes with it: taken, or with MSG_PEEK copied. */
static void hand_control(struct net_message *to, struct unix_message *from, bool peek)
{
	struct net_control *control = to->control;

	if (!peek && from->control.rights)
		unix_flight_end(from->control.rights);
	if (!control)
		return;
	*control = from->control;
	if (!control->has_ids)
		control->ids = (struct net_ids){ 0, (uint32_t)-1, (uint32_t)-1 };
	if (peek && control->rights)
		control->rights = net_rights_copy(control->rights);
	if (!peek)
		from->control.rights = NULL;
}

/* Out of the queue, unless peeked at: bytes or -EFAULT. */
static long hand_over(struct unix_socket *u, struct unix_message *from, struct net_message *to,
		      size_t skip)
{
	bool peek = to->flags & MSG_PEEK;
	size_t length = from->length - MIN(skip, from->length);
	size_t n = MIN(to->uio->left, length);

	if (!peek) {
		list_remove(&from->node);
		u->message_count--;
		wait_queue_wake(&u->room, POLLOUT);
	}
	if (to->from)
		unix_show_name(from->sender, to->from);
	if (n < length)
		to->told |= MSG_TRUNC;
	long got = n ? uio_fill(to->uio, from->bytes + skip, n) : 0;
	long result = got < 0 || (size_t)got < n ? -EFAULT
		      : to->flags & MSG_TRUNC	 ? (long)length
						 : (long)n;
	if (result >= 0) {
		hand_control(to, from, peek);
		move_peek_offset(u, peek, n, from->length);
	}
	if (!peek)
		drop(from);
	return result;
}

long unix_datagram_receive(struct socket *socket, struct net_message *message)
{
	struct unix_socket *u = unix_of(socket);
	int64_t deadline = socket_deadline(socket->options.receive_ns, message->nonblocking);
	struct unix_message *found;
	size_t skip;

	if (message->flags & MSG_OOB)
		return -EOPNOTSUPP;
	long ended = wait_message(u, deadline, message->flags & MSG_PEEK, &found, &skip);
	message->ended = ended > 0;
	if (ended != 0)
		return MIN(ended, 0L);
	return hand_over(u, found, message, skip);
}

int unix_packet_may_send(struct socket *socket)
{
	int error = socket_take_error(socket);

	return error == 0 && socket->state != SOCKET_CONNECTED ? -ENOTCONN : error;
}

long unix_packet_send(struct socket *socket, struct net_message *message)
{
	int error = unix_packet_may_send(socket);

	if (error < 0)
		return error;
	message->to = NULL;
	return unix_datagram_send(socket, message);
}

long unix_packet_receive(struct socket *socket, struct net_message *message)
{
	if (socket->state != SOCKET_CONNECTED)
		return -ENOTCONN;
	return unix_datagram_receive(socket, message);
}

static void room_woken(struct waiter *waiter, uint32_t events)
{
	struct unix_socket *u = container_of(waiter, struct unix_socket, room_waiter);

	(void)events;
	waiter_remove(waiter);
	wait_queue_wake(&u->socket.queue, WRITABLE);
}

/* Could the peer take one more? If not, this one is told when it can. */
static bool peer_has_room(struct unix_socket *u)
{
	struct unix_socket *peer = u->peer;

	if (!peer || peer == u || peer->peer == u || peer->closed || !full(peer))
		return true;
	if (list_empty(&u->room_waiter.node))
		waiter_add_function(&u->room_waiter, &peer->room, 0, room_woken);
	return false;
}

uint32_t unix_datagram_poll(struct socket *socket)
{
	struct unix_socket *u = unix_of(socket);
	uint32_t ready = socket->error ? POLLERR : 0;

	if (socket->shutdown & SOCKET_NO_RECEIVE)
		ready |= POLLRDHUP | POLLIN | POLLRDNORM;
	if (socket->shutdown == SOCKET_NEITHER ||
	    (socket->type == SOCK_SEQPACKET && socket->state == SOCKET_IDLE))
		ready |= POLLHUP;
	if (!list_empty(&u->messages) || !list_empty(&u->embryos))
		ready |= POLLIN | POLLRDNORM;
	if (unix_writable(u) && peer_has_room(u))
		ready |= WRITABLE;
	return ready;
}
