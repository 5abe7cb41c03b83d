// SPDX-License-Identifier: Apache-2.0
/* Requests about interfaces that older programs and if_nametoindex(3) make: netdevice(7). */
#include "guest-runtime/net/interface.h"

#include "guest-runtime/host/boot.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/net/constants.h"

#include <linux/errno.h>
#include <linux/sockios.h>

#define NAME_SIZE 16

/* struct ifreq; linux/if.h does not go with freestanding code. */
struct request {
	char name[NAME_SIZE];
	union {
		struct {
			uint16_t family, port;
			uint8_t address[4];
		} inet;
		int16_t flags;
		int32_t number;
		uint8_t bytes[24];
	} value;
};

static void put_inet(struct request *r, uint8_t first, uint8_t last)
{
	memset(r->value.bytes, 0, sizeof(r->value.bytes));
	r->value.inet.family = AF_INET;
	r->value.inet.address[0] = first;
	r->value.inet.address[3] = last;
}

static bool is_about_address(uint32_t request)
{
	return request == SIOCGIFADDR || request == SIOCGIFNETMASK || request == SIOCGIFBRDADDR ||
	       request == SIOCGIFDSTADDR;
}

static long answer(uint32_t request, struct request *r)
{
	if (!boot_block()->loopback && is_about_address(request))
		return -EADDRNOTAVAIL;
	switch (request) {
	case SIOCGIFINDEX:
		r->value.number = INTERFACE_INDEX;
		return 0;
	case SIOCGIFFLAGS:
		r->value.flags = boot_block()->loopback ? INTERFACE_FLAGS : INTERFACE_DOWN;
		return 0;
	case SIOCGIFADDR:
		put_inet(r, 127, 1);
		return 0;
	case SIOCGIFNETMASK:
		put_inet(r, 255, 0);
		return 0;
	case SIOCGIFBRDADDR:
	case SIOCGIFDSTADDR:
		put_inet(r, request == SIOCGIFDSTADDR ? 127 : 0, request == SIOCGIFDSTADDR);
		return 0;
	case SIOCGIFMTU:
		r->value.number = (int32_t)INTERFACE_MTU;
		return 0;
	case SIOCGIFTXQLEN:
		r->value.number = 1000;
		return 0;
	case SIOCGIFMETRIC:
		r->value.number = 0;
		return 0;
	case SIOCGIFHWADDR:
		memset(r->value.bytes, 0, sizeof(r->value.bytes));
		r->value.inet.family = 772; /* ARPHRD_LOOPBACK */
		return 0;
	default:
		return -EPERM; /* what changes something */
	}
}

/* SIOCGIFCONF: a list of those with an address; struct ifconf is a length and where to. */
static long list(uva_t argument)
{
	struct {
		int32_t length, pad;
		uint64_t to;
	} where;
	struct request r = { .name = INTERFACE_NAME };

	if (copy_from_user(&where, argument, sizeof(where)))
		return -EFAULT;
	put_inet(&r, 127, 1);
	if (!boot_block()->loopback)
		where.length = 0;
	else if (where.to && where.length < (int32_t)sizeof(r))
		where.length = 0;
	else if (where.to && copy_to_user(where.to, &r, sizeof(r)))
		return -EFAULT;
	else
		where.length = sizeof(r);
	return copy_to_user(argument, &where, sizeof(where));
}

static long by_index(uva_t argument)
{
	struct request r;

	if (copy_from_user(&r, argument, sizeof(r)))
		return -EFAULT;
	if (r.value.number != INTERFACE_INDEX)
		return -ENODEV;
	memset(r.name, 0, sizeof(r.name));
	memcpy(r.name, INTERFACE_NAME, sizeof(INTERFACE_NAME));
	return copy_to_user(argument, &r, sizeof(r));
}

long interface_ioctl(uint32_t request, uint64_t argument)
{
	struct request r;

	if (request < SIOCGIFNAME || request > SIOCSIFTXQLEN)
		return -ENOTTY;
	if (request == SIOCGIFCONF)
		return list(argument);
	if (request == SIOCGIFNAME)
		return by_index(argument);
	if (copy_from_user(&r, argument, sizeof(r)))
		return -EFAULT;
	r.name[NAME_SIZE - 1] = '\0';
	if (strcmp(r.name, INTERFACE_NAME) != 0)
		return -ENODEV;
	long error = answer(request, &r);
	return error ? error : copy_to_user(argument, &r, sizeof(r));
}
