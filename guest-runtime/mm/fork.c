// SPDX-License-Identifier: Apache-2.0
/*
 * An address space for the child of fork(2). Where it cannot be paired with its
 * parent's (mm/pair.h), mappings are copied and frames shared: what both may
 * write is writable for neither until the other is gone or has a copy
 * (fill_writable).
 */
#include "guest-runtime/entry/sites.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/pair.h"
#include "guest-runtime/mm/shelf.h"
#include "guest-runtime/mm/spare.h"
#include "guest-runtime/mm/vma.h"

#include <linux/errno.h>

/* Marks that end at a fork. */
#define MARKS_LOST (uint32_t)(VMA_LOCKED | VMA_LOCK_ON_FAULT | VMA_DONT_FORK | VMA_START)

struct copy {
	struct mm *from, *to;
	/* Private leaves that may be written are left out: there is a saved page for each. */
	bool paired;
	bool flush; /* a right was taken from the old one */
};

/* One leaf with its references, of 4 KiB or 2 MiB. */
static void share_leaf(struct copy *copy, const struct vma *vma, pte_t *source, pte_t *target)
{
	uint64_t size = *source & PTE_HUGE ? HUGE_SIZE : PAGE_SIZE;

	if (!vma_is_shared(vma) && (*source & PTE_WRITE)) {
		if (copy->paired)
			return;
		*source &= ~(pte_t)(PTE_WRITE | PTE_DIRTY);
		copy->flush = true;
	}
	for (uint64_t at = 0; at < size; at += PAGE_SIZE)
		page_get((*source & PTE_FRAME) + at);
	*target = *source;
	copy->to->rss += size / PAGE_SIZE;
}

static bool share_huge(struct copy *copy, const struct vma *vma, uint64_t at, pte_t *source)
{
	pte_t *target = table_make_huge(copy->to->pml4, at);

	if (target)
		share_leaf(copy, vma, source, target);
	return target;
}

/* Of tables that were used before, a leaf that is right already stays. */
static void share_small(struct copy *copy, const struct vma *vma, pte_t *source, pte_t *target)
{
	bool left_out = copy->paired && !vma_is_shared(vma) && (*source & PTE_WRITE);

	if (!*source || left_out)
		return;
	if (*target == *source) {
		copy->to->rss++;
		return;
	}
	if (*target)
		page_put(*target & PTE_FRAME);
	share_leaf(copy, vma, source, target);
}

/* The leaves from at to end, which are in one table. */
static bool share_row(struct copy *copy, const struct vma *vma, uint64_t at, uint64_t end)
{
	pte_t *source = table_make(copy->from->pml4, at);
	pte_t *target = table_make(copy->to->pml4, at);

	if (!source || !target)
		return false;
	for (; at < end; at += PAGE_SIZE, source++, target++)
		share_small(copy, vma, source, target);
	return true;
}

static bool share_leaves(struct copy *copy, const struct vma *vma)
{
	gpa_t pml4 = copy->from->pml4;
	bool huge;

	for (uint64_t at = table_next(pml4, vma->start, vma->end); at < vma->end;
	     at = table_next(pml4, at, vma->end)) {
		pte_t *source = table_find(pml4, at, &huge);
		uint64_t end = MIN(table_row_end(at), vma->end);

		bool shared = huge && end - at == HUGE_SIZE && share_huge(copy, vma, at, source);
		if (!shared && !share_row(copy, vma, at, end))
			return false;
		at = end;
	}
	return true;
}

static bool copy_vma(struct copy *copy, const struct vma *vma)
{
	struct vma like = *vma;

	like.marks &= ~MARKS_LOST;
	if (!vma_insert(copy->to, &like))
		return false;
	return (vma->marks & VMA_WIPE_ON_FORK) || share_leaves(copy, vma);
}

/*
 * The page that trampolines are being added to: each has its own, as a
 * translation may go on showing the one from before. What cannot be had is
 * begun anew.
 */
static void own_trampolines(struct mm *mm)
{
	if (mm->trampoline_end && !mm_own_text(mm, mm->trampoline_end - PAGE_SIZE))
		mm->trampoline = mm->trampoline_end = 0;
	mm_flush(mm);
}

bool mm_copy_all(struct mm *from, struct mm *to, bool paired, bool *flush)
{
	struct copy copy = { .from = from, .to = to, .paired = paired };
	bool done;

	to->brk_start = from->brk_start;
	to->brk = from->brk;
	to->barriers = from->barriers;
	to->foreign_text = from->foreign_text;
	to->mmap_top = from->mmap_top;
	to->trampoline = from->trampoline;
	to->trampoline_end = from->trampoline_end;
	to->sites = sites_copy(from->sites);
	done = to->sites || !from->sites;
	if (to->flush_due)
		spare_prune(from, to);
	list_for_each (node, &from->vmas) {
		const struct vma *vma = container_of(node, struct vma, node);

		if (done && !(vma->marks & VMA_DONT_FORK))
			done = copy_vma(&copy, vma);
	}
	if (done)
		own_trampolines(to);
	to->peak_rss = MAX(to->peak_rss, to->rss);
	*flush = copy.flush;
	return done;
}

struct mm *mm_fork(struct mm *from)
{
	bool flush = false;

	shelf_end(from);
	if (!pair_part(from))
		return NULL;
	struct mm *to = pair_fork(from);
	if (to)
		return to;
	to = mm_create();
	if (!to)
		return NULL;
	bool done = mm_copy_all(from, to, false, &flush);
	if (flush)
		mm_flush(from);
	if (!done) {
		mm_put(to);
		return NULL;
	}
	return to;
}
