// SPDX-License-Identifier: Apache-2.0
/* Sets of semaphores, and operations on them. */
#include "guest-runtime/ipc/sem.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/proc/process.h"

#include <linux/errno.h>

#define MEMORY_PART 8 /* of the VM's memory, that sets and what undoes may take */
#define BLOCKED	    1 /* result of an attempt: not now */

struct ipc_table sem_table = { .most = SEM_SETS_MAX };
uint32_t sem_total;

/* One semop that sleeps, on its stack. */
struct sem_wait {
	struct list node;
	struct thread *thread;
	const struct sembuf *ops;
	uint32_t count;
	bool alters;
	int pid;
	struct sem_undo *undo;	       /* NULL: of no operation */
	const struct sembuf *blocking; /* the first that could not be done */
	long result;		       /* BLOCKED until somebody has done it, or -errno */
};

static struct sem_wait *wait_of(struct list *node)
{
	return container_of(node, struct sem_wait, node);
}

static uint64_t charged;

bool sem_charge(uint64_t bytes)
{
	if (charged + bytes > page_total() * PAGE_SIZE / MEMORY_PART)
		return false;
	charged += bytes;
	return true;
}

void sem_uncharge(uint64_t bytes)
{
	charged -= bytes;
}

static uint64_t bytes_of(uint64_t count)
{
	return sizeof(struct sem_set) + count * sizeof(struct sem);
}

static void release(struct ipc_object *object)
{
	sem_total -= sem_set_of(object)->count;
	sem_uncharge(bytes_of(sem_set_of(object)->count));
	kfree(object);
}

static struct ipc_object *create(const struct ipc_request *request, int *error)
{
	struct sem_set *set;

	*error = -EINVAL;
	if (request->size == 0)
		return NULL;
	*error = -ENOSPC;
	if (sem_total + request->size > SEM_ALL_MAX || !sem_charge(bytes_of(request->size)))
		return NULL;
	*error = -ENOMEM;
	set = kmalloc(bytes_of(request->size));
	if (!set) {
		sem_uncharge(bytes_of(request->size));
		return NULL;
	}
	set->object.release = release;
	set->count = (uint32_t)request->size;
	set->changed_at = ipc_now();
	list_init(&set->waiting);
	list_init(&set->undos);
	sem_total += set->count;
	return &set->object;
}

static int check(const struct ipc_object *object, const struct ipc_request *request)
{
	return ((const struct sem_set *)object)->count < request->size ? -EINVAL : 0;
}

int sem_get(int key, int count, uint32_t flags)
{
	const struct ipc_request request = { .key = key,
					     .flags = flags,
					     .size = (uint64_t)count,
					     .create = create,
					     .check = check };

	if (count < 0 || count > (int)SEM_OF_SET_MAX)
		return -EINVAL;
	return ipc_get(&sem_table, &request);
}

/* 0, BLOCKED or -ERANGE. */
static long apply(struct sem_set *set, const struct sembuf *op, struct sem_undo *undo)
{
	struct sem *sem = &set->sems[op->sem_num];
	int value = sem->value + op->sem_op;

	if ((op->sem_op == 0 && value != 0) || value < 0)
		return BLOCKED;
	if (value > SEM_VALUE_MAX)
		return -ERANGE;
	if (op->sem_flg & SEM_UNDO) {
		int adjust = undo->adjust[op->sem_num] - op->sem_op;

		if (adjust < -SEM_VALUE_MAX - 1 || adjust > SEM_VALUE_MAX)
			return -ERANGE;
		undo->adjust[op->sem_num] = (int16_t)adjust;
	}
	sem->value = value;
	return 0;
}

