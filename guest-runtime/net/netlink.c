// SPDX-License-Identifier: Apache-2.0
/*
 * Netlink sockets: what is sent is answered at once, into the socket's own
 * queue. Nothing is ever announced: the network does not change.
 */
#include "guest-runtime/net/netlink.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"

#include <asm/ioctls.h>
#include <linux/errno.h>
#include <linux/poll.h>

#define REQUEST_MAX 16384
#define SOL_NETLINK 270

struct datagram {
	struct list node;
	size_t length;
	uint8_t bytes[];
};

struct netlink {
	struct socket socket;
	struct list node; /* of all */
	uint32_t port, groups;
	uint32_t options; /* bit n: option n of SOL_NETLINK */
	struct list datagrams;
	size_t held;
};

static struct list sockets = LIST_INIT(sockets);

static struct netlink *netlink_of(struct socket *socket)
{
	return container_of(socket, struct netlink, socket);
}

static bool port_is_taken(const struct netlink *self, uint32_t port)
{
	list_for_each (node, &sockets) {
		const struct netlink *other = container_of(node, struct netlink, node);

		if (other != self && other->port == port &&
		    other->socket.protocol == self->socket.protocol)
			return true;
	}
	return false;
}

/* The process's own number, or one that no process has. */
static void take_any_port(struct netlink *netlink)
{
	static uint32_t last = 0xffffefff;
	uint32_t port = (uint32_t)current()->process->pid;

	while (port_is_taken(netlink, port))
		port = last--;
	netlink->port = port;
}

static int get_address(const struct net_address *from, struct sockaddr_nl *to)
{
	if (from->length < sizeof(*to) || from->family != AF_NETLINK)
		return -EINVAL;
	memcpy(to, from->bytes, sizeof(*to));
	return 0;
}

static int bind(struct socket *socket, const struct net_address *address)
{
	struct netlink *netlink = netlink_of(socket);
	struct sockaddr_nl name;
	int error = get_address(address, &name);

	if (error)
		return error;
	if (netlink->port && name.nl_pid && name.nl_pid != netlink->port)
		return -EINVAL;
	if (!netlink->port && name.nl_pid) {
		if (port_is_taken(netlink, name.nl_pid))
			return -EADDRINUSE;
		netlink->port = name.nl_pid;
	}
	if (!netlink->port)
		take_any_port(netlink);
	netlink->groups = name.nl_groups;
	return 0;
}

/* Only the kernel can be talked to. */
static int connect(struct socket *socket, const struct net_address *address, bool nonblocking)
{
	struct sockaddr_nl name;

	(void)nonblocking;
	if (address->length >= sizeof(address->family) && address->family == AF_UNSPEC) {
		socket->state = SOCKET_IDLE;
		return 0;
	}
	int error = get_address(address, &name);
	if (error)
		return error;
	if (name.nl_pid || name.nl_groups)
		return -EPERM;
	if (!netlink_of(socket)->port)
		take_any_port(netlink_of(socket));
	socket->state = SOCKET_CONNECTED;
	return 0;
}

static void put_name(struct net_address *out, uint32_t port, uint32_t groups)
{
	const struct sockaddr_nl name = { .nl_family = AF_NETLINK,
					  .nl_pid = port,
					  .nl_groups = groups };

	out->length = sizeof(name);
	memcpy(out->bytes, &name, sizeof(name));
}

static int name(struct socket *socket, bool peer, struct net_address *out)
{
	const struct netlink *netlink = netlink_of(socket);

	put_name(out, peer ? 0 : netlink->port, peer ? 0 : netlink->groups);
	return 0;
}

struct nlmsghdr *netlink_begin(struct netlink_reply *reply, uint16_t type, uint16_t flags,
			       const void *body, size_t size)
{
	struct nlmsghdr *message = (struct nlmsghdr *)(reply->bytes + reply->length);

	must(reply->length + NLMSG_SPACE(size) <= sizeof(reply->bytes));
	*message = (struct nlmsghdr){ .nlmsg_type = type,
				      .nlmsg_flags = flags,
				      .nlmsg_seq = reply->sequence,
				      .nlmsg_pid = reply->port };
	memcpy(message + 1, body, size);
	reply->length += NLMSG_SPACE(size);
	return message;
}

