// SPDX-License-Identifier: Apache-2.0
/* Messages through sockets: send, recv and their kin. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/net/control.h"
#include "guest-runtime/sys/rw.h"
#include "guest-runtime/sys/socket.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#include <linux/uio.h>

#define COMPAT 0x80000000u /* MSG_CMSG_COMPAT: 32-bit programs' */

struct header { /* struct msghdr */
	uint64_t name;
	int32_t name_length, pad;
	uint64_t vector, count;
	uint64_t control, control_length;
	uint32_t flags, end;
};

_Static_assert(sizeof(struct header) == 56, "msghdr of the Linux ABI");

long sys_sendto(const uint64_t *a)
{
	struct net_message message = { .flags = (uint32_t)a[3] };
	struct net_address address;
	struct rw_buffers buffers;
	struct socket *socket;
	long result = rw_single(&buffers, a[1], a[2]);

	if (result < 0)
		return result;
	struct file *file = socket_get_file((int)a[0], &socket, &result);
	if (!file)
		return result;
	message.uio = &buffers.uio;
	message.nonblocking = file->flags & O_NONBLOCK;
	result = 0;
	if (a[4]) {
		result = socket_address_read(a[4], (int)a[5], &address);
		message.to = address.length ? &address : NULL;
	}
	if (result == 0)
		result = socket_send(socket, &message);
	file_put(file);
	return result;
}

long sys_recvfrom(const uint64_t *a)
{
	struct net_message message = { .flags = (uint32_t)a[3] };
	struct net_address address;
	struct rw_buffers buffers;
	struct socket *socket;
	long result = rw_single(&buffers, a[1], a[2]);

	if (result < 0)
		return result;
	struct file *file = socket_get_file((int)a[0], &socket, &result);
	if (!file)
		return result;
	message.uio = &buffers.uio;
	message.nonblocking = file->flags & O_NONBLOCK;
	message.from = a[4] ? &address : NULL;
	result = socket_receive(socket, &message);
	if (result >= 0 && a[4]) {
		int error = socket_address_write(&address, a[4], a[5]);

		if (error < 0)
			result = error;
	}
	file_put(file);
	return result;
}

/* One message's header and buffers, which rw_release() ends. */
static int load(uva_t from, struct header *header, struct rw_buffers *buffers)
{
	if (copy_from_user(header, from, sizeof(*header)) < 0)
		return -EFAULT;
	if (!header->name)
		header->name_length = 0;
	if (header->name_length < 0)
		return -EINVAL;
	header->name_length = MIN(header->name_length, NET_ADDRESS_MAX);
	if (header->count > UIO_MAXIOV)
		return -EMSGSIZE;
	return rw_vector(buffers, header->vector, header->count);
}

static long send_one(struct socket *socket, bool nonblocking, uva_t from, uint32_t flags)
{
	struct net_control control = { 0 };
	struct net_message message = { .flags = flags, .nonblocking = nonblocking };
	struct net_address address;
	struct rw_buffers buffers;
	struct header header;
	long result = load(from, &header, &buffers);

	if (result < 0)
		return result;
	message.uio = &buffers.uio;
	if (header.name_length > 0) {
		result = socket_address_read(header.name, header.name_length, &address);
		message.to = &address;
	}
	if (result == 0 && header.control_length > INT32_MAX)
		result = -ENOBUFS;
	if (result == 0 && header.control_length > 0 && socket->ops->may_send)
		result = socket->ops->may_send(socket);
	if (result == 0 && header.control_length > 0) {
		result = net_control_read(socket, header.control, header.control_length, &control);
		message.control = &control;
	}
	if (result == 0)
		result = socket_send(socket, &message);
	net_control_end(&control);
	rw_release(&buffers);
	return result;
}

/* What came beside the bytes. */
static long store(struct socket *socket, struct net_message *message, const struct header *header,
		  uva_t to)
{
	uint64_t used = header->control_length;
	uint32_t flags;
	long error = 0;

	if (message->from)
		error = socket_address_write(message->from, header->name,
					     to + offsetof(struct header, name_length));
	net_control_write(socket, message, header->control, &used);
	flags = message->told | (message->flags & MSG_CMSG_CLOEXEC);
	if (error == 0)
		error = copy_to_user(to + offsetof(struct header, flags), &flags, sizeof(flags));
	if (error == 0)
		error = copy_to_user(to + offsetof(struct header, control_length), &used,
				     sizeof(used));
	return error;
}

