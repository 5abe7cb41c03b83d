// SPDX-License-Identifier: Apache-2.0
/* SEM_UNDO: what processes have done to semaphores, taken back when they end. */
#include "guest-runtime/ipc/sem.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"

static struct sem_undo *of_process(struct list *node)
{
	return container_of(node, struct sem_undo, of_process);
}

static struct sem_undo *of_set(struct list *node)
{
	return container_of(node, struct sem_undo, of_set);
}

static bool make_list(struct process *process)
{
	if (process->sem_undos)
		return true;
	process->sem_undos = kmalloc(sizeof(*process->sem_undos));
	if (!process->sem_undos)
		return false;
	process->sem_undos->references = 1;
	list_init(&process->sem_undos->list);
	return true;
}

static uint64_t bytes_of(const struct sem_set *set)
{
	return sizeof(struct sem_undo) + set->count * sizeof(int16_t);
}

static void end(struct sem_undo *undo)
{
	sem_uncharge(bytes_of(undo->set));
	list_remove(&undo->of_set);
	list_remove(&undo->of_process);
	kfree(undo);
}

struct sem_undo *sem_undo_of(struct process *process, struct sem_set *set)
{
	if (!make_list(process))
		return NULL;
	list_for_each (node, &process->sem_undos->list)
		if (of_process(node)->set == set)
			return of_process(node);
	if (!sem_charge(bytes_of(set)))
		return NULL;
	struct sem_undo *undo = kmalloc(bytes_of(set));
	if (!undo) {
		sem_uncharge(bytes_of(set));
		return NULL;
	}
	undo->set = set;
	list_add_before(&process->sem_undos->list, &undo->of_process);
	list_add_before(&set->undos, &undo->of_set);
	return undo;
}

void sem_undo_forget(struct sem_set *set, uint32_t number)
{
	list_for_each (node, &set->undos)
		of_set(node)->adjust[number] = 0;
}

/* Who sleeps in an operation has seen that the set is gone before it looks at its own again. */
void sem_undo_drop_set(struct sem_set *set)
{
	while (!list_empty(&set->undos))
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it does not see that a freed one left the list */
		end(of_set(set->undos.next));
}

bool sem_undo_share(struct process *child, struct process *parent)
{
	if (!make_list(parent))
		return false;
	child->sem_undos = parent->sem_undos;
	child->sem_undos->references++;
	return true;
}

static void take_back(struct sem_undo *undo, int pid)
{
	struct sem_set *set = undo->set;

	for (uint32_t i = 0; i < set->count; i++) {
		struct sem *sem = &set->sems[i];

		if (!undo->adjust[i])
			continue;
		sem->value = MIN(MAX(sem->value + undo->adjust[i], 0), SEM_VALUE_MAX);
		sem->pid = pid;
	}
	end(undo);
	set->operated_at = ipc_now();
	sem_update(set);
}

void sem_undo_all(struct process *process)
{
	struct sem_undos *undos = process->sem_undos;

	process->sem_undos = NULL;
	if (!undos || --undos->references > 0)
		return;
	while (!list_empty(&undos->list))
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): likewise */
		take_back(of_process(undos->list.next), process->pid);
	kfree(undos);
}
