// SPDX-License-Identifier: Apache-2.0
/* /proc/net/tcp, tcp6, udp, udp6 and if_inet6 */
#include "guest-runtime/fs/text.h"
#include "guest-runtime/host/boot.h"
#include "guest-runtime/net/inet.h"

/* States as programs know them, of TCP and of UDP. */
static uint32_t state_of(const struct inet_socket *inet)
{
	switch (inet->socket.state) {
	case SOCKET_CONNECTED:
		return inet->reset ? 7 : inet->finished ? 8 : 1;
	case SOCKET_CONNECTING:
		return 2;
	case SOCKET_LISTENING:
		return 10;
	default:
		return 7;
	}
}

static void put_address(struct text *out, uint16_t family, const struct inet_address *address)
{
	uint32_t words[4];

	memcpy(words, address->ip, sizeof(words));
	for (int i = family == AF_INET ? 3 : 0; i < 4; i++)
		text_print(out, "%08x", words[i]);
	text_print(out, ":%04x ", address->port);
}

static size_t received(const struct inet_socket *inet)
{
	if (inet->socket.state == SOCKET_LISTENING)
		return inet->waiting;
	return inet->socket.type == SOCK_STREAM ? inet->received.length : inet->held;
}

static void table(struct text *out, uint16_t family, uint16_t type)
{
	int row = 0;

	text_print(out,
		   family == AF_INET
			   ? "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
			     "retrnsmt   uid  timeout inode\n"
			   : "  sl  local_address                         remote_address          "
			     "              st tx_queue rx_queue tr tm->when retrnsmt   uid  "
			     "timeout inode\n");
	list_for_each (node, &inet_sockets) {
		const struct inet_socket *inet = container_of(node, struct inet_socket, all);

		if (inet->socket.family != family || inet->socket.type != type || inet->closed ||
		    !inet->local.port)
			continue;
		text_print(out, "%4d: ", row++);
		put_address(out, family, &inet->local);
		put_address(out, family, &inet->remote);
		text_print(out, "%02x %08x:%08x 00:00000000 00000000 %5u        0 %lu\n",
			   state_of(inet), 0u, (uint32_t)received(inet), inet->uid,
			   inet->socket.inode.attr.ino);
	}
}

void tcp_table(struct text *out, const struct subject *subject)
{
	(void)subject;
	table(out, AF_INET, SOCK_STREAM);
}

void tcp6_table(struct text *out, const struct subject *subject)
{
	(void)subject;
	table(out, AF_INET6, SOCK_STREAM);
}

void udp_table(struct text *out, const struct subject *subject)
{
	(void)subject;
	table(out, AF_INET, SOCK_DGRAM);
}

void udp6_table(struct text *out, const struct subject *subject)
{
	(void)subject;
	table(out, AF_INET6, SOCK_DGRAM);
}

void inet6_table(struct text *out, const struct subject *subject)
{
	(void)subject;
	if (boot_block()->loopback)
		text_print(out, "00000000000000000000000000000001 01 80 10 80       lo\n");
}
