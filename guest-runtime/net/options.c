// SPDX-License-Identifier: Apache-2.0
/* Options of the level SOL_SOCKET. */
#include "guest-runtime/net/socket.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/sys/timespec.h"

#include <linux/capability.h>
#include <linux/time.h>

#define BUFFER_MAX  4194304u /* net.core.wmem_max and rmem_max */
#define SEND_MIN    4608u
#define RECEIVE_MIN 2304u

/* On or off, and nothing more to it here. */
#define SWITCHES \
	(SOCKET_OPTION(SO_DEBUG) | SOCKET_OPTION(SO_REUSEADDR) | SOCKET_OPTION(SO_DONTROUTE) | \
	 SOCKET_OPTION(SO_BROADCAST) | SOCKET_OPTION(SO_KEEPALIVE) | SOCKET_OPTION(SO_OOBINLINE) | \
	 SOCKET_OPTION(SO_NO_CHECK) | SOCKET_OPTION(SO_REUSEPORT) | SOCKET_OPTION(SO_PASSCRED) | \
	 SOCKET_OPTION(SO_TIMESTAMP_OLD) | SOCKET_OPTION(SO_TIMESTAMPNS_OLD) | \
	 SOCKET_OPTION(SO_RXQ_OVFL) | SOCKET_OPTION(SO_SELECT_ERR_QUEUE))

static bool is_switch(int name)
{
	return name >= 0 && name < 64 && (SWITCHES & SOCKET_OPTION(name));
}

static int set_switch(struct socket *socket, int name, int value)
{
	uint64_t stamps = SOCKET_OPTION(SO_TIMESTAMP_OLD) | SOCKET_OPTION(SO_TIMESTAMPNS_OLD);

	if (name == SO_DEBUG && value && !credentials_capable(CAP_NET_ADMIN))
		return -EACCES;
	if (name == SO_REUSEPORT && value && socket->family == AF_UNIX)
		return -EOPNOTSUPP;
	if (name == SO_PASSCRED && !socket->ops->passes_ids)
		return -EOPNOTSUPP;
	/* The two kinds of times exclude each other. */
	if (SOCKET_OPTION(name) & stamps)
		socket->options.on &= ~stamps;
	socket->options.on &= ~SOCKET_OPTION(name);
	if (value)
		socket->options.on |= SOCKET_OPTION(name);
	return 0;
}

static int set_timeout(int64_t *timeout, uva_t value, uint32_t length)
{
	struct {
		int64_t seconds, microseconds;
	} time;

	if (length < sizeof(time))
		return -EINVAL;
	if (copy_from_user(&time, value, sizeof(time)) < 0)
		return -EFAULT;
	if (time.microseconds < 0 || time.microseconds >= 1000000)
		return -EDOM;
	if (time.seconds < 0)
		*timeout = 0;
	else if ((time.seconds == 0 && time.microseconds == 0) || time.seconds > INT32_MAX)
		*timeout = WAIT_FOREVER;
	else
		*timeout = time.seconds * 1000000000 + time.microseconds * 1000;
	return 0;
}

static int set_linger(struct socket *socket, uva_t value, uint32_t length)
{
	struct {
		int32_t on, seconds;
	} linger;

	if (length < sizeof(linger))
		return -EINVAL;
	if (copy_from_user(&linger, value, sizeof(linger)) < 0)
		return -EFAULT;
	socket->options.on &= ~SOCKET_OPTION(SO_LINGER);
	if (linger.on) {
		socket->options.on |= SOCKET_OPTION(SO_LINGER);
		socket->options.linger_seconds = linger.seconds;
	}
	return 0;
}

/* Twice what is asked for, as Linux counts its own part. */
static void set_buffer(uint32_t *bytes, int value, uint32_t least, bool force)
{
	uint32_t wanted = (uint32_t)value;

	if (force)
		wanted = value < 0 ? 0 : MIN(wanted, (uint32_t)INT32_MAX / 2);
	else
		wanted = MIN(wanted, BUFFER_MAX);
	*bytes = MAX(wanted * 2, least);
}

