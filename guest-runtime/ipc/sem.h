/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System V semaphores. What would block waits in one row for its set; who
 * changes a value carries out what has become possible, first come first
 * served, so that nobody overtakes.
 */
#ifndef GUEST_IPC_SEM_H
#define GUEST_IPC_SEM_H

#include "guest-runtime/ipc/object.h"
#include "guest-runtime/lib/list.h"

#include <linux/sem.h>

struct process;

#define SEM_SETS_MAX   32000u /* kernel.sem */
#define SEM_OF_SET_MAX 32000u
#define SEM_ALL_MAX    1024000000u
#define SEM_OPS_MAX    500u
#define SEM_VALUE_MAX  32767

struct sem {
	int value;
	int pid; /* of who changed it last */
};

struct sem_set {
	struct ipc_object object;
	uint32_t count;
	int64_t operated_at, changed_at;
	struct list waiting; /* struct sem_wait */
	struct list undos;   /* struct sem_undo.of_set */
	struct sem sems[];
};

/* What SEM_UNDO takes back when a process ends: for one set. */
struct sem_undo {
	struct list of_process, of_set;
	struct sem_set *set; /* NULL: removed */
	int16_t adjust[];
};

/* Of a process, and of those that CLONE_SYSVSEM made of it. */
struct sem_undos {
	uint32_t references;
	struct list list;
};

extern struct ipc_table sem_table;
extern uint32_t sem_total; /* semaphores of all sets */

/*
 * Sets outlive processes, and nobody pays for them: together they may have a
 * part of memory. False: not more.
 */
bool sem_charge(uint64_t bytes);
void sem_uncharge(uint64_t bytes);

int sem_get(int key, int count, uint32_t flags);
/* semtimedop(2), with checked arguments; deadline: of clock_monotonic_ns(). */
long sem_operate(int id, const struct sembuf *ops, uint32_t count, int64_t deadline);
void sem_remove(struct sem_set *set);
/* SETVAL and SETALL, of values that are allowed. */
void sem_set_value(struct sem_set *set, uint32_t number, int value);
/* Carries out what has become possible. */
void sem_update(struct sem_set *set);
/* How many wait for a semaphore to become 0, or to be larger. */
int sem_count_waiting(const struct sem_set *set, uint32_t number, bool zero);

/* sem-undo.c: the process's for the set, made if need be; NULL: no memory. */
struct sem_undo *sem_undo_of(struct process *process, struct sem_set *set);
/* A semaphore was set, or all go: there is nothing to take back any more. */
void sem_undo_forget(struct sem_set *set, uint32_t number);
void sem_undo_drop_set(struct sem_set *set);
/* CLONE_SYSVSEM. False: no memory. */
bool sem_undo_share(struct process *child, struct process *parent);
/* The process ends. */
void sem_undo_all(struct process *process);

static inline struct sem_set *sem_set_of(struct ipc_object *object)
{
	return (struct sem_set *)object;
}

#endif
