/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Futexes, futex(2): who waits for which word of memory. Words that address
 * spaces share have the same key in all of them. Nothing runs between a look
 * at a word and what is done about it: the runtime is not pre-empted.
 *
 * Results are those of the system calls, -errno included. deadline is of
 * clock_monotonic_ns(). What waits ends with -EINTR for a signal, too.
 */
#ifndef GUEST_PROC_FUTEX_H
#define GUEST_PROC_FUTEX_H

#include "guest-runtime/lib/list.h"
#include "guest-runtime/mm/uaccess.h"

#include <stdbool.h>
#include <stdint.h>

struct thread;
struct inode;
struct futex_pi;

struct futex_key {
	const void *of;	 /* an address space, or an inode */
	uint64_t offset; /* in it; the lowest bits tell which, and private from shared */
};

/* One word that a thread waits for, in the memory of who waits. */
struct futex_waiter {
	struct list node; /* of its key's bucket */
	struct futex_key key;
	struct inode *inode; /* a reference, if the key is of one */
	struct thread *thread;
	uint32_t bitset;
	bool queued; /* false: woken */
	/* futex-pi.c */
	struct futex_pi *pi;	 /* waits for a lock with an owner; counted in it */
	bool granted;		 /* has the lock now, and is about to leave */
	bool moves;		 /* waits until it is moved to `target`, such a lock */
	uva_t word;		 /* of the lock */
	struct futex_key target; /* its key */
};

/* FUTEX_PRIVATE_FLAG or not. -EINVAL: not aligned; -EFAULT: nothing is there. */
int futex_key(uva_t word, bool private, struct futex_key *key);
/* By key; one that was not woken must be taken off again. */
void futex_enqueue(struct futex_waiter *waiter, const struct futex_key *key, uint32_t bitset);
void futex_dequeue(struct futex_waiter *waiter);
/* Moves one that is queued to another key. */
void futex_move(struct futex_waiter *waiter, const struct futex_key *key);
bool futex_same(const struct futex_key *a, const struct futex_key *b);
/* Who came first, and after it (NULL: from the start), of those with this key; NULL: nobody. */
struct futex_waiter *futex_next(const struct futex_key *key, const struct futex_waiter *after);

long futex_wait(uva_t word, bool private, uint32_t expected, int64_t deadline, uint32_t bitset);
/* Wakes up to count (at least 1) that wait with one of these bits; returns how many. */
long futex_wake(uva_t word, bool private, int count, uint32_t bitset);
/* count as Linux has it for FUTEX_WAKE_OP: what is 0 or less wakes one. */
long futex_wake_op(uva_t word, uva_t other, bool private, int count, int other_count,
		   uint32_t operation);
/* Wakes so many and moves so many to `to`; if expected, only while the word has this value. */
long futex_requeue(uva_t word, uva_t to, bool private, int wake, int move,
		   const uint32_t *expected);

/* Locks with an owner, FUTEX_LOCK_PI and its like; `try`: does not wait. */
long futex_lock(uva_t word, bool private, int64_t deadline, bool try);
long futex_unlock(uva_t word, bool private);
/*
 * Waits for word as futex_wait() until futex_requeue_lock() moves it to the
 * lock, and then for that.
 */
long futex_wait_lock(uva_t word, uva_t lock, bool private, uint32_t expected, int64_t deadline);
long futex_requeue_lock(uva_t word, uva_t lock, bool private, int wake, int move,
			uint32_t expected);
/* The thread ends: what it owns goes to the next who waits for it. */
void futex_locks_end(struct thread *thread);

/* current ends, or gives up its memory by execve: robust list, clear_child_tid. */
void futex_end_thread(struct thread *thread);

#endif
