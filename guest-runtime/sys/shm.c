// SPDX-License-Identifier: Apache-2.0
/* System calls of System V shared memory. */
#include "guest-runtime/ipc/shm.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/sys/sys.h"

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/shm.h>

/* What Linux's headers for programs lack. */
#define STAT_ANY    15	  /* SHM_STAT_ANY */
#define MODE_DEST   01000 /* SHM_DEST, SHM_LOCKED: of shm_perm.mode */
#define MODE_LOCKED 02000

long sys_shmget(const uint64_t *a)
{
	return shm_get((int)a[0], a[1], (uint32_t)a[2]);
}

long sys_shmat(const uint64_t *a)
{
	uint32_t flags = (uint32_t)a[2];
	uint64_t address = a[1];
	struct ipc_object *object;

	if ((int)a[0] < 0)
		return -EINVAL;
	if (address % PAGE_SIZE) {
		if (!(flags & SHM_RND))
			return -EINVAL;
		address = ALIGN_DOWN(address, PAGE_SIZE);
		if (!address && (flags & SHM_REMAP))
			return -EINVAL;
	} else if (!address && (flags & SHM_REMAP)) {
		return -EINVAL;
	}
	int error = ipc_find(&shm_table, (int)a[0], &object);
	return error ? error : shm_attach(shm_of(object), address, flags);
}

long sys_shmdt(const uint64_t *a)
{
	return a[0] % PAGE_SIZE ? -EINVAL : shm_detach(a[0]);
}

static long show_limits(uva_t to)
{
	const struct shminfo64 info = { .shmmax = SHM_SIZE_MAX,
					.shmmin = 1,
					.shmmni = SHM_COUNT_MAX,
					.shmseg = SHM_COUNT_MAX,
					.shmall = SHM_SIZE_MAX };

	return copy_to_user(to, &info, sizeof(info)) ? -EFAULT : ipc_highest(&shm_table);
}

static long show_use(uva_t to)
{
	struct shm_info info = { .used_ids = (int)shm_table.used };

	for_each_ipc(object, &shm_table)
	{
		info.shm_tot += ALIGN_UP(shm_of(object)->size, PAGE_SIZE) / PAGE_SIZE;
		info.shm_rss += shm_resident(shm_of(object));
	}
	return copy_to_user(to, &info, sizeof(info)) ? -EFAULT : ipc_highest(&shm_table);
}

/* id: an index with SHM_STAT and SHM_STAT_ANY, which return the id. */
static long show(int id, int command, uva_t to)
{
	struct ipc_object *object;
	int error = command == IPC_STAT ? ipc_find(&shm_table, id, &object)
					: ipc_find_index(&shm_table, id, &object);

	if (error)
		return error;
	if (command != STAT_ANY && !ipc_permits(object, 0444))
		return -EACCES;
	const struct shm *shm = shm_of(object);
	struct shmid64_ds out = { .shm_segsz = shm->size,
				  .shm_atime = shm->attached_at,
				  .shm_dtime = shm->detached_at,
				  .shm_ctime = shm->changed_at,
				  .shm_cpid = shm->creator,
				  .shm_lpid = shm->last,
				  .shm_nattch = shm_mappings(shm) };
	ipc_stat(object, &out.shm_perm);
	out.shm_perm.mode |= (shm->doomed ? MODE_DEST : 0u) | (shm->locked ? MODE_LOCKED : 0u);
	if (copy_to_user(to, &out, sizeof(out)))
		return -EFAULT;
	return command == IPC_STAT ? 0 : object->id;
}

static long change(int id, int command, uva_t from)
{
	struct ipc_object *object;
	struct shmid64_ds wanted;

	if (command == IPC_SET && copy_from_user(&wanted, from, sizeof(wanted)))
		return -EFAULT;
	int error = ipc_find(&shm_table, id, &object);
	if (!error)
		error = ipc_may_change(object);
	if (error)
		return error;
	if (command == IPC_RMID) {
		shm_destroy(shm_of(object));
		return 0;
	}
	ipc_set(object, &wanted.shm_perm);
	shm_of(object)->changed_at = ipc_now();
	return 0;
}

/* No memory is ever swapped out: the lock is a mark. */
static long lock(int id, bool on)
{
	struct ipc_object *object;
	int error = ipc_find(&shm_table, id, &object);

	if (error)
		return error;
	if (!credentials_capable(CAP_IPC_LOCK)) {
		uint32_t euid = current()->process->euid;

		if (euid != object->uid && euid != object->creator_uid)
			return -EPERM;
	}
	shm_of(object)->locked = on;
	return 0;
}

long sys_shmctl(const uint64_t *a)
{
	int id = (int)a[0], command = (int)a[1];

	if (id < 0 || command < 0)
		return -EINVAL;
	switch (command) {
	case IPC_INFO:
		return show_limits(a[2]);
	case SHM_INFO:
		return show_use(a[2]);
	case IPC_STAT:
	case SHM_STAT:
	case STAT_ANY:
		return show(id, command, a[2]);
	case IPC_SET:
	case IPC_RMID:
		return change(id, command, a[2]);
	case SHM_LOCK:
	case SHM_UNLOCK:
		return lock(id, command == SHM_LOCK);
	default:
		return -EINVAL;
	}
}
