/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page tables of an address space: four levels, 4 KiB and 2 MiB leaves. Only
 * program addresses (below GUEST_USER_END). A leaf holds one reference to each
 * frame it maps. Tables lie in blocks of their own (table-pool.c).
 */
#ifndef GUEST_MM_TABLE_H
#define GUEST_MM_TABLE_H

#include "guest-runtime/mm/page.h"

enum pte_bits {
	PTE_PRESENT = 1 << 0,
	PTE_WRITE = 1 << 1,
	PTE_USER = 1 << 2,
	PTE_ACCESSED = 1 << 5,
	PTE_DIRTY = 1 << 6,
	PTE_HUGE = 1 << 7,
	/* Ours; the processor ignores them. */
	PTE_FILE = 1 << 9,    /* the frame is a file's, no private copy */
	PTE_SHARED = 1 << 10, /* of a shared mapping: stores into the frame are the file's */
};

#define PTE_NX	  0x8000000000000000ull
#define PTE_FRAME 0x000ffffffffff000ull

typedef uint64_t pte_t;

/*
 * A leaf is in use when it is not 0: one without PTE_PRESENT keeps its frame
 * under PROT_NONE. The leaf for address, or NULL when its table is absent;
 * *huge says that it is a 2 MiB one, in use.
 */
pte_t *table_find(gpa_t pml4, uint64_t address, bool *huge);

/* The 4 KiB leaf for address, tables made and 2 MiB leaves split as needed; NULL: out of memory. */
pte_t *table_make(gpa_t pml4, uint64_t address);

/* Up to here small leaves follow each other in memory from that of address on. */
static inline uint64_t table_row_end(uint64_t address)
{
	return (address & ~(HUGE_SIZE - 1)) + HUGE_SIZE;
}

/*
 * The page-directory entry for address when it is empty, tables above made;
 * NULL: in use, or out of memory.
 */
pte_t *table_make_huge(gpa_t pml4, uint64_t address);

/* The first address >= from and < end whose leaf is in use, or end. */
uint64_t table_next(gpa_t pml4, uint64_t from, uint64_t end);

/*
 * Drops the leaves of [start, end) that have all bits of `only`, with their
 * frame references. Returns pages.
 */
uint64_t table_unmap(gpa_t pml4, uint64_t start, uint64_t end, pte_t only);

/* A PML4 without anything of a program's, or 0: the boot tables when nobody has them. */
gpa_t table_create(void);
/* Its end: leaves and lower tables, and then, when no CPU has it any more, the root. */
void table_clear(gpa_t pml4);
void table_give_root(gpa_t pml4);

/* Tables of a program's addresses that are in use. */
uint64_t table_count(gpa_t pml4);

/* table-pool.c: empty frames for tables; `spare`: from what is kept for splits, too. 0: none. */
gpa_t table_take(bool spare);
void table_give(gpa_t frame); /* empty */

#endif
