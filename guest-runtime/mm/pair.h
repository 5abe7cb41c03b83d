/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A parent and its child on one set of page tables. Most children of fork(2)
 * end, or execute a program, before their parent goes on. Until something
 * needs both, they take turns: the tables show one of them, and the pages that
 * it may write are saved as the other, the hidden one, has them. So a fork
 * costs copies of pages, which are cheap, and no new tables, no flush and no
 * fault, which are not. For mm/ only.
 *
 * While they are a pair, their mappings are the same, and each private leaf
 * with PTE_WRITE has one saved page.
 */
#ifndef GUEST_MM_PAIR_H
#define GUEST_MM_PAIR_H

#include "guest-runtime/mm/mm.h"

/*
 * A child that is paired with its parent, which is shown still. NULL: out of
 * memory, or it does not pay.
 */
struct mm *pair_fork(struct mm *parent);

/* Whether mm is the hidden one of a pair: it has no mappings, and no tables, of its own now. */
bool pair_hides(const struct mm *mm);

/* mm is to be active: it is shown, or has its own tables, after this. */
void pair_bring_forward(struct mm *mm);

/*
 * Mappings are about to change, or somebody looks into the hidden one: each
 * gets its own tables. Pointers to VMAs are void then. False: out of memory,
 * with nothing changed, or mm was lost before.
 */
bool pair_part(struct mm *mm);
/* The same where it cannot be refused: when memory is out, the child is lost. */
void pair_part_surely(struct mm *mm);

/* mm ends: what the pair shares is left to the other. */
void pair_end(struct mm *mm);

/*
 * A private page of shown mm at address is about to become writable. saved: a
 * frame as the hidden one has it, whose reference is taken over; 0: zeros.
 * pair_save_copy: has the content of a frame, and goes on having it. 0 or
 * -ENOMEM; mm->pair is not NULL.
 */
int pair_save(struct mm *mm, uint64_t address, gpa_t saved);
int pair_save_copy(struct mm *mm, uint64_t address, gpa_t content);

/*
 * fork.c: mappings and leaves of a new address space. paired: private leaves
 * with PTE_WRITE are left out.
 */
bool mm_copy_all(struct mm *from, struct mm *to, bool paired, bool *flush);

/* mm.c: an address space without tables; NULL: out of memory. */
struct mm *mm_new(void);
/* Frees mappings and tables. */
void mm_empty(struct mm *mm);
/* The tables are somebody else's now. */
void mm_took_over(const struct mm *before, struct mm *now);
bool mm_is_active(const struct mm *mm);
/* Tables without any page, for who is lost; 0: out of memory. */
gpa_t mm_barren_root(void);

#endif
