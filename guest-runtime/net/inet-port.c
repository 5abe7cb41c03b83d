// SPDX-License-Identifier: Apache-2.0
/* Ports: who may have one, who has it, and whom something that comes for one is for. */
#include "guest-runtime/lib/random.h"
#include "guest-runtime/net/inet.h"

#include <linux/in.h>
#include <linux/in6.h>

#define BUCKETS	   256
#define FIRST_FREE 32768u /* net.ipv4.ip_local_port_range */
#define LAST_FREE  60999u

static struct list buckets[2][BUCKETS];

static struct list *bucket(uint16_t type, uint16_t port)
{
	struct list *head = &buckets[type == SOCK_DGRAM][port % BUCKETS];

	if (!head->next)
		list_init(head);
	return head;
}

static struct inet_socket *of(struct list *node)
{
	return container_of(node, struct inet_socket, port);
}

static bool only_v6(const struct inet_socket *inet)
{
	return inet->socket.family == AF_INET6 && inet_option(inet, IPPROTO_IPV6, IPV6_V6ONLY);
}

/* Is something for `to` for a socket that is bound to `local`? */
static bool covers(const struct inet_socket *inet, const struct inet_address *local,
		   const struct inet_address *to)
{
	if (inet_same_ip(local, to))
		return true;
	if (!inet_is_any(local))
		return false;
	if (inet->socket.family == AF_INET || inet_is_v4(local))
		return inet_is_v4(to);
	return !inet_is_v4(to) || !only_v6(inet);
}

static bool overlap(const struct inet_socket *a, const struct inet_address *a_local,
		    const struct inet_socket *b)
{
	return covers(a, a_local, &b->local) || covers(b, &b->local, a_local);
}

static bool share(const struct inet_socket *a, const struct inet_socket *b)
{
	if (socket_option(&a->socket, SO_REUSEADDR) && socket_option(&b->socket, SO_REUSEADDR) &&
	    b->socket.state != SOCKET_LISTENING)
		return true;
	return socket_option(&a->socket, SO_REUSEPORT) && socket_option(&b->socket, SO_REUSEPORT) &&
	       a->uid == b->uid;
}

bool inet_may_have(const struct inet_socket *inet, const struct inet_address *local)
{
	struct list *head = bucket(inet->socket.type, local->port);

	list_for_each (node, head) {
		const struct inet_socket *other = of(node);

		if (other != inet && other->local.port == local->port && !share(inet, other) &&
		    overlap(inet, local, other))
			return false;
	}
	return true;
}

static bool unused(uint16_t type, uint16_t port)
{
	struct list *head = bucket(type, port);

	list_for_each (node, head)
		if (of(node)->local.port == port)
			return false;
	return true;
}

void inet_share_port(struct inet_socket *inet, const struct inet_address *local)
{
	inet->local = *local;
	list_add_before(bucket(inet->socket.type, local->port), &inet->port);
}

int inet_take_port(struct inet_socket *inet, const struct inet_address *local)
{
	struct inet_address with_port = *local;
	const uint32_t count = LAST_FREE - FIRST_FREE + 1;

	if (local->port == 0) {
		uint32_t first = (uint32_t)random_bits(0xffff), n = 0;

		do
			with_port.port = (uint16_t)(FIRST_FREE + (first + n) % count);
		while (!unused(inet->socket.type, with_port.port) && ++n < count);
		if (n == count)
			return -EADDRINUSE;
	} else if (!inet_may_have(inet, local)) {
		return -EADDRINUSE;
	}
	inet_share_port(inet, &with_port);
	return 0;
}

int inet_take_any_port(struct inet_socket *inet)
{
	struct inet_address local = inet->local;

	local.port = 0;
	return inet_is_bound(inet) ? 0 : inet_take_port(inet, &local);
}

void inet_leave_port(struct inet_socket *inet)
{
	list_remove(&inet->port);
}

static int score(const struct inet_socket *inet, const struct inet_address *to,
		 const struct inet_address *from)
{
	int points = 1;

	if (inet->local.port != to->port || !covers(inet, &inet->local, to))
		return 0;
	if (inet->socket.type == SOCK_STREAM)
		return inet->socket.state != SOCKET_LISTENING ? 0
		       : inet_is_any(&inet->local)	      ? 1 + (inet->socket.family == AF_INET)
							      : 3;
	if (inet->remote.port) {
		if (!inet_same(&inet->remote, from))
			return 0;
		points += 4;
	}
	return points + (inet->socket.family == AF_INET) + (inet_is_any(&inet->local) ? 0 : 2);
}

struct inet_socket *inet_find(uint16_t type, const struct inet_address *to,
			      const struct inet_address *from)
{
	static uint32_t turn;
	struct list *head = bucket(type, to->port);
	struct inet_socket *best = NULL;
	uint32_t equal = 0;
	int most = 0;

	/* Of several with SO_REUSEPORT, each has its turn. */
	turn++;
	list_for_each (node, head) {
		int points = score(of(node), to, from);

		if (points == 0 || points < most)
			continue;
		equal = points > most ? 1 : equal + 1;
		if (equal == 1 || turn % equal == 0)
			best = of(node);
		most = points;
	}
	return best;
}

bool inet_is_connected(const struct inet_address *local, const struct inet_address *remote)
{
	struct list *head = bucket(SOCK_STREAM, local->port);

	list_for_each (node, head)
		if (of(node)->remote.port && inet_same(&of(node)->local, local) &&
		    inet_same(&of(node)->remote, remote))
			return true;
	return false;
}
