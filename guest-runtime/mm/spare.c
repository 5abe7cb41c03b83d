// SPDX-License-Identifier: Apache-2.0
/* Tables kept for the next child (mm/spare.h). */
#include "guest-runtime/mm/spare.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/vma.h"

#define TABLES_MAX 64 /* of one root */

static uint64_t last_serial;

void spare_note(struct mm *child, struct mm *parent)
{
	if (!parent->spare.serial)
		parent->spare.serial = ++last_serial;
	child->spare.origin = parent->spare.serial;
}

static struct mm *origin_of(const struct mm *mm)
{
	list_for_each (node, &mm_all) {
		struct mm *at = container_of(node, struct mm, node);

		if (at->spare.serial == mm->spare.origin)
			return at;
	}
	return NULL;
}

/* What the next child will have, too, or can use as a frame. */
static bool is_useful(const struct vma *vma, pte_t leaf)
{
	if (leaf & PTE_HUGE)
		return false;
	return (leaf & PTE_FILE) || !(vma->prot & PROT_WRITE) || leaf_is_alone(leaf);
}

static void sort_out(struct mm *mm, const struct vma *vma)
{
	bool huge;

	if (vma_is_shared(vma))
		table_unmap(mm->pml4, vma->start, vma->end, 0);
	for (uint64_t at = table_next(mm->pml4, vma->start, vma->end); at < vma->end;
	     at = table_next(mm->pml4, at + PAGE_SIZE, vma->end))
		if (!is_useful(vma, *table_find(mm->pml4, at, &huge)))
			table_unmap(mm->pml4, at, huge ? table_row_end(at) : at + PAGE_SIZE, 0);
}

void spare_keep(struct mm *mm)
{
	struct mm *origin = mm->spare.origin && mm->pml4 && !mm->lost ? origin_of(mm) : NULL;

	if (!origin || origin->spare.count == SPARES_MAX || page_free() < page_total() / 4 ||
	    table_count(mm->pml4) > TABLES_MAX)
		return;
	list_for_each (node, &mm->vmas)
		sort_out(mm, container_of(node, struct vma, node));
	origin->spare.roots[origin->spare.count++] = mm->pml4;
	mm->pml4 = 0;
}

gpa_t spare_take(struct mm *parent)
{
	return parent->spare.count ? parent->spare.roots[--parent->spare.count] : 0;
}

void spare_prune(struct mm *from, struct mm *to)
{
	bool huge;

	for (uint64_t at = table_next(to->pml4, 0, GUEST_USER_END); at < GUEST_USER_END;
	     at = table_next(to->pml4, at + PAGE_SIZE, GUEST_USER_END)) {
		const pte_t *leaf = table_find(from->pml4, at, &huge);

		if (!leaf || !*leaf || huge)
			table_unmap(to->pml4, at, at + PAGE_SIZE, 0);
	}
}

void spare_free(struct mm *mm)
{
	while (mm->spare.count)
		mm_end_tables(spare_take(mm));
}
