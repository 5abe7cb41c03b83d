// SPDX-License-Identifier: Apache-2.0
/* TCP on the loopback: bytes, straight into the other side's buffer, and what poll says. */
#include "guest-runtime/fs/async.h"
#include "guest-runtime/net/inet.h"

#include <linux/poll.h>

#define WRITABLE (POLLOUT | POLLWRNORM)
#define ROOM	 262144u /* of each side, where the program does not say */

/* Bytes that it sent and nobody read. */
static size_t bytes_unread(const struct inet_socket *inet)
{
	return inet->peer ? inet->peer->received.length : 0;
}

/* Bytes that may be on their way to the other side. */
static size_t most_unread(const struct inet_socket *inet)
{
	const struct inet_socket *peer = inet->peer;

	return (inet->send_set ? inet->socket.options.send_bytes : ROOM) +
	       (peer && peer->receive_set ? peer->socket.options.receive_bytes : ROOM);
}

static bool writable(const struct inet_socket *inet)
{
	return bytes_unread(inet) * 3 <= most_unread(inet) * 2;
}

static void push(struct inet_socket *peer, bool urgent)
{
	if (urgent) {
		peer->urgent = peer->read_position + peer->received.length;
		peer->urgent_taken = false;
		if (peer->socket.file)
			async_urgent(peer->socket.file);
	}
	wait_queue_wake(&peer->socket.queue, POLLIN | POLLRDNORM | (urgent ? POLLPRI : 0));
}

/* Bytes of the message that found room; 0: none has. */
static long send_piece(struct inet_socket *inet, struct net_message *message)
{
	struct inet_socket *peer = inet->peer;
	size_t left = message->uio->left, unread = bytes_unread(inet), limit = most_unread(inet);

	if (peer->closed || peer->socket.shutdown == SOCKET_NEITHER) {
		/*
		 * Nobody is there, or wants to hear any more: what fits goes
		 * out, and a reset comes back.
		 */
		left = MIN(left, limit);
		uio_advance(message->uio, left);
		if (!peer->closed)
			tcp_reset(peer, peer->finished ? EPIPE : ECONNRESET);
		tcp_reset(inet, inet->finished ? EPIPE : ECONNRESET);
		return (long)left;
	}
	if (unread >= limit)
		return 0;
	long put = net_buffer_put(&peer->received, message->uio, MIN(left, limit - unread));
	if (put > 0)
		push(peer, (message->flags & MSG_OOB) && message->uio->left == 0);
	return put;
}

/* -EPIPE with its signal, or the error that waits. */
static long broken(struct socket *socket, uint32_t flags)
{
	int error = socket_take_error(socket);

	return error && error != -EPIPE ? error : socket_broken(flags);
}

static long wait_connected(struct socket *socket, int64_t deadline)
{
	while (socket->state == SOCKET_CONNECTING) {
		long error = socket_sleep(&socket->queue, deadline);

		if (error < 0)
			return error;
	}
	return 0;
}

long tcp_send(struct socket *socket, struct net_message *message)
{
	struct inet_socket *inet = inet_of(socket);
	int64_t deadline = socket_deadline(socket->options.send_ns, message->nonblocking);
	long sent = 0, put = wait_connected(socket, deadline);

	if (put < 0)
		return put;
	if (socket->state != SOCKET_CONNECTED)
		return broken(socket, message->flags);
	do {
		if (socket->error || (socket->shutdown & SOCKET_NO_SEND))
			return sent ? sent : broken(socket, message->flags);
		if (message->uio->left == 0)
			break;
		put = send_piece(inet, message);
		if (put > 0)
			sent += put;
		else if (put == 0)
			put = socket_sleep(&socket->queue, deadline);
	} while (put >= 0 && message->uio->left > 0);
	return sent ? sent : put;
}

static void consume(struct inet_socket *inet, size_t n)
{
	struct inet_socket *peer = inet->peer;

	net_buffer_drop(&inet->received, n);
	inet->read_position += n;
	if (inet->urgent && inet->read_position >= inet->urgent)
		inet->urgent = 0;
	if (peer && !peer->closed && writable(peer))
		wait_queue_wake(&peer->socket.queue, WRITABLE);
}

/* Bytes that can be read in one go from `skip` on: up to an urgent one, of which is told. */
static size_t run_length(const struct inet_socket *inet, size_t skip, bool *urgent)
{
	uint64_t at = inet->read_position + skip;

	*urgent = inet->urgent == at + 1;
	if (*urgent || inet->urgent <= at)
		return inet->received.length - skip;
	return MIN(inet->received.length - skip, (size_t)(inet->urgent - 1 - at));
}