/* All of the operations or none. 0, BLOCKED, -EAGAIN or -ERANGE. */
static long attempt(struct sem_set *set, struct sem_wait *wait)
{
	long result = 0;
	uint32_t done = 0;

	while (done < wait->count && (result = apply(set, &wait->ops[done], wait->undo)) == 0)
		done++;
	if (result == 0) {
		for (uint32_t i = 0; i < wait->count; i++)
			set->sems[wait->ops[i].sem_num].pid = wait->pid;
		set->operated_at = ipc_now();
		return 0;
	}
	wait->blocking = &wait->ops[done];
	if (result == BLOCKED && (wait->blocking->sem_flg & IPC_NOWAIT))
		result = -EAGAIN;
	while (done-- > 0) {
		const struct sembuf *op = &wait->ops[done];

		set->sems[op->sem_num].value -= op->sem_op;
		if (op->sem_flg & SEM_UNDO)
			wait->undo->adjust[op->sem_num] =
				(int16_t)(wait->undo->adjust[op->sem_num] + op->sem_op);
	}
	return result;
}

static void finish(struct sem_wait *wait, long result)
{
	list_remove(&wait->node);
	wait->result = result;
	wait_wake_thread(wait->thread);
}

/* One of those that wait, if any can be done: those who wait for 0 before the others. */
static bool finish_one(struct sem_set *set, bool alters)
{
	list_for_each (node, &set->waiting) {
		struct sem_wait *wait = wait_of(node);
		long result = wait->alters == alters ? attempt(set, wait) : BLOCKED;

		if (result != BLOCKED) {
			finish(wait, result);
			return true;
		}
	}
	return false;
}

void sem_update(struct sem_set *set)
{
	while (finish_one(set, false) || finish_one(set, true))
		;
}

void sem_set_value(struct sem_set *set, uint32_t number, int value)
{
	sem_undo_forget(set, number);
	set->sems[number].value = value;
	set->sems[number].pid = current()->process->pid;
	set->changed_at = ipc_now();
}

void sem_remove(struct sem_set *set)
{
	sem_undo_drop_set(set);
	while (!list_empty(&set->waiting))
		finish(wait_of(set->waiting.next), -EIDRM);
	ipc_remove(&sem_table, &set->object);
}

int sem_count_waiting(const struct sem_set *set, uint32_t number, bool zero)
{
	int n = 0;

	list_for_each (node, &set->waiting) {
		const struct sembuf *op = wait_of(node)->blocking;

		n += op->sem_num == number && (op->sem_op == 0) == zero;
	}
	return n;
}

static long sleep(struct sem_set *set, struct sem_wait *wait, int64_t deadline)
{
	long ended = 0;

	list_add_before(&set->waiting, &wait->node);
	ipc_hold(&set->object);
	while (wait->result == BLOCKED && !ended)
		ended = wait_sleep(deadline);
	if (wait->result == BLOCKED) {
		list_remove(&wait->node);
		wait->result = ended == -ETIMEDOUT ? -EAGAIN : -EINTR;
	}
	ipc_drop(&set->object);
	return wait->result;
}

/* 0, -EFBIG, -EACCES. *undo, *alters: what the operations have. */
static int look_at(const struct sem_set *set, const struct sembuf *ops, uint32_t count, bool *undo,
		   bool *alters)
{
	*undo = *alters = false;
	for (uint32_t i = 0; i < count; i++) {
		if (ops[i].sem_num >= set->count)
			return -EFBIG;
		*undo |= (ops[i].sem_flg & SEM_UNDO) != 0;
		*alters |= ops[i].sem_op != 0;
	}
	return ipc_permits(&set->object, *alters ? 0222 : 0444) ? 0 : -EACCES;
}

long sem_operate(int id, const struct sembuf *ops, uint32_t count, int64_t deadline)
{
	struct process *process = current()->process;
	struct sem_wait wait = {
		.thread = current(), .ops = ops, .count = count, .pid = process->pid
	};
	struct ipc_object *object;
	bool undo;
	int error = ipc_find(&sem_table, id, &object);

	if (error)
		return error;
	struct sem_set *set = sem_set_of(object);
	error = look_at(set, ops, count, &undo, &wait.alters);
	if (error)
		return error;
	if (undo) {
		wait.undo = sem_undo_of(process, set);
		if (!wait.undo)
			return -ENOMEM;
	}
	wait.result = attempt(set, &wait);
	if (wait.result == BLOCKED)
		return sleep(set, &wait, deadline);
	if (wait.result == 0 && wait.alters)
		sem_update(set);
	return wait.result;
}
