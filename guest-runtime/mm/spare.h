/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of children that have ended, kept by the address space that they were
 * copied from: the next child that needs tables of its own is much like the
 * last one, and a KVM that shadows paging has filled these already. For mm/
 * only.
 */
#ifndef GUEST_MM_SPARE_H
#define GUEST_MM_SPARE_H

#include "guest-runtime/mm/mm.h"

/* The child got tables that are a copy of parent's: who keeps them one day. */
void spare_note(struct mm *child, struct mm *parent);
/*
 * mm has ended: its tables go to who keeps them, with what may be of use; its
 * mappings are freed.
 */
void spare_keep(struct mm *mm);
/* A root with whatever leaves, each with a reference to its frame; 0: none. A flush is due. */
gpa_t spare_take(struct mm *parent);
/* Leaves of `to` for what `from` has not get lost. */
void spare_prune(struct mm *from, struct mm *to);
void spare_free(struct mm *mm);

/* mm.c: tables without a user end, also when CR3 has them. */
void mm_end_tables(gpa_t pml4);

#endif
