// SPDX-License-Identifier: Apache-2.0
/* AF_INET and AF_INET6: making sockets, their names. */
#include "guest-runtime/net/inet.h"
#include "guest-runtime/host/boot.h"

#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"

#include <linux/in.h>
#include <linux/in6.h>

#define TCP_SEND_BYTES	  16384u /* net.ipv4.tcp_wmem and tcp_rmem */
#define TCP_RECEIVE_BYTES 131072u

struct list inet_sockets = LIST_INIT(inet_sockets);

struct inet_socket *inet_allocate(uint16_t family, uint16_t type)
{
	const struct socket_ops *ops = type == SOCK_STREAM ? &tcp_ops : &udp_ops;

	if (!net_charge(sizeof(struct inet_socket)))
		return NULL;
	struct inet_socket *made = kmalloc(sizeof(*made));
	if (!made || socket_init(&made->socket, family, type, ops) < 0) {
		net_uncharge(sizeof(*made));
		kfree(made);
		return NULL;
	}
	made->socket.protocol = type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
	if (type == SOCK_STREAM) {
		made->socket.options.send_bytes = TCP_SEND_BYTES;
		made->socket.options.receive_bytes = TCP_RECEIVE_BYTES;
	}
	if (family == AF_INET) /* 0.0.0.0 */
		made->local.ip[10] = made->local.ip[11] = 0xff;
	made->remote = made->local;
	made->uid = current()->process->euid;
	list_init(&made->port);
	list_init(&made->embryos);
	list_init(&made->embryo);
	list_init(&made->joining);
	list_init(&made->datagrams);
	inet_default_options(made);
	list_add_before(&inet_sockets, &made->all);
	return made;
}

void inet_free(struct socket *socket)
{
	struct inet_socket *inet = inet_of(socket);

	list_remove(&inet->all);
	inet_put(inet->peer);
	net_uncharge(sizeof(*inet));
	kfree(inet);
}

int inet_create(uint16_t family, int type, int protocol, struct socket **out)
{
	if (protocol < 0 || protocol >= IPPROTO_MAX)
		return -EINVAL;
	if (type == SOCK_RAW)
		return protocol ? -EPERM : -EPROTONOSUPPORT;
	if (type != SOCK_STREAM && type != SOCK_DGRAM)
		return -ESOCKTNOSUPPORT;
	if (protocol && protocol != (type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP))
		return -EPROTONOSUPPORT;
	struct inet_socket *made = inet_allocate(family, (uint16_t)type);
	if (!made)
		return -ENOMEM;
	*out = &made->socket;
	return 0;
}

/* AF_UNSPEC with 0.0.0.0 is let pass, as of old. */
static int parse_own(const struct inet_socket *inet, const struct net_address *address,
		     struct inet_address *to)
{
	struct net_address named = *address;

	if (inet->socket.family == AF_INET && address->length >= sizeof(struct sockaddr_in) &&
	    address->family == AF_UNSPEC) {
		named.family = AF_INET;
		int error = inet_parse(inet, &named, to);
		return error < 0 || inet_is_any(to) ? error : -EAFNOSUPPORT;
	}
	if (inet->socket.family == AF_INET6 && address->length >= sizeof(named.family) &&
	    address->family != AF_INET6)
		return address->length < 24 ? -EINVAL : -EAFNOSUPPORT;
	return inet_parse(inet, address, to);
}

int inet_bind(struct socket *socket, const struct net_address *address)
{
	struct inet_socket *inet = inet_of(socket);
	struct inet_address local;
	int error = parse_own(inet, address, &local);

	if (error < 0)
		return error;
	if (socket->family == AF_INET6 && inet_is_v4(&local) &&
	    inet_option(inet, IPPROTO_IPV6, IPV6_V6ONLY))
		return -EINVAL;
	if (!inet_is_any(&local) && !inet_is_own(&local))
		return inet_refuse(NOTE_LISTEN, &local,
				   boot_block()->loopback ? -EACCES : -EADDRNOTAVAIL);
	if (inet_is_bound(inet) || socket->state != SOCKET_IDLE)
		return -EINVAL;
	error = inet_take_port(inet, &local);
	if (error == 0) {
		inet->bound_address = !inet_is_any(&local);
		inet->bound_port = local.port != 0;
	}
	return error;
}

int inet_name(struct socket *socket, bool peer, struct net_address *out)
{
	struct inet_socket *inet = inet_of(socket);

	if (peer && (!inet->remote.port || socket->state != SOCKET_CONNECTED || inet->reset))
		return -ENOTCONN;
	inet_show(inet, peer ? &inet->remote : &inet->local, out);
	return 0;
}

void inet_disconnect(struct inet_socket *inet)
{
	if (!inet->bound_port)
		inet_leave_port(inet);
	if (!inet->bound_address) {
		bool v4 = inet->socket.family == AF_INET;

		memset(inet->local.ip, 0, sizeof(inet->local.ip));
		inet->local.ip[10] = inet->local.ip[11] = v4 ? 0xff : 0;
	}
	inet->remote.port = 0;
}

/* The address and port that a connection to `remote` comes from. */
int inet_choose_source(struct inet_socket *inet, const struct inet_address *remote)
{
	if (inet_is_any(&inet->local))
		inet_source(remote, &inet->local);
	else if (inet_is_v4(&inet->local) != inet_is_v4(remote))
		return -EINVAL;
	int error = inet_take_any_port(inet);
	return error == -EADDRINUSE ? -EADDRNOTAVAIL : error;
}
