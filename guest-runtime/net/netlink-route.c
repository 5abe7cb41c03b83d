// SPDX-License-Identifier: Apache-2.0
/* NETLINK_ROUTE: the interface lo with its two addresses, as `ip` and getifaddrs(3) read them. */
#include "guest-runtime/host/boot.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/net/interface.h"
#include "guest-runtime/net/netlink.h"

#include <linux/errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#define ARPHRD_LOOPBACK 772	 /* linux/if_arp.h does not go with freestanding code, */
#define IFF_LOWER_UP	0x10000u /* nor does linux/if.h */

static void put_u32(struct netlink_reply *reply, uint16_t type, uint32_t value)
{
	netlink_attribute(reply, type, &value, sizeof(value));
}

static void put_u8(struct netlink_reply *reply, uint16_t type, uint8_t value)
{
	netlink_attribute(reply, type, &value, sizeof(value));
}

static void put_link(struct netlink_reply *reply, uint16_t flags)
{
	static const uint8_t no_address[6];
	bool up = boot_block()->loopback;
	const struct ifinfomsg body = {
		.ifi_type = ARPHRD_LOOPBACK,
		.ifi_index = INTERFACE_INDEX,
		.ifi_flags = up ? INTERFACE_FLAGS | IFF_LOWER_UP : INTERFACE_DOWN,
	};
	struct nlmsghdr *message = netlink_begin(reply, RTM_NEWLINK, flags, &body, sizeof(body));

	netlink_attribute(reply, IFLA_IFNAME, INTERFACE_NAME, sizeof(INTERFACE_NAME));
	put_u32(reply, IFLA_TXQLEN, 1000);
	put_u8(reply, IFLA_OPERSTATE, up ? 0 : 2); /* unknown, as lo's is, or down */
	put_u8(reply, IFLA_LINKMODE, 0);
	put_u32(reply, IFLA_MTU, INTERFACE_MTU);
	put_u32(reply, IFLA_GROUP, 0);
	put_u32(reply, IFLA_PROMISCUITY, 0);
	put_u32(reply, IFLA_NUM_TX_QUEUES, 1);
	put_u32(reply, IFLA_NUM_RX_QUEUES, 1);
	put_u8(reply, IFLA_CARRIER, 1);
	if (up)
		netlink_attribute(reply, IFLA_QDISC, "noqueue", sizeof("noqueue"));
	else
		netlink_attribute(reply, IFLA_QDISC, "noop", sizeof("noop"));
	netlink_attribute(reply, IFLA_ADDRESS, no_address, sizeof(no_address));
	netlink_attribute(reply, IFLA_BROADCAST, no_address, sizeof(no_address));
	netlink_end(reply, message);
}

static const struct address {
	uint8_t family, prefix, size, bytes[16];
} addresses[] = {
	{ AF_INET, 8, 4, { 127, 0, 0, 1 } },
	{ AF_INET6, 128, 16, { [15] = 1 } },
};

static void put_address(struct netlink_reply *reply, const struct address *address)
{
	const struct ifa_cacheinfo forever = { .ifa_prefered = UINT32_MAX,
					       .ifa_valid = UINT32_MAX };
	const struct ifaddrmsg body = { .ifa_family = address->family,
					.ifa_prefixlen = address->prefix,
					.ifa_flags = IFA_F_PERMANENT,
					.ifa_scope = RT_SCOPE_HOST,
					.ifa_index = INTERFACE_INDEX };
	struct nlmsghdr *message =
		netlink_begin(reply, RTM_NEWADDR, NLM_F_MULTI, &body, sizeof(body));

	netlink_attribute(reply, IFA_ADDRESS, address->bytes, address->size);
	if (address->family == AF_INET) {
		netlink_attribute(reply, IFA_LOCAL, address->bytes, address->size);
		netlink_attribute(reply, IFA_LABEL, INTERFACE_NAME, sizeof(INTERFACE_NAME));
	}
	put_u32(reply, IFA_FLAGS, IFA_F_PERMANENT);
	netlink_attribute(reply, IFA_CACHEINFO, &forever, sizeof(forever));
	netlink_end(reply, message);
}

/* The name that a request for one link gives, or NULL. */
static const char *name_in(const void *body, size_t size)
{
	const uint8_t *bytes = body;

	for (size_t at = NLMSG_ALIGN(sizeof(struct ifinfomsg));
	     at + sizeof(struct rtattr) <= size;) {
		struct rtattr attribute;

		memcpy(&attribute, bytes + at, sizeof(attribute));
		if (attribute.rta_len < sizeof(attribute) || attribute.rta_len > size - at)
			return NULL;
		if (attribute.rta_type == IFLA_IFNAME && bytes[at + attribute.rta_len - 1] == '\0')
			return (const char *)bytes + at + sizeof(attribute);
		at += RTA_ALIGN(attribute.rta_len);
	}
	return NULL;
}

static int get_link(const struct nlmsghdr *request, const void *body, size_t size,
		    struct netlink_reply *reply)
{
	struct ifinfomsg asked = { 0 };
	bool dump = (request->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;

	memcpy(&asked, body, MIN(size, sizeof(asked)));
	if (!dump) {
		const char *name = name_in(body, size);

		if (asked.ifi_index ? asked.ifi_index != INTERFACE_INDEX
				    : !name || strcmp(name, INTERFACE_NAME) != 0)
			return -ENODEV;
	}
	put_link(reply, dump ? NLM_F_MULTI : 0);
	return 0;
}

static int get_addresses(const void *body, size_t size, struct netlink_reply *reply)
{
	uint8_t family = size ? *(const uint8_t *)body : AF_UNSPEC;

	for (size_t i = 0; boot_block()->loopback && i < ARRAY_SIZE(addresses); i++)
		if (family == AF_UNSPEC || family == addresses[i].family)
			put_address(reply, &addresses[i]);
	return 0;
}

int netlink_route(const struct nlmsghdr *request, const void *body, size_t size,
		  struct netlink_reply *reply)
{
	bool dump = (request->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;

	switch (request->nlmsg_type) {
	case RTM_GETLINK:
		return get_link(request, body, size, reply);
	case RTM_GETADDR:
		return dump ? get_addresses(body, size, reply) : -EOPNOTSUPP;
	case RTM_GETROUTE:
		return dump ? 0 : -ENETUNREACH;
	case RTM_GETNEIGH:
	case RTM_GETRULE:
	case RTM_GETQDISC:
	case RTM_GETNEIGHTBL:
	case RTM_GETADDRLABEL:
	case RTM_GETNETCONF:
		return dump ? 0 : -EOPNOTSUPP;
	}
	/*
	 * New, delete, get, set: the other three of each are the
	 * administrator's, and there is none.
	 */
	return request->nlmsg_type < RTM_BASE || request->nlmsg_type > RTM_MAX ? -EOPNOTSUPP
									       : -EPERM;
}
