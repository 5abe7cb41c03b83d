/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VMAs by address, with the free room between them: a treap whose nodes know
 * the largest gap below them, beside the list in address order.
 */
#ifndef GUEST_MM_VMA_TREE_H
#define GUEST_MM_VMA_TREE_H

#include "guest-runtime/mm/mm.h"

#define STACK_GUARD 0x100000 /* stays free below a MAP_GROWSDOWN area (stack_guard_gap) */

/* Adds vma, whose range is free; removes it. They own nothing. */
void vma_tree_insert(struct mm *mm, struct vma *vma);
void vma_tree_remove(struct mm *mm, struct vma *vma);
/* vma's start or end has changed, its place among the others has not. */
void vma_tree_resized(struct mm *mm, struct vma *vma);

/* The lowest VMA whose end is above address, or NULL; its neighbours, or NULL. */
struct vma *vma_first_ending_above(const struct mm *mm, uint64_t address);
struct vma *vma_next(const struct mm *mm, const struct vma *vma);
struct vma *vma_previous(const struct mm *mm, const struct vma *vma);

/* The highest aligned place of `length` bytes in [floor, top); 0: none. Takes log n. */
uint64_t vma_gap_below(const struct mm *mm, uint64_t length, uint64_t floor, uint64_t top,
		       uint64_t align);

#endif
