// SPDX-License-Identifier: Apache-2.0
/* VMAs: made, split, merged, changed; and the sums that their mm keeps of them. */
#include "guest-runtime/mm/vma.h"

#include "guest-runtime/entry/sites.h"

#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/start.h"

#include <asm/mman.h>
#include <linux/errno.h>

/* Flags that tell two mappings apart for good; the others only steer the mmap call itself. */
#define FLAGS_KEPT (MAP_TYPE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_NORESERVE | MAP_DENYWRITE)

bool vma_range_empty(const struct mm *mm, uint64_t start, uint64_t end)
{
	struct vma *vma = vma_first_ending_above(mm, start);

	return !vma || vma->start >= end;
}

bool vma_range_has_gap(const struct mm *mm, uint64_t start, uint64_t end)
{
	for (struct vma *vma = vma_first_ending_above(mm, start); start < end;
	     vma = vma_next(mm, vma)) {
		if (!vma || vma->start > start)
			return true;
		start = vma->end;
	}
	return false;
}

uint64_t vma_range_mapped(const struct mm *mm, uint64_t start, uint64_t end, bool locked)
{
	uint64_t bytes = 0;

	for (struct vma *vma = vma_first_ending_above(mm, start); vma && vma->start < end;
	     vma = vma_next(mm, vma))
		if (!locked || (vma->marks & VMA_LOCKED))
			bytes += MIN(end, vma->end) - MAX(start, vma->start);
	return bytes;
}

bool vma_counts_as_data(uint32_t prot, uint32_t flags)
{
	return (prot & PROT_WRITE) && (flags & MAP_TYPE) == MAP_PRIVATE && !(flags & MAP_GROWSDOWN);
}

/* Adds (+1) or takes away (-1) what `bytes` of vma mean for the sums. */
static void count(struct mm *mm, const struct vma *vma, uint64_t bytes, int sign)
{
	uint64_t change = sign < 0 ? -bytes : bytes;

	mm->total += change;
	if (vma_counts_as_data(vma->prot, vma->flags))
		mm->data += change;
	if (vma->marks & VMA_LOCKED)
		mm->locked += change;
	mm->peak = MAX(mm->peak, mm->total);
}

static bool shared_writable(const struct vma *vma)
{
	return vma_is_shared(vma) && (vma->may & PROT_WRITE);
}

static bool has_offset(const struct vma *vma)
{
	return vma->file || (vma->marks & VMA_IMAGE);
}

static bool mergeable(const struct vma *low, const struct vma *high)
{
	return low->end == high->start && low->prot == high->prot && low->may == high->may &&
	       low->flags == high->flags && low->marks == high->marks && low->file == high->file &&
	       (!has_offset(low) || vma_offset(low, low->end) == high->offset);
}

/* vma leaves the tree; its range stays counted. */
static void discard(struct mm *mm, struct vma *vma)
{
	vma_tree_remove(mm, vma);
	if (vma->file) {
		file_count_mapping(vma->file, shared_writable(vma), -1);
		file_put(vma->file);
	}
	kfree(vma);
}

void vma_free(struct mm *mm, struct vma *vma)
{
	count(mm, vma, vma->end - vma->start, -1);
	discard(mm, vma);
}

/* Joins vma with the one after it when they are alike; false: they are not. */
static bool merge_next(struct mm *mm, struct vma *vma)
{
	struct vma *next = vma_next(mm, vma);

	if (!next || !mergeable(vma, next))
		return false;
	uint64_t end = next->end;
	discard(mm, next);
	vma->end = end;
	vma_tree_resized(mm, vma);
	return true;
}

void vma_merge_around(struct mm *mm, uint64_t start, uint64_t end)
{
	struct vma *vma = vma_first_ending_above(mm, start ? start - 1 : 0);

	while (vma && vma->start <= end) {
		if (!merge_next(mm, vma))
			vma = vma_next(mm, vma);
	}
}

static struct vma *vma_new(const struct vma *like)
{
	struct vma *vma = kmalloc(sizeof(*vma));

	if (!vma)
		return NULL;
	*vma = *like;
	if (vma->file) {
		file_get(vma->file);
		file_count_mapping(vma->file, shared_writable(vma), 1);
	}
	return vma;
}

struct vma *vma_insert(struct mm *mm, const struct vma *like)
{
	struct vma new = *like;
	struct vma *above = vma_first_ending_above(mm, like->start);
	struct vma *below = above		    ? vma_previous(mm, above)
			    : list_empty(&mm->vmas) ? NULL
						    : container_of(mm->vmas.prev, struct vma, node);

	new.flags &= FLAGS_KEPT;
	if (below && mergeable(below, &new)) {
		below->end = new.end;
		vma_tree_resized(mm, below);
		count(mm, below, new.end - new.start, 1);
		merge_next(mm, below);
		return below;
	}
	struct vma *vma = vma_new(&new);
	if (!vma)
		return NULL;
	vma_tree_insert(mm, vma);
	count(mm, vma, vma->end - vma->start, 1);
	merge_next(mm, vma);
	return vma;
}

bool vma_split(struct mm *mm, uint64_t address)
{
	struct vma *vma = mm_find(mm, address);

	if (!vma || vma->start == address)
		return true;
	struct vma *high = mm->vma_count < VMA_COUNT_MAX ? vma_new(vma) : NULL;
	if (!high)
		return false;
	if (has_offset(high))
		high->offset = vma_offset(vma, address);
	high->start = address;
	vma->end = address;
	vma_tree_resized(mm, vma);
	vma_tree_insert(mm, high);
	return true;
}

int vma_carve(struct mm *mm, uint64_t start, uint64_t end)
{
	if (vma_range_empty(mm, start, end))
		return 0;
	if (!vma_split(mm, start) || !vma_split(mm, end)) {
		vma_merge_around(mm, start, start);
		return -ENOMEM;
	}
	struct vma *vma = vma_first_ending_above(mm, start);
	while (vma && vma->start < end) {
		struct vma *next = vma_next(mm, vma);

		if (vma->marks & VMA_START)
			start_spoil(mm);
		if (vma->prot & PROT_EXEC)
			sites_forget(mm->sites, MAX(start, vma->start), MIN(end, vma->end));
		vma_free(mm, vma);
		vma = next;
	}
	return 0;
}

void vma_set(struct mm *mm, struct vma *vma, uint32_t prot, uint32_t marks)
{
	count(mm, vma, vma->end - vma->start, -1);
	vma->prot = prot;
	vma->marks = marks;
	count(mm, vma, vma->end - vma->start, 1);
}

void vma_grow_down(struct mm *mm, struct vma *vma, uint64_t start)
{
	count(mm, vma, vma->start - start, 1);
	vma->start = start;
	vma_tree_resized(mm, vma);
}
