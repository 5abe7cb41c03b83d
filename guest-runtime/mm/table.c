// SPDX-License-Identifier: Apache-2.0
/* Page-table walks, splits and teardown; also the direct map's extension. */
#include "guest-runtime/mm/table.h"

#include "guest-runtime/lib/lib.h"

#define ENTRIES		512
#define LINK		(PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_ACCESSED)
#define DIRECT_BUILT_IN 0x40000000ul /* up to here runtime.lds.S has mapped RAM */
#define ROOTS_KEPT	64
#define DIRECT_LEAF	(LINK | PTE_DIRTY | PTE_HUGE | PTE_NX)

extern pte_t boot_pml4[ENTRIES];

static unsigned int index_at(uint64_t address, unsigned int level)
{
	return (unsigned int)(address >> (GUEST_PAGE_SHIFT + 9 * level)) % ENTRIES;
}

static pte_t *entries(pte_t link)
{
	return gpa_to_pointer(link & PTE_FRAME);
}

/* The entry at `level` (1: page directory, 0: page table), without making or splitting anything. */
static pte_t *descend(gpa_t pml4, uint64_t address, unsigned int level)
{
	pte_t *table = gpa_to_pointer(pml4);

	for (unsigned int at = 3; at > level; at--) {
		pte_t entry = table[index_at(address, at)];

		if (!entry || (entry & PTE_HUGE))
			return NULL;
		table = entries(entry);
	}
	return &table[index_at(address, level)];
}

static pte_t *descend_make(gpa_t pml4, uint64_t address, unsigned int level)
{
	pte_t *table = gpa_to_pointer(pml4);

	for (unsigned int at = 3; at > level; at--) {
		pte_t *entry = &table[index_at(address, at)];

		if (!*entry) {
			gpa_t frame = table_take(false);

			if (!frame)
				return NULL;
			*entry = frame | LINK;
		} else if (*entry & PTE_HUGE) {
			return NULL;
		}
		table = entries(*entry);
	}
	return &table[index_at(address, level)];
}

pte_t *table_find(gpa_t pml4, uint64_t address, bool *huge)
{
	pte_t *directory = descend(pml4, address, 1);

	*huge = false;
	if (!directory || !*directory)
		return NULL;
	if (*directory & PTE_HUGE) {
		*huge = true;
		return directory;
	}
	return &entries(*directory)[index_at(address, 0)];
}

/* 512 small leaves with the same rights instead of one; each already has its own reference. */
static bool split(pte_t *directory)
{
	gpa_t frame = table_take(true);

	if (!frame)
		return false;
	pte_t *table = gpa_to_pointer(frame);
	pte_t first = *directory & ~(pte_t)PTE_HUGE;

	for (unsigned int i = 0; i < ENTRIES; i++)
		table[i] = first + i * PAGE_SIZE;
	*directory = frame | LINK;
	return true;
}

pte_t *table_make(gpa_t pml4, uint64_t address)
{
	pte_t *directory = descend_make(pml4, address, 1);

	if (!directory)
		return NULL;
	if ((*directory & PTE_HUGE) && !split(directory))
		return NULL;
	return descend_make(pml4, address, 0);
}

pte_t *table_make_huge(gpa_t pml4, uint64_t address)
{
	pte_t *directory = descend_make(pml4, address, 1);

	return directory && !*directory ? directory : NULL;
}

uint64_t table_next(gpa_t pml4, uint64_t from, uint64_t end)
{
	while (from < end) {
		unsigned int level = 3;
		pte_t *table = gpa_to_pointer(pml4);
		pte_t entry;

		/* Down to the lowest level that exists; an absent entry skips all it would hold. */
		for (;; level--) {
			entry = table[index_at(from, level)];
			if (!entry || level == 0 || (entry & PTE_HUGE))
				break;
			table = entries(entry);
		}
		if (entry)
			return from;
		uint64_t span = PAGE_SIZE << (9 * level);

		from = ALIGN_DOWN(from, span) + span;
	}
	return end;
}

