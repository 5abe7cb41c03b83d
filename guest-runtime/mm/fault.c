// SPDX-License-Identifier: Apache-2.0
/*
 * Pages behind VMAs: filled on a fault, ahead of faults, and re-protected.
 * Host file pages are mapped where the monitor put them, read-only; the zero
 * frame is never shared: a fault costs more than a frame.
 */
#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/table.h"
#include "guest-runtime/mm/vma.h"

#include <asm/mman.h>
#include <linux/errno.h>
#include <linux/mman.h>

/* Areas up to these sizes are filled when mapped: anonymous, file in place, file copied. */
#define PREFILL_MAX	 0x40000
#define PREFILL_FILE_MAX 0x400000
#define PREFILL_COPY_MAX 0x40000

#define FAULT_AROUND 0x10000 /* small pages filled by one fault */

static pte_t rights(uint32_t prot)
{
	pte_t bits = PTE_USER | PTE_ACCESSED;

	if (prot & (PROT_READ | PROT_WRITE | PROT_EXEC))
		bits |= PTE_PRESENT;
	if (prot & PROT_WRITE)
		bits |= PTE_WRITE | PTE_DIRTY;
	if (!(prot & PROT_EXEC))
		bits |= PTE_NX;
	return bits;
}

/* Whether the leaf's frame may be written by this address space: not the host's, not shared. */
static bool exclusive(pte_t leaf)
{
	return page_references(leaf & PTE_FRAME) == 1;
}

/* The leaf of an absent page of a file: the host's own page where it can be read in place. */
static int fill_from_file(struct vma *vma, uint64_t address, pte_t *leaf)
{
	uint64_t offset = vma->offset + (address - vma->start);
	bool private = (vma->flags & MAP_TYPE) == MAP_PRIVATE;
	gpa_t page = file_host_page(vma->file, offset, private);

	if (page && !(vma->prot & PROT_WRITE)) {
		page_get(page);
		*leaf = page | rights(vma->prot);
		return 0;
	}
	gpa_t frame = page_alloc_dirty();
	if (!frame)
		return -ENOMEM;
	if (page) {
		memcpy(gpa_to_pointer(frame), gpa_to_pointer(page), PAGE_SIZE);
	} else {
		int error = file_read_page(vma->file, gpa_to_pointer(frame), offset);

		if (error) {
			page_put(frame);
			return error;
		}
	}
	*leaf = frame | rights(vma->prot);
	return 0;
}

static int fill_page(struct mm *mm, struct vma *vma, uint64_t address)
{
	pte_t *leaf = table_make(mm->pml4, address);

	if (!leaf)
		return -ENOMEM;
	if (*leaf)
		return 0;
	if (vma->file)
		return fill_from_file(vma, address, leaf);
	gpa_t frame = page_alloc();
	if (!frame)
		return -ENOMEM;
	*leaf = frame | rights(vma->prot);
	return 0;
}

/* A write to a page that is mapped but not ours alone: the address space gets its own copy. */
static int copy_on_write(struct mm *mm, struct vma *vma, uint64_t address)
{
	bool huge;
	pte_t *leaf = table_find(mm->pml4, address, &huge);

	if (!leaf || !*leaf || (*leaf & PTE_WRITE))
		return 0;
	if (huge)
		leaf = table_make(mm->pml4, address);
	if (!leaf)
		return -ENOMEM;
	if (!exclusive(*leaf)) {
		gpa_t old = *leaf & PTE_FRAME;
		gpa_t frame = page_alloc_dirty();

		if (!frame)
			return -ENOMEM;
		memcpy(gpa_to_pointer(frame), gpa_to_pointer(old), PAGE_SIZE);
		*leaf = frame | rights(vma->prot);
		page_put(old);
		mm_flush(mm);
		return 0;
	}
	*leaf = (*leaf & PTE_FRAME) | rights(vma->prot);
	return 0;
}

