// SPDX-License-Identifier: Apache-2.0
/* UDP on the loopback: datagrams, straight into the queue of who they are for. */
#include "guest-runtime/host/clock.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/net/inet.h"
#include "guest-runtime/notes/notes.h"

#include <asm/ioctls.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ipv6.h>
#include <linux/poll.h>
#include <linux/sockios.h>

#define READABLE   (POLLIN | POLLPRI | POLLRDNORM | POLLRDBAND)
#define WRITABLE   (POLLOUT | POLLWRNORM | POLLWRBAND)
#define LENGTH_MAX 65507u /* over IPv4; */
#define V6_MORE	   20u	  /* over IPv6 */
#define OVERHEAD   768u	  /* what Linux counts for one that is small */
#define LOOPBACK   1	  /* number of the interface */
#define DNS_PORT   53

static struct inet_datagram *first(const struct inet_socket *inet)
{
	return container_of(inet->datagrams.next, struct inet_datagram, node);
}

static size_t memory_of(const struct inet_datagram *datagram)
{
	return sizeof(*datagram) + datagram->length;
}

static void drop(struct inet_datagram *datagram)
{
	net_uncharge(memory_of(datagram));
	kfree(datagram);
}

static struct inet_datagram *take_first(struct inet_socket *inet)
{
	struct inet_datagram *datagram = first(inet);

	list_remove(&datagram->node);
	inet->held -= datagram->charge;
	return datagram;
}

static void unconnect(struct inet_socket *inet)
{
	inet->socket.state = SOCKET_IDLE;
	inet_disconnect(inet);
	if (!inet->bound_port)
		inet->local.port = 0;
}

static int connect(struct socket *socket, const struct net_address *address, bool nonblocking)
{
	struct inet_socket *inet = inet_of(socket);
	struct inet_address to;

	(void)nonblocking;
	if (address->length < sizeof(address->family))
		return -EINVAL;
	if (address->family == AF_UNSPEC) {
		unconnect(inet);
		return 0;
	}
	int error = inet_parse(inet, address, &to);
	if (error == 0)
		error = inet_route(&to);
	if (error == 0 && socket->state == SOCKET_CONNECTED && !inet->bound_address)
		inet_source(&to, &inet->local);
	if (error == 0)
		error = inet_choose_source(inet, &to);
	if (error < 0)
		return error;
	inet->remote = to;
	socket->state = SOCKET_CONNECTED;
	return 0;
}

/* Where the message goes: its address, or the connected one. */
static int find_destination(const struct inet_socket *inet, const struct net_message *message,
			    struct inet_address *to)
{
	int error = 0;

	if (message->to) {
		error = inet_parse(inet, message->to, to);
		if (error == 0 && to->port == 0)
			error = -EINVAL;
	} else if (inet->socket.state != SOCKET_CONNECTED) {
		error = -EDESTADDRREQ;
	} else {
		*to = inet->remote;
	}
	if (error == 0 && message->uio->left > LENGTH_MAX + (inet_is_v4(to) ? 0 : V6_MORE))
		error = -EMSGSIZE;
	if (error == 0 && inet_is_v4(to) && inet->socket.family == AF_INET6 &&
	    inet_option(inet, IPPROTO_IPV6, IPV6_V6ONLY))
		error = -ENETUNREACH;
	return error ? error : inet_route(to);
}

/* Nobody is there: who asked for that is told. */
static void unreachable(struct inet_socket *inet)
{
	if (inet->socket.state != SOCKET_CONNECTED && !inet_option(inet, IPPROTO_IP, IP_RECVERR) &&
	    !inet_option(inet, IPPROTO_IPV6, IPV6_RECVERR))
		return;
	inet->socket.error = ECONNREFUSED;
	wait_queue_wake(&inet->socket.queue, POLLERR);
}

static void deliver(struct inet_socket *to, struct inet_datagram *datagram)
{
	/* A queue that is full loses it, and nobody is told. */
	if (to->held > to->socket.options.receive_bytes) {
		drop(datagram);
		return;
	}
	if (socket_option(&to->socket, SO_TIMESTAMP_OLD) ||
	    socket_option(&to->socket, SO_TIMESTAMPNS_OLD))
		datagram->stamp_ns = clock_realtime_ns();
	to->held += datagram->charge;
	list_add_before(&to->datagrams, &datagram->node);
	wait_queue_wake(&to->socket.queue, READABLE);
}

static struct inet_datagram *load(struct net_message *message)
{
	size_t length = message->uio->left, size = sizeof(struct inet_datagram) + length;
	struct inet_datagram *made = net_charge(size) ? kmalloc(size) : NULL;

	if (!made)
		return NULL;
	made->length = length;
	made->charge = length + OVERHEAD;
	return made;
}

static long send(struct socket *socket, struct net_message *message)
{
	struct inet_socket *inet = inet_of(socket);
	struct inet_address to;

	if (message->flags & MSG_OOB)
		return -EOPNOTSUPP;
	int error = find_destination(inet, message, &to);
	if (error == 0)
		error = socket_take_error(socket);
	if (error == 0 && (socket->shutdown & SOCKET_NO_SEND))
		error = -EPIPE;
	if (error == 0)
		error = inet_take_any_port(inet);
	if (error < 0)
		return error == -EADDRINUSE ? -EAGAIN : error;
	struct inet_datagram *made = load(message);
	if (!made)
		return -ENOBUFS;
	long length = (long)made->length;
	made->to = to;
	made->from = inet->local;
	if (inet_is_any(&inet->local) || inet_is_v4(&inet->local) != inet_is_v4(&to))
		inet_source(&to, &made->from);
	if (uio_take(message->uio, made->bytes, made->length) < length) {
		drop(made);
		return -EFAULT;
	}
	struct inet_socket *receiver = inet_find(SOCK_DGRAM, &to, &made->from);
	if (receiver) {
		deliver(receiver, made);
	} else {
		if (to.port == DNS_PORT && notes_wanted)
			note_resolve((const uint8_t *)made->bytes, made->length);
		drop(made);
		unreachable(inet);
	}
	return length;
}

