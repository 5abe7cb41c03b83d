/* SPDX-License-Identifier: Apache-2.0 */
/* System V shared memory: segments, and the mappings that show them. */
#ifndef GUEST_IPC_SHM_H
#define GUEST_IPC_SHM_H

#include "guest-runtime/ipc/object.h"

struct file;
struct inode;

#define SHM_SIZE_MAX  0xfffffffffeffffffull /* kernel.shmmax, and shmall in pages */
#define SHM_COUNT_MAX 4096		    /* kernel.shmmni */

struct shm {
	struct ipc_object object;
	struct file *file; /* a reference: its memory */
	uint64_t size;	   /* bytes, as asked for */
	int64_t attached_at, detached_at, changed_at;
	int creator, last; /* pids */
	bool doomed;	   /* IPC_RMID: goes with its last mapping; has no key any more */
	bool locked;	   /* SHM_LOCK */
};

extern struct ipc_table shm_table;

int shm_get(int key, uint64_t size, uint32_t flags);
/* The address, or -errno. */
long shm_attach(struct shm *shm, uint64_t address, uint32_t flags);
/* -EINVAL: no segment is attached there. */
long shm_detach(uint64_t address);
/* IPC_RMID, by who may. */
void shm_destroy(struct shm *shm);
uint32_t shm_mappings(const struct shm *shm);
uint64_t shm_resident(const struct shm *shm); /* pages */

static inline struct shm *shm_of(struct ipc_object *object)
{
	return (struct shm *)object;
}

#endif
