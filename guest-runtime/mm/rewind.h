/* SPDX-License-Identifier: Apache-2.0 */
/* What mm/start.h puts back, and how; for start.c. */
#ifndef GUEST_MM_REWIND_H
#define GUEST_MM_REWIND_H

#include "guest-runtime/mm/start.h"

struct rewind_page {
	uint64_t address;
	gpa_t frame; /* owned: the content; 0: zeros */
};

struct start {
	struct list node; /* of those that are kept */
	struct mm *mm;
	struct start_key key;
	void *payload;
	bool spoiled;
	uint64_t brk, mmap_top;
	struct vma *vmas; /* as they were, with references to files */
	uint32_t vma_count;
	struct rewind_page *pages; /* private ones that were there, by address */
	uint32_t page_count, page_room;
};

/* Notes mappings, which get VMA_START, and pages. False: out of memory. */
bool rewind_note(struct mm *mm);
/* Puts all back. False: out of memory; mm is to be destroyed. */
bool rewind_mm(struct mm *mm);
void rewind_free(struct start *start);

#endif
