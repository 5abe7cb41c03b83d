// SPDX-License-Identifier: Apache-2.0
/* /proc/sysvipc: what there is of System V IPC, as ipcs(1) reads it. */
#include "guest-runtime/fs/proc.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/ipc/msg.h"
#include "guest-runtime/ipc/sem.h"
#include "guest-runtime/ipc/shm.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/page.h"

static void put_start(struct text *out, const struct ipc_object *object, uint32_t marks)
{
	text_print(out, "%10d %10d  %4o ", object->key, object->id, object->mode | marks);
}

static void put_owners(struct text *out, const struct ipc_object *object)
{
	text_print(out, "%5u %5u %5u %5u ", object->uid, object->gid, object->creator_uid,
		   object->creator_gid);
}

void proc_shm(struct text *out, const struct subject *subject)
{
	(void)subject;
	text_print(out, "       key      shmid perms                  size  cpid  lpid nattch   uid"
			"   gid  cuid  cgid      atime      dtime      ctime                   rss"
			"                  swap\n");
	for_each_ipc(object, &shm_table)
	{
		const struct shm *shm = shm_of(object);

		put_start(out, object, (shm->doomed ? 01000u : 0) | (shm->locked ? 02000u : 0));
		text_print(out, "%21lu %5u %5u  %5u ", shm->size, (uint32_t)shm->creator,
			   (uint32_t)shm->last, shm_mappings(shm));
		put_owners(out, object);
		text_print(out, "%10ld %10ld %10ld %21lu %21u\n", shm->attached_at,
			   shm->detached_at, shm->changed_at, shm_resident(shm) * PAGE_SIZE, 0u);
	}
}

void proc_sem(struct text *out, const struct subject *subject)
{
	(void)subject;
	text_print(out, "       key      semid perms      nsems   uid   gid  cuid  cgid      otime"
			"      ctime\n");
	for_each_ipc(object, &sem_table)
	{
		const struct sem_set *set = sem_set_of(object);

		put_start(out, object, 0);
		text_print(out, "%10u ", set->count);
		put_owners(out, object);
		text_print(out, "%10ld %10ld\n", set->operated_at, set->changed_at);
	}
}

void proc_msg(struct text *out, const struct subject *subject)
{
	(void)subject;
	text_print(out, "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid"
			"  cuid  cgid      stime      rtime      ctime\n");
	for_each_ipc(object, &msg_table)
	{
		const struct msg_queue *queue = msg_queue_of(object);

		put_start(out, object, 0);
		text_print(out, " %10lu %10lu %5u %5u ", queue->bytes, queue->count,
			   (uint32_t)queue->sender, (uint32_t)queue->receiver);
		put_owners(out, object);
		text_print(out, "%10ld %10ld %10ld\n", queue->sent_at, queue->received_at,
			   queue->changed_at);
	}
}
