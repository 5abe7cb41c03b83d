// SPDX-License-Identifier: Apache-2.0
/* The VMA list: look-up, insertion, splitting, merging. */
#include "guest-runtime/mm/vma.h"

#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"

#include <asm/mman.h>
#include <linux/errno.h>
#include <linux/mman.h>

/* Flags that tell two mappings apart for good; the others only steer the mmap call itself. */
#define FLAGS_KEPT (MAP_TYPE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_NORESERVE)

struct vma *vma_first_ending_above(struct mm *mm, uint64_t address)
{
	list_for_each (node, &mm->vmas) {
		struct vma *vma = container_of(node, struct vma, node);

		if (vma->end > address)
			return vma;
	}
	return NULL;
}

struct vma *vma_next(struct mm *mm, struct vma *vma)
{
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it does not see that a freed VMA left the list */
	return vma->node.next == &mm->vmas ? NULL : container_of(vma->node.next, struct vma, node);
}

bool vma_range_empty(struct mm *mm, uint64_t start, uint64_t end)
{
	struct vma *vma = vma_first_ending_above(mm, start);

	return !vma || vma->start >= end;
}

bool vma_range_has_gap(struct mm *mm, uint64_t start, uint64_t end)
{
	for (struct vma *vma = vma_first_ending_above(mm, start); start < end;
	     vma = vma_next(mm, vma)) {
		if (!vma || vma->start > start)
			return true;
		start = vma->end;
	}
	return false;
}

static bool mergeable(const struct vma *low, const struct vma *high)
{
	return low->end == high->start && low->prot == high->prot && low->flags == high->flags &&
	       low->file == high->file &&
	       (!low->file || low->offset + (low->end - low->start) == high->offset);
}

void vma_free(struct vma *vma)
{
	list_remove(&vma->node);
	if (vma->file)
		file_put(vma->file);
	kfree(vma);
}

/* Joins vma with the one after it when they are alike; false: they are not. */
static bool merge_next(struct mm *mm, struct vma *vma)
{
	struct vma *next = vma_next(mm, vma);

	if (!next || !mergeable(vma, next))
		return false;
	vma->end = next->end;
	vma_free(next);
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
	list_init(&vma->node);
	if (vma->file)
		file_get(vma->file);
	return vma;
}

struct vma *vma_insert(struct mm *mm, uint64_t start, uint64_t end, uint32_t prot, uint32_t flags,
		       struct file *file, uint64_t offset)
{
	struct vma like = { .start = start,
			    .end = end,
			    .prot = prot,
			    .flags = flags & FLAGS_KEPT,
			    .file = file,
			    .offset = offset };
	struct vma *above = vma_first_ending_above(mm, start);
	struct list *where = above ? &above->node : &mm->vmas;
	struct vma *below = container_of(where->prev, struct vma, node);

	if (where->prev != &mm->vmas && mergeable(below, &like)) {
		below->end = end;
		merge_next(mm, below);
		return below;
	}
	struct vma *vma = vma_new(&like);
	if (!vma)
		return NULL;
	list_add_before(where, &vma->node);
	merge_next(mm, vma);
	return vma;
}

bool vma_split(struct mm *mm, uint64_t address)
{
	struct vma *vma = mm_find(mm, address);

	if (!vma || vma->start == address)
		return true;
	struct vma *low = vma_new(vma);
	if (!low)
		return false;
	low->end = address;
	if (vma->file)
		vma->offset += address - vma->start;
	vma->start = address;
	list_add_before(&vma->node, &low->node);
	return true;
}

int vma_carve(struct mm *mm, uint64_t start, uint64_t end)
{
	if (vma_range_empty(mm, start, end))
		return 0;
	if (!vma_split(mm, start) || !vma_split(mm, end))
		return -ENOMEM;
	struct vma *vma = vma_first_ending_above(mm, start);
	while (vma && vma->start < end) {
		struct vma *next = vma_next(mm, vma);

		vma_free(vma);
		vma = next;
	}
	return 0;
}

uint64_t vma_gap_below(struct mm *mm, uint64_t length, uint64_t top, uint64_t align)
{
	for (struct list *node = mm->vmas.prev;; node = node->prev) {
		bool last = node == &mm->vmas;
		struct vma *vma = last ? NULL : container_of(node, struct vma, node);
		uint64_t floor = last ? MMAP_FLOOR : vma->end;

		if (top > floor && top - floor >= length) {
			uint64_t start = ALIGN_DOWN(top - length, align);

			if (start >= floor)
				return start;
		}
		if (last)
			return 0;
		top = MIN(top, vma->start);
	}
}
