/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of a pair as the hidden one has them; for pair.c only. */
#ifndef GUEST_MM_SAVED_H
#define GUEST_MM_SAVED_H

#include "guest-runtime/mm/mm.h"

struct saved {
	uint64_t address;
	gpa_t frame; /* a reference; 0: zeros */
};

struct pair {
	struct mm *parent, *child;
	struct mm *shown;   /* who has the mappings and the tables */
	uint64_t epoch;	    /* mm_epoch at the fork */
	uint64_t exchanged; /* pages since then */
	struct saved *saved;
	uint32_t count, room;
};

/* Adds one, whose reference is taken over in any case. False: out of memory. */
bool saved_add(struct pair *pair, uint64_t address, gpa_t frame);
/* The same with a copy. `look`: it may well be all zeros, which takes no copy. */
bool saved_add_copy(struct pair *pair, uint64_t address, gpa_t content, bool look);

/* Puts what is saved into the frames of who is shown. */
void saved_restore(struct pair *pair);
/*
 * Exchanges what is saved with what the frames of who is shown hold. False: out
 * of memory, with nothing changed.
 */
bool saved_exchange(struct pair *pair);
/*
 * The child has mappings and tables, the parent is shown. Each of the saved
 * pages goes where it belongs: swap: what is saved is the parent's, and what
 * its frames hold is the child's. False: out of memory; the parent's frames are
 * unchanged then, and the child's tables are to be cleared.
 */
bool saved_divide(struct pair *pair, bool swap);

void saved_free(struct pair *pair);

#endif