static int set_number(struct socket *socket, int name, int value)
{
	struct socket_options *options = &socket->options;

	switch (name) {
	case SO_SNDBUFFORCE:
	case SO_RCVBUFFORCE:
		if (!credentials_capable(CAP_NET_ADMIN))
			return -EPERM;
		__attribute__((fallthrough));
	case SO_SNDBUF:
	case SO_RCVBUF:
		if (name == SO_SNDBUF || name == SO_SNDBUFFORCE)
			set_buffer(&options->send_bytes, value, SEND_MIN, name == SO_SNDBUFFORCE);
		else
			set_buffer(&options->receive_bytes, value, RECEIVE_MIN,
				   name == SO_RCVBUFFORCE);
		if (socket->ops->changed)
			socket->ops->changed(socket, name == SO_SNDBUF || name == SO_SNDBUFFORCE);
		return 0;
	case SO_RCVLOWAT:
		options->receive_low = value < 0 ? INT32_MAX : value ? value : 1;
		return 0;
	case SO_PRIORITY:
		if ((value < 0 || value > 6) && !credentials_capable(CAP_NET_ADMIN))
			return -EPERM;
		options->priority = (uint32_t)value;
		return 0;
	case SO_MARK:
		if (!credentials_capable(CAP_NET_ADMIN))
			return -EPERM;
		options->mark = (uint32_t)value;
		return 0;
	case SO_PEEK_OFF:
		if (!socket->ops->can_peek_offset)
			return -EOPNOTSUPP;
		options->peek_offset = value;
		return 0;
	case SO_BSDCOMPAT:
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

int socket_set_option(struct socket *socket, int level, int name, uva_t value, int length)
{
	int number;

	if (length < 0)
		return -EINVAL;
	if (level != SOL_SOCKET)
		return socket->ops->set_option ? socket->ops->set_option(socket, level, name, value,
									 (uint32_t)length)
					       : -EOPNOTSUPP;
	if ((size_t)length < sizeof(number))
		return -EINVAL;
	if (copy_from_user(&number, value, sizeof(number)) < 0)
		return -EFAULT;
	if (is_switch(name))
		return set_switch(socket, name, number);
	switch (name) {
	case SO_LINGER:
		return set_linger(socket, value, (uint32_t)length);
	case SO_RCVTIMEO_OLD:
	case SO_RCVTIMEO_NEW:
		return set_timeout(&socket->options.receive_ns, value, (uint32_t)length);
	case SO_SNDTIMEO_OLD:
	case SO_SNDTIMEO_NEW:
		return set_timeout(&socket->options.send_ns, value, (uint32_t)length);
	}
	return set_number(socket, name, number);
}

/* The largest value there is. */
union value {
	int32_t number;
	int32_t linger[2];
	int64_t time[2];
	uint64_t cookie;
	struct net_ids ids;
	struct net_address address;
};

static uint32_t get_timeout(union value *value, int64_t timeout)
{
	if (timeout == WAIT_FOREVER)
		timeout = 0;
	value->time[0] = timeout / 1000000000;
	value->time[1] = timeout % 1000000000 / 1000;
	return sizeof(value->time);
}

static int get_number(struct socket *socket, int name, int32_t *number)
{
	const struct socket_options *options = &socket->options;

	switch (name) {
	case SO_TYPE:
		*number = socket->type;
		return 0;
	case SO_DOMAIN:
		*number = socket->family;
		return 0;
	case SO_PROTOCOL:
		*number = socket->protocol;
		return 0;
	case SO_ERROR:
		*number = -socket_take_error(socket);
		return 0;
	case SO_ACCEPTCONN:
		*number = socket->state == SOCKET_LISTENING;
		return 0;
	case SO_SNDBUF:
		*number = (int32_t)options->send_bytes;
		return 0;
	case SO_RCVBUF:
		*number = (int32_t)options->receive_bytes;
		return 0;
	case SO_RCVLOWAT:
		*number = options->receive_low;
		return 0;
	case SO_SNDLOWAT:
		*number = 1;
		return 0;
	case SO_PRIORITY:
		*number = (int32_t)options->priority;
		return 0;
	case SO_MARK:
		*number = (int32_t)options->mark;
		return 0;
	case SO_PEEK_OFF:
		if (!socket->ops->can_peek_offset)
			return -EOPNOTSUPP;
		*number = options->peek_offset;
		return 0;
	case SO_BSDCOMPAT:
	case SO_BUSY_POLL:
	case SO_INCOMING_NAPI_ID:
		*number = 0;
		return 0;
	case SO_INCOMING_CPU:
		*number = -1;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

/* The peer's address, of which all must have room. */
static int get_peer_name(struct socket *socket, union value *value, uint32_t *size, uint32_t room)
{
	struct net_address address;

	if (!socket->ops->name || socket->ops->name(socket, true, &address) < 0)
		return -ENOTCONN;
	if (address.length < room)
		return -EINVAL;
	memcpy(value, address.bytes, sizeof(address.bytes));
	*size = room;
	return 0;
}

static int get_value(struct socket *socket, int name, union value *value, uint32_t *size,
		     uint32_t room)
{
	const struct socket_options *options = &socket->options;

	*size = sizeof(value->number);
	if (is_switch(name)) {
		if (name == SO_PASSCRED && !socket->ops->passes_ids)
			return -EOPNOTSUPP;
		value->number = socket_option(socket, name);
		return 0;
	}
	switch (name) {
	case SO_LINGER:
		value->linger[0] = socket_option(socket, SO_LINGER);
		value->linger[1] = options->linger_seconds;
		*size = sizeof(value->linger);
		return 0;
	case SO_RCVTIMEO_OLD:
	case SO_RCVTIMEO_NEW:
		*size = get_timeout(value, options->receive_ns);
		return 0;
	case SO_SNDTIMEO_OLD:
	case SO_SNDTIMEO_NEW:
		*size = get_timeout(value, options->send_ns);
		return 0;
	case SO_PEERCRED:
		value->ids = (struct net_ids){ 0, (uint32_t)-1, (uint32_t)-1 };
		if (socket->ops->peer_ids)
			socket->ops->peer_ids(socket, &value->ids, NULL, NULL);
		*size = sizeof(value->ids);
		return 0;
	case SO_COOKIE:
		if (room < sizeof(value->cookie))
			return -EINVAL;
		value->cookie = socket->cookie;
		*size = sizeof(value->cookie);
		return 0;
	case SO_PEERNAME:
		return get_peer_name(socket, value, size, room);
	}
	return get_number(socket, name, &value->number);
}

static int get_groups(struct socket *socket, uva_t value, uva_t length, uint32_t room)
{
	const uint32_t *groups;
	struct net_ids ids;
	uint32_t count;

	if (!socket->ops->peer_ids || !socket->ops->peer_ids(socket, &ids, &count, &groups))
		return -ENODATA;
	uint32_t size = count * (uint32_t)sizeof(*groups);
	if (copy_to_user(length, &size, sizeof(size)) < 0)
		return -EFAULT;
	if (room < size)
		return -ERANGE;
	return copy_to_user(value, groups, size);
}

int socket_get_option(struct socket *socket, int level, int name, uva_t value, uva_t length)
{
	union value found = { 0 };
	int32_t room;
	uint32_t size = sizeof(found);

	if (level != SOL_SOCKET && !socket->ops->get_option)
		return -EOPNOTSUPP;
	if (copy_from_user(&room, length, sizeof(room)) < 0)
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	if (level == SOL_SOCKET && name == SO_PEERGROUPS)
		return get_groups(socket, value, length, (uint32_t)room);
	int error = level == SOL_SOCKET
			    ? get_value(socket, name, &found, &size, (uint32_t)room)
			    : socket->ops->get_option(socket, level, name, &found, &size);
	if (error < 0)
		return error;
	size = MIN(size, (uint32_t)room);
	if (copy_to_user(value, &found, size) < 0)
		return -EFAULT;
	return copy_to_user(length, &size, sizeof(size));
}
