// SPDX-License-Identifier: Apache-2.0
/*
 * Frames for page tables. A KVM that shadows paging maps all of a huge page
 * that holds a table piece by piece, so tables come out of the image while it
 * has some, and then out of blocks that hold nothing else; they never go back
 * to other uses. A few are kept for splits of huge leaves: giving memory back
 * must not fail for want of memory.
 *
 * A table that comes back is empty already. It is not written to until it is in
 * use again: such a KVM traps stores to what it has seen as an upper table, so
 * that clearing one again takes 0.4 ms.
 */
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/table.h"

#define ENTRIES	    512
#define BLOCK_ORDER 9
#define KEPT	    4
#define SMALL_VM    0x4000 /* frames; below, a block is too much */
#define EMPTY_MAX   1024

extern pte_t table_pool[][ENTRIES], table_pool_end[];

static uint64_t pool_used;	  /* of the image's */
static gpa_t block_at, block_end; /* never used part of the newest block */
static gpa_t empty[EMPTY_MAX];
static uint64_t empty_count;
static pte_t *given; /* to be cleared, linked through their first entries */
static uint64_t given_count;

static void keep(gpa_t frame)
{
	pte_t *table = gpa_to_pointer(frame);

	table[0] = (pte_t)given;
	given = table;
	given_count++;
}

static uint64_t left(void)
{
	return empty_count + given_count + (block_end - block_at) / PAGE_SIZE;
}

/* More tables than the image has: a block, or when there is none, single frames. */
static void refill(void)
{
	gpa_t block = page_total() >= SMALL_VM ? page_alloc_run(BLOCK_ORDER) : 0, frame;

	if (block) {
		for (; block_at < block_end; block_at += PAGE_SIZE)
			keep(block_at);
		block_at = block;
		block_end = block + (PAGE_SIZE << BLOCK_ORDER);
	}
	while (left() <= KEPT && (frame = page_alloc_dirty()))
		keep(frame);
}

gpa_t table_take(bool spare)
{
	if (empty_count > (spare ? 0 : KEPT))
		return empty[--empty_count];
	if (table_pool[pool_used] < table_pool_end)
		return pointer_to_gpa(table_pool[pool_used++]);
	if (left() <= KEPT)
		refill();
	if (left() <= (spare ? 0 : KEPT))
		return 0;
	if (empty_count)
		return empty[--empty_count];
	if (given) {
		pte_t *table = given;

		given = (pte_t *)table[0];
		given_count--;
		memset(table, 0, PAGE_SIZE);
		return pointer_to_gpa(table);
	}
	block_at += PAGE_SIZE;
	return block_at - PAGE_SIZE;
}

void table_give(gpa_t frame)
{
	if (empty_count < EMPTY_MAX)
		empty[empty_count++] = frame;
	else
		keep(frame);
}