/* Up to the end of the buffer or of what is there: bytes or -EFAULT. *stop: nothing more now. */
static long read_run(struct inet_socket *inet, struct net_message *message, size_t *skip,
		     bool copied, bool *stop)
{
	bool peek = message->flags & MSG_PEEK, urgent;
	size_t run = run_length(inet, *skip, &urgent), n = MIN(run, message->uio->left);
	long got = (long)n;

	if (urgent && copied) {
		*stop = true;
		return 0;
	}
	if (urgent && !socket_option(&inet->socket, SO_OOBINLINE)) {
		if (peek)
			++*skip;
		else
			consume(inet, 1);
		return 0;
	}
	if (message->flags & MSG_TRUNC)
		uio_advance(message->uio, n);
	else
		got = net_buffer_copy(&inet->received, *skip, message->uio, n);
	if (got < 0)
		return got;
	if (peek)
		*skip += (size_t)got;
	else
		consume(inet, (size_t)got);
	return got;
}

static long receive_urgent(struct inet_socket *inet, struct net_message *message)
{
	if (socket_option(&inet->socket, SO_OOBINLINE) || !inet->urgent || inet->urgent_taken)
		return -EINVAL;
	long got = net_buffer_copy(&inet->received, inet->urgent - 1 - inet->read_position,
				   message->uio, MIN(message->uio->left, (size_t)1));
	if (got < 0)
		return got;
	message->told |= MSG_OOB | (got ? 0 : MSG_TRUNC);
	if (!(message->flags & MSG_PEEK))
		inet->urgent_taken = true;
	return got;
}

/* Nothing to read: 0: look again; 1: the end; -errno. */
static long wait_bytes(struct inet_socket *inet, int64_t deadline)
{
	struct socket *socket = &inet->socket;

	if (inet->finished)
		return 1;
	long error = socket_take_error(socket);
	if (error < 0)
		return error;
	if (socket->shutdown & SOCKET_NO_RECEIVE)
		return 1;
	if (socket->state == SOCKET_IDLE)
		return -ENOTCONN;
	return socket_sleep(&socket->queue, deadline);
}

long tcp_receive(struct socket *socket, struct net_message *message)
{
	struct inet_socket *inet = inet_of(socket);
	size_t wanted = socket_wanted(socket, message->flags, message->uio->left), skip = 0;
	int64_t deadline = socket_deadline(socket->options.receive_ns, message->nonblocking);
	bool stop = false;
	long copied = 0, got = 0;

	if (message->flags & MSG_ERRQUEUE)
		return -EAGAIN;
	if (socket->state == SOCKET_LISTENING)
		return -ENOTCONN;
	if (message->flags & MSG_OOB)
		return receive_urgent(inet, message);
	do {
		if (skip < inet->received.length)
			got = read_run(inet, message, &skip, copied, &stop);
		else if ((size_t)copied >= wanted)
			break;
		else if (copied && (socket->error || (socket->shutdown & SOCKET_NO_RECEIVE)))
			break;
		else {
			long ended = wait_bytes(inet, deadline);

			stop = ended > 0;
			got = MIN(ended, 0L);
		}
		if (got > 0)
			copied += got;
	} while (got >= 0 && !stop && message->uio->left > 0);
	return copied ? copied : MIN(got, 0L);
}

uint32_t tcp_poll(struct socket *socket)
{
	const struct inet_socket *inet = inet_of(socket);
	uint32_t ready = socket->error ? POLLERR : 0;

	if (socket->state == SOCKET_LISTENING)
		return list_empty(&inet->embryos) ? 0 : POLLIN | POLLRDNORM;
	if (socket->shutdown == SOCKET_NEITHER || socket->state == SOCKET_IDLE)
		ready |= POLLHUP;
	if (socket->shutdown & SOCKET_NO_RECEIVE)
		ready |= POLLIN | POLLRDNORM | POLLRDHUP;
	if (socket->state == SOCKET_CONNECTING)
		return ready;
	if (inet->received.length >= (size_t)socket->options.receive_low)
		ready |= POLLIN | POLLRDNORM;
	if ((socket->shutdown & SOCKET_NO_SEND) || writable(inet))
		ready |= WRITABLE;
	if (inet->urgent && !inet->urgent_taken)
		ready |= POLLPRI;
	return ready;
}
