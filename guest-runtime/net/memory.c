// SPDX-License-Identifier: Apache-2.0
/*
 * What all sockets together hold: at most a part of the VM's memory, so that
 * programs that fill buffers get errors, and others still have room.
 */
#include "guest-runtime/mm/page.h"
#include "guest-runtime/net/socket.h"

#define SHARE 4 /* of the VM's memory, one part */

static uint64_t held;

bool net_charge(size_t bytes)
{
	if (held + bytes > page_total() / SHARE * PAGE_SIZE)
		return false;
	held += bytes;
	return true;
}

void net_uncharge(size_t bytes)
{
	held -= bytes;
}
