/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leaves of libraries that outlive their mappings. When an address space is put
 * back to its program's start (mm/start.h), the loader will map the same
 * libraries at the same places: their read-only segments' leaves, which a KVM
 * that shadows paging has filled, stay. Until the loader is done (it says
 * set_tid_address(2) then) they are there without a mapping; what it has not
 * mapped as it was by then, or when it does anything else there, goes.
 */
#ifndef GUEST_MM_SHELF_H
#define GUEST_MM_SHELF_H

#include "guest-runtime/mm/vma.h"

/* A mapping that will be what can be kept, if nothing changes it: gets VMA_LIBRARY. */
bool shelf_suits(const struct mm *mm, const struct vma *like);
/*
 * vma, with VMA_LIBRARY, is about to end. True: its leaves are on the shelf;
 * false: they are the caller's.
 */
bool shelf_put(struct mm *mm, const struct vma *vma);
/*
 * A mapping is about to come, with these MAP_* flags. True: the leaves of its
 * range are its own, to be left alone. False: they are as if there was no shelf.
 */
bool shelf_take(struct mm *mm, const struct vma *like, uint32_t flags);
/* The shelf is cleared. Cheap where there is none. */
void shelf_end(struct mm *mm);

#endif
