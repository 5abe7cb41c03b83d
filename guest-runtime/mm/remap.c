// SPDX-License-Identifier: Apache-2.0
/* mremap(2): shrinks, grows in place, or moves leaves to another place without copying. */
#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/table.h"
#include "guest-runtime/mm/vma.h"

#include <asm/mman.h>
#include <linux/errno.h>
#include <linux/mman.h>

/* Takes the leaves of a range to `to`; false: out of memory, what was moved stays moved. */
static bool move_leaves(struct mm *mm, uint64_t from, uint64_t to, uint64_t length)
{
	uint64_t end = from + length;
	bool huge;

	for (uint64_t at = table_next(mm->pml4, from, end); at < end;
	     at = table_next(mm->pml4, at, end)) {
		pte_t *source = table_find(mm->pml4, at, &huge);

		if (huge) {
			source = table_make(mm->pml4, at);
			if (!source)
				return false;
		}
		pte_t *target = table_make(mm->pml4, to + (at - from));
		if (!target)
			return false;
		*target = *source;
		*source = 0;
		at += PAGE_SIZE;
	}
	return true;
}

/* Maps like vma's page at address, nothing filled yet. */
static long map_like(struct mm *mm, const struct vma *vma, uint64_t address, uint64_t length,
		     uint32_t flags, uint64_t target)
{
	uint64_t offset = vma->file ? vma->offset + (address - vma->start) : 0;

	return mm_map(mm, target, length, vma->prot, vma->flags | flags | MAP_NORESERVE, vma->file,
		      offset);
}

static long move(struct mm *mm, const struct vma *vma, uint64_t address, uint64_t old_length,
		 uint64_t new_length, uint32_t flags, uint64_t target)
{
	long to = map_like(mm, vma, address, new_length, flags & MREMAP_FIXED ? MAP_FIXED : 0,
			   target);

	if (to < 0)
		return to;
	bool moved = move_leaves(mm, address, (uint64_t)to, MIN(old_length, new_length));
	mm_flush(mm);
	if (!moved)
		return -ENOMEM;
	if (!(flags & MREMAP_DONTUNMAP)) {
		int error = mm_unmap(mm, address, old_length);

		if (error)
			return error;
	}
	return to;
}

long mm_remap(struct mm *mm, uint64_t address, uint64_t old_length, uint64_t new_length,
	      uint32_t flags, uint64_t new_address)
{
	struct vma *vma = mm_find(mm, address);

	if (!vma || vma->end - address < old_length)
		return -EFAULT;
	if (new_length > old_length &&
	    !mm_could_fit(new_length - old_length, vma->prot, vma->flags))
		return -ENOMEM;
	if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) {
		if ((flags & MREMAP_FIXED) && new_address < address + old_length &&
		    address < new_address + new_length)
			return -EINVAL;
		return move(mm, vma, address, old_length, new_length, flags, new_address);
	}
	if (new_length <= old_length) {
		int error = new_length == old_length
				    ? 0
				    : mm_unmap(mm, address + new_length, old_length - new_length);
		return error ? error : (long)address;
	}
	if (vma->end == address + old_length && address + new_length <= GUEST_USER_END &&
	    vma_range_empty(mm, vma->end, address + new_length)) {
		long end = map_like(mm, vma, vma->end, new_length - old_length, MAP_FIXED_NOREPLACE,
				    vma->end);
		return end < 0 ? end : (long)address;
	}
	if (!(flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	return move(mm, vma, address, old_length, new_length, flags, 0);
}
