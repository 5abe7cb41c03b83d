/* SPDX-License-Identifier: Apache-2.0 */
/* The sorted VMA list, and what is done to the pages of a range; for mm/ only. */
#ifndef GUEST_MM_VMA_H
#define GUEST_MM_VMA_H

#include "guest-runtime/mm/mm.h"

/* The lowest VMA whose end is above address, or NULL; and the next one, or NULL. */
struct vma *vma_first_ending_above(struct mm *mm, uint64_t address);
struct vma *vma_next(struct mm *mm, struct vma *vma);

#define MMAP_FLOOR 0x10000 /* vm.mmap_min_addr: nothing is mapped below */

/* The highest aligned gap of `length` bytes that ends at or below `top`; 0: none. */
uint64_t vma_gap_below(struct mm *mm, uint64_t length, uint64_t top, uint64_t align);

bool vma_range_empty(struct mm *mm, uint64_t start, uint64_t end);
bool vma_range_has_gap(struct mm *mm, uint64_t start, uint64_t end);

/* Adds a VMA to an empty range, or widens its neighbour; NULL when out of memory. Takes a reference to file. */
struct vma *vma_insert(struct mm *mm, uint64_t start, uint64_t end, uint32_t prot, uint32_t flags,
		       struct file *file, uint64_t offset);
void vma_free(struct vma *vma);

/* Makes address a VMA border if one spans it. False: out of memory. */
bool vma_split(struct mm *mm, uint64_t address);
/* Removes all VMAs of a range; the pages are the caller's to unmap. 0 or -ENOMEM with nothing changed. */
int vma_carve(struct mm *mm, uint64_t start, uint64_t end);
void vma_merge_around(struct mm *mm, uint64_t start, uint64_t end);

/* Flushes this vCPU's translations: after a leaf lost a right or its frame. */
void mm_flush(struct mm *mm);

/* Fills absent pages of a range ahead of the faults: always when `all`, else as far as it pays. */
void fault_prefill(struct mm *mm, struct vma *vma, uint64_t start, uint64_t end, bool all);
/* Gives present pages the rights of prot. True when a flush is due. */
bool fault_reprotect(struct mm *mm, uint64_t start, uint64_t end, uint32_t prot);

#endif
