// SPDX-License-Identifier: Apache-2.0
/* Keys of futexes, one hash table of who waits, and waking and moving them. */
#include "guest-runtime/proc/futex.h"

#include "guest-runtime/fs/vfs.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/vma.h"
#include "guest-runtime/proc/process.h"

#include <linux/errno.h>
#include <linux/futex.h>

#define BUCKETS 256

/* Lowest bits of a key's offset: words are aligned. */
enum { KEY_PRIVATE, KEY_SHARED, KEY_INODE };

static struct list buckets[BUCKETS];

static struct list *bucket_of(const struct futex_key *key)
{
	uint64_t hash = ((uint64_t)key->of >> 4 ^ key->offset >> 2) * 0x9e3779b97f4a7c15ull;
	struct list *bucket = &buckets[hash >> 56];

	if (!bucket->next)
		list_init(bucket);
	return bucket;
}

bool futex_same(const struct futex_key *a, const struct futex_key *b)
{
	return a->of == b->of && a->offset == b->offset;
}

static struct futex_waiter *waiter_of(struct list *node)
{
	return container_of(node, struct futex_waiter, node);
}

int futex_key(uva_t word, bool private, struct futex_key *key)
{
	struct mm *mm = current()->process->mm;
	uint32_t value;

	if (word % sizeof(value))
		return -EINVAL;
	if (word >= GUEST_USER_END)
		return -EFAULT;
	*key = (struct futex_key){ mm, word | KEY_PRIVATE };
	if (private)
		return 0;
	if (copy_from_user(&value, word, sizeof(value)))
		return -EFAULT;
	const struct vma *vma = mm_find(mm, word);
	if (vma && vma->file && vma_is_shared(vma))
		*key = (struct futex_key){ vma->file->inode, vma_offset(vma, word) | KEY_INODE };
	else
		key->offset = word | KEY_SHARED;
	return 0;
}

static void hold_inode(struct futex_waiter *waiter)
{
	struct inode *old = waiter->inode;

	waiter->inode = NULL;
	if (waiter->queued && waiter->key.offset & KEY_INODE)
		waiter->inode = inode_get((struct inode *)(uintptr_t)waiter->key.of);
	inode_put(old);
}

void futex_enqueue(struct futex_waiter *waiter, const struct futex_key *key, uint32_t bitset)
{
	*waiter = (struct futex_waiter){
		.key = *key, .thread = current(), .bitset = bitset, .queued = true
	};
	hold_inode(waiter);
	list_add_before(bucket_of(key), &waiter->node);
}

void futex_dequeue(struct futex_waiter *waiter)
{
	if (!waiter->queued)
		return;
	list_remove(&waiter->node);
	waiter->queued = false;
	hold_inode(waiter);
}

void futex_move(struct futex_waiter *waiter, const struct futex_key *key)
{
	list_remove(&waiter->node);
	waiter->key = *key;
	hold_inode(waiter);
	list_add_before(bucket_of(key), &waiter->node);
}

struct futex_waiter *futex_next(const struct futex_key *key, const struct futex_waiter *after)
{
	const struct list *bucket = bucket_of(key);

	for (struct list *node = after ? after->node.next : bucket->next; node != bucket;
	     node = node->next)
		if (futex_same(&waiter_of(node)->key, key))
			return waiter_of(node);
	return NULL;
}

static void wake(struct futex_waiter *waiter)
{
	futex_dequeue(waiter);
	wait_wake_thread(waiter->thread);
}

long futex_wait(uva_t word, bool private, uint32_t expected, int64_t deadline, uint32_t bitset)
{
	struct futex_waiter waiter;
	struct futex_key key;
	uint32_t value;
	long ended = bitset ? futex_key(word, private, &key) : -EINVAL;

	if (ended)
		return ended;
	if (copy_from_user(&value, word, sizeof(value)))
		return -EFAULT;
	if (value != expected)
		return -EAGAIN;
	futex_enqueue(&waiter, &key, bitset);
	while (waiter.queued && !ended)
		ended = wait_sleep(deadline);
	if (!waiter.queued)
		return 0;
	futex_dequeue(&waiter);
	return ended;
}

/* Who waits for a lock is woken by its owner alone. */
static bool is_for_lock(const struct futex_waiter *waiter)
{
	return waiter->pi || waiter->moves;
}

