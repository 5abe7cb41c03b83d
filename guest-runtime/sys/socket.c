// SPDX-License-Identifier: Apache-2.0
/* Sockets: making, naming, connecting, options. Messages are in socket-message.c. */
#include "guest-runtime/sys/socket.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/sys/sys.h"

#define FLAGS (O_CLOEXEC | O_NONBLOCK) /* SOCK_CLOEXEC, SOCK_NONBLOCK */

int socket_address_read(uva_t from, int length, struct net_address *address)
{
	if (length < 0 || length > NET_ADDRESS_MAX)
		return -EINVAL;
	address->family = 0;
	address->length = (uint32_t)length;
	return length ? copy_from_user(address->bytes, from, (size_t)length) : 0;
}

int socket_address_write(const struct net_address *address, uva_t to, uva_t length)
{
	int32_t room;

	if (copy_from_user(&room, length, sizeof(room)) < 0)
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	if (copy_to_user(to, address->bytes, MIN((uint32_t)room, address->length)) < 0)
		return -EFAULT;
	return copy_to_user(length, &address->length, sizeof(address->length));
}

static bool split_type(uint64_t argument, int *type, uint32_t *flags)
{
	*flags = (uint32_t)argument & ~(uint32_t)SOCK_TYPE_MASK;
	*type = (int)argument & SOCK_TYPE_MASK;
	return !(*flags & ~(uint32_t)FLAGS);
}

static int install(struct socket *socket, uint32_t flags)
{
	struct file *file = socket_open(socket, flags & O_NONBLOCK);

	return file ? files_add(file, 0, flags & O_CLOEXEC) : -ENFILE;
}

long sys_socket(const uint64_t *a)
{
	struct socket *socket;
	uint32_t flags;
	int type;

	if (!split_type(a[1], &type, &flags))
		return -EINVAL;
	int error = socket_create((int)a[0], type, (int)a[2], &socket);
	return error < 0 ? error : install(socket, flags);
}

/* Two connected sockets without descriptors; pair[i] a reference each. */
static int make_pair(int family, int type, int protocol, struct socket *pair[2])
{
	int error = socket_create(family, type, protocol, &pair[0]);

	if (error < 0)
		return error;
	error = socket_create(family, type, protocol, &pair[1]);
	if (error == 0) {
		error = pair[0]->ops->pair ? pair[0]->ops->pair(pair[0], pair[1]) : -EOPNOTSUPP;
		if (error == 0)
			return 0;
		pair[1]->ops->close(pair[1]);
		socket_put(pair[1]);
	}
	pair[0]->ops->close(pair[0]);
	socket_put(pair[0]);
	return error;
}

long sys_socketpair(const uint64_t *a)
{
	struct socket *pair[2] = { NULL };
	uint32_t flags;
	int type, fds[2];

	if (!split_type(a[1], &type, &flags))
		return -EINVAL;
	int error = files_room();
	if (error == 0)
		error = make_pair((int)a[0], type, (int)a[2], pair);
	if (error != 0)
		return error;
	fds[0] = install(pair[0], flags);
	fds[1] = install(pair[1], flags);
	error = fds[0] < 0 ? fds[0] : fds[1] < 0 ? fds[1] : copy_to_user(a[3], fds, sizeof(fds));
	if (error == 0)
		return 0;
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			files_close(fds[i]);
	return error;
}

/* Binds or connects. */
static long with_address(const uint64_t *a, bool connect)
{
	struct net_address address;
	struct socket *socket;
	long error;
	struct file *file = socket_get_file((int)a[0], &socket, &error);

	if (!file)
		return error;
	error = socket_address_read(a[1], (int)a[2], &address);
	if (error == 0 && connect)
		error = socket->ops->connect
				? socket->ops->connect(socket, &address, file->flags & O_NONBLOCK)
				: -EOPNOTSUPP;
	else if (error == 0)
		error = socket->ops->bind ? socket->ops->bind(socket, &address) : -EOPNOTSUPP;
	file_put(file);
	return error;
}

long sys_bind(const uint64_t *a)
{
	return with_address(a, false);
}

long sys_connect(const uint64_t *a)
{
	return with_address(a, true);
}

long sys_listen(const uint64_t *a)
{
	struct socket *socket;
	long error;
	struct file *file = socket_get_file((int)a[0], &socket, &error);

	if (!file)
		return error;
	error = socket->ops->listen
			? socket->ops->listen(socket, MIN((uint32_t)a[1], (uint32_t)SOMAXCONN))
			: -EOPNOTSUPP;
	file_put(file);
	return error;
}

/* The name of who connected, if it is wanted; then a descriptor. */
static long install_accepted(struct socket *made, uva_t to, uva_t length, uint32_t flags)
{
	struct net_address address;
	int error = 0;

	if (to) {
		error = made->ops->name(made, true, &address) < 0
				? -ECONNABORTED
				: socket_address_write(&address, to, length);
	}
	if (error == 0)
		return install(made, flags);
	made->ops->close(made);
	socket_put(made);
	return error;
}

static long accept(int fd, uva_t to, uva_t length, uint32_t flags)
{
	struct socket *socket, *made = NULL;
	long error;

	if (flags & ~(uint32_t)FLAGS)
		return -EINVAL;
	struct file *file = socket_get_file(fd, &socket, &error);
	if (!file)
		return error;
	error = files_room();
	if (error == 0)
		error = socket->ops->accept
				? socket->ops->accept(socket, file->flags & O_NONBLOCK, &made)
				: -EOPNOTSUPP;
	file_put(file);
	return !made ? error : install_accepted(made, to, length, flags);
}

long sys_accept(const uint64_t *a)
{
	return accept((int)a[0], a[1], a[2], 0);
}

long sys_accept4(const uint64_t *a)
{
	return accept((int)a[0], a[1], a[2], (uint32_t)a[3]);
}

static long tell_name(const uint64_t *a, bool peer)
{
	struct net_address address;
	struct socket *socket;
	long error;
	struct file *file = socket_get_file((int)a[0], &socket, &error);

	if (!file)
		return error;
	error = socket->ops->name(socket, peer, &address);
	if (error == 0)
		error = socket_address_write(&address, a[1], a[2]);
	file_put(file);
	return error;
}

long sys_getsockname(const uint64_t *a)
{
	return tell_name(a, false);
}

long sys_getpeername(const uint64_t *a)
{
	return tell_name(a, true);
}

long sys_shutdown(const uint64_t *a)
{
	struct socket *socket;
	long error;
	struct file *file = socket_get_file((int)a[0], &socket, &error);

	if (!file)
		return error;
	/* SHUT_RD, SHUT_WR and SHUT_RDWR, one less than what they mean. */
	error = (uint32_t)a[1] > 2 ? -EINVAL : socket->ops->shutdown(socket, (uint32_t)a[1] + 1);
	file_put(file);
	return error;
}

long sys_setsockopt(const uint64_t *a)
{
	struct socket *socket;
	long error;
	struct file *file = socket_get_file((int)a[0], &socket, &error);

	if (!file)
		return error;
	error = socket_set_option(socket, (int)a[1], (int)a[2], a[3], (int)a[4]);
	file_put(file);
	return error;
}

long sys_getsockopt(const uint64_t *a)
{
	struct socket *socket;
	long error;
	struct file *file = socket_get_file((int)a[0], &socket, &error);

	if (!file)
		return error;
	error = socket_get_option(socket, (int)a[1], (int)a[2], a[3], a[4]);
	file_put(file);
	return error;
}
