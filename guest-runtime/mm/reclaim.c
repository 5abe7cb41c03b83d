// SPDX-License-Identifier: Apache-2.0
/*
 * When memory is used up: what was filled ahead of need and never written is
 * all zeros still, and reads the same when it is filled again.
 */
#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/vma.h"

#define ENOUGH 1024 /* pages to free at once: a search costs */

static bool is_zero(gpa_t frame)
{
	const uint64_t *words = gpa_to_pointer(frame);

	for (size_t i = 0; i < PAGE_SIZE / sizeof(*words); i++)
		if (words[i])
			return false;
	return true;
}

/* Any page of a leaf that is ours alone; false: what it shows is in use. */
static bool has_zeros(pte_t leaf, uint64_t size)
{
	gpa_t frame = leaf & PTE_FRAME;

	for (uint64_t at = 0; at < size; at += PAGE_SIZE)
		if (page_references(frame + at) == 1 && is_zero(frame + at))
			return true;
	return false;
}

static uint64_t search(struct mm *mm, const struct vma *vma, uint64_t wanted)
{
	uint64_t freed = 0;
	bool huge;

	for (uint64_t at = table_next(mm->pml4, vma->start, vma->end);
	     at < vma->end && freed < wanted; at = table_next(mm->pml4, at, vma->end)) {
		pte_t *leaf = table_find(mm->pml4, at, &huge);
		uint64_t size = huge ? HUGE_SIZE : PAGE_SIZE;

		if ((*leaf & PTE_FILE) || !has_zeros(*leaf, size) ||
		    (huge && !table_make(mm->pml4, at))) {
			at = ALIGN_DOWN(at, size) + size;
			continue;
		}
		/* What was huge is 512 small leaves now; look at each. */
		if (huge)
			continue;
		freed += table_unmap(mm->pml4, at, at + PAGE_SIZE, 0);
		at += PAGE_SIZE;
	}
	return freed;
}

bool mm_reclaim(bool files)
{
	uint64_t free_before = page_free();

	if (files)
		file_reclaim(ENOUGH);
	list_for_each (at, &mm_all) {
		struct mm *mm = container_of(at, struct mm, node);
		uint64_t freed = 0;

		list_for_each (node, &mm->vmas) {
			const struct vma *vma = container_of(node, struct vma, node);

			if (!vma->file && !(vma->marks & VMA_LOCKED) && freed < ENOUGH)
				freed += search(mm, vma, ENOUGH - freed);
		}
		mm->rss -= freed;
		if (freed)
			mm_flush(mm);
	}
	return page_free() > free_before;
}
