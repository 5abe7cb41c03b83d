// SPDX-License-Identifier: Apache-2.0
/*
 * The mlock(2) family. Without swap, memory that is there stays there; locking
 * fills it and is accounted.
 */
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/pair.h"
#include "guest-runtime/mm/vma.h"

#include <asm/mman.h>
#include <linux/errno.h>

#define LOCK_MARKS (uint32_t)(VMA_LOCKED | VMA_LOCK_ON_FAULT)

int mm_populate(struct mm *mm, uint64_t address, uint64_t length)
{
	uint64_t end = address + length;

	for (struct vma *vma = vma_first_ending_above(mm, address); vma && vma->start < end;
	     vma = vma_next(mm, vma)) {
		bool write = (vma->prot & PROT_WRITE) && !vma_is_shared(vma);

		if (vma->prot == PROT_NONE)
			return -EFAULT;
		int error = fill_range(mm, vma, MAX(address, vma->start), MIN(end, vma->end),
				       write ? MM_WRITE : MM_READ);
		if (error)
			return error == -ENOMEM ? -ENOMEM : -EFAULT;
	}
	return 0;
}

uint64_t mm_locked(const struct mm *mm, uint64_t start, uint64_t end)
{
	return vma_range_mapped(mm, start, end, true);
}

static void mark(struct mm *mm, struct vma *vma, uint32_t marks)
{
	vma_set(mm, vma, vma->prot, (vma->marks & ~LOCK_MARKS) | marks);
}

int mm_lock(struct mm *mm, uint64_t address, uint64_t length, uint32_t marks)
{
	uint64_t end = address + length, at = address;

	if (!pair_part(mm))
		return -ENOMEM;
	while (at < end) {
		struct vma *vma = mm_find(mm, at);
		uint64_t stop = vma ? MIN(vma->end, end) : 0;

		if (!vma || !vma_split(mm, at) || !vma_split(mm, stop))
			break;
		mark(mm, mm_find(mm, at), marks);
		at = stop;
	}
	vma_merge_around(mm, address, at);
	if (at < end)
		return -ENOMEM;
	if (marks != VMA_LOCKED)
		return 0;
	int error = mm_populate(mm, address, length);
	return error == -EFAULT ? -ENOMEM : error ? -EAGAIN : 0;
}

int mm_lock_all(struct mm *mm, uint32_t marks)
{
	if (!pair_part(mm))
		return -ENOMEM;
	list_for_each (node, &mm->vmas)
		mark(mm, container_of(node, struct vma, node), marks);
	vma_merge_around(mm, 0, GUEST_USER_END);
	if (marks != VMA_LOCKED)
		return 0;
	/* As Linux: what cannot be filled is no error here. */
	list_for_each (node, &mm->vmas) {
		struct vma *vma = container_of(node, struct vma, node);

		mm_populate(mm, vma->start, vma->end - vma->start);
	}
	return 0;
}
