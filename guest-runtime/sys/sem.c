// SPDX-License-Identifier: Apache-2.0
/* System calls of System V semaphores. */
#include "guest-runtime/ipc/sem.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#include <linux/errno.h>

#define STAT_ANY 20 /* SEM_STAT_ANY, which older headers lack */
#define FEW_OPS	 8  /* for which the stack has room */

long sys_semget(const uint64_t *a)
{
	return sem_get((int)a[0], (int)a[1], (uint32_t)a[2]);
}

static long operate(int id, uva_t from, uint32_t count, int64_t deadline)
{
	struct sembuf few[FEW_OPS], *ops = few;

	if (count > FEW_OPS)
		ops = kmalloc(count * sizeof(*ops));
	if (!ops)
		return -ENOMEM;
	long result = copy_from_user(ops, from, count * sizeof(*ops));
	if (!result)
		result = sem_operate(id, ops, count, deadline);
	if (ops != few)
		kfree(ops);
	return result;
}

static long checked(const uint64_t *a, uva_t timeout)
{
	uint32_t count = (uint32_t)a[2];
	int64_t deadline = WAIT_FOREVER;

	if (count < 1 || (int)a[0] < 0)
		return -EINVAL;
	if (count > SEM_OPS_MAX)
		return -E2BIG;
	int error = timeout ? timespec_deadline(timeout, &deadline) : 0;
	return error ? error : operate((int)a[0], a[1], count, deadline);
}

long sys_semop(const uint64_t *a)
{
	return checked(a, 0);
}

long sys_semtimedop(const uint64_t *a)
{
	return checked(a, a[3]);
}

static long show_limits(bool use, uva_t to)
{
	const struct seminfo info = { .semmap = (int)SEM_ALL_MAX,
				      .semmni = (int)SEM_SETS_MAX,
				      .semmns = (int)SEM_ALL_MAX,
				      .semmnu = (int)SEM_ALL_MAX,
				      .semmsl = (int)SEM_OF_SET_MAX,
				      .semopm = (int)SEM_OPS_MAX,
				      .semume = (int)SEM_OPS_MAX,
				      .semusz = use ? (int)sem_table.used : SEMUSZ,
				      .semvmx = SEM_VALUE_MAX,
				      .semaem = use ? (int)sem_total : SEM_VALUE_MAX };

	return copy_to_user(to, &info, sizeof(info)) ? -EFAULT : ipc_highest(&sem_table);
}

static long show(int id, int command, uva_t to)
{
	struct ipc_object *object;
	int error = command == IPC_STAT ? ipc_find(&sem_table, id, &object)
					: ipc_find_index(&sem_table, id, &object);

	if (error)
		return error;
	if (command != STAT_ANY && !ipc_permits(object, 0444))
		return -EACCES;
	const struct sem_set *set = sem_set_of(object);
	struct semid64_ds out = { .sem_otime = set->operated_at,
				  .sem_ctime = set->changed_at,
				  .sem_nsems = set->count };
	ipc_stat(object, &out.sem_perm);
	if (copy_to_user(to, &out, sizeof(out)))
		return -EFAULT;
	return command == IPC_STAT ? 0 : object->id;
}

static long change(int id, int command, uva_t from)
{
	struct ipc_object *object;
	struct semid64_ds wanted;

	if (command == IPC_SET && copy_from_user(&wanted, from, sizeof(wanted)))
		return -EFAULT;
	int error = ipc_find(&sem_table, id, &object);
	if (!error)
		error = ipc_may_change(object);
	if (error)
		return error;
	if (command == IPC_RMID) {
		sem_remove(sem_set_of(object));
		return 0;
	}
	ipc_set(object, &wanted.sem_perm);
	sem_set_of(object)->changed_at = ipc_now();
	return 0;
}

static long set_value(int id, int number, int value)
{
	struct ipc_object *object;

	if (value < 0 || value > SEM_VALUE_MAX)
		return -ERANGE;
	int error = ipc_find(&sem_table, id, &object);
	if (error)
		return error;
	struct sem_set *set = sem_set_of(object);
	if (number < 0 || (uint32_t)number >= set->count)
		return -EINVAL;
	if (!ipc_permits(object, 0222))
		return -EACCES;
	sem_set_value(set, (uint32_t)number, value);
	sem_update(set);
	return 0;
}

static long get_all(const struct sem_set *set, uva_t to)
{
	for (uint32_t i = 0; i < set->count; i++) {
		uint16_t value = (uint16_t)set->sems[i].value;

		if (copy_to_user(to + i * sizeof(value), &value, sizeof(value)))
			return -EFAULT;
	}
	return 0;
}

static long set_all(struct sem_set *set, uva_t from)
{
	uint16_t *values = kmalloc(set->count * sizeof(*values));
	long error = values ? copy_from_user(values, from, set->count * sizeof(*values)) : -ENOMEM;

	for (uint32_t i = 0; !error && i < set->count; i++)
		error = values[i] > SEM_VALUE_MAX ? -ERANGE : 0;
	for (uint32_t i = 0; !error && i < set->count; i++)
		sem_set_value(set, i, values[i]);
	if (!error)
		sem_update(set);
	kfree(values);
	return error;
}

/* Of the values: all of them, or what is known of one. */
static long look(int id, int number, int command, uva_t argument)
{
	struct ipc_object *object;
	int error = ipc_find(&sem_table, id, &object);

	if (error)
		return error;
	struct sem_set *set = sem_set_of(object);
	if (!ipc_permits(object, command == SETALL ? 0222 : 0444))
		return -EACCES;
	if (command == GETALL)
		return get_all(set, argument);
	if (command == SETALL)
		return set_all(set, argument);
	if (number < 0 || (uint32_t)number >= set->count)
		return -EINVAL;
	switch (command) {
	case GETVAL:
		return set->sems[number].value;
	case GETPID:
		return set->sems[number].pid;
	case GETNCNT:
		return sem_count_waiting(set, (uint32_t)number, false);
	default:
		return sem_count_waiting(set, (uint32_t)number, true);
	}
}

long sys_semctl(const uint64_t *a)
{
	int id = (int)a[0], number = (int)a[1], command = (int)a[2];

	if (id < 0)
		return -EINVAL;
	switch (command) {
	case IPC_INFO:
	case SEM_INFO:
		return show_limits(command == SEM_INFO, a[3]);
	case IPC_STAT:
	case SEM_STAT:
	case STAT_ANY:
		return show(id, command, a[3]);
	case GETALL:
	case GETVAL:
	case GETPID:
	case GETNCNT:
	case GETZCNT:
	case SETALL:
		return look(id, number, command, a[3]);
	case SETVAL:
		return set_value(id, number, (int)a[3]);
	case IPC_SET:
	case IPC_RMID:
		return change(id, command, a[3]);
	default:
		return -EINVAL;
	}
}
