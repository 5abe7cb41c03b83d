// SPDX-License-Identifier: Apache-2.0
/* mremap(2): shrinks, grows in place, or moves leaves to another place without copying. */
#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/pair.h"
#include "guest-runtime/mm/shelf.h"
#include "guest-runtime/mm/vma.h"

#include <linux/errno.h>

struct request {
	uint64_t address, old_length, new_length;
	uint32_t flags; /* MREMAP_* */
	uint64_t target;
};

/* A 2 MiB leaf as a whole, where both sides allow it. */
static bool move_huge(struct mm *mm, pte_t *source, uint64_t at, uint64_t target, uint64_t end)
{
	if (at % HUGE_SIZE || target % HUGE_SIZE || end - at < HUGE_SIZE)
		return false;
	pte_t *leaf = table_make_huge(mm->pml4, target);
	if (!leaf)
		return false;
	*leaf = *source;
	*source = 0;
	return true;
}

/*
 * Takes the leaves of a range to `to`. Returns the bytes done: less than length
 * when out of memory.
 */
static uint64_t move_leaves(struct mm *mm, uint64_t from, uint64_t to, uint64_t length)
{
	uint64_t end = from + length;
	bool huge;

	for (uint64_t at = table_next(mm->pml4, from, end); at < end;
	     at = table_next(mm->pml4, at, end)) {
		pte_t *source = table_find(mm->pml4, at, &huge);

		if (huge && move_huge(mm, source, at, to + (at - from), end)) {
			at += HUGE_SIZE;
			continue;
		}
		if (huge)
			source = table_make(mm->pml4, at);
		pte_t *target = source ? table_make(mm->pml4, to + (at - from)) : NULL;
		if (!target)
			return at - from;
		*target = *source;
		*source = 0;
		at += PAGE_SIZE;
	}
	return length;
}

/* What Linux's vma_to_resize() asks. */
static int check(const struct mm *mm, const struct vma *vma, const struct request *r)
{
	uint64_t more = r->new_length - r->old_length;

	if (!r->old_length && !vma_is_shared(vma))
		return -EINVAL;
	if (r->old_length > vma->end - r->address)
		return -EFAULT;
	if (r->new_length <= r->old_length)
		return 0;
	if (vma->file && vma_offset(vma, r->address) + r->new_length < r->new_length)
		return -EINVAL;
	if (!mm_may_grow(mm, more, vma_counts_as_data(vma->prot, vma->flags)) ||
	    !mm_could_fit(more, vma->prot, vma->flags))
		return -ENOMEM;
	return 0;
}

/* What is behind the old place goes, or with MREMAP_DONTUNMAP stays, empty and not locked. */
static int leave(struct mm *mm, const struct request *r)
{
	if (!r->old_length)
		return 0;
	if (!(r->flags & MREMAP_DONTUNMAP))
		return mm_unmap(mm, r->address, r->old_length);
	return mm_lock(mm, r->address, r->old_length, 0);
}

static long move(struct mm *mm, const struct vma *vma, const struct request *r)
{
	struct vma like = *vma;
	uint64_t length = MIN(r->old_length, r->new_length);
	bool locked = vma->marks & VMA_LOCKED;

	like.end = r->new_length;
	if (like.file)
		like.offset = vma_offset(vma, r->address);
	int error = mm_place(mm, r->target, r->flags & MREMAP_FIXED ? MAP_FIXED : 0, &like);
	if (error)
		return error;
	uint64_t to = like.start;
	if (mm->vma_count >= VMA_COUNT_MAX - 2 || !vma_insert(mm, &like))
		return -ENOMEM;
	uint64_t moved = move_leaves(mm, r->address, to, length);
	if (moved < length) {
		move_leaves(mm, to, r->address, moved);
		mm_unmap(mm, to, r->new_length);
		mm_flush(mm);
		return -ENOMEM;
	}
	mm_flush(mm);
	error = leave(mm, r);
	if (locked)
		mm_populate(mm, to, r->new_length);
	return error ? error : (long)to;
}

static long remap_to(struct mm *mm, struct request *r)
{
	int error = 0;

	if (r->flags & MREMAP_FIXED) {
		if (r->target < r->address + r->old_length &&
		    r->address < r->target + r->new_length)
			return -EINVAL;
		if (r->target < MMAP_FLOOR)
			return -EPERM;
		error = mm_unmap(mm, r->target, r->new_length);
	}
	if (!error && r->old_length > r->new_length) {
		error = mm_unmap(mm, r->address + r->new_length, r->old_length - r->new_length);
		r->old_length = r->new_length;
	}
	if (error)
		return error;
	const struct vma *vma = mm_find(mm, r->address);
	if (!vma)
		return -EFAULT;
	error = check(mm, vma, r);
	return error ? error : move(mm, vma, r);
}

/* The VMA ends there and has room behind it: it becomes longer. False: it cannot. */
static bool grow_in_place(struct mm *mm, const struct vma *vma, const struct request *r)
{
	uint64_t end = r->address + r->new_length;
	struct vma like = *vma;

	if (vma->end != r->address + r->old_length || end > GUEST_USER_END || end < r->address ||
	    !vma_range_empty(mm, vma->end, end))
		return false;
	like.start = vma->end;
	like.end = end;
	if (like.file)
		like.offset = vma_offset(vma, vma->end);
	if (!vma_insert(mm, &like))
		return false;
	if (like.marks & VMA_LOCKED)
		mm_populate(mm, like.start, end - like.start);
	return true;
}

long mm_remap(struct mm *mm, uint64_t address, uint64_t old_length, uint64_t new_length,
	      uint32_t flags, uint64_t new_address)
{
	bool parted = pair_part(mm);

	shelf_end(mm);
	const struct vma *vma = mm_find(mm, address);
	struct request r = { address, old_length, new_length, flags, new_address };

	if (!parted)
		return -ENOMEM;
	if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
		return remap_to(mm, &r);
	/* Shrinking only unmaps what is too much, whatever is there. */
	if (new_length <= old_length) {
		int error = new_length == old_length
				    ? 0
				    : mm_unmap(mm, address + new_length, old_length - new_length);
		return error ? error : (long)address;
	}
	int error = check(mm, vma, &r);
	if (error)
		return error;
	if (old_length && grow_in_place(mm, vma, &r))
		return (long)address;
	return flags & MREMAP_MAYMOVE ? move(mm, vma, &r) : -ENOMEM;
}
