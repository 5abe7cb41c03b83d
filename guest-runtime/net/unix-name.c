// SPDX-License-Identifier: Apache-2.0
/* Names of AF_UNIX sockets: paths, whose socket is found by the inode, and abstract ones. */
#include "guest-runtime/fs/names.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/lib/random.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/net/unix.h"
#include "guest-runtime/proc/process.h"

#define BUCKETS	       64
#define AUTOBIND_NAMES 0x100000u /* five hexadecimal digits */

static struct list buckets[BUCKETS];

static struct list *bucket(uint64_t hash)
{
	struct list *head = &buckets[hash % BUCKETS];

	if (!head->next)
		list_init(head);
	return head;
}

static struct list *bucket_of_inode(const struct inode *inode)
{
	return bucket((uint64_t)inode >> 6);
}

static struct list *bucket_of_name(const struct unix_address *address)
{
	uint64_t hash = address->length;

	for (uint32_t i = 0; i < address->length - UNIX_ADDRESS_BASE; i++)
		hash = hash * 31 + (uint8_t)address->name.path[i];
	return bucket(hash);
}

int unix_check_address(const struct net_address *address)
{
	if (address->length <= UNIX_ADDRESS_BASE ||
	    address->length > UNIX_ADDRESS_BASE + UNIX_PATH_MAX || address->family != AF_UNIX)
		return -EINVAL;
	return 0;
}

/* Of a path up to its NUL, of an abstract name all bytes. */
static void parse(const struct net_address *from, struct unix_address *to)
{
	size_t size = from->length - UNIX_ADDRESS_BASE;

	*to = (struct unix_address){ .references = 1 };
	memcpy(to->name.path, from->bytes + UNIX_ADDRESS_BASE, size);
	to->name.family = AF_UNIX;
	to->abstract = !to->name.path[0];
	to->length = to->abstract ? from->length
				  : UNIX_ADDRESS_BASE + (uint32_t)strlen(to->name.path) + 1;
}

struct unix_address *unix_address_get(struct unix_address *address)
{
	if (address)
		address->references++;
	return address;
}

void unix_address_put(struct unix_address *address)
{
	if (address && --address->references == 0)
		kfree(address);
}

static struct unix_socket *find_abstract(const struct unix_address *address, uint16_t type)
{
	struct list *head = bucket_of_name(address);

	list_for_each (node, head) {
		struct unix_socket *u = container_of(node, struct unix_socket, hash);

		if (u->address->abstract && u->socket.type == type &&
		    u->address->length == address->length &&
		    memcmp(&u->address->name, &address->name, address->length) == 0)
			return u;
	}
	return NULL;
}

static struct unix_socket *find_inode(const struct inode *inode)
{
	struct list *head = bucket_of_inode(inode);

	list_for_each (node, head) {
		struct unix_socket *u = container_of(node, struct unix_socket, hash);

		if (u->place && u->place->inode == inode)
			return u;
	}
	return NULL;
}

static int find_path(const char *path, uint16_t type, struct unix_socket **out)
{
	struct walk walk;
	struct unix_socket *found = NULL;
	int error = walk_path(AT_FDCWD, path, WALK_FOLLOW, &walk);

	if (error < 0)
		return error;
	struct inode *inode = walk.at->inode;
	error = inode_access(inode, 2, false);
	if (error == 0 && inode_is(inode, S_IFSOCK))
		found = find_inode(inode);
	if (found && found->socket.type == type)
		*out = unix_get(found);
	else if (error == 0)
		error = found ? -EPROTOTYPE : -ECONNREFUSED;
	dentry_put(walk.at);
	return error;
}

int unix_find(const struct net_address *address, uint16_t type, struct unix_socket **out)
{
	struct unix_address wanted;

	parse(address, &wanted);
	if (!wanted.abstract)
		return find_path(wanted.name.path, type, out);
	struct unix_socket *found = find_abstract(&wanted, type);
	if (!found)
		return -ECONNREFUSED;
	*out = unix_get(found);
	return 0;
}

