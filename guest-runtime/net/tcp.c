// SPDX-License-Identifier: Apache-2.0
/*
 * TCP on the loopback: connections and their ends. There are no packets: what
 * one side does to a connection happens to the other at once.
 */
#include "guest-runtime/net/inet.h"

#include <asm/ioctls.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/poll.h>
#include <linux/sockios.h>

void tcp_reset(struct inet_socket *inet, uint16_t error)
{
	inet->reset = true;
	inet->socket.error = error;
	inet->socket.shutdown = SOCKET_NEITHER;
	if (!inet->bound_port)
		inet_leave_port(inet);
	wait_queue_wake(&inet->socket.queue, 0);
}

/* The listener's side of a connection. */
static struct inet_socket *make_child(const struct inet_socket *listener,
				      const struct inet_socket *client)
{
	struct inet_socket *made = inet_allocate(listener->socket.family, SOCK_STREAM);

	if (!made)
		return NULL;
	made->socket.options = listener->socket.options;
	made->send_set = listener->send_set;
	made->receive_set = listener->receive_set;
	made->uid = listener->uid;
	memcpy(made->values, listener->values, sizeof(made->values));
	inet_share_port(made, &client->remote);
	made->remote = client->local;
	return made;
}

static bool establish(struct inet_socket *client, struct inet_socket *listener)
{
	struct inet_socket *child = make_child(listener, client);

	if (!child)
		return false;
	child->peer = inet_get(client);
	client->peer = inet_get(child);
	child->socket.state = client->socket.state = SOCKET_CONNECTED;
	list_add_before(&listener->embryos, &child->embryo);
	listener->waiting++;
	wait_queue_wake(&listener->socket.queue, POLLIN | POLLRDNORM);
	return true;
}

static void refuse(struct inet_socket *client)
{
	client->socket.state = SOCKET_IDLE;
	tcp_reset(client, ECONNREFUSED);
	client->reset = false;
}

static bool is_full(const struct inet_socket *listener)
{
	return listener->waiting > listener->backlog;
}

/* Its queue has become shorter. */
static void make_room(struct inet_socket *listener)
{
	while (!list_empty(&listener->joining) && !is_full(listener)) {
		struct inet_socket *client =
			container_of(listener->joining.next, struct inet_socket, joining);

		list_remove(&client->joining);
		if (!establish(client, listener))
			refuse(client);
		wait_queue_wake(&client->socket.queue, POLLOUT | POLLWRNORM);
		inet_put(client);
	}
}

/* What connect(2) that waits, or is called again, says. */
static int tell(struct inet_socket *inet)
{
	struct socket *socket = &inet->socket;

	if (socket->state == SOCKET_CONNECTING)
		return -EALREADY;
	inet->untold = false;
	if (socket->state == SOCKET_CONNECTED && !inet->reset)
		return 0;
	int error = socket_take_error(socket);
	socket->shutdown = 0;
	socket->state = SOCKET_IDLE;
	inet->reset = false;
	inet_disconnect(inet);
	return error ? error : -ECONNABORTED;
}

static int wait_connected(struct inet_socket *inet, int64_t deadline)
{
	if (deadline == 0)
		return -EINPROGRESS;
	while (inet->socket.state == SOCKET_CONNECTING) {
		long error = socket_sleep(&inet->socket.queue, deadline);

		if (error < 0)
			return error == -EAGAIN ? -EINPROGRESS : (int)error;
	}
	return tell(inet);
}

static void refuse_all(struct inet_socket *listener);

static void disconnect(struct inet_socket *inet)
{
	struct inet_socket *peer = inet->peer;
	enum socket_state before = inet->socket.state;

	if (before == SOCKET_LISTENING)
		refuse_all(inet);
	if (before == SOCKET_CONNECTING && !list_empty(&inet->joining)) {
		list_remove(&inet->joining);
		inet_put(inet);
	}
	/* Programs find this odd, but so it is. */
	inet->socket.error =
		before == SOCKET_CONNECTED || before == SOCKET_CONNECTING ? ECONNRESET : 0;
	if (peer && !peer->closed && !inet->reset && !peer->reset)
		tcp_reset(peer, peer->finished ? EPIPE : ECONNRESET);
	inet->peer = NULL;
	inet_put(peer);
	net_buffer_clear(&inet->received);
	inet->finished = inet->reset = inet->untold = false;
	inet->socket.state = SOCKET_IDLE;
	inet->socket.shutdown = 0;
	inet_disconnect(inet);
	wait_queue_wake(&inet->socket.queue, 0);
}

