// SPDX-License-Identifier: Apache-2.0
/*
 * When memory is used up: the parts of 2 MiB leaves that were never written are
 * all zeros still, and read the same when they are filled again. Only such
 * leaves are searched, and each is split by it: so a page is taken back once,
 * and a program that fills memory with zeros still comes to its end.
 */
#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/spare.h"
#include "guest-runtime/mm/start.h"
#include "guest-runtime/mm/vma.h"

#define ENOUGH 1024 /* pages to free at once: a search costs */

/* The zero pages of a 2 MiB leaf, which becomes small ones; the count. */
static uint64_t split_and_free(struct mm *mm, uint64_t start, uint64_t end)
{
	uint64_t freed = 0;
	bool huge;

	if (!table_make(mm->pml4, start))
		return 0;
	for (uint64_t at = start; at < end; at += PAGE_SIZE) {
		const pte_t *leaf = table_find(mm->pml4, at, &huge);

		if (page_references(*leaf & PTE_FRAME) == 1 && page_is_zero(*leaf & PTE_FRAME))
			freed += table_unmap(mm->pml4, at, at + PAGE_SIZE, 0);
	}
	return freed;
}

static uint64_t search(struct mm *mm, const struct vma *vma, uint64_t wanted)
{
	uint64_t freed = 0;
	bool huge;

	for (uint64_t at = table_next(mm->pml4, vma->start, vma->end);
	     at < vma->end && freed < wanted; at = table_next(mm->pml4, at, vma->end)) {
		uint64_t next = ALIGN_DOWN(at, HUGE_SIZE) + HUGE_SIZE;
		const pte_t *leaf = table_find(mm->pml4, at, &huge);

		if (huge && !(*leaf & PTE_FILE) && leaf_is_alone(*leaf))
			freed += split_and_free(mm, at, MIN(next, vma->end));
		at = next;
	}
	return freed;
}

bool mm_reclaim(bool files)
{
	uint64_t free_before = page_free();

	if (files)
		file_reclaim(ENOUGH);
	start_drop(0);
	list_for_each (at, &mm_all) {
		struct mm *mm = container_of(at, struct mm, node);
		uint64_t freed = 0;

		spare_free(mm);
		/* Pages of a pair's leaves belong to two. */
		if (mm->pair)
			continue;
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