static long wake_key(const struct futex_key *key, int count, uint32_t bitset)
{
	struct futex_waiter *waiter = futex_next(key, NULL), *next;
	long woken = 0;

	for (; waiter; waiter = next) {
		next = futex_next(key, waiter);
		if (is_for_lock(waiter))
			return -EINVAL;
		if (!(waiter->bitset & bitset))
			continue;
		wake(waiter);
		if (++woken >= count)
			break;
	}
	return woken;
}

long futex_wake(uva_t word, bool private, int count, uint32_t bitset)
{
	struct futex_key key;
	int error = bitset ? futex_key(word, private, &key) : -EINVAL;

	return error ? error : wake_key(&key, count, bitset);
}

/* The new value of a word by FUTEX_OP_*. */
static int change(uint32_t operation, uint32_t old, uint32_t *new)
{
	uint32_t argument = (uint32_t)((int32_t)(operation << 8) >> 20);

	if (operation & (uint32_t)FUTEX_OP_OPARG_SHIFT << 28)
		argument = 1u << (argument & 31);
	switch (operation >> 28 & 7) {
	case FUTEX_OP_SET:
		*new = argument;
		return 0;
	case FUTEX_OP_ADD:
		*new = old + argument;
		return 0;
	case FUTEX_OP_OR:
		*new = old | argument;
		return 0;
	case FUTEX_OP_ANDN:
		*new = old & ~argument;
		return 0;
	case FUTEX_OP_XOR:
		*new = old ^ argument;
		return 0;
	default:
		return -ENOSYS;
	}
}

/* Whether the old value is as FUTEX_OP_CMP_* asks; -ENOSYS. */
static int compare(uint32_t operation, int32_t old)
{
	int32_t argument = (int32_t)(operation << 20) >> 20;

	switch (operation >> 24 & 15) {
	case FUTEX_OP_CMP_EQ:
		return old == argument;
	case FUTEX_OP_CMP_NE:
		return old != argument;
	case FUTEX_OP_CMP_LT:
		return old < argument;
	case FUTEX_OP_CMP_GE:
		return old >= argument;
	case FUTEX_OP_CMP_LE:
		return old <= argument;
	case FUTEX_OP_CMP_GT:
		return old > argument;
	default:
		return -ENOSYS;
	}
}

long futex_wake_op(uva_t word, uva_t other, bool private, int count, int other_count,
		   uint32_t operation)
{
	struct futex_key key, other_key;
	uint32_t old, new;
	int error = futex_key(word, private, &key);

	if (!error)
		error = futex_key(other, private, &other_key);
	if (!error && copy_from_user(&old, other, sizeof(old)))
		error = -EFAULT;
	if (!error)
		error = change(operation, old, &new);
	if (!error && copy_to_user(other, &new, sizeof(new)))
		error = -EFAULT;
	if (!error)
		error = compare(operation, (int32_t)old);
	if (error < 0)
		return error;
	long woken = wake_key(&key, count, FUTEX_BITSET_MATCH_ANY), more = 0;
	if (error && woken >= 0)
		more = wake_key(&other_key, other_count, FUTEX_BITSET_MATCH_ANY);
	return woken < 0 ? woken : more < 0 ? more : woken + more;
}

long futex_requeue(uva_t word, uva_t to, bool private, int wake_count, int move_count,
		   const uint32_t *expected)
{
	struct futex_key key, to_key;
	struct list moved = LIST_INIT(moved);
	uint32_t value;
	long done = 0;
	int error = wake_count < 0 || move_count < 0 ? -EINVAL : futex_key(word, private, &key);

	if (!error)
		error = futex_key(to, private, &to_key);
	if (!error && expected && copy_from_user(&value, word, sizeof(value)))
		error = -EFAULT;
	if (!error && expected && value != *expected)
		error = -EAGAIN;
	if (error)
		return error;
	struct futex_waiter *waiter = futex_next(&key, NULL), *next;
	for (; waiter && done - wake_count < move_count; waiter = next) {
		next = futex_next(&key, waiter);
		if (is_for_lock(waiter)) {
			error = -EINVAL;
			break;
		}
		if (++done <= wake_count) {
			wake(waiter);
			continue;
		}
		/* Behind those that this loop has still to look at, if it is their bucket. */
		list_remove(&waiter->node);
		list_add_before(&moved, &waiter->node);
	}
	while (!list_empty(&moved))
		futex_move(waiter_of(moved.next), &to_key);
	return error ? error : done;
}
