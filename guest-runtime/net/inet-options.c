// SPDX-License-Identifier: Apache-2.0
/*
 * Options of the levels TCP, IP and IPv6. What they ask for is timing, routes
 * and headers of packets, and there are none: they are kept and told.
 */
#include "guest-runtime/net/inet.h"

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/tcp.h>

#define IPV6_SOCKETS 1 /* of AF_INET6 only */
#define SWITCH	     2 /* any value is 0 or 1 */
#define FOR_TCP	     4
#define FOR_UDP	     8

/* In the order of struct inet_socket.values; a value out of range: -EINVAL. */
static const struct row {
	int level, name;
	uint32_t flags;
	int32_t low, high, otherwise;
} rows[] = {
	{ IPPROTO_TCP, TCP_NODELAY, FOR_TCP | SWITCH, 0, 1, 0 },
	{ IPPROTO_TCP, TCP_MAXSEG, FOR_TCP, 88, 32767, 536 },
	{ IPPROTO_TCP, TCP_CORK, FOR_TCP | SWITCH, 0, 1, 0 },
	{ IPPROTO_TCP, TCP_KEEPIDLE, FOR_TCP, 1, 32767, 7200 },
	{ IPPROTO_TCP, TCP_KEEPINTVL, FOR_TCP, 1, 32767, 75 },
	{ IPPROTO_TCP, TCP_KEEPCNT, FOR_TCP, 1, 127, 9 },
	{ IPPROTO_TCP, TCP_SYNCNT, FOR_TCP, 1, 127, 6 },
	{ IPPROTO_TCP, TCP_LINGER2, FOR_TCP, -1, INT32_MAX, 60 },
	{ IPPROTO_TCP, TCP_DEFER_ACCEPT, FOR_TCP, INT32_MIN, INT32_MAX, 0 },
	{ IPPROTO_TCP, TCP_WINDOW_CLAMP, FOR_TCP, 0, INT32_MAX, 0 },
	{ IPPROTO_TCP, TCP_QUICKACK, FOR_TCP | SWITCH, 0, 1, 1 },
	{ IPPROTO_TCP, TCP_USER_TIMEOUT, FOR_TCP, 0, INT32_MAX, 0 },
	{ IPPROTO_TCP, TCP_NOTSENT_LOWAT, FOR_TCP, INT32_MIN, INT32_MAX, 0 },
	{ IPPROTO_IP, IP_TOS, 0, 0, 255, 0 },
	{ IPPROTO_IP, IP_TTL, 0, 1, 255, 64 },
	{ IPPROTO_IP, IP_MTU_DISCOVER, 0, 0, 5, 1 },
	{ IPPROTO_IP, IP_RECVERR, SWITCH, 0, 1, 0 },
	{ IPPROTO_IP, IP_PKTINFO, SWITCH, 0, 1, 0 },
	{ IPPROTO_IP, IP_RECVTTL, SWITCH, 0, 1, 0 },
	{ IPPROTO_IP, IP_RECVTOS, SWITCH, 0, 1, 0 },
	{ IPPROTO_IP, IP_FREEBIND, SWITCH, 0, 1, 0 },
	{ IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, SWITCH, 0, 1, 0 },
	{ IPPROTO_IP, IP_MULTICAST_TTL, FOR_UDP, -1, 255, 1 },
	{ IPPROTO_IP, IP_MULTICAST_LOOP, FOR_UDP | SWITCH, 0, 1, 1 },
	{ IPPROTO_IPV6, IPV6_V6ONLY, IPV6_SOCKETS | SWITCH, 0, 1, 0 },
	{ IPPROTO_IPV6, IPV6_UNICAST_HOPS, IPV6_SOCKETS, -1, 255, 64 },
	{ IPPROTO_IPV6, IPV6_MULTICAST_HOPS, IPV6_SOCKETS | FOR_UDP, -1, 255, 1 },
	{ IPPROTO_IPV6, IPV6_MULTICAST_LOOP, IPV6_SOCKETS | FOR_UDP, 0, 1, 1 },
	{ IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_SOCKETS, 0, 5, 1 },
	{ IPPROTO_IPV6, IPV6_RECVERR, IPV6_SOCKETS | SWITCH, 0, 1, 0 },
	{ IPPROTO_IPV6, IPV6_RECVPKTINFO, IPV6_SOCKETS | SWITCH, 0, 1, 0 },
	{ IPPROTO_IPV6, IPV6_RECVHOPLIMIT, IPV6_SOCKETS | SWITCH, 0, 1, 0 },
	{ IPPROTO_IPV6, IPV6_RECVTCLASS, IPV6_SOCKETS | SWITCH, 0, 1, 0 },
	{ IPPROTO_IPV6, IPV6_TCLASS, IPV6_SOCKETS, -1, 255, 0 },
	{ IPPROTO_IPV6, IPV6_FREEBIND, IPV6_SOCKETS | SWITCH, 0, 1, 0 },
};

