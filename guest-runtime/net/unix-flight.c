// SPDX-License-Identifier: Apache-2.0
/*
 * AF_UNIX sockets that are in queues of such sockets. Those that nothing but
 * each other's queues refers to would stay for ever: they are found and freed.
 */
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/net/rights.h"
#include "guest-runtime/net/unix.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"

#include <linux/capability.h>
#include <linux/resource.h>

/* Files in flight of one user. */
struct user {
	struct list node;
	uint32_t uid;
	uint64_t count;
};

static struct list users = LIST_INIT(users);
static struct list flying = LIST_INIT(flying);

static struct user *user_of(uint32_t uid)
{
	list_for_each (node, &users) {
		struct user *user = container_of(node, struct user, node);

		if (user->uid == uid)
			return user;
	}
	struct user *made = kmalloc(sizeof(*made));
	if (made) {
		made->uid = uid;
		list_add_before(&users, &made->node);
	}
	return made;
}

/* The AF_UNIX socket that is in flight as this file; NULL: another kind. */
static struct unix_socket *of_file(const struct file *file)
{
	struct socket *socket = socket_of(file);

	return socket && socket->family == AF_UNIX ? unix_of(socket) : NULL;
}

int unix_flight_begin(struct net_rights *rights)
{
	unix_collect(); /* before the user is looked up: it may be forgotten */
	struct user *user = user_of(rights->uid);
	if (!user)
		return -ENOMEM;
	if (user->count > current()->process->limits[RLIMIT_NOFILE].soft &&
	    !credentials_capable(CAP_SYS_RESOURCE) && !credentials_capable(CAP_SYS_ADMIN))
		return -ETOOMANYREFS;
	user->count += rights->count;
	rights->in_flight = true;
	for (uint32_t i = 0; i < rights->count; i++) {
		struct unix_socket *u = of_file(rights->files[i]);

		if (u && u->in_flight++ == 0)
			list_add_before(&flying, &u->flight);
	}
	return 0;
}

void unix_flight_end(struct net_rights *rights)
{
	if (!rights->in_flight)
		return;
	rights->in_flight = false;
	struct user *user = user_of(rights->uid);
	user->count -= rights->count;
	if (user->count == 0) {
		list_remove(&user->node);
		kfree(user);
	}
	for (uint32_t i = 0; i < rights->count; i++) {
		struct unix_socket *u = of_file(rights->files[i]);

		if (u && --u->in_flight == 0)
			list_remove(&u->flight);
	}
}

typedef void visit_function(struct unix_socket *child, struct list *reached);

static void visit_rights(const struct net_rights *rights, visit_function *visit,
			 struct list *reached)
{
	for (uint32_t i = 0; rights && i < rights->count; i++) {
		struct unix_socket *child = of_file(rights->files[i]);

		if (child && child->candidate)
			visit(child, reached);
	}
}

static void visit_own(const struct unix_socket *u, visit_function *visit, struct list *reached)
{
	list_for_each (node, &u->marks)
		visit_rights(container_of(node, struct unix_mark, node)->control.rights, visit,
			     reached);
	list_for_each (node, &u->messages)
		visit_rights(container_of(node, struct unix_message, node)->control.rights, visit,
			     reached);
}

/* All candidates in its queue, and in those of connections that nobody accepted. */
static void visit_queue(const struct unix_socket *u, visit_function *visit, struct list *reached)
{
	visit_own(u, visit, reached);
	list_for_each (node, &u->embryos)
		visit_own(container_of(node, struct unix_socket, embryo), visit, reached);
}

static void count_inside(struct unix_socket *child, struct list *reached)
{
	(void)reached;
	child->outside--;
}

static void reach(struct unix_socket *child, struct list *reached)
{
	child->candidate = false;
	list_add_before(reached, &child->reached);
}

/* Candidates whom only candidates' queues refer to; the others, and what they hold, are none. */
static bool find_garbage(void)
{
	struct list reached;
	bool any = false;

	list_init(&reached);
	list_for_each (node, &flying) {
		struct unix_socket *u = container_of(node, struct unix_socket, flight);

		u->candidate = u->socket.file->references == u->in_flight;
		u->outside = u->in_flight;
	}
	list_for_each (node, &flying) {
		struct unix_socket *u = container_of(node, struct unix_socket, flight);

		if (u->candidate)
			visit_queue(u, count_inside, NULL);
	}
	list_for_each (node, &flying) {
		struct unix_socket *u = container_of(node, struct unix_socket, flight);

		if (u->candidate && u->outside > 0)
			reach(u, &reached);
	}
	while (!list_empty(&reached)) {
		struct unix_socket *u = container_of(reached.next, struct unix_socket, reached);

		list_remove(&u->reached);
		visit_queue(u, reach, &reached);
	}
	list_for_each (node, &flying)
		any |= container_of(node, struct unix_socket, flight)->candidate;
	return any;
}

static void gather(struct net_control *control, struct list *garbage)
{
	struct net_rights *rights = control->rights;

	if (!rights)
		return;
	control->rights = NULL;
	list_add_before(garbage, &rights->node);
}

static void gather_own(struct unix_socket *u, struct list *garbage)
{
	list_for_each (node, &u->marks)
		gather(&container_of(node, struct unix_mark, node)->control, garbage);
	list_for_each (node, &u->messages)
		gather(&container_of(node, struct unix_message, node)->control, garbage);
}

void unix_collect(void)
{
	static bool busy;
	struct list garbage;

	if (busy || list_empty(&flying))
		return;
	busy = true;
	list_init(&garbage);
	if (find_garbage())
		list_for_each (node, &flying) {
			struct unix_socket *u = container_of(node, struct unix_socket, flight);

			if (!u->candidate)
				continue;
			u->candidate = false;
			gather_own(u, &garbage);
			list_for_each (embryo, &u->embryos)
				gather_own(container_of(embryo, struct unix_socket, embryo),
					   &garbage);
		}
	while (!list_empty(&garbage)) {
		struct net_rights *rights = container_of(garbage.next, struct net_rights, node);

		list_remove(&rights->node);
		net_rights_drop(rights);
	}
	busy = false;
}
