// SPDX-License-Identifier: Apache-2.0
/* The tree of VMAs: order, balance, and the search for gaps. */
#include "guest-runtime/mm/vma-tree.h"

#include "guest-runtime/lib/lib.h"

#include <linux/mman.h>

/* Balance needs no secret: who defeats it slows down only itself. */
static uint32_t next_priority(void)
{
	static uint32_t state = 2463534242;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

struct vma *vma_next(const struct mm *mm, const struct vma *vma)
{
	return vma->node.next == &mm->vmas ? NULL : container_of(vma->node.next, struct vma, node);
}

struct vma *vma_previous(const struct mm *mm, const struct vma *vma)
{
	return vma->node.prev == &mm->vmas ? NULL : container_of(vma->node.prev, struct vma, node);
}

struct vma *vma_first_ending_above(const struct mm *mm, uint64_t address)
{
	struct vma *best = NULL;

	for (struct vma *vma = mm->root; vma;) {
		if (vma->end > address) {
			best = vma;
			vma = vma->left;
		} else {
			vma = vma->right;
		}
	}
	return best;
}

static uint64_t gap_end(const struct vma *vma)
{
	uint64_t guard = vma->flags & MAP_GROWSDOWN ? STACK_GUARD : 0;

	return vma->start > guard ? vma->start - guard : 0;
}

static uint64_t gap_start(const struct mm *mm, const struct vma *vma)
{
	const struct vma *below = vma_previous(mm, vma);

	return below ? below->end : MMAP_FLOOR;
}

static void measure(const struct mm *mm, struct vma *vma)
{
	uint64_t start = gap_start(mm, vma), end = gap_end(vma);

	vma->gap = end > start ? end - start : 0;
}

static void sum_up(struct vma *vma)
{
	vma->max_gap = vma->gap;
	if (vma->left)
		vma->max_gap = MAX(vma->max_gap, vma->left->max_gap);
	if (vma->right)
		vma->max_gap = MAX(vma->max_gap, vma->right->max_gap);
}

static void sum_up_to_root(struct vma *vma)
{
	for (; vma; vma = vma->parent)
		sum_up(vma);
}

/* The pointer that leads to vma. */
static struct vma **link_of(struct mm *mm, const struct vma *vma)
{
	struct vma *parent = vma->parent;

	return !parent ? &mm->root : parent->left == vma ? &parent->left : &parent->right;
}

/* vma takes its parent's place, which becomes its child; order stays. */
static void rotate_up(struct mm *mm, struct vma *vma)
{
	struct vma *parent = vma->parent, *inner;

	*link_of(mm, parent) = vma;
	vma->parent = parent->parent;
	parent->parent = vma;
	if (parent->left == vma) {
		inner = vma->right;
		parent->left = inner;
		vma->right = parent;
	} else {
		inner = vma->left;
		parent->right = inner;
		vma->left = parent;
	}
	if (inner)
		inner->parent = parent;
	sum_up(parent);
	sum_up(vma);
}

void vma_tree_resized(struct mm *mm, struct vma *vma)
{
	struct vma *above = vma_next(mm, vma);

	measure(mm, vma);
	sum_up_to_root(vma);
	if (above) {
		measure(mm, above);
		sum_up_to_root(above);
	}
}

void vma_tree_insert(struct mm *mm, struct vma *vma)
{
	struct vma *above = vma_first_ending_above(mm, vma->start);
	struct vma **link = &mm->root;

	list_add_before(above ? &above->node : &mm->vmas, &vma->node);
	vma->left = vma->right = vma->parent = NULL;
	vma->priority = next_priority();
	while (*link) {
		vma->parent = *link;
		link = vma->start < (*link)->start ? &(*link)->left : &(*link)->right;
	}
	*link = vma;
	mm->vma_count++;
	vma_tree_resized(mm, vma);
	while (vma->parent && vma->parent->priority < vma->priority)
		rotate_up(mm, vma);
}

void vma_tree_remove(struct mm *mm, struct vma *vma)
{
	struct vma *above = vma_next(mm, vma);

	/* Down until there is at most one child, which takes its place. */
	while (vma->left && vma->right)
		rotate_up(mm, vma->left->priority > vma->right->priority ? vma->left : vma->right);
	struct vma *child = vma->left ? vma->left : vma->right;
	*link_of(mm, vma) = child;
	if (child)
		child->parent = vma->parent;
	list_remove(&vma->node);
	mm->vma_count--;
	sum_up_to_root(vma->parent);
	if (above) {
		measure(mm, above);
		sum_up_to_root(above);
	}
}

/* The highest VMA of a subtree with such a gap below it; there is one. */
static struct vma *highest_in(struct vma *vma, uint64_t length)
{
	for (;;) {
		if (vma->right && vma->right->max_gap >= length)
			vma = vma->right;
		else if (vma->gap >= length)
			return vma;
		else
			vma = vma->left;
	}
}

/* The highest VMA at or below `vma` with such a gap below it, or NULL. */
static struct vma *highest_from(struct vma *vma, uint64_t length)
{
	while (vma) {
		if (vma->gap >= length)
			return vma;
		if (vma->left && vma->left->max_gap >= length)
			return highest_in(vma->left, length);
		while (vma->parent && vma->parent->left == vma)
			vma = vma->parent;
		vma = vma->parent;
	}
	return NULL;
}

static uint64_t place(uint64_t start, uint64_t end, uint64_t length, uint64_t align)
{
	if (end < start || end - start < length)
		return 0;
	uint64_t at = ALIGN_DOWN(end - length, align);
	return at >= start ? at : 0;
}

uint64_t vma_gap_below(const struct mm *mm, uint64_t length, uint64_t floor, uint64_t top,
		       uint64_t align)
{
	/* A gap of this size holds an aligned place wherever it lies. */
	uint64_t enough = length + align - PAGE_SIZE;
	struct vma *above = top ? vma_first_ending_above(mm, top - 1) : NULL;
	struct vma *below = above		    ? vma_previous(mm, above)
			    : list_empty(&mm->vmas) ? NULL
						    : container_of(mm->vmas.prev, struct vma, node);

	floor = MAX(floor, (uint64_t)MMAP_FLOOR);
	if (above)
		top = MIN(top, gap_end(above));
	uint64_t at = place(MAX(floor, below ? below->end : 0), top, length, align);
	if (at)
		return at;
	struct vma *vma = highest_from(below, enough);
	return vma ? place(MAX(floor, gap_start(mm, vma)), gap_end(vma), length, align) : 0;
}