static int bind_abstract(struct unix_socket *u, struct unix_address *address)
{
	if (find_abstract(address, u->socket.type))
		return -EADDRINUSE;
	u->address = address;
	list_add_before(bucket_of_name(address), &u->hash);
	return 0;
}

/* The name comes to be in the file system, as by mknod(2). */
static int bind_path(struct unix_socket *u, struct unix_address *address)
{
	uint32_t mode = S_IFSOCK | (u->socket.inode.attr.mode & 07777 & ~current()->fs->umask);
	struct dentry *entry;
	int error = path_make(AT_FDCWD, address->name.path, mode, 0, NULL, &entry);

	if (error < 0)
		return error == -EEXIST ? -EADDRINUSE : error;
	u->place = entry;
	u->address = address;
	list_add_before(bucket_of_inode(entry->inode), &u->hash);
	return 0;
}

/* A second name is refused, but first Linux says what is wrong with it. */
static int refuse_path(const struct unix_address *address)
{
	struct walk walk;
	struct dentry *entry;
	int error = walk_path(AT_FDCWD, address->name.path, WALK_PARENT, &walk);

	if (error < 0)
		return error;
	error = walk.last == LAST_NAME ? walk_name(walk.at, walk.name, walk.length, false, &entry)
				       : -EEXIST;
	if (error == 0) {
		dentry_put(entry);
		error = -EEXIST;
	}
	dentry_put(walk.at);
	return error == -EEXIST ? -EADDRINUSE : -EINVAL;
}

int unix_bind(struct socket *socket, const struct net_address *address)
{
	struct unix_socket *u = unix_of(socket);

	if (address->length == UNIX_ADDRESS_BASE && address->family == AF_UNIX)
		return unix_autobind(u);
	int error = unix_check_address(address);
	if (error < 0)
		return error;
	struct unix_address *made = kmalloc(sizeof(*made));
	if (!made)
		return -ENOMEM;
	parse(address, made);
	if (!u->address)
		error = made->abstract ? bind_abstract(u, made) : bind_path(u, made);
	else
		error = made->abstract ? -EINVAL : refuse_path(made);
	if (error < 0)
		unix_address_put(made);
	return error;
}

/* An abstract name that nobody has. */
int unix_autobind(struct unix_socket *u)
{
	uint32_t number = (uint32_t)random_bits(AUTOBIND_NAMES - 1);

	if (u->address)
		return 0;
	struct unix_address *made = kmalloc(sizeof(*made));
	if (!made)
		return -ENOMEM;
	*made = (struct unix_address){ .references = 1,
				       .length = UNIX_ADDRESS_BASE + 6,
				       .abstract = true,
				       .name.family = AF_UNIX };
	for (uint32_t tries = 0; tries < AUTOBIND_NAMES; tries++) {
		format(made->name.path + 1, 6, "%05x", (number + tries) % AUTOBIND_NAMES);
		if (bind_abstract(u, made) == 0)
			return 0;
	}
	unix_address_put(made);
	return -ENOSPC;
}

void unix_unname(struct unix_socket *u)
{
	list_remove(&u->hash);
	dentry_put(u->place);
	u->place = NULL;
}

void unix_show_name(const struct unix_socket *u, struct net_address *out)
{
	out->length = u->address ? u->address->length : 0;
	if (u->address)
		memcpy(out->bytes, &u->address->name, u->address->length);
}

int unix_name(struct socket *socket, bool peer, struct net_address *out)
{
	const struct unix_socket *u = unix_of(socket);

	if (peer)
		u = u->peer;
	if (!u)
		return -ENOTCONN;
	unix_show_name(u, out);
	if (out->length == 0) {
		out->family = AF_UNIX;
		out->length = UNIX_ADDRESS_BASE;
	}
	return 0;
}