/* Sends the wish to connect: it is granted, refused, or the listener's queue is full. */
static int begin(struct inet_socket *inet, const struct inet_address *to)
{
	bool had_port = inet_is_bound(inet);
	int error = inet_choose_source(inet, to);

	if (error == 0 && had_port && inet_is_connected(&inet->local, to))
		error = -EADDRNOTAVAIL;
	if (error < 0) {
		inet_disconnect(inet);
		return error;
	}
	struct inet_socket *listener = inet_find(SOCK_STREAM, to, &inet->local);
	inet->remote = *to;
	inet->socket.error = 0;
	inet->untold = true;
	inet->socket.state = SOCKET_CONNECTING;
	if (!listener || (!is_full(listener) && !establish(inet, listener))) {
		refuse(inet);
	} else if (inet->socket.state == SOCKET_CONNECTING) {
		list_add_before(&listener->joining, &inet->joining);
		inet_get(inet);
	}
	return 0;
}

static int connect(struct socket *socket, const struct net_address *address, bool nonblocking)
{
	struct inet_socket *inet = inet_of(socket);
	int64_t deadline = socket_deadline(socket->options.send_ns, nonblocking);
	struct inet_address to;

	if (address->length < sizeof(address->family))
		return -EINVAL;
	if (address->family == AF_UNSPEC) {
		disconnect(inet);
		return 0;
	}
	if (socket->state == SOCKET_CONNECTING)
		return deadline ? wait_connected(inet, deadline) : -EALREADY;
	if (inet->untold)
		return tell(inet);
	if (socket->state != SOCKET_IDLE)
		return -EISCONN;
	int error = inet_parse(inet, address, &to);
	if (error == 0 && inet_is_v4(&to) && socket->family == AF_INET6 &&
	    inet_option(inet, IPPROTO_IPV6, IPV6_V6ONLY))
		error = -ENETUNREACH;
	if (error == 0)
		error = inet_route(&to);
	if (error == 0)
		error = begin(inet, &to);
	return error < 0 ? error : wait_connected(inet, deadline);
}

static int listen(struct socket *socket, uint32_t backlog)
{
	struct inet_socket *inet = inet_of(socket);

	if (socket->state != SOCKET_IDLE && socket->state != SOCKET_LISTENING)
		return -EINVAL;
	bool first = socket->state == SOCKET_IDLE;
	socket->state = SOCKET_LISTENING;
	int error = inet_take_any_port(inet);
	if (error == 0 && first && !inet_may_have(inet, &inet->local))
		error = -EADDRINUSE;
	if (error < 0) {
		socket->state = SOCKET_IDLE;
		return error;
	}
	inet->backlog = backlog;
	make_room(inet);
	return 0;
}

static int accept(struct socket *socket, bool nonblocking, struct socket **out)
{
	struct inet_socket *inet = inet_of(socket);
	int64_t deadline = socket_deadline(socket->options.receive_ns, nonblocking);
	long error = socket->state == SOCKET_LISTENING ? 0 : -EINVAL;

	while (error == 0 && list_empty(&inet->embryos)) {
		error = socket_sleep(&socket->queue, deadline);
		if (error == 0 && socket->state != SOCKET_LISTENING)
			error = -EINVAL;
	}
	if (error < 0)
		return (int)error;
	struct inet_socket *child = container_of(inet->embryos.next, struct inet_socket, embryo);
	list_remove(&child->embryo);
	inet->waiting--;
	make_room(inet);
	inode_own(&child->socket.inode);
	*out = &child->socket;
	return 0;
}

