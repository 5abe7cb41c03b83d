/* SPDX-License-Identifier: Apache-2.0 */
/* VMAs made, split and merged, and what is done to the pages of a range; for mm/ only. */
#ifndef GUEST_MM_VMA_H
#define GUEST_MM_VMA_H

#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/table.h"
#include "guest-runtime/mm/vma-tree.h"

#include <linux/mman.h>

#define VMA_COUNT_MAX 65530 /* vm.max_map_count */

bool vma_range_empty(const struct mm *mm, uint64_t start, uint64_t end);
bool vma_range_has_gap(const struct mm *mm, uint64_t start, uint64_t end);
/* Bytes of a range that are mapped; `locked`: with VMA_LOCKED only. */
uint64_t vma_range_mapped(const struct mm *mm, uint64_t start, uint64_t end, bool locked);

/*
 * Adds a VMA like `like` to an empty range, or widens its neighbours; takes a
 * reference to its file. NULL when out of memory.
 */
struct vma *vma_insert(struct mm *mm, const struct vma *like);
void vma_free(struct mm *mm, struct vma *vma);

/* Makes address a VMA border if one spans it. False: out of memory, or too many. */
bool vma_split(struct mm *mm, uint64_t address);
/*
 * Removes all VMAs of a range; the pages are the caller's to unmap. 0 or
 * -ENOMEM with nothing changed.
 */
int vma_carve(struct mm *mm, uint64_t start, uint64_t end);
/* Joins what is alike in a range and at its borders. */
void vma_merge_around(struct mm *mm, uint64_t start, uint64_t end);

/* Changes rights and marks of all of vma; mm's sums follow. */
void vma_set(struct mm *mm, struct vma *vma, uint32_t prot, uint32_t marks);
/* Moves the lower border of an area that grows down. */
void vma_grow_down(struct mm *mm, struct vma *vma, uint64_t start);

/* Private and writable, no stack: what RLIMIT_DATA counts. */
bool vma_counts_as_data(uint32_t prot, uint32_t flags);

static inline bool vma_is_shared(const struct vma *vma)
{
	return (vma->flags & MAP_TYPE) != MAP_PRIVATE;
}

static inline bool vma_is_unfilled(const struct vma *vma)
{
	return vma->marks & VMA_UNFILLED;
}

static inline uint64_t vma_offset(const struct vma *vma, uint64_t address)
{
	return vma->offset + (address - vma->start);
}

/*
 * Where a mapping goes by mmap's rules: sets start and end of *like, whose end
 * is its length at first. What is there with MAP_FIXED stays. 0 or -errno.
 */
int mm_place(struct mm *mm, uint64_t address, uint32_t flags, struct vma *like);

/* A page for the runtime's code. In a pair, which may share it, both have it from now on. */
long mm_map_text(struct mm *mm, uint64_t address);

/* All address spaces. */
extern struct list mm_all;

/* mm_flush(): flushes this vCPU's translations, after a leaf lost a right or its frame. */

/*
 * The same for one page whose leaf became writable, for another frame or not:
 * a write, which no stale translation allows, makes the CPU look again. That
 * costs less than a flush, after which everything is looked at again.
 */
void mm_renew(struct mm *mm, uint64_t address);

/* Drops the leaves of a range; those of the file itself only when `file_only`. */
void leaves_drop(struct mm *mm, uint64_t start, uint64_t end, bool file_only);
/* Nobody else has what a private leaf shows: it may be written in place. */
bool leaf_is_alone(pte_t leaf);
/* The bits that a leaf for this frame and with these marks gets in vma. */
pte_t leaf_rights(const struct vma *vma, pte_t leaf);
/* Gives present pages of vma in a range vma's rights. True when a flush is due. */
bool leaves_protect(struct mm *mm, const struct vma *vma, uint64_t start, uint64_t end);

/*
 * Fills one absent page as an access of this kind would; 0, -ENOMEM, or
 * another -errno: past the end of the file, or it cannot be read.
 */
int fill_page(struct mm *mm, struct vma *vma, uint64_t address, enum mm_access access);
/*
 * The same for a page that is there, but read-only because others have it, too.
 * Sets *flush when one is due.
 */
int fill_writable(struct mm *mm, struct vma *vma, uint64_t address, bool *flush);
/* A 2 MiB leaf around address, where vma spans it and memory is plenty; false: no such thing. */
bool fill_huge(struct mm *mm, struct vma *vma, uint64_t address);
/* Fills what is worth it of a mapping just made. */
void fill_ahead(struct mm *mm, struct vma *vma, uint64_t start, uint64_t end);
/* All of a range in vma; 0, or -errno of the first page that cannot be. */
int fill_range(struct mm *mm, struct vma *vma, uint64_t start, uint64_t end, enum mm_access access);

#endif
