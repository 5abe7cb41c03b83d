// SPDX-License-Identifier: Apache-2.0
/*
 * The last acts of a thread on the memory that it shares: locks of its robust
 * list become free for others, who see that their owner died, and its number
 * is cleared for who joins it.
 */
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/futex.h"
#include "guest-runtime/proc/process.h"

#include <linux/futex.h>

/* An entry's lowest bit: a lock of FUTEX_LOCK_PI. */
struct entry {
	uva_t at;
	bool pi;
};

static int fetch(uva_t from, struct entry *entry)
{
	int error = copy_from_user(&entry->at, from, sizeof(entry->at));

	entry->pi = entry->at & 1;
	entry->at &= ~(uva_t)1;
	return error;
}

/* pending: the thread was just taking or leaving it. */
static int leave_lock(uva_t word, bool pi, bool pending)
{
	uint32_t value, tid = (uint32_t)current()->tid;

	if (word % sizeof(value) || copy_from_user(&value, word, sizeof(value)))
		return -1;
	/* Free already, but who waits may not have been woken. */
	if (pending && !pi && !(value & FUTEX_TID_MASK)) {
		futex_wake(word, false, 1, FUTEX_BITSET_MATCH_ANY);
		return 0;
	}
	if ((value & FUTEX_TID_MASK) != tid)
		return 0;
	bool wake = !pi && (value & FUTEX_WAITERS);
	value = (value & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
	if (copy_to_user(word, &value, sizeof(value)))
		return -1;
	if (wake)
		futex_wake(word, false, 1, FUTEX_BITSET_MATCH_ANY);
	return 0;
}

/* The list is the program's, and may be anything: bounded, and given up where it is bad. */
static void leave_robust_list(uva_t list)
{
	struct robust_list_head head;
	struct entry entry, next, pending;
	int error = 0;

	if (copy_from_user(&head, list, sizeof(head)) || fetch(list, &entry) ||
	    fetch(list + offsetof(struct robust_list_head, list_op_pending), &pending))
		return;
	uva_t offset = (uva_t)head.futex_offset;
	for (int i = 0; i < ROBUST_LIST_LIMIT && entry.at != list; i++) {
		error = fetch(entry.at, &next); /* first: the lock may be another's at once */
		if (entry.at != pending.at && leave_lock(entry.at + offset, entry.pi, false))
			return;
		if (error)
			return;
		entry = next;
	}
	if (pending.at)
		leave_lock(pending.at + offset, pending.pi, true);
}

/* Nobody is told who has the memory alone: nobody could see it. */
static void clear_tid(struct thread *thread)
{
	const struct process *process = thread->process;
	const uint32_t zero = 0;

	if (process->thread_count == 1 && process->mm->users == 1)
		return;
	copy_to_user(thread->clear_child_tid, &zero, sizeof(zero));
	futex_wake(thread->clear_child_tid, false, 1, FUTEX_BITSET_MATCH_ANY);
}

void futex_end_thread(struct thread *thread)
{
	if (thread->robust_list)
		leave_robust_list(thread->robust_list);
	futex_locks_end(thread);
	if (thread->clear_child_tid)
		clear_tid(thread);
	thread->clear_child_tid = thread->robust_list = 0;
}