static long receive_one(struct socket *socket, bool nonblocking, uva_t to, uint32_t flags)
{
	struct net_control control = { 0 };
	struct net_message message = { .flags = flags,
				       .nonblocking = nonblocking,
				       .control = &control };
	struct net_address address;
	struct rw_buffers buffers;
	struct header header;
	long result = load(to, &header, &buffers);

	if (result < 0)
		return result;
	message.uio = &buffers.uio;
	message.from = header.name ? &address : NULL;
	result = socket_receive(socket, &message);
	if (result >= 0) {
		long error = store(socket, &message, &header, to);

		if (error < 0)
			result = error;
	}
	net_control_end(&control);
	rw_release(&buffers);
	return result;
}

static long one(const uint64_t *a, long (*act)(struct socket *, bool, uva_t, uint32_t))
{
	struct socket *socket;
	long result;

	if ((uint32_t)a[2] & COMPAT)
		return -EINVAL;
	struct file *file = socket_get_file((int)a[0], &socket, &result);
	if (!file)
		return result;
	result = act(socket, file->flags & O_NONBLOCK, a[1], (uint32_t)a[2]);
	file_put(file);
	return result;
}

long sys_sendmsg(const uint64_t *a)
{
	return one(a, send_one);
}

long sys_recvmsg(const uint64_t *a)
{
	return one(a, receive_one);
}

struct many { /* struct mmsghdr */
	struct header header;
	uint32_t length, pad;
};

static uva_t nth(uva_t vector, uint32_t i)
{
	return vector + (uint64_t)i * sizeof(struct many);
}

static long put_length(uva_t message, long length)
{
	const uint32_t number = (uint32_t)length;

	return copy_to_user(message + offsetof(struct many, length), &number, sizeof(number));
}

long sys_sendmmsg(const uint64_t *a)
{
	uint32_t count = MIN((uint32_t)a[2], (uint32_t)UIO_MAXIOV), done = 0;
	struct socket *socket;
	long result = 0;

	if ((uint32_t)a[3] & COMPAT)
		return -EINVAL;
	struct file *file = socket_get_file((int)a[0], &socket, &result);
	if (!file)
		return result;
	for (result = 0; done < count; done++) {
		result =
			send_one(socket, file->flags & O_NONBLOCK, nth(a[1], done), (uint32_t)a[3]);
		if (result >= 0)
			result = put_length(nth(a[1], done), result);
		if (result < 0)
			break;
	}
	file_put(file);
	return done ? (long)done : result;
}

/* The messages of one recvmmsg; deadline: after which no more is begun. */
static long receive_many(struct socket *socket, bool nonblocking, const uint64_t *a,
			 int64_t deadline)
{
	uint32_t flags = (uint32_t)a[3], count = MIN((uint32_t)a[2], (uint32_t)UIO_MAXIOV);
	uint32_t done = 0;
	long result = socket_take_error(socket);

	while (result >= 0 && done < count) {
		result = receive_one(socket, nonblocking, nth(a[1], done),
				     flags & ~(uint32_t)MSG_WAITFORONE);
		if (result >= 0)
			result = put_length(nth(a[1], done), result);
		if (result < 0)
			break;
		done++;
		if (flags & MSG_WAITFORONE)
			flags |= MSG_DONTWAIT;
		if (deadline != WAIT_FOREVER && clock_monotonic_ns() >= deadline)
			break;
	}
	if (done == 0)
		return result;
	/* The next call says what ended this one. */
	if (result < 0 && result != -EAGAIN && result > -512)
		socket->error = (uint16_t)-result;
	return (long)done;
}

long sys_recvmmsg(const uint64_t *a)
{
	int64_t deadline = WAIT_FOREVER;
	struct socket *socket;
	long result = 0;

	if ((uint32_t)a[3] & COMPAT)
		return -EINVAL;
	if (a[4])
		result = timespec_deadline(a[4], &deadline);
	if (result < 0)
		return result;
	struct file *file = socket_get_file((int)a[0], &socket, &result);
	if (!file)
		return result;
	result = receive_many(socket, file->flags & O_NONBLOCK, a, deadline);
	file_put(file);
	if (result > 0 && a[4] && deadline != WAIT_FOREVER &&
	    timespec_put(a[4], MAX(deadline - clock_monotonic_ns(), (int64_t)0)) < 0)
		return -EFAULT;
	return result;
}
