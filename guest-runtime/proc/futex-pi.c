// SPDX-License-Identifier: Apache-2.0
/*
 * Futexes with an owner, whose thread number is in the word: priority
 * inheritance locks. Who unlocks one hands it to the first that waits. All that
 * wait are of one priority here, so there is nothing to inherit but the lock.
 */
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/futex.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/restart.h"

#include <linux/errno.h>
#include <linux/futex.h>

#define CHAIN_MAX 1024 /* locks that wait for each other, as Linux has it */

/* A lock that somebody waits for. */
struct futex_pi {
	struct list node; /* of the owner's */
	struct futex_key key;
	struct thread *owner; /* lives: futex_locks_end() */
	uint32_t waiters;     /* that were granted it, too, until they leave */
};

static int read_word(uva_t word, uint32_t *value)
{
	return copy_from_user(value, word, sizeof(*value));
}

static int write_word(uva_t word, uint32_t value)
{
	return copy_to_user(word, &value, sizeof(value));
}

static void set_owner(struct futex_pi *pi, struct thread *owner)
{
	if (pi->owner)
		list_remove(&pi->node);
	pi->owner = owner;
	if (!owner)
		return;
	if (!owner->locks.next)
		list_init(&owner->locks);
	list_add_before(&owner->locks, &pi->node);
}

/* After one less waits for it. */
static void settle(struct futex_pi *pi)
{
	if (!pi || pi->waiters)
		return;
	set_owner(pi, NULL);
	kfree(pi);
}

/* The lock that others wait for already, if the word agrees. */
static int attach_to_waiter(uint32_t value, const struct futex_waiter *first, struct futex_pi **pi)
{
	uint32_t tid = value & FUTEX_TID_MASK;

	*pi = first->pi;
	if (!*pi)
		return -EINVAL;
	if (value & FUTEX_OWNER_DIED && !tid)
		return 0;
	if (!(*pi)->owner)
		return -EINVAL;
	return tid == (uint32_t)(*pi)->owner->tid ? 0 : -EINVAL;
}

static int attach_to_owner(uint32_t value, const struct futex_key *key, struct futex_pi **pi)
{
	struct thread *owner = thread_find((int)(value & FUTEX_TID_MASK));

	if (!owner)
		return -ESRCH;
	*pi = kmalloc(sizeof(**pi));
	if (!*pi)
		return -ENOMEM;
	(*pi)->key = *key;
	set_owner(*pi, owner);
	return 0;
}

/*
 * Takes the lock for a thread: 1. Or finds what it has to wait for: 0; settle()
 * is due if it does not. waited_for: it will be, even if it is free now.
 */
static int take(uva_t word, const struct futex_key *key, struct thread *thread, bool waited_for,
		struct futex_pi **pi)
{
	const struct futex_waiter *first = futex_next(key, NULL);
	uint32_t value, tid = (uint32_t)thread->tid;

	*pi = NULL;
	if (read_word(word, &value))
		return -EFAULT;
	if ((value & FUTEX_TID_MASK) == tid)
		return -EDEADLK;
	if (first)
		return attach_to_waiter(value, first, pi);
	if (value & FUTEX_TID_MASK) {
		if (write_word(word, value | FUTEX_WAITERS))
			return -EFAULT;
		return attach_to_owner(value, key, pi);
	}
	value = (value & FUTEX_OWNER_DIED) | tid;
	if (waited_for)
		value |= FUTEX_WAITERS;
	if (write_word(word, value))
		return -EFAULT;
	int error = waited_for ? attach_to_owner(value, key, pi) : 0;
	return error ? error : 1;
}

/* thread must not wait, over however many locks, for itself. */
static bool is_deadlock(const struct futex_pi *pi, const struct thread *thread)
{
	for (int depth = 0; pi && pi->owner; depth++) {
		if (pi->owner == thread || depth == CHAIN_MAX)
			return true;
		pi = pi->owner->waits_for;
	}
	return false;
}

static void begin(struct futex_waiter *waiter, struct futex_pi *pi)
{
	waiter->pi = pi;
	waiter->thread->waits_for = pi;
	pi->waiters++;
}

/* The word of a lock whose owner has died still tells of that one. */
static int correct_word(const struct futex_waiter *waiter)
{
	uint32_t value;

	if (read_word(waiter->word, &value))
		return -EFAULT;
	if ((value & FUTEX_TID_MASK) == (uint32_t)waiter->thread->tid)
		return 0;
	return write_word(waiter->word,
			  FUTEX_OWNER_DIED | FUTEX_WAITERS | (uint32_t)waiter->thread->tid);
}

/*
 * Sleeps until the waiter has the lock, or what ended it. Of one that was not
 * moved yet, pi is NULL.
 */
static long wait_for_lock(struct futex_waiter *waiter, int64_t deadline)
{
	long ended = 0;

	while (waiter->queued && !waiter->granted && !ended)
		ended = wait_sleep(deadline);
	if (waiter->granted)
		ended = correct_word(waiter);
	else if (!waiter->queued)
		ended = 0;
	waiter->thread->waits_for = NULL;
	futex_dequeue(waiter);
	if (waiter->pi) {
		waiter->pi->waiters--;
		settle(waiter->pi);
	}
	return ended;
}

