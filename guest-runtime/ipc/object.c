// SPDX-License-Identifier: Apache-2.0
/* Identifiers and permissions of System V IPC. */
#include "guest-runtime/ipc/object.h"

#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/stat.h>

#define INDEX_BITS  15 /* of an id; above it the sequence number */
#define INDEXES	    (1u << INDEX_BITS)
#define SEQUENCES   (1u << (31 - INDEX_BITS))
/* Indexes are given out in turn, of so many or of half as many more as are used. */
#define ROUND_MIN   64u
#define TABLE_MIN   16u
#define PERMISSIONS 0777u

static bool make_room(struct ipc_table *table, uint32_t index)
{
	uint32_t size = MAX(table->size, TABLE_MIN);

	while (size <= index)
		size *= 2;
	if (size == table->size)
		return true;
	struct ipc_object **objects = kmalloc(size * sizeof(struct ipc_object *));
	if (!objects)
		return false;
	for (uint32_t i = 0; i < table->size; i++)
		objects[i] = table->objects[i];
	kfree(table->objects);
	table->objects = objects;
	table->size = size;
	return true;
}

static bool is_free(const struct ipc_table *table, uint32_t index)
{
	return index >= table->size || !table->objects[index];
}

/* In turn, so that an id that was removed is not soon another's. */
static uint32_t next_index(const struct ipc_table *table)
{
	uint32_t round = MIN(MAX(table->used + table->used / 2, ROUND_MIN), table->most);
	uint32_t index = table->sequence || table->last ? table->last + 1 : 0;

	for (uint32_t tries = 0; tries <= round; tries++, index++) {
		if (index >= round)
			index = 0;
		if (is_free(table, index))
			return index;
	}
	return UINT32_MAX;
}

static int add(struct ipc_table *table, struct ipc_object *object)
{
	uint32_t index = next_index(table);

	if (index == UINT32_MAX || !make_room(table, index))
		return -ENOMEM;
	if (index < table->last || (index == table->last && table->last))
		table->sequence = (table->sequence + 1) % SEQUENCES;
	table->last = index;
	table->objects[index] = object;
	table->used++;
	object->id = (int)(table->sequence << INDEX_BITS | index);
	return object->id;
}

static int create(struct ipc_table *table, const struct ipc_request *request)
{
	const struct process *process = current()->process;
	int error = table->used >= table->most ? -ENOSPC : 0;
	struct ipc_object *object = error ? NULL : request->create(request, &error);

	if (!object)
		return error;
	object->references = 1;
	object->key = request->key;
	object->mode = request->flags & PERMISSIONS;
	object->uid = object->creator_uid = process->euid;
	object->gid = object->creator_gid = process->egid;
	int id = add(table, object);
	if (id < 0)
		object->release(object);
	return id;
}

static struct ipc_object *find_key(const struct ipc_table *table, int key)
{
	for_each_ipc(object, table) if (object->key == key) return object;
	return NULL;
}

int ipc_get(struct ipc_table *table, const struct ipc_request *request)
{
	struct ipc_object *object =
		request->key == IPC_PRIVATE ? NULL : find_key(table, request->key);

	if (request->key == IPC_PRIVATE)
		return create(table, request);
	if (!object)
		return request->flags & IPC_CREAT ? create(table, request) : -ENOENT;
	if ((request->flags & IPC_CREAT) && (request->flags & IPC_EXCL))
		return -EEXIST;
	int error = request->check(object, request);
	if (error)
		return error;
	return ipc_permits(object, request->flags) ? object->id : -EACCES;
}

int ipc_find_index(const struct ipc_table *table, int index, struct ipc_object **out)
{
	if (index < 0 || is_free(table, (uint32_t)index % INDEXES))
		return -EINVAL;
	*out = table->objects[(uint32_t)index % INDEXES];
	return 0;
}

int ipc_find(const struct ipc_table *table, int id, struct ipc_object **out)
{
	int error = ipc_find_index(table, id, out);

	if (error)
		return error;
	return (*out)->id == id ? 0 : -EIDRM;
}

int ipc_highest(const struct ipc_table *table)
{
	for (uint32_t i = table->size; i > 0; i--)
		if (table->objects[i - 1])
			return (int)i - 1;
	return 0;
}

void ipc_hold(struct ipc_object *object)
{
	object->references++;
}

void ipc_drop(struct ipc_object *object)
{
	if (--object->references == 0)
		object->release(object);
}

void ipc_remove(struct ipc_table *table, struct ipc_object *object)
{
	if (object->removed)
		return;
	table->objects[(uint32_t)object->id % INDEXES] = NULL;
	table->used--;
	object->removed = true;
	ipc_drop(object);
}

static bool in_group(const struct process *process, uint32_t gid)
{
	bool found = process->egid == gid;

	for (uint32_t i = 0; i < process->group_count && !found; i++)
		found = process->groups[i] == gid;
	return found;
}

bool ipc_permits(const struct ipc_object *object, uint32_t wanted)
{
	const struct process *process = current()->process;
	uint32_t granted = object->mode;

	wanted = wanted >> 6 | wanted >> 3 | wanted;
	if (process->euid == object->uid || process->euid == object->creator_uid)
		granted >>= 6;
	else if (in_group(process, object->gid) || in_group(process, object->creator_gid))
		granted >>= 3;
	return !(wanted & ~granted & 7) || credentials_capable(CAP_IPC_OWNER);
}

int ipc_may_change(const struct ipc_object *object)
{
	uint32_t euid = current()->process->euid;

	return euid == object->uid || euid == object->creator_uid ||
			       credentials_capable(CAP_SYS_ADMIN)
		       ? 0
		       : -EPERM;
}

void ipc_stat(const struct ipc_object *object, struct ipc64_perm *out)
{
	*out = (struct ipc64_perm){ .key = object->key,
				    .uid = object->uid,
				    .gid = object->gid,
				    .cuid = object->creator_uid,
				    .cgid = object->creator_gid,
				    .mode = object->mode,
				    .seq = (unsigned short)(object->id >> INDEX_BITS) };
}

void ipc_set(struct ipc_object *object, const struct ipc64_perm *from)
{
	object->uid = from->uid;
	object->gid = from->gid;
	object->mode = (object->mode & ~PERMISSIONS) | (from->mode & PERMISSIONS);
}

int64_t ipc_now(void)
{
	return clock_realtime_ns() / NS_PER_S;
}
