// SPDX-License-Identifier: Apache-2.0
/* Numbers of threads, processes, groups and sessions: one set, as on Linux. */
#include "guest-runtime/fs/tty.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/process.h"

#define BUCKETS 256

static struct list threads[BUCKETS];
static uint32_t total;
static int last = FIRST_PID;
static uint64_t taken = 1; /* with the first's */

struct list process_list = LIST_INIT(process_list);
struct process *process_first;

static struct list *bucket_of(int id)
{
	struct list *bucket = &threads[(uint32_t)id % BUCKETS];

	if (!bucket->next)
		list_init(bucket);
	return bucket;
}

struct thread *thread_find(int tid)
{
	list_for_each (node, bucket_of(tid)) {
		struct thread *thread = container_of(node, struct thread, ids);

		if (thread->tid == tid)
			return thread;
	}
	return NULL;
}

struct process *process_find(int pid)
{
	struct thread *thread = thread_find(pid);

	if (thread && thread->process->pid == pid)
		return thread->process;
	/* One whose leader has ended. */
	for_each_process(process) if (process->pid == pid) return process;
	return NULL;
}

uint32_t thread_total(void)
{
	return total;
}

static bool is_taken(int id)
{
	if (thread_find(id))
		return true;
	for_each_process(process) if (process->pid == id || process->pgid == id ||
				      process->sid == id) return true;
	return tty_uses_id(id);
}

int id_take(void)
{
	for (int tries = 0; tries < PID_MAX; tries++) {
		last = last + 1 < PID_MAX ? last + 1 : FIRST_PID;
		if (!is_taken(last)) {
			taken++;
			return last;
		}
	}
	return 0;
}

int id_last(void)
{
	return last;
}

uint64_t id_count(void)
{
	return taken;
}

void id_set(struct thread *thread, int id)
{
	thread->tid = id;
	list_add_before(bucket_of(id), &thread->ids);
	total++;
}

void id_clear(struct thread *thread)
{
	list_remove(&thread->ids);
	total--;
}