/* To the next; others may be waiting still. */
static void grant(struct futex_waiter *next)
{
	set_owner(next->pi, next->thread);
	next->granted = true;
	next->thread->waits_for = NULL;
	wait_wake_thread(next->thread);
}

long futex_lock(uva_t word, bool private, int64_t deadline, bool try)
{
	struct futex_waiter waiter;
	struct futex_key key;
	struct futex_pi *pi;
	long result = futex_key(word, private, &key);

	if (result)
		return result;
	result = take(word, &key, current(), false, &pi);
	if (result)
		return result > 0 ? 0 : result;
	if (try || is_deadlock(pi, current())) {
		settle(pi);
		return try ? -EAGAIN : -EDEADLK;
	}
	futex_enqueue(&waiter, &key, FUTEX_BITSET_MATCH_ANY);
	waiter.word = word;
	begin(&waiter, pi);
	result = wait_for_lock(&waiter, deadline);
	return result == -EINTR ? -ERESTARTNOINTR : result;
}

long futex_unlock(uva_t word, bool private)
{
	const struct thread *thread = current();
	struct futex_key key;
	uint32_t value;

	if (read_word(word, &value))
		return -EFAULT;
	if ((value & FUTEX_TID_MASK) != (uint32_t)thread->tid)
		return -EPERM;
	int error = futex_key(word, private, &key);
	if (error)
		return error;
	struct futex_waiter *first = futex_next(&key, NULL);
	if (!first)
		return write_word(word, 0);
	if (!first->pi || first->pi->owner != thread)
		return -EINVAL;
	error = write_word(word, FUTEX_WAITERS | (uint32_t)first->thread->tid);
	if (!error)
		grant(first);
	return error;
}

long futex_wait_lock(uva_t word, uva_t lock, bool private, uint32_t expected, int64_t deadline)
{
	struct futex_waiter waiter;
	struct futex_key key, target;
	uint32_t value;
	long result = word == lock ? -EINVAL : futex_key(lock, private, &target);

	if (!result)
		result = futex_key(word, private, &key);
	if (result)
		return result;
	if (read_word(word, &value))
		return -EFAULT;
	if (value != expected)
		return -EAGAIN;
	if (futex_same(&key, &target))
		return -EINVAL;
	futex_enqueue(&waiter, &key, FUTEX_BITSET_MATCH_ANY);
	waiter.moves = true;
	waiter.word = lock;
	waiter.target = target;
	result = wait_for_lock(&waiter, deadline);
	if (result != -EINTR)
		return result;
	/* After the move the word has changed: to wait for it again would be in vain. */
	return waiter.pi ? -EAGAIN : -ERESTARTNOINTR;
}

/*
 * Of those that wait for word, the first takes the lock, if it is free. 0, 1,
 * or -errno as take().
 */
static int take_for_first(const struct futex_key *key, const struct futex_key *target, uva_t lock,
			  bool waited_for, struct futex_pi **pi)
{
	struct futex_waiter *first = futex_next(key, NULL);
	uint32_t value;

	*pi = NULL;
	if (read_word(lock, &value))
		return -EFAULT;
	if (!first)
		return 0;
	if (!first->moves || first->pi || !futex_same(&first->target, target))
		return -EINVAL;
	int taken = take(lock, target, first->thread, waited_for, pi);
	if (taken == 1) {
		futex_dequeue(first);
		wait_wake_thread(first->thread);
	}
	return taken;
}

static int move_one(struct futex_waiter *waiter, const struct futex_key *target,
		    struct futex_pi *pi)
{
	if (!waiter->moves || waiter->pi || !futex_same(&waiter->target, target))
		return -EINVAL;
	if (is_deadlock(pi, waiter->thread))
		return -EDEADLK;
	futex_move(waiter, target);
	begin(waiter, pi);
	return 0;
}

long futex_requeue_lock(uva_t word, uva_t lock, bool private, int wake, int move, uint32_t expected)
{
	struct futex_key key, target;
	struct futex_pi *pi;
	uint32_t value;
	int error =
		wake != 1 || move < 0 || word == lock ? -EINVAL : futex_key(word, private, &key);

	if (!error)
		error = futex_key(lock, private, &target);
	if (!error && futex_same(&key, &target))
		error = -EINVAL;
	if (!error && read_word(word, &value))
		error = -EFAULT;
	if (!error && value != expected)
		error = -EAGAIN;
	if (error)
		return error;
	long done = take_for_first(&key, &target, lock, move > 0, &pi);
	if (done < 0)
		return done;
	struct futex_waiter *waiter = futex_next(&key, NULL), *next;
	for (; waiter && pi && !error && done - 1 < move; waiter = next) {
		next = futex_next(&key, waiter);
		error = move_one(waiter, &target, pi);
		if (!error)
			done++;
	}
	settle(pi);
	return error ? error : done;
}

void futex_locks_end(struct thread *thread)
{
	while (thread->locks.next && !list_empty(&thread->locks)) {
		struct futex_pi *pi = container_of(thread->locks.next, struct futex_pi, node);
		struct futex_waiter *next = futex_next(&pi->key, NULL);

		while (next && next->pi != pi)
			next = futex_next(&pi->key, next);
		if (next)
			grant(next);
		else
			set_owner(pi, NULL);
	}
}
