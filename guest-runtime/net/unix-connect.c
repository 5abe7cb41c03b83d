// SPDX-License-Identifier: Apache-2.0
/* Connections of AF_UNIX: pairs, listening, connecting, accepting. */
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/net/control.h"
#include "guest-runtime/net/unix.h"
#include "guest-runtime/proc/process.h"

#include <linux/poll.h>

/* NULL: no memory. */
static struct unix_ids *current_ids(void)
{
	const struct process *process = current()->process;
	size_t groups = process->group_count * sizeof(process->groups[0]);
	struct unix_ids *ids = kmalloc(sizeof(*ids) + groups);

	if (!ids)
		return NULL;
	ids->references = 1;
	ids->ids = net_ids_current();
	ids->group_count = process->group_count;
	if (groups)
		memcpy(ids->groups, process->groups, groups);
	return ids;
}

static struct unix_ids *ids_get(struct unix_ids *ids)
{
	if (ids)
		ids->references++;
	return ids;
}

void unix_ids_put(struct unix_ids *ids)
{
	if (ids && --ids->references == 0)
		kfree(ids);
}

static void join(struct unix_socket *a, struct unix_socket *b)
{
	a->peer = unix_get(b);
	b->peer = unix_get(a);
	a->socket.state = b->socket.state = SOCKET_CONNECTED;
}

int unix_pair(struct socket *a, struct socket *b)
{
	struct unix_ids *ids = current_ids();

	if (!ids)
		return -ENOMEM;
	unix_of(a)->peer_ids = ids;
	unix_of(b)->peer_ids = ids_get(ids);
	join(unix_of(a), unix_of(b));
	return 0;
}

int unix_listen(struct socket *socket, uint32_t backlog)
{
	struct unix_socket *u = unix_of(socket);

	if (!u->address)
		return -EINVAL;
	if (socket->state != SOCKET_IDLE && socket->state != SOCKET_LISTENING)
		return -EINVAL;
	struct unix_ids *ids = current_ids();
	if (!ids)
		return -ENOMEM;
	unix_ids_put(u->ids);
	u->ids = ids;
	if (backlog > u->backlog)
		wait_queue_wake(&u->room, 0);
	u->backlog = backlog;
	socket->state = SOCKET_LISTENING;
	return 0;
}

/* The listener of this name that has room for one more; *out a reference. */
static int find_listener(struct unix_socket *u, const struct net_address *address, int64_t deadline,
			 struct unix_socket **out)
{
	for (;;) {
		int error = unix_find(address, u->socket.type, out);

		if (error < 0)
			return error;
		struct unix_socket *to = *out;
		if (to->socket.state != SOCKET_LISTENING ||
		    (to->socket.shutdown & SOCKET_NO_RECEIVE))
			error = -ECONNREFUSED;
		else if (to->waiting <= to->backlog)
			return 0;
		else
			error = (int)socket_sleep(&to->room, deadline);
		unix_put(to);
		*out = NULL;
		if (error < 0)
			return error;
	}
}

/* The listener's side of the connection. */
static struct unix_socket *make_embryo(struct unix_socket *listener)
{
	struct unix_socket *made = unix_allocate(listener->socket.type);

	if (!made)
		return NULL;
	made->address = unix_address_get(listener->address);
	made->peer_ids = current_ids();
	return made;
}

int unix_stream_connect(struct socket *socket, const struct net_address *address, bool nonblocking)
{
	struct unix_socket *u = unix_of(socket), *listener = NULL;
	int64_t deadline = socket_deadline(socket->options.send_ns, nonblocking);
	int error = unix_check_address(address);

	if (error == 0 && socket_option(socket, SO_PASSCRED))
		error = unix_autobind(u);
	if (error == 0)
		error = find_listener(u, address, deadline, &listener);
	if (!listener)
		return error;
	struct unix_socket *embryo = NULL;
	if (socket->state != SOCKET_IDLE)
		error = socket->state == SOCKET_CONNECTED ? -EISCONN : -EINVAL;
	else
		embryo = make_embryo(listener);
	if (embryo) {
		unix_ids_put(u->peer_ids);
		u->peer_ids = ids_get(listener->ids);
		join(u, embryo);
		list_add_before(&listener->embryos, &embryo->embryo);
		listener->waiting++;
		wait_queue_wake(&listener->socket.queue, POLLIN | POLLRDNORM);
	} else if (error == 0) {
		error = -ENOMEM;
	}
	unix_put(listener);
	return error;
}

int unix_accept(struct socket *socket, bool nonblocking, struct socket **out)
{
	struct unix_socket *u = unix_of(socket);
	int64_t deadline = socket_deadline(socket->options.receive_ns, nonblocking);
	long error = 0;

	if (socket->state != SOCKET_LISTENING)
		return -EINVAL;
	while (error == 0 && list_empty(&u->embryos)) {
		error = socket_take_error(socket);
		if (error == 0 && (socket->shutdown & SOCKET_NO_RECEIVE))
			error = deadline ? -EINVAL : -EAGAIN;
		if (error == 0)
			error = socket_sleep(&socket->queue, deadline);
	}
	if (error < 0)
		return (int)error;
	struct unix_socket *embryo = container_of(u->embryos.next, struct unix_socket, embryo);
	list_remove(&embryo->embryo);
	u->waiting--;
	wait_queue_wake(&u->room, POLLOUT);
	embryo->socket.options.on |= socket->options.on & SOCKET_OPTION(SO_PASSCRED);
	inode_own(&embryo->socket.inode);
	*out = &embryo->socket;
	return 0;
}