void netlink_attribute(struct netlink_reply *reply, uint16_t type, const void *value, size_t size)
{
	const struct nlattr head = { .nla_type = type, .nla_len = (uint16_t)(sizeof(head) + size) };

	must(reply->length + ((head.nla_len + 3u) & ~(size_t)3) <= sizeof(reply->bytes));
	memcpy(reply->bytes + reply->length, &head, sizeof(head));
	memcpy(reply->bytes + reply->length + sizeof(head), value, size);
	reply->length += (head.nla_len + 3u) & ~(size_t)3;
}

void netlink_end(struct netlink_reply *reply, struct nlmsghdr *message)
{
	message->nlmsg_len = (uint32_t)(reply->bytes + reply->length - (uint8_t *)message);
}

static int queue_reply(struct netlink *netlink, struct netlink_reply *reply)
{
	size_t size = sizeof(struct datagram) + reply->length;

	if (reply->length == 0)
		return 0;
	if (netlink->held + reply->length > netlink->socket.options.receive_bytes)
		return -ENOBUFS;
	struct datagram *datagram = net_charge(size) ? kmalloc(size) : NULL;
	if (!datagram)
		return -ENOBUFS;
	datagram->length = reply->length;
	memcpy(datagram->bytes, reply->bytes, reply->length);
	list_add_before(&netlink->datagrams, &datagram->node);
	netlink->held += reply->length;
	reply->length = 0;
	wait_queue_wake(&netlink->socket.queue, POLLIN | POLLRDNORM);
	return 0;
}

static int answer(struct netlink *netlink, const struct nlmsghdr *request, const void *body,
		  size_t size, struct netlink_reply *reply)
{
	bool dump = (request->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	int error = -EOPNOTSUPP;

	reply->length = 0;
	reply->port = netlink->port;
	reply->sequence = request->nlmsg_seq;
	if (netlink->socket.protocol == NETLINK_ROUTE)
		error = netlink_route(request, body, size, reply);
	else if (netlink->socket.protocol == NETLINK_SOCK_DIAG)
		error = -ENOENT; /* /proc/net tells of sockets */
	if (error == 0 && dump) {
		const int32_t none = 0;

		error = queue_reply(netlink, reply);
		netlink_end(reply,
			    netlink_begin(reply, NLMSG_DONE, NLM_F_MULTI, &none, sizeof(none)));
	} else if (error || (request->nlmsg_flags & NLM_F_ACK)) {
		const struct nlmsgerr told = { .error = error, .msg = *request };

		error = queue_reply(netlink, reply);
		netlink_end(reply, netlink_begin(reply, NLMSG_ERROR, 0, &told, sizeof(told)));
	}
	return error ? error : queue_reply(netlink, reply);
}

/* Each request of a datagram; what is not one ends it, as Linux does. */
static int serve(struct netlink *netlink, const uint8_t *bytes, size_t length)
{
	struct netlink_reply *reply = kmalloc(sizeof(*reply));
	int error = reply ? 0 : -ENOBUFS;

	for (size_t at = 0; !error && length - at >= sizeof(struct nlmsghdr);) {
		struct nlmsghdr head;

		memcpy(&head, bytes + at, sizeof(head));
		if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > length - at)
			break;
		if ((head.nlmsg_flags & NLM_F_REQUEST) && head.nlmsg_type >= NLMSG_MIN_TYPE)
			error = answer(netlink, &head, bytes + at + sizeof(head),
				       head.nlmsg_len - sizeof(head), reply);
		at += MIN(NLMSG_ALIGN((size_t)head.nlmsg_len), length - at);
	}
	kfree(reply);
	return error;
}

