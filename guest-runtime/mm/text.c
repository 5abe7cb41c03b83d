// SPDX-License-Identifier: Apache-2.0
/* Program text that the runtime writes: pages of its own, and private copies of the program's. */
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/table.h"
#include "guest-runtime/mm/vma.h"

#include <asm/mman.h>
#include <linux/mman.h>

#define NEAR 0x40000000 /* half of what a displacement reaches, for code that spreads */

uint64_t mm_map_near(struct mm *mm, uint64_t address)
{
	uint64_t at = vma_gap_below(mm, PAGE_SIZE, MMAP_FLOOR, address, PAGE_SIZE);

	if (!at || address - at > NEAR)
		return 0;
	return mm_map_text(mm, at) < 0 ? 0 : at;
}

/*
 * The program may go on with the old frame, which says the same, until the
 * next flush: that comes for other reasons, or when sites.c sees it pays.
 */
static void keep_stale(struct mm *mm, gpa_t frame)
{
	mm->stale[mm->stale_count++] = frame;
	if (mm->stale_count == ARRAY_SIZE(mm->stale))
		mm_flush(mm);
}

void *mm_own_text(struct mm *mm, uint64_t address)
{
	struct vma *vma = mm_find(mm, address);
	bool huge;

	if (!vma || !(vma->prot & PROT_EXEC) || (vma->prot & PROT_WRITE) ||
	    (vma->flags & MAP_TYPE) != MAP_PRIVATE)
		return NULL;
	pte_t *leaf = table_find(mm->pml4, address, &huge);
	if (!leaf || huge || !(*leaf & PTE_PRESENT))
		return NULL;
	gpa_t old = *leaf & PTE_FRAME;
	if (page_references(old) != 1) {
		gpa_t frame = page_alloc_dirty();

		if (!frame)
			return NULL;
		if (user_copy(gpa_to_pointer(frame), gpa_to_pointer(old), PAGE_SIZE)) {
			page_put(frame);
			return NULL;
		}
		*leaf = frame | (*leaf & ~(PTE_FRAME | PTE_FILE));
		keep_stale(mm, old);
	}
	return gpa_to_pointer(*leaf & PTE_FRAME);
}