_Static_assert(ARRAY_SIZE(rows) <= INET_VALUES, "each has its value");

static const struct row *find(const struct socket *socket, int level, int name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];

		if (row->level != level || row->name != name)
			continue;
		if (((row->flags & IPV6_SOCKETS) && socket->family != AF_INET6) ||
		    ((row->flags & FOR_TCP) && socket->type != SOCK_STREAM) ||
		    ((row->flags & FOR_UDP) && socket->type != SOCK_DGRAM))
			return NULL;
		return row;
	}
	return NULL;
}

void inet_default_options(struct inet_socket *inet)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		inet->values[i] = rows[i].otherwise;
}

int32_t inet_option(const struct inet_socket *inet, int level, int name)
{
	const struct row *row = find(&inet->socket, level, name);

	return row ? inet->values[row - rows] : 0;
}

/* Levels that there are lack an option; of others there is nothing. */
static int unknown(const struct socket *socket, int level)
{
	bool known = level == IPPROTO_IP || level == socket->protocol || socket->family == AF_INET6;

	return known ? -ENOPROTOOPT : -EOPNOTSUPP;
}

/* Of IP and IPv6, one byte may do for a number. */
static int read_number(int level, uva_t from, uint32_t length, int32_t *number)
{
	uint8_t byte;

	if (length >= sizeof(*number))
		return copy_from_user(number, from, sizeof(*number));
	if (level != IPPROTO_IP || length == 0)
		return -EINVAL;
	if (copy_from_user(&byte, from, sizeof(byte)) < 0)
		return -EFAULT;
	*number = byte;
	return 0;
}

static int set_congestion(uva_t from, uint32_t length)
{
	char name[16] = "";

	if (length < 1)
		return -EINVAL;
	if (copy_from_user(name, from, MIN(length, (uint32_t)sizeof(name) - 1)) < 0)
		return -EFAULT;
	return strcmp(name, "cubic") == 0 || strcmp(name, "reno") == 0 ? 0 : -ENOENT;
}

int inet_set_option(struct socket *socket, int level, int name, uva_t value, uint32_t length)
{
	struct inet_socket *inet = inet_of(socket);
	const struct row *row = find(socket, level, name);
	int32_t number;

	if (level == IPPROTO_TCP && name == TCP_CONGESTION && socket->type == SOCK_STREAM)
		return set_congestion(value, length);
	if (!row)
		return unknown(socket, level);
	int error = read_number(level, value, length, &number);
	if (error < 0)
		return error;
	if (row->flags & SWITCH)
		number = number != 0;
	/* What it would mean for a socket that has a name is not defined. */
	if (name == IPV6_V6ONLY && level == IPPROTO_IPV6 && inet_is_bound(inet))
		return -EINVAL;
	if (number < row->low || number > row->high)
		return -EINVAL;
	if (number == -1 && row->flags != FOR_TCP)
		number = row->otherwise;
	/* The lowest bits are TCP's own. */
	if (level == IPPROTO_IP && name == IP_TOS && socket->type == SOCK_STREAM)
		number &= ~3;
	inet->values[row - rows] = number;
	return 0;
}

/* struct tcp_info: of what it tells, the state is true, and no packet was ever lost. */
static void fill_info(const struct inet_socket *inet, struct tcp_info *info)
{
	bool connected = inet->socket.state == SOCKET_CONNECTED && !inet->reset;

	*info = (struct tcp_info){
		.tcpi_state = inet->socket.state == SOCKET_LISTENING ? 10
			      : !connected			     ? 7
			      : inet->finished			     ? 8
								     : 1,
		.tcpi_unacked = inet->waiting,
		.tcpi_sacked = inet->socket.state == SOCKET_LISTENING ? inet->backlog : 0,
		.tcpi_snd_mss = 32768,
		.tcpi_rcv_mss = 536,
		.tcpi_pmtu = 65535,
	};
}

int inet_get_option(struct socket *socket, int level, int name, void *value, uint32_t *length)
{
	const struct inet_socket *inet = inet_of(socket);
	const struct row *row = find(socket, level, name);
	static const char congestion[16] = "cubic";

	if (level == IPPROTO_TCP && socket->type == SOCK_STREAM && name == TCP_CONGESTION) {
		memcpy(value, congestion, sizeof(congestion));
		*length = sizeof(congestion);
		return 0;
	}
	if (level == IPPROTO_TCP && socket->type == SOCK_STREAM && name == TCP_INFO) {
		struct tcp_info info;

		fill_info(inet, &info);
		*length = MIN(*length, (uint32_t)sizeof(info));
		memcpy(value, &info, *length);
		return 0;
	}
	if (!row)
		return unknown(socket, level);
	memcpy(value, &inet->values[row - rows], sizeof(inet->values[0]));
	*length = sizeof(inet->values[0]);
	return 0;
}