/* One 2 MiB leaf when the VMA spans it all and plenty of memory is left. */
static bool fill_huge(struct mm *mm, struct vma *vma, uint64_t address)
{
	uint64_t start = ALIGN_DOWN(address, HUGE_SIZE);

	if (vma->file || start < vma->start || vma->end - start < HUGE_SIZE ||
	    page_free() < page_total() / 4)
		return false;
	pte_t *leaf = table_make_huge(mm->pml4, start);
	gpa_t frame = leaf ? page_alloc_run(9) : 0;
	if (!frame)
		return false;
	*leaf = frame | rights(vma->prot) | PTE_HUGE;
	return true;
}

void fault_prefill(struct mm *mm, struct vma *vma, uint64_t start, uint64_t end, bool all)
{
	uint64_t most = !vma->file		 ? PREFILL_MAX
			: vma->prot & PROT_WRITE ? PREFILL_COPY_MAX
						 : PREFILL_FILE_MAX;

	if (!all && end - start > most)
		return;
	for (uint64_t at = start; at < end; at += PAGE_SIZE)
		if (fill_page(mm, vma, at))
			return;
}

bool fault_reprotect(struct mm *mm, uint64_t start, uint64_t end, uint32_t prot)
{
	bool flush = false;
	bool huge;

	for (uint64_t at = table_next(mm->pml4, start, end); at < end;
	     at = table_next(mm->pml4, at, end)) {
		pte_t *leaf = table_find(mm->pml4, at, &huge);
		uint64_t size = huge ? HUGE_SIZE : PAGE_SIZE;

		if (huge && (at % HUGE_SIZE || end - at < HUGE_SIZE)) {
			leaf = table_make(mm->pml4, at);
			size = PAGE_SIZE;
			if (!leaf)
				return true;
			huge = false;
		}
		pte_t was = *leaf;
		*leaf = (was & PTE_FRAME) | rights(prot) | (huge ? PTE_HUGE : 0);
		if (!exclusive(was))
			*leaf &= ~(pte_t)(PTE_WRITE | PTE_DIRTY);
		/* A right that is only added needs no flush: the fault it may cause is spurious. */
		flush |= (was & ~*leaf & (PTE_PRESENT | PTE_WRITE)) || (~was & *leaf & PTE_NX);
		at += size;
	}
	return flush;
}

static bool permits(const struct vma *vma, enum mm_access access)
{
	return vma->prot & (access == MM_WRITE	? PROT_WRITE
			    : access == MM_EXEC ? PROT_EXEC
						: PROT_READ | PROT_WRITE | PROT_EXEC);
}

/* The stack grows down to its limit; the gap below other mappings stays (stack_guard_gap). */
static struct vma *grow_down(struct mm *mm, uint64_t address)
{
	struct vma *vma = vma_first_ending_above(mm, address);
	uint64_t start = ALIGN_DOWN(address, PAGE_SIZE);

	if (!vma || !(vma->flags & MAP_GROWSDOWN) || vma->end - start > mm->stack_max)
		return NULL;
	struct vma *below =
		vma->node.prev == &mm->vmas ? NULL : container_of(vma->node.prev, struct vma, node);
	if (below && start < below->end + 256 * PAGE_SIZE)
		return NULL;
	vma->start = start;
	return vma;
}

enum mm_fault_result mm_fault(struct mm *mm, uint64_t address, enum mm_access access)
{
	struct vma *vma = mm_find(mm, address);

	if (!vma)
		vma = grow_down(mm, address);
	if (!vma)
		return MM_FAULT_MAPERR;
	if (!permits(vma, access))
		return MM_FAULT_ACCERR;
	uint64_t start = MAX(ALIGN_DOWN(address, (uint64_t)FAULT_AROUND), vma->start);
	uint64_t end = MIN(ALIGN_DOWN(address, (uint64_t)FAULT_AROUND) + FAULT_AROUND, vma->end);
	if (access == MM_WRITE && copy_on_write(mm, vma, address))
		return MM_FAULT_NO_MEMORY;
	if (fill_huge(mm, vma, address))
		return MM_FAULT_DONE;
	int error = fill_page(mm, vma, ALIGN_DOWN(address, PAGE_SIZE));
	if (error)
		return error == -ENOMEM ? MM_FAULT_NO_MEMORY : MM_FAULT_BUS;
	for (uint64_t at = start; at < end; at += PAGE_SIZE)
		if (fill_page(mm, vma, at))
			break;
	return MM_FAULT_DONE;
}
