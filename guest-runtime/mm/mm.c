// SPDX-License-Identifier: Apache-2.0
/*
 * The list of VMAs: finding gaps, splitting, merging, and the operations of
 * mmap(2), munmap(2), mprotect(2), mremap(2), brk(2), madvise(2) on it.
 */
#include "guest-runtime/mm/mm.h"

#include "guest-runtime/entry/vcpu.h"
#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/table.h"
#include "guest-runtime/mm/vma.h"

#include <asm/mman.h>
#include <linux/errno.h>
#include <linux/mman.h>

extern pte_t boot_pml4[];
static gpa_t active; /* 0: boot_pml4, whose user half is free until the first program has it */

struct mm *mm_create(void)
{
	struct mm *mm = kmalloc(sizeof(*mm));
	gpa_t pml4 = active ? page_alloc() : pointer_to_gpa(boot_pml4);

	if (!mm || !pml4) {
		kfree(mm);
		if (pml4)
			page_put(pml4);
		return NULL;
	}
	if (active)
		((pte_t *)gpa_to_pointer(pml4))[255] = boot_pml4[255];
	list_init(&mm->vmas);
	mm->pml4 = pml4;
	return mm;
}

void mm_expect(struct mm *mm, uint64_t address)
{
	if (address < GUEST_USER_END)
		table_make(mm->pml4, address);
}

void mm_activate(struct mm *mm)
{
	/* Entries that were absent need no flush. */
	if (active)
		nucleus_load_cr3(mm->pml4);
	active = mm->pml4;
}

void mm_flush(struct mm *mm)
{
	nucleus_load_cr3(mm->pml4);
}

void mm_destroy(struct mm *mm)
{
	while (!list_empty(&mm->vmas))
		vma_free(container_of(mm->vmas.next, struct vma, node));
	table_clear(mm->pml4);
	kfree(mm->sites);
	page_put(mm->pml4);
	kfree(mm);
}

struct vma *mm_find(struct mm *mm, uint64_t address)
{
	struct vma *vma = vma_first_ending_above(mm, address);

	return vma && vma->start <= address ? vma : NULL;
}

static uint64_t choose_address(struct mm *mm, uint64_t address, uint64_t length)
{
	if (address >= MMAP_FLOOR && length <= GUEST_USER_END - address &&
	    vma_range_empty(mm, address, address + length))
		return address;
	/* Large areas are aligned so that 2 MiB leaves fit. */
	if (length >= HUGE_SIZE) {
		address = vma_gap_below(mm, length, mm->mmap_top, HUGE_SIZE);
		if (address)
			return address;
	}
	return vma_gap_below(mm, length, mm->mmap_top, PAGE_SIZE);
}

long mm_map(struct mm *mm, uint64_t address, uint64_t length, uint32_t prot, uint32_t flags,
	    struct file *file, uint64_t offset)
{
	if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
		if (address > GUEST_USER_END || length > GUEST_USER_END - address)
			return -ENOMEM;
		if (address < MMAP_FLOOR)
			return -EPERM;
		if ((flags & MAP_FIXED_NOREPLACE) &&
		    !vma_range_empty(mm, address, address + length))
			return -EEXIST;
		int error = mm_unmap(mm, address, length);
		if (error)
			return error;
	} else {
		address = choose_address(mm, address, length);
		if (!address)
			return -ENOMEM;
	}
	struct vma *vma = vma_insert(mm, address, address + length, prot, flags, file, offset);
	if (!vma)
		return -ENOMEM;
	if (prot != PROT_NONE && !(flags & MAP_NORESERVE))
		fault_prefill(mm, vma, address, address + length,
			      (flags & (MAP_POPULATE | MAP_LOCKED)) != 0);
	return (long)address;
}

bool mm_could_fit(uint64_t length, uint32_t prot, uint32_t flags)
{
	bool shared = (flags & MAP_TYPE) != MAP_PRIVATE && (flags & MAP_ANONYMOUS);

	if ((flags & MAP_NORESERVE) || (!shared && !(prot & PROT_WRITE)))
		return true;
	return length / PAGE_SIZE <= page_total();
}

int mm_unmap(struct mm *mm, uint64_t address, uint64_t length)
{
	int error = vma_carve(mm, address, address + length);

	if (error)
		return error;
	if (table_unmap(mm->pml4, address, address + length))
		mm_flush(mm);
	return 0;
}

int mm_protect(struct mm *mm, uint64_t address, uint64_t length, uint32_t prot)
{
	uint64_t end = address + length;

	if (vma_range_has_gap(mm, address, end))
		return -ENOMEM;
	if (!vma_split(mm, address) || !vma_split(mm, end))
		return -ENOMEM;
	for (struct vma *vma = vma_first_ending_above(mm, address); vma && vma->start < end;
	     vma = vma_next(mm, vma))
		vma->prot = prot;
	if (fault_reprotect(mm, address, end, prot))
		mm_flush(mm);
	vma_merge_around(mm, address, end);
	return 0;
}

int mm_advise(struct mm *mm, uint64_t address, uint64_t length, int advice)
{
	uint64_t end = address + length;
	bool gap = vma_range_has_gap(mm, address, end);

	if (advice == MADV_DONTNEED || advice == MADV_FREE) {
		if (table_unmap(mm->pml4, address, end))
			mm_flush(mm);
	} else if (advice == MADV_WILLNEED || advice == MADV_POPULATE_READ ||
		   advice == MADV_POPULATE_WRITE) {
		for (struct vma *vma = vma_first_ending_above(mm, address); vma && vma->start < end;
		     vma = vma_next(mm, vma))
			fault_prefill(mm, vma, MAX(address, vma->start), MIN(end, vma->end),
				      advice != MADV_WILLNEED);
	}
	return gap ? -ENOMEM : 0;
}

uint64_t mm_brk(struct mm *mm, uint64_t address)
{
	uint64_t old = ALIGN_UP(mm->brk, PAGE_SIZE);
	uint64_t new = ALIGN_UP(address, PAGE_SIZE);

	if (address < mm->brk_start || address > mm->mmap_top)
		return mm->brk;
	if (new < old) {
		if (mm_unmap(mm, new, old - new))
			return mm->brk;
	} else if (new > old) {
		if (!mm_could_fit(new - old, PROT_WRITE, MAP_PRIVATE) ||
		    !vma_range_empty(mm, old, new) ||
		    mm_map(mm, old, new - old, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, NULL, 0) < 0)
			return mm->brk;
	}
	mm->brk = address;
	return address;
}