static bool unmap_huge(gpa_t pml4, uint64_t address, uint64_t end, pte_t *leaf)
{
	if (address % HUGE_SIZE == 0 && end - address >= HUGE_SIZE) {
		gpa_t frame = *leaf & PTE_FRAME;

		*leaf = 0;
		for (unsigned int i = 0; i < ENTRIES; i++)
			page_put(frame + i * PAGE_SIZE);
		return true;
	}
	/* Only a part goes. Tables are kept for this: it fails when those, too, are used up. */
	return table_make(pml4, address) != NULL;
}

uint64_t table_unmap(gpa_t pml4, uint64_t start, uint64_t end, pte_t only)
{
	uint64_t pages = 0;
	bool huge;

	for (uint64_t at = table_next(pml4, start, end); at < end; at = table_next(pml4, at, end)) {
		pte_t *leaf = table_find(pml4, at, &huge);
		uint64_t size = huge ? HUGE_SIZE : PAGE_SIZE;

		if ((*leaf & only) != only) {
			at = ALIGN_DOWN(at, size) + size;
		} else if (huge) {
			if (!unmap_huge(pml4, at, end, leaf))
				at = ALIGN_DOWN(at, size) + size;
			else if (!*leaf)
				pages += size / PAGE_SIZE;
		} else {
			gpa_t frame = *leaf & PTE_FRAME;

			*leaf = 0;
			page_put(frame);
			pages++;
			at += PAGE_SIZE;
		}
	}
	return pages;
}

static void free_tables(pte_t link, unsigned int level)
{
	pte_t *table = entries(link);

	/* Depth is the four levels of the architecture. */
	for (unsigned int i = 0; level > 0 && i < ENTRIES; i++)
		if (table[i]) {
			free_tables(table[i], level - 1);
			table[i] = 0;
		}
	table_give(link & PTE_FRAME);
}

/* Those without a user, with the runtime's entry; the boot tables first of all. */
static gpa_t roots[ROOTS_KEPT];
static unsigned int root_count;

gpa_t table_create(void)
{
	static bool boot_taken;

	if (!boot_taken) {
		boot_taken = true;
		return pointer_to_gpa(boot_pml4);
	}
	if (root_count)
		return roots[--root_count];
	gpa_t pml4 = table_take(false);
	if (pml4)
		((pte_t *)gpa_to_pointer(pml4))[255] = boot_pml4[255];
	return pml4;
}

void table_clear(gpa_t pml4)
{
	pte_t *table = gpa_to_pointer(pml4);

	table_unmap(pml4, 0, GUEST_USER_END, 0);
	for (unsigned int i = 0; i < index_at(GUEST_USER_END, 3); i++)
		if (table[i]) {
			free_tables(table[i], 2);
			table[i] = 0;
		}
}

void table_give_root(gpa_t pml4)
{
	pte_t *table = gpa_to_pointer(pml4);

	if (root_count < ROOTS_KEPT) {
		roots[root_count++] = pml4;
	} else if (table != boot_pml4) {
		table[255] = 0;
		table_give(pml4);
	}
}

static uint64_t count_tables(pte_t link, unsigned int level)
{
	const pte_t *table = entries(link);
	uint64_t count = 1;

	/* Depth is the four levels of the architecture. */
	for (unsigned int i = 0; level > 0 && i < ENTRIES; i++)
		if (table[i] && !(table[i] & PTE_HUGE))
			count += count_tables(table[i], level - 1);
	return count;
}

uint64_t table_count(gpa_t pml4)
{
	const pte_t *table = gpa_to_pointer(pml4);
	uint64_t count = 1;

	for (unsigned int i = 0; i < index_at(GUEST_USER_END, 3); i++)
		if (table[i])
			count += count_tables(table[i], 2);
	return count;
}

bool page_map_direct(gpa_t gpa, uint64_t bytes)
{
	gpa_t pml4 = pointer_to_gpa(boot_pml4);

	uint64_t end = gpa + bytes;

	for (gpa = MAX(gpa, DIRECT_BUILT_IN); gpa < end; gpa += HUGE_SIZE) {
		pte_t *leaf = descend_make(pml4, GUEST_DIRECT_BASE + gpa, 1);

		if (!leaf)
			return false;
		if (!*leaf)
			*leaf = gpa | DIRECT_LEAF;
	}
	return true;
}
