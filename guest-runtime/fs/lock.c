// SPDX-License-Identifier: Apache-2.0
/* Byte-range locks: a list in each inode, sorted by start within an owner. */
#include "guest-runtime/fs/lock.h"

#include "guest-runtime/mm/heap.h"

struct list lock_all = LIST_INIT(lock_all);

static struct range_lock *lock_of(struct list *node)
{
	return container_of(node, struct range_lock, node);
}

static bool overlap(const struct range_lock *a, const struct range_lock *b)
{
	return a->start <= b->end && b->start <= a->end;
}

static struct list *locks_of(struct inode *inode)
{
	if (!inode->range_locks.next)
		list_init(&inode->range_locks);
	return &inode->range_locks;
}

const struct range_lock *lock_conflict(struct inode *inode, const struct range_lock *request)
{
	list_for_each (node, locks_of(inode)) {
		const struct range_lock *held = lock_of(node);

		if (held->owner != request->owner && overlap(held, request) &&
		    (held->type == F_WRLCK || request->type == F_WRLCK))
			return held;
	}
	return NULL;
}

static void insert(struct inode *inode, struct range_lock *lock)
{
	struct list *where = locks_of(inode);
	bool met = false;

	list_for_each (node, locks_of(inode)) {
		const struct range_lock *held = lock_of(node);

		/* Behind the owner's last that starts before. */
		if (held->owner == lock->owner ? held->start > lock->start : met) {
			where = node;
			break;
		}
		met |= held->owner == lock->owner;
	}
	list_add_before(where, &lock->node);
	lock->inode = inode;
	list_add_before(&lock_all, &lock->all);
}

/*
 * What is left of a lock of the same owner when the request takes its part: two (the second in
 * the spare), one, or none; then it has no owner any more and waits to be swept.
 */
static void cut(struct inode *inode, struct range_lock *held, const struct range_lock *request,
		struct range_lock **spare)
{
	if (held->start < request->start && held->end > request->end) {
		struct range_lock *right = *spare;

		must(right); /* its own do not overlap: only one can stand out on both sides */
		*spare = NULL;
		*right = *held;
		right->start = request->end + 1;
		held->end = request->start - 1;
		insert(inode, right);
	} else if (held->start < request->start) {
		held->end = request->start - 1;
	} else if (held->end > request->end) {
		held->start = request->end + 1;
	} else {
		held->owner = NULL;
	}
}

/* Joins a lock with the neighbours that go on where it ends. */
static void merge(struct inode *inode, struct range_lock *lock)
{
	list_for_each (node, locks_of(inode)) {
		struct range_lock *held = lock_of(node);

		if (held == lock || held->owner != lock->owner || held->type != lock->type)
			continue;
		if (held->end != INT64_MAX && held->end + 1 == lock->start)
			lock->start = held->start;
		else if (lock->end != INT64_MAX && lock->end + 1 == held->start)
			lock->end = held->end;
		else
			continue;
		held->owner = NULL;
	}
}

int lock_apply(struct inode *inode, const struct range_lock *request)
{
	if (request->type != F_UNLCK && lock_conflict(inode, request))
		return -EAGAIN;
	struct range_lock *made = request->type != F_UNLCK ? kmalloc(sizeof(*made)) : NULL;
	struct range_lock *spare = kmalloc(sizeof(*spare));
	if (!spare || (!made && request->type != F_UNLCK)) {
		kfree(made);
		kfree(spare);
		return -ENOLCK;
	}
	list_for_each (node, locks_of(inode)) {
		struct range_lock *held = lock_of(node);

		if (held->owner == request->owner && overlap(held, request))
			cut(inode, held, request, &spare);
	}
	if (made) {
		*made = *request;
		insert(inode, made);
		merge(inode, made);
	}
	lock_drop(inode, NULL);
	kfree(spare);
	wait_queue_wake(&inode->unlocked, 0);
	return 0;
}

static struct list waits = LIST_INIT(waits); /* struct lock_wait, of all files */

#define CHAIN_MAX 10 /* of owners that wait for each other: as far as Linux looks */

void lock_wait_begin(struct lock_wait *wait, struct inode *inode, const struct range_lock *request)
{
	wait->inode = inode;
	wait->request = request;
	list_add_before(&waits, &wait->node);
}

void lock_wait_end(struct lock_wait *wait)
{
	list_remove(&wait->node);
}

static const struct lock_wait *wait_of_owner(const void *owner)
{
	list_for_each (node, &waits) {
		const struct lock_wait *wait = container_of(node, struct lock_wait, node);

		if (wait->request->owner == owner)
			return wait;
	}
	return NULL;
}

bool lock_would_deadlock(struct inode *inode, const struct range_lock *request)
{
	const struct range_lock *held = lock_conflict(inode, request);

	for (int n = 0; held && n < CHAIN_MAX; n++) {
		if (held->owner == request->owner)
			return true;
		const struct lock_wait *wait = wait_of_owner(held->owner);
		held = wait ? lock_conflict(wait->inode, wait->request) : NULL;
	}
	return false;
}

void lock_drop(struct inode *inode, const void *owner)
{
	bool any = false;
	struct list *next;

	if (!inode->range_locks.next)
		return;
	for (struct list *node = inode->range_locks.next; node != &inode->range_locks;
	     node = next) {
		struct range_lock *held = lock_of(node);

		next = node->next;
		if (held->owner != owner)
			continue;
		list_remove(node);
		list_remove(&held->all);
		kfree(held);
		any = true;
	}
	if (any)
		wait_queue_wake(&inode->unlocked, 0);
}