/* Until there is a datagram: 0; 1: the end, or -errno. */
static long wait_datagram(struct socket *socket, int64_t deadline)
{
	for (;;) {
		long error = socket_take_error(socket);

		if (error < 0)
			return error;
		if (!list_empty(&inet_of(socket)->datagrams))
			return 0;
		if (deadline && (socket->shutdown & SOCKET_NO_RECEIVE))
			return 1;
		error = socket_sleep(&socket->queue, deadline);
		if (error < 0)
			return error;
	}
}

/* To which address it was sent, if the program wants to know. */
static void tell_destination(const struct inet_socket *inet, const struct inet_datagram *datagram,
			     struct net_record *record)
{
	if (inet_option(inet, IPPROTO_IP, IP_PKTINFO) && inet_is_v4(&datagram->to)) {
		struct in_pktinfo info = { .ipi_ifindex = LOOPBACK };

		memcpy(&info.ipi_addr, datagram->to.ip + 12, 4);
		info.ipi_spec_dst = info.ipi_addr;
		*record = (struct net_record){ IPPROTO_IP, IP_PKTINFO, sizeof(info), { 0 } };
		memcpy(record->bytes, &info, sizeof(info));
	} else if (inet_option(inet, IPPROTO_IPV6, IPV6_RECVPKTINFO)) {
		struct in6_pktinfo info = { .ipi6_ifindex = LOOPBACK };

		memcpy(&info.ipi6_addr, datagram->to.ip, 16);
		*record = (struct net_record){ IPPROTO_IPV6, IPV6_PKTINFO, sizeof(info), { 0 } };
		memcpy(record->bytes, &info, sizeof(info));
	}
}

static long hand_over(struct inet_socket *inet, struct inet_datagram *datagram,
		      struct net_message *message)
{
	size_t n = MIN(message->uio->left, datagram->length);

	if (message->from)
		inet_show(inet, &datagram->from, message->from);
	if (n < datagram->length)
		message->told |= MSG_TRUNC;
	if (message->control) {
		message->control->stamp_ns = datagram->stamp_ns;
		tell_destination(inet, datagram, &message->control->record);
	}
	if (n && uio_fill(message->uio, datagram->bytes, n) < (long)n)
		return -EFAULT;
	return (long)(message->flags & MSG_TRUNC ? datagram->length : n);
}

static long receive(struct socket *socket, struct net_message *message)
{
	struct inet_socket *inet = inet_of(socket);
	int64_t deadline = socket_deadline(socket->options.receive_ns, message->nonblocking);

	if (message->flags & MSG_ERRQUEUE)
		return -EAGAIN;
	long ended = wait_datagram(socket, deadline);
	if (ended != 0)
		return MIN(ended, 0L);
	if (message->flags & MSG_PEEK)
		return hand_over(inet, first(inet), message);
	struct inet_datagram *datagram = take_first(inet);
	long result = hand_over(inet, datagram, message);
	drop(datagram);
	return result;
}

static int shutdown(struct socket *socket, uint32_t how)
{
	socket->shutdown |= how;
	wait_queue_wake(&socket->queue, 0);
	return socket->state == SOCKET_CONNECTED ? 0 : -ENOTCONN;
}

static uint32_t poll(struct socket *socket)
{
	uint32_t ready = WRITABLE | (socket->error ? POLLERR : 0);

	if (socket->shutdown & SOCKET_NO_RECEIVE)
		ready |= POLLRDHUP | POLLIN | POLLRDNORM;
	if (socket->shutdown == SOCKET_NEITHER)
		ready |= POLLHUP;
	if (!list_empty(&inet_of(socket)->datagrams))
		ready |= POLLIN | POLLRDNORM;
	return ready;
}

static long ioctl(struct socket *socket, uint32_t request, uint64_t argument)
{
	const struct inet_socket *inet = inet_of(socket);
	int32_t bytes = 0;

	if (request != SIOCINQ && request != SIOCOUTQ)
		return -ENOTTY;
	if (request == SIOCINQ && !list_empty(&inet->datagrams))
		bytes = (int32_t)first(inet)->length;
	return copy_to_user(argument, &bytes, sizeof(bytes));
}

static void close(struct socket *socket)
{
	struct inet_socket *inet = inet_of(socket);
	struct list *next;

	inet->closed = true;
	inet_leave_port(inet);
	for (struct list *node = inet->datagrams.next; node != &inet->datagrams; node = next) {
		next = node->next;
		list_remove(node);
		drop(container_of(node, struct inet_datagram, node));
	}
}

const struct socket_ops udp_ops = {
	.bind = inet_bind,
	.connect = connect,
	.name = inet_name,
	.send = send,
	.receive = receive,
	.shutdown = shutdown,
	.poll = poll,
	.ioctl = ioctl,
	.set_option = inet_set_option,
	.get_option = inet_get_option,
	.close = close,
	.free = inet_free,
};
