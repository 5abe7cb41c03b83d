/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the three kinds of System V IPC have in common: identifiers, keys, and
 * who may do what (svipc(7)).
 */
#ifndef GUEST_IPC_OBJECT_H
#define GUEST_IPC_OBJECT_H

#include <linux/ipc.h>
#include <stdbool.h>
#include <stdint.h>

/* First in what it is part of. */
struct ipc_object {
	uint32_t references; /* being in the table is one */
	int id, key;
	uint32_t uid, gid, creator_uid, creator_gid, mode;
	bool removed; /* not in the table any more: who sleeps for it gives up (-EIDRM) */
	void (*release)(struct ipc_object *object); /* the last reference is gone: frees it */
};

struct ipc_table {
	struct ipc_object **objects; /* owned; by index */
	uint32_t size, used;
	uint32_t most;		 /* that it may have */
	uint32_t last, sequence; /* ids go round, and are not the same soon */
};

/* What shmget and its kin want. */
struct ipc_request {
	int key;
	uint32_t flags; /* IPC_CREAT, IPC_EXCL, and the mode */
	uint64_t size;
	/* A new one: NULL and *error, or with its release set. */
	struct ipc_object *(*create)(const struct ipc_request *request, int *error);
	/* Whether one that is there is as wanted: 0 or -errno. */
	int (*check)(const struct ipc_object *object, const struct ipc_request *request);
};

/* The id, or -errno. */
int ipc_get(struct ipc_table *table, const struct ipc_request *request);

/* Without a reference: 0, -EINVAL, -EIDRM. */
int ipc_find(const struct ipc_table *table, int id, struct ipc_object **out);
/* By index, as the *_STAT commands count. -EINVAL. */
int ipc_find_index(const struct ipc_table *table, int index, struct ipc_object **out);
/* The highest index that is used, or 0. */
int ipc_highest(const struct ipc_table *table);

void ipc_hold(struct ipc_object *object);
void ipc_drop(struct ipc_object *object);
/* Takes it out of its table. */
void ipc_remove(struct ipc_table *table, struct ipc_object *object);

/* wanted: S_IRUGO, S_IWUGO, S_IXUGO. */
bool ipc_permits(const struct ipc_object *object, uint32_t wanted);
/* May current remove it or give it away? 0 or -EPERM. */
int ipc_may_change(const struct ipc_object *object);
void ipc_stat(const struct ipc_object *object, struct ipc64_perm *out);
/* IPC_SET: owner and mode. */
void ipc_set(struct ipc_object *object, const struct ipc64_perm *from);

/* Now, as their structures have times. */
int64_t ipc_now(void);

#define for_each_ipc(at, table) \
	for (uint32_t index_ = 0; index_ < (table)->size; index_++) \
		for (struct ipc_object *at = (table)->objects[index_]; at; at = NULL)

#endif
