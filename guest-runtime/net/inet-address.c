// SPDX-License-Identifier: Apache-2.0
/* Addresses of IPv4 and IPv6 as programs pass them, and which of them exist here. */
#include "guest-runtime/host/boot.h"
#include "guest-runtime/net/inet.h"

#include <linux/in.h>
#include <linux/in6.h>

#define V6_LENGTH_MIN 24u /* without the scope, as of old */

static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
static const uint8_t nothing[16];

static uint16_t swap(uint16_t number)
{
	return __builtin_bswap16(number);
}

bool inet_is_v4(const struct inet_address *a)
{
	return memcmp(a->ip, mapped, sizeof(mapped)) == 0;
}

bool inet_is_any(const struct inet_address *a)
{
	return memcmp(a->ip, nothing, 16) == 0 ||
	       (inet_is_v4(a) && memcmp(a->ip + 12, nothing, 4) == 0);
}

static bool is_loopback(const struct inet_address *a)
{
	if (inet_is_v4(a))
		return a->ip[12] == 127;
	return memcmp(a->ip, nothing, 15) == 0 && a->ip[15] == 1;
}

bool inet_same_ip(const struct inet_address *a, const struct inet_address *b)
{
	return memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

bool inet_same(const struct inet_address *a, const struct inet_address *b)
{
	return a->port == b->port && inet_same_ip(a, b);
}

int inet_parse(const struct inet_socket *inet, const struct net_address *from,
	       struct inet_address *to)
{
	bool v6 = inet->socket.family == AF_INET6;
	const struct sockaddr_in *in = (const struct sockaddr_in *)from->bytes;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)from->bytes;

	/* A socket of IPv6 sends datagrams to addresses of IPv4, too. */
	if (v6 && from->length >= sizeof(*in) && from->family == AF_INET &&
	    inet->socket.type == SOCK_DGRAM)
		v6 = false;
	if (from->length < (v6 ? V6_LENGTH_MIN : sizeof(*in)))
		return -EINVAL;
	if (from->family != (v6 ? AF_INET6 : AF_INET))
		return -EAFNOSUPPORT;
	if (v6) {
		memcpy(to->ip, &in6->sin6_addr, 16);
		to->port = swap(in6->sin6_port);
	} else {
		memcpy(to->ip, mapped, sizeof(mapped));
		memcpy(to->ip + 12, &in->sin_addr, 4);
		to->port = swap(in->sin_port);
	}
	return 0;
}

void inet_show(const struct inet_socket *inet, const struct inet_address *from,
	       struct net_address *to)
{
	struct sockaddr_in *in = (struct sockaddr_in *)to->bytes;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)to->bytes;

	if (inet->socket.family == AF_INET) {
		*in = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = swap(from->port) };
		memcpy(&in->sin_addr, from->ip + 12, 4);
		to->length = sizeof(*in);
	} else {
		*in6 = (struct sockaddr_in6){ .sin6_family = AF_INET6,
					      .sin6_port = swap(from->port) };
		memcpy(&in6->sin6_addr, from->ip, 16);
		to->length = sizeof(*in6);
	}
}

bool inet_is_own(const struct inet_address *a)
{
	/* Without a single address Linux's IPv4 has no table of its own ones and lets pass any. */
	if (!boot_block()->loopback)
		return inet_is_v4(a);
	return is_loopback(a);
}

/* "10.0.0.1:80", "[fe80:0:0:0:0:0:0:1]:80". */
static void print(const struct inet_address *a, char *out, size_t size)
{
	const uint8_t *ip = a->ip + 12;
	size_t used = 1;

	if (inet_is_v4(a)) {
		format(out, size, "%u.%u.%u.%u:%u", ip[0], ip[1], ip[2], ip[3], a->port);
		return;
	}
	out[0] = '[';
	for (int i = 0; i < 16; i += 2)
		used += (size_t)format(out + used, size - used, "%x%c",
				       (unsigned int)(a->ip[i] << 8 | a->ip[i + 1]),
				       i < 14 ? ':' : ']');
	format(out + used, size - used, ":%u", a->port);
}

int inet_refuse(enum note_op op, const struct inet_address *a, int error)
{
	char text[INET_TEXT];

	print(a, text, sizeof(text));
	return note_text(op, text, error);
}

int inet_route(struct inet_address *to)
{
	if (!boot_block()->loopback)
		return inet_refuse(NOTE_CONNECT, to,
				   inet_is_v4(to) ? -ENETUNREACH : -EADDRNOTAVAIL);
	if (inet_is_any(to))
		inet_source(to, to);
	return is_loopback(to) ? 0 : inet_refuse(NOTE_CONNECT, to, -EACCES);
}

/* 127.0.0.1 or ::1 */
void inet_source(const struct inet_address *to, struct inet_address *from)
{
	bool v4 = inet_is_v4(to);

	memcpy(from->ip, nothing, sizeof(from->ip));
	if (v4) {
		memcpy(from->ip, mapped, sizeof(mapped));
		from->ip[12] = 127;
	}
	from->ip[15] = 1;
}
