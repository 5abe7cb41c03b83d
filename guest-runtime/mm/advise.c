// SPDX-License-Identifier: Apache-2.0
/* madvise(2), msync(2), mincore(2). */
#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/pair.h"
#include "guest-runtime/mm/vma.h"

#include <asm/mman.h>
#include <linux/errno.h>

/* Advice that only changes marks. */
static const struct {
	int advice;
	uint32_t set, clear;
	bool private_only; /* anonymous private memory; others: EINVAL */
} mark_rows[] = {
	{ MADV_NORMAL, 0, VMA_RANDOM | VMA_SEQUENTIAL, false },
	{ MADV_RANDOM, VMA_RANDOM, VMA_SEQUENTIAL, false },
	{ MADV_SEQUENTIAL, VMA_SEQUENTIAL, VMA_RANDOM, false },
	{ MADV_DONTFORK, VMA_DONT_FORK, 0, false },
	{ MADV_DOFORK, 0, VMA_DONT_FORK, false },
	{ MADV_MERGEABLE, VMA_MERGEABLE, 0, false },
	{ MADV_UNMERGEABLE, 0, VMA_MERGEABLE, false },
	{ MADV_HUGEPAGE, VMA_HUGE, VMA_NO_HUGE, false },
	{ MADV_NOHUGEPAGE, VMA_NO_HUGE, VMA_HUGE, false },
	{ MADV_DONTDUMP, VMA_DONT_DUMP, 0, false },
	{ MADV_DODUMP, 0, VMA_DONT_DUMP, false },
	{ MADV_WIPEONFORK, VMA_WIPE_ON_FORK, 0, true },
	{ MADV_KEEPONFORK, 0, VMA_WIPE_ON_FORK, false },
};

static int change_marks(struct mm *mm, struct vma *vma, uint64_t start, uint64_t end, size_t row)
{
	uint32_t marks = (vma->marks | mark_rows[row].set) & ~mark_rows[row].clear;

	if (mark_rows[row].private_only && vma->file)
		return -EINVAL;
	if (marks == vma->marks)
		return 0;
	if (!vma_split(mm, start) || !vma_split(mm, end))
		return -ENOMEM;
	vma = mm_find(mm, start);
	vma_set(mm, vma, vma->prot, marks);
	return 0;
}

/* MADV_REMOVE: a hole in the file itself. */
static int remove(struct vma *vma, uint64_t start, uint64_t end)
{
	if ((vma->marks & VMA_LOCKED) || !vma->file)
		return -EINVAL;
	if (!vma_is_shared(vma) || !(vma->may & PROT_WRITE))
		return -EACCES;
	return file_punch(vma->file, vma_offset(vma, start), end - start);
}

static int advise(struct mm *mm, struct vma *vma, uint64_t start, uint64_t end, int advice)
{
	for (size_t i = 0; i < ARRAY_SIZE(mark_rows); i++)
		if (mark_rows[i].advice == advice)
			return change_marks(mm, vma, start, end, i);
	switch (advice) {
	case MADV_FREE:
		if (vma->file)
			return -EINVAL;
		/* fall through */
	case MADV_DONTNEED:
		if (vma->marks & VMA_LOCKED)
			return -EINVAL;
		/* fall through */
	case MADV_DONTNEED_LOCKED:
		leaves_drop(mm, start, end, false);
		return 0;
	case MADV_COLD: /* there is nowhere to put them */
	case MADV_PAGEOUT:
		return vma->marks & VMA_LOCKED ? -EINVAL : 0;
	case MADV_WILLNEED:
		if (vma->file && vma->prot != PROT_NONE)
			fill_ahead(mm, vma, start, end);
		return 0;
	default:
		return remove(vma, start, end);
	}
}

static int populate(struct mm *mm, uint64_t start, uint64_t end, int advice)
{
	enum mm_access access = advice == MADV_POPULATE_WRITE ? MM_WRITE : MM_READ;

	for (uint64_t at = start; at < end;) {
		struct vma *vma = mm_find(mm, at);
		uint64_t stop = vma ? MIN(vma->end, end) : 0;

		if (!vma)
			return -ENOMEM;
		if (!(vma->prot & (access == MM_WRITE ? PROT_WRITE : PROT_READ)))
			return -EINVAL;
		int error = fill_range(mm, vma, at, stop, access);
		bool flush = false;
		for (; access == MM_WRITE && !error && at < stop; at += PAGE_SIZE)
			error = fill_writable(mm, vma, at, &flush);
		if (flush)
			mm_flush(mm);
		if (error)
			return error == -ENOMEM ? -ENOMEM : -EFAULT;
		at = stop;
	}
	return 0;
}

int mm_advise(struct mm *mm, uint64_t address, uint64_t length, int advice)
{
	uint64_t end = address + length, at = address;
	bool gap = false;
	int error = 0;

	if (advice == MADV_POPULATE_READ || advice == MADV_POPULATE_WRITE)
		return populate(mm, address, end, advice);
	if (!pair_part(mm))
		return -ENOMEM;
	/* As Linux: what is mapped is done, and holes are told at the end. */
	while (at < end && !error) {
		struct vma *vma = vma_first_ending_above(mm, at);

		gap |= !vma || vma->start > at;
		if (!vma || vma->start >= end)
			break;
		at = MAX(at, vma->start);
		uint64_t stop = MIN(vma->end, end);
		error = advise(mm, vma, at, stop, advice);
		at = stop;
	}
	vma_merge_around(mm, address, end);
	return error ? error : gap ? -ENOMEM : 0;
}

int mm_sync(struct mm *mm, uint64_t address, uint64_t length, uint32_t flags)
{
	uint64_t end = address + length;
	bool gap = vma_range_has_gap(mm, address, end);

	for (struct vma *vma = vma_first_ending_above(mm, address); vma && vma->start < end;
	     vma = vma_next(mm, vma)) {
		if ((flags & MS_INVALIDATE) && (vma->marks & VMA_LOCKED))
			return -EBUSY;
		/* Stores are in the file already: only what lies behind it is behind. */
		int error = (flags & MS_SYNC) && vma->file && vma_is_shared(vma) &&
					    (vma->may & PROT_WRITE)
				    ? file_sync(vma->file)
				    : 0;
		if (error)
			return error;
	}
	return gap ? -ENOMEM : 0;
}

#define STEP 512 /* pages told at once */

int mm_resident(struct mm *mm, uint64_t address, uint64_t length, uva_t vector)
{
	uint8_t bytes[STEP];
	uint64_t end = address + length;

	for (uint64_t at = address; at < end; vector += STEP) {
		size_t n = 0;

		for (; n < STEP && at < end; n++, at += PAGE_SIZE) {
			bool huge;
			const struct vma *vma = mm_find(mm, at);
			const pte_t *leaf = table_find(mm->pml4, at, &huge);

			if (!vma)
				return -ENOMEM;
			bytes[n] = (leaf && *leaf) ||
				   (vma->file && file_has_page(vma->file, vma_offset(vma, at)));
		}
		if (copy_to_user(vector, bytes, n))
			return -EFAULT;
	}
	return 0;
}
