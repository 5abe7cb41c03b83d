/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Physical frames of guest RAM. Frames are counted by reference: page tables,
 * file pages and the heap each hold one.
 */
#ifndef GUEST_MM_PAGE_H
#define GUEST_MM_PAGE_H

#include "abi/layout.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t gpa_t;

#define PAGE_SIZE ((uint64_t)GUEST_PAGE_SIZE)
#define HUGE_SIZE ((uint64_t)GUEST_HUGE_SIZE)

/* The direct map: every GPA at a fixed address. */
static inline void *gpa_to_pointer(gpa_t gpa)
{
	return (void *)(GUEST_DIRECT_BASE + gpa);
}

static inline gpa_t pointer_to_gpa(const void *pointer)
{
	return (uint64_t)pointer - GUEST_DIRECT_BASE;
}

/* Takes over RAM [GUEST_RAM_GPA + used, GUEST_RAM_GPA + bytes), all zero; it may grow to limit. */
void page_init(uint64_t used, uint64_t bytes, uint64_t limit);

/* A zeroed frame with one reference, or 0 when the VM's memory is used up. */
gpa_t page_alloc(void);
/* As page_alloc, for callers that overwrite the whole frame: its content is arbitrary. */
gpa_t page_alloc_dirty(void);
/* 2^order contiguous frames, zeroed, each with one reference; 0 when there are none. */
gpa_t page_alloc_run(unsigned int order);

void page_get(gpa_t frame);
void page_put(gpa_t frame); /* the last reference frees; frames outside of RAM are ignored */
uint32_t page_references(gpa_t frame);

bool page_is_zero(gpa_t frame);

/* After much was freed: what is left over goes back to the host. */
void page_settle(void);

/* Whether a memslot may begin at gpa: a run of memory for the host must not cross it. */
bool page_is_region_start(gpa_t gpa);

/* A note that the owner of an allocated frame may keep with it; arbitrary at first. */
uint16_t *page_tag(gpa_t frame);

/* Extends the direct map; takes a frame for each GiB past the first. False: none left. */
bool page_map_direct(gpa_t gpa, uint64_t bytes);

/* In frames. */
uint64_t page_total(void); /* up to the limit */
uint64_t page_free(void);  /* free now or still to be grown */

#endif
