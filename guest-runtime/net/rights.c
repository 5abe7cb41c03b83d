// SPDX-License-Identifier: Apache-2.0
/* Files on their way through sockets: gathering and dropping them. */
#include "guest-runtime/net/rights.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/net/constants.h"
#include "guest-runtime/net/unix.h"
#include "guest-runtime/proc/process.h"

static struct net_rights *allocate(uint32_t uid)
{
	struct net_rights *rights = kmalloc(sizeof(*rights) + SCM_MAX_FD * sizeof(struct file *));

	if (rights)
		rights->uid = uid;
	return rights;
}

int net_rights_add(struct net_rights **rights, const int *fds, uint32_t count)
{
	if (count == 0)
		return 0;
	if (count > SCM_MAX_FD)
		return -EINVAL;
	if (!*rights)
		*rights = allocate(current()->process->uid);
	if (!*rights)
		return -ENOMEM;
	if ((*rights)->count + count > SCM_MAX_FD)
		return -EINVAL;
	for (uint32_t i = 0; i < count; i++) {
		struct file *file = fd_get_raw(fds[i]);

		if (!file)
			return -EBADF;
		(*rights)->files[(*rights)->count++] = file;
	}
	return 0;
}

struct net_rights *net_rights_copy(const struct net_rights *rights)
{
	struct net_rights *copy = allocate(rights->uid);

	for (uint32_t i = 0; copy && i < rights->count; i++)
		copy->files[copy->count++] = file_get(rights->files[i]);
	return copy;
}

/*
 * A file that goes may be a socket with files in its queue, and so on: those
 * are put on a list, so that the depth of nesting is not that of the stack.
 */
void net_rights_drop(struct net_rights *rights)
{
	static struct list dropped = LIST_INIT(dropped);
	static bool busy;

	if (!rights)
		return;
	unix_flight_end(rights);
	list_add_before(&dropped, &rights->node);
	if (busy)
		return;
	busy = true;
	while (!list_empty(&dropped)) {
		struct net_rights *next = container_of(dropped.next, struct net_rights, node);

		list_remove(&next->node);
		for (uint32_t i = 0; i < next->count; i++)
			file_put(next->files[i]);
		kfree(next);
	}
	busy = false;
}
