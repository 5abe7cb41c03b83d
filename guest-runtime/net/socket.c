// SPDX-License-Identifier: Apache-2.0
/* Sockets as open files, and what is common to all families. */
#include "guest-runtime/net/socket.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/net/inet.h"
#include "guest-runtime/net/interface.h"
#include "guest-runtime/net/netlink.h"
#include "guest-runtime/net/unix.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/fd.h"
#include "guest-runtime/sys/restart.h"

#include <asm/ioctls.h>
#include <asm/signal.h>
#include <linux/magic.h>
#include <linux/sockios.h>

#define BUFFER_BYTES 212992u /* net.core.wmem_default and rmem_default */

int socket_create(int family, int type, int protocol, struct socket **out)
{
	if (family < 0 || family >= AF_MAX)
		return -EAFNOSUPPORT;
	if (type < 0 || type >= SOCK_MAX)
		return -EINVAL;
	switch (family) {
	case AF_UNIX:
		return unix_create(type, protocol, out);
	case AF_INET:
	case AF_INET6:
		return inet_create((uint16_t)family, type, protocol, out);
	case AF_NETLINK:
		return netlink_create(type, protocol, out);
	default:
		return -EAFNOSUPPORT;
	}
}

static long name(const struct dentry *entry, char *buffer, size_t size)
{
	return format(buffer, size, "socket:[%lu]", entry->inode->attr.ino);
}

static void release_inode(struct inode *inode)
{
	struct socket *socket = container_of(inode, struct socket, inode);

	socket->ops->free(socket);
}

static const struct super_ops super_ops = { .name = name, .magic = SOCKFS_MAGIC };
static const struct inode_ops inode_ops = { .set_attr = inode_set_attr, .release = release_inode };

int socket_init(struct socket *socket, uint16_t family, uint16_t type, const struct socket_ops *ops)
{
	static struct super *super;
	static uint64_t cookies;

	if (!super)
		super = super_create_hidden(&super_ops, "sockfs");
	if (!super)
		return -ENOMEM;
	inode_init(&socket->inode, super, &inode_ops, S_IFSOCK | 0777);
	inode_own(&socket->inode);
	socket->ops = ops;
	socket->family = family;
	socket->type = type;
	socket->cookie = ++cookies;
	socket->options = (struct socket_options){
		.send_bytes = BUFFER_BYTES,
		.receive_bytes = BUFFER_BYTES,
		.send_ns = WAIT_FOREVER,
		.receive_ns = WAIT_FOREVER,
		.receive_low = 1,
		.peek_offset = -1,
	};
	return 0;
}

/* The file's position is none. */
static long transfer(struct file *file, struct uio *uio, bool out)
{
	struct socket *socket = file->private;
	struct net_message message = {
		.uio = uio,
		.flags = out && socket->type == SOCK_SEQPACKET ? MSG_EOR : 0,
		.nonblocking = file->flags & O_NONBLOCK,
	};

	return out ? socket_send(socket, &message) : socket_receive(socket, &message);
}

static long read(struct file *file, struct uio *uio, int64_t *offset)
{
	(void)offset;
	return uio->left ? transfer(file, uio, false) : 0;
}

static long write(struct file *file, struct uio *uio, int64_t *offset)
{
	(void)offset;
	return transfer(file, uio, true);
}

static uint32_t poll(struct file *file)
{
	struct socket *socket = file->private;

	return socket->ops->poll(socket);
}

static struct wait_queue *queue(struct file *file)
{
	struct socket *socket = file->private;

	return &socket->queue;
}

static long ioctl(struct file *file, uint32_t request, uint64_t argument)
{
	struct socket *socket = file->private;
	int32_t id;

	switch (request) {
	case SIOCSPGRP:
	case FIOSETOWN:
		if (copy_from_user(&id, argument, sizeof(id)) < 0)
			return -EFAULT;
		return fd_set_owner(file, id);
	case SIOCGPGRP:
	case FIOGETOWN:
		id = fd_get_owner(file);
		return copy_to_user(argument, &id, sizeof(id));
	}
	long result = interface_ioctl(request, argument);
	if (result != -ENOTTY)
		return result;
	return socket->ops->ioctl ? socket->ops->ioctl(socket, request, argument) : -ENOTTY;
}

static void release(struct file *file)
{
	struct socket *socket = file->private;

	if (!socket)
		return;
	socket->file = NULL;
	socket->ops->close(socket);
}

static const struct file_ops socket_file_ops = {
	.read = read,
	.write = write,
	.poll = poll,
	.queue = queue,
	.ioctl = ioctl,
	.release = release,
};

struct socket *socket_of(const struct file *file)
{
	return file->ops == &socket_file_ops ? file->private : NULL;
}

struct file *socket_open(struct socket *socket, uint32_t flags)
{
	struct dentry *entry = dentry_create_root(socket->inode.super, inode_get(&socket->inode));
	struct file *file = entry ? file_create(&socket->inode, entry, O_RDWR | flags) : NULL;

	if (!entry)
		socket_put(socket);
	if (file) {
		file->ops = &socket_file_ops;
		file->private = socket;
		socket->file = file;
	} else {
		socket->ops->close(socket);
	}
	dentry_put(entry);
	socket_put(socket);
	return file;
}

struct file *socket_get_file(int fd, struct socket **socket, long *error)
{
	struct file *file = fd_get(fd);

	*error = file ? -ENOTSOCK : -EBADF;
	if (!file)
		return NULL;
	*socket = socket_of(file);
	if (*socket)
		return file;
	file_put(file);
	return NULL;
}

int64_t socket_deadline(int64_t timeout_ns, bool nonblocking)
{
	if (nonblocking)
		return 0;
	return timeout_ns == WAIT_FOREVER ? WAIT_FOREVER : clock_monotonic_ns() + timeout_ns;
}

long socket_sleep(struct wait_queue *from, int64_t deadline)
{
	struct waiter waiter;

	if (deadline == 0)
		return -EAGAIN;
	waiter_add(&waiter, from, 0);
	long ended = wait_sleep(deadline);
	waiter_remove(&waiter);
	if (ended == -EINTR)
		return deadline == WAIT_FOREVER ? -ERESTARTSYS : -EINTR;
	return ended == -ETIMEDOUT ? -EAGAIN : ended;
}

long socket_broken(uint32_t flags)
{
	if (!(flags & MSG_NOSIGNAL))
		signal_raise_self(SIGPIPE);
	return -EPIPE;
}

size_t socket_wanted(const struct socket *socket, uint32_t flags, size_t size)
{
	size_t wanted = flags & MSG_WAITALL ? size : MIN((size_t)socket->options.receive_low, size);

	return wanted ? wanted : 1;
}

long socket_send(struct socket *socket, struct net_message *message)
{
	message->nonblocking |= (message->flags & MSG_DONTWAIT) != 0;
	return socket->ops->send(socket, message);
}

long socket_receive(struct socket *socket, struct net_message *message)
{
	message->nonblocking |= (message->flags & MSG_DONTWAIT) != 0;
	if (message->from)
		message->from->length = 0;
	return socket->ops->receive(socket, message);
}
