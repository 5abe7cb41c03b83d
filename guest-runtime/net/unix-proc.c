// SPDX-License-Identifier: Apache-2.0
/* /proc/net/unix */
#include "guest-runtime/fs/text.h"
#include "guest-runtime/net/unix.h"

#define ACCEPTS 0x10000u /* __SO_ACCEPTCON */

/* As Linux numbers them for programs: SS_* where it has a file, else of TCP. */
static uint32_t state_of(const struct unix_socket *u)
{
	switch (u->socket.state) {
	case SOCKET_CONNECTED:
		return 3;
	case SOCKET_CONNECTING:
		return 2;
	default:
		return 1;
	}
}

/* An abstract name with '@' for each NUL. */
static void put_name(struct text *out, const struct unix_address *address)
{
	uint32_t length = address->length - UNIX_ADDRESS_BASE - !address->abstract;

	text_print(out, " ");
	for (uint32_t i = 0; i < length; i++) {
		char c = address->name.path[i] ? address->name.path[i] : '@';

		text_put(out, &c, 1);
	}
}

void unix_table(struct text *out, const struct subject *subject)
{
	(void)subject;
	text_print(out, "Num       RefCount Protocol Flags    Type St Inode Path\n");
	list_for_each (node, &unix_sockets) {
		const struct unix_socket *u = container_of(node, struct unix_socket, all);
		uint32_t flags = u->socket.state == SOCKET_LISTENING ? ACCEPTS : 0;

		if (u->closed)
			continue;
		text_print(out, "%016lx: %08x %08x %08x %04x %02x %5lu", 0ul,
			   u->socket.inode.references, 0u, flags, (uint32_t)u->socket.type,
			   state_of(u), u->socket.inode.attr.ino);
		if (u->address)
			put_name(out, u->address);
		text_print(out, "\n");
	}
}