static long send(struct socket *socket, struct net_message *message)
{
	struct netlink *netlink = netlink_of(socket);
	size_t length = message->uio->left;
	struct sockaddr_nl to = { 0 };
	int error = message->to ? get_address(message->to, &to) : 0;

	if (message->flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (error)
		return error;
	if (to.nl_groups)
		return -EPERM;
	if (to.nl_pid)
		return -ECONNREFUSED;
	if (length > REQUEST_MAX)
		return -EMSGSIZE;
	if (!netlink->port)
		take_any_port(netlink);
	uint8_t *bytes = kmalloc(length + 1);
	if (!bytes)
		return -ENOBUFS;
	long taken = uio_take(message->uio, bytes, length);
	if (taken >= 0 && (size_t)taken == length)
		error = serve(netlink, bytes, length);
	else
		error = -EFAULT;
	kfree(bytes);
	return error ? error : (long)length;
}

static struct datagram *first(const struct netlink *netlink)
{
	return container_of(netlink->datagrams.next, struct datagram, node);
}

static void drop(struct netlink *netlink, struct datagram *datagram)
{
	netlink->held -= datagram->length;
	net_uncharge(sizeof(*datagram) + datagram->length);
	list_remove(&datagram->node);
	kfree(datagram);
}

static long receive(struct socket *socket, struct net_message *message)
{
	struct netlink *netlink = netlink_of(socket);
	int64_t deadline = socket_deadline(socket->options.receive_ns, message->nonblocking);

	if (message->flags & MSG_OOB)
		return -EOPNOTSUPP;
	while (list_empty(&netlink->datagrams)) {
		long error = socket_sleep(&socket->queue, deadline);

		if (error < 0)
			return error;
	}
	struct datagram *datagram = first(netlink);
	size_t length = datagram->length, n = MIN(message->uio->left, length);
	if (message->from)
		put_name(message->from, 0, 0);
	if (n < length)
		message->told |= MSG_TRUNC;
	if (n && uio_fill(message->uio, datagram->bytes, n) < (long)n)
		return -EFAULT;
	if (!(message->flags & MSG_PEEK))
		drop(netlink, datagram);
	return (long)(message->flags & MSG_TRUNC ? length : n);
}

static uint32_t poll(struct socket *socket)
{
	uint32_t ready = POLLOUT | POLLWRNORM | POLLWRBAND;

	return ready | (list_empty(&netlink_of(socket)->datagrams) ? 0 : POLLIN | POLLRDNORM);
}

static int set_option(struct socket *socket, int level, int option, uva_t value, uint32_t length)
{
	struct netlink *netlink = netlink_of(socket);
	uint32_t on;

	if (level != SOL_NETLINK || option < NETLINK_ADD_MEMBERSHIP ||
	    option > NETLINK_GET_STRICT_CHK)
		return -ENOPROTOOPT;
	if (length < sizeof(on))
		return -EINVAL;
	if (copy_from_user(&on, value, sizeof(on)) < 0)
		return -EFAULT;
	if (option == NETLINK_ADD_MEMBERSHIP || option == NETLINK_DROP_MEMBERSHIP)
		return on ? 0 : -EINVAL; /* no group ever hears anything */
	netlink->options &= ~(1u << option);
	netlink->options |= on ? 1u << option : 0;
	return 0;
}

static int get_option(struct socket *socket, int level, int option, void *value, uint32_t *length)
{
	if (level != SOL_NETLINK || option <= NETLINK_DROP_MEMBERSHIP ||
	    option > NETLINK_GET_STRICT_CHK)
		return -ENOPROTOOPT;
	if (*length < sizeof(uint32_t))
		return -EINVAL;
	*(uint32_t *)value = netlink_of(socket)->options >> option & 1;
	*length = sizeof(uint32_t);
	return 0;
}

static void close(struct socket *socket)
{
	struct netlink *netlink = netlink_of(socket);
	struct list *next;

	for (struct list *node = netlink->datagrams.next; node != &netlink->datagrams;
	     node = next) {
		next = node->next;
		drop(netlink, container_of(node, struct datagram, node));
	}
	list_remove(&netlink->node);
}

static void free_socket(struct socket *socket)
{
	kfree(netlink_of(socket));
}

static const struct socket_ops netlink_ops = {
	.bind = bind,
	.connect = connect,
	.name = name,
	.send = send,
	.receive = receive,
	.poll = poll,
	.set_option = set_option,
	.get_option = get_option,
	.close = close,
	.free = free_socket,
};

int netlink_create(int type, int protocol, struct socket **out)
{
	if (type != SOCK_RAW && type != SOCK_DGRAM)
		return -ESOCKTNOSUPPORT;
	if (protocol != NETLINK_ROUTE && protocol != NETLINK_SOCK_DIAG &&
	    protocol != NETLINK_KOBJECT_UEVENT)
		return -EPROTONOSUPPORT;
	struct netlink *made = kmalloc(sizeof(*made));
	if (!made)
		return -ENOMEM;
	int error = socket_init(&made->socket, AF_NETLINK, (uint16_t)type, &netlink_ops);
	if (error) {
		kfree(made);
		return error;
	}
	made->socket.protocol = (uint16_t)protocol;
	list_init(&made->datagrams);
	list_add_before(&sockets, &made->node);
	*out = &made->socket;
	return 0;
}