static void close(struct socket *socket)
{
	struct inet_socket *inet = inet_of(socket), *peer = inet->peer;
	bool linger_not = socket_option(socket, SO_LINGER) && socket->options.linger_seconds == 0;

	inet->closed = true;
	inet_leave_port(inet);
	if (socket->state == SOCKET_LISTENING)
		refuse_all(inet);
	if (socket->state == SOCKET_CONNECTING && !list_empty(&inet->joining)) {
		list_remove(&inet->joining);
		inet_put(inet);
	}
	if (peer && !peer->closed && !peer->reset) {
		if (inet->received.length > 0 || linger_not) {
			tcp_reset(peer, peer->finished ? EPIPE : ECONNRESET);
		} else {
			peer->finished = true;
			peer->socket.shutdown |= SOCKET_NO_RECEIVE;
			wait_queue_wake(&peer->socket.queue, 0);
		}
	}
	inet->peer = NULL;
	inet_put(peer);
	net_buffer_clear(&inet->received);
}

/* It listens no more. */
static void refuse_all(struct inet_socket *listener)
{
	struct list *next;

	for (struct list *node = listener->embryos.next; node != &listener->embryos; node = next) {
		struct inet_socket *child = container_of(node, struct inet_socket, embryo);

		next = node->next;
		list_remove(node);
		listener->waiting--;
		child->socket.options.on |= SOCKET_OPTION(SO_LINGER);
		child->socket.options.linger_seconds = 0;
		close(&child->socket);
		inet_put(child);
	}
	for (struct list *node = listener->joining.next; node != &listener->joining; node = next) {
		struct inet_socket *client = container_of(node, struct inet_socket, joining);

		next = node->next;
		list_remove(node);
		refuse(client);
		inet_put(client);
	}
}

static int shutdown(struct socket *socket, uint32_t how)
{
	struct inet_socket *inet = inet_of(socket), *peer = inet->peer;

	if (socket->state == SOCKET_LISTENING || socket->state == SOCKET_CONNECTING) {
		if (socket->state == SOCKET_CONNECTING || (how & SOCKET_NO_RECEIVE))
			disconnect(inet);
		return 0;
	}
	bool was_sending = !(socket->shutdown & SOCKET_NO_SEND);
	socket->shutdown |= how;
	wait_queue_wake(&socket->queue, 0);
	if (socket->state == SOCKET_IDLE || inet->reset)
		return -ENOTCONN;
	if ((how & SOCKET_NO_SEND) && was_sending && !peer->closed) {
		peer->finished = true;
		peer->socket.shutdown |= SOCKET_NO_RECEIVE;
		wait_queue_wake(&peer->socket.queue, 0);
	}
	return 0;
}

static long put_number(uint64_t argument, size_t n)
{
	int32_t number = (int32_t)n;

	return copy_to_user(argument, &number, sizeof(number));
}

static long ioctl(struct socket *socket, uint32_t request, uint64_t argument)
{
	const struct inet_socket *inet = inet_of(socket);

	switch (request) {
	case SIOCINQ:
		if (socket->state == SOCKET_LISTENING)
			return -EINVAL;
		return put_number(argument, inet->received.length);
	case SIOCOUTQ: /* whatever was sent has arrived */
	case SIOCOUTQNSD:
		return socket->state == SOCKET_LISTENING ? -EINVAL : put_number(argument, 0);
	case SIOCATMARK:
		return put_number(argument, inet->urgent == inet->read_position + 1);
	}
	return -ENOTTY;
}

static void changed(struct socket *socket, bool send)
{
	if (send)
		inet_of(socket)->send_set = true;
	else
		inet_of(socket)->receive_set = true;
	wait_queue_wake(&socket->queue, POLLOUT | POLLWRNORM);
}

const struct socket_ops tcp_ops = {
	.bind = inet_bind,
	.connect = connect,
	.listen = listen,
	.accept = accept,
	.name = inet_name,
	.send = tcp_send,
	.receive = tcp_receive,
	.shutdown = shutdown,
	.poll = tcp_poll,
	.ioctl = ioctl,
	.set_option = inet_set_option,
	.get_option = inet_get_option,
	.changed = changed,
	.close = close,
	.free = inet_free,
};
