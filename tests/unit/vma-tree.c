// SPDX-License-Identifier: Apache-2.0
/* The runtime's tree of VMAs against an array: order, sums, neighbours and the search for gaps. */
#include "guest-runtime/mm/vma-tree.h"

#include "guest-runtime/lib/lib.h"

#include <linux/mman.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define SLOTS 512 /* pages of the area that is played with */
#define BASE  0x100000000ul
#define STEPS 20000

static struct mm mm;
static struct vma *at_slot[SLOTS]; /* which VMA holds a page, or NULL */
static uint64_t state;

static uint64_t draw(uint64_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 33) % below;
}

static uint64_t address(uint64_t slot)
{
	return BASE + slot * PAGE_SIZE;
}

static void set_slots(uint64_t start, uint64_t end, struct vma *vma)
{
	for (uint64_t i = (start - BASE) / PAGE_SIZE; i < (end - BASE) / PAGE_SIZE; i++)
		at_slot[i] = vma;
}

static void insert(void)
{
	uint64_t start = draw(SLOTS), length = 1 + draw(8);

	if (start + length > SLOTS)
		return;
	for (uint64_t i = start; i < start + length; i++)
		if (at_slot[i])
			return;
	struct vma *vma = calloc(1, sizeof(*vma));
	vma->start = address(start);
	vma->end = address(start + length);
	vma->flags = draw(16) ? MAP_PRIVATE : MAP_PRIVATE | MAP_GROWSDOWN;
	vma_tree_insert(&mm, vma);
	set_slots(vma->start, vma->end, vma);
}

static void remove_one(void)
{
	struct vma *vma = at_slot[draw(SLOTS)];

	if (!vma)
		return;
	set_slots(vma->start, vma->end, NULL);
	vma_tree_remove(&mm, vma);
	free(vma);
}

static void shrink(void)
{
	struct vma *vma = at_slot[draw(SLOTS)];

	if (!vma || vma->end - vma->start == PAGE_SIZE)
		return;
	set_slots(vma->start, vma->end, NULL);
	if (draw(2))
		vma->start += PAGE_SIZE;
	else
		vma->end -= PAGE_SIZE;
	vma_tree_resized(&mm, vma);
	set_slots(vma->start, vma->end, vma);
}

/* What a new area may not use below vma. */
static uint64_t guard(const struct vma *vma)
{
	return vma->flags & MAP_GROWSDOWN ? STACK_GUARD : 0;
}

/*
 * Largest gap of a subtree, its links and priorities checked on the way; depth
 * is that of a treap.
 */
static uint64_t check_node(const struct vma *vma)
{
	const struct vma *below = vma_previous(&mm, vma);
	uint64_t floor = below ? below->end : MMAP_FLOOR, max;
	uint64_t top = vma->start - guard(vma);

	assert_int_equal(vma->gap, top > floor ? top - floor : 0);
	max = vma->gap;
	for (int side = 0; side < 2; side++) {
		const struct vma *child = side ? vma->right : vma->left;

		if (!child)
			continue;
		assert_ptr_equal(child->parent, vma);
		assert_true(child->priority <= vma->priority);
		assert_true(side ? child->start >= vma->end : child->end <= vma->start);
		uint64_t part = check_node(child);
		if (part > max)
			max = part;
	}
	assert_int_equal(vma->max_gap, max);
	return max;
}

static void check_order(void)
{
	const struct vma *last = NULL;
	uint32_t count = 0;

	list_for_each (node, &mm.vmas) {
		const struct vma *vma = container_of(node, struct vma, node);

		assert_true(!last || last->end <= vma->start);
		assert_ptr_equal(vma_previous(&mm, vma), last);
		last = vma;
		count++;
	}
	assert_int_equal(count, mm.vma_count);
	if (mm.root)
		check_node(mm.root);
}

static void check_search(void)
{
	uint64_t slot = draw(SLOTS), at = slot;

	while (at < SLOTS && !at_slot[at])
		at++;
	assert_ptr_equal(vma_first_ending_above(&mm, address(slot)),
			 at < SLOTS ? at_slot[at] : NULL);
}

/* The highest place by trying all; for page alignment the search is exact. */
static uint64_t place_by_trial(uint64_t length, uint64_t top)
{
	for (uint64_t at = top - length; at >= MMAP_FLOOR; at -= PAGE_SIZE) {
		const struct vma *above = vma_first_ending_above(&mm, at);

		if (!above || at + length <= above->start - guard(above))
			return at;
		/* Down to the next that could do. */
		if (at >= BASE + SLOTS * PAGE_SIZE)
			at = BASE + SLOTS * PAGE_SIZE;
		if (at < BASE - 2 * STACK_GUARD)
			return at;
	}
	return 0;
}

static void check_gap(void)
{
	uint64_t length = (1 + draw(12)) * PAGE_SIZE;
	uint64_t top = address(1 + draw(SLOTS + 4));

	assert_int_equal(vma_gap_below(&mm, length, 0, top, PAGE_SIZE),
			 place_by_trial(length, top));
	uint64_t align = PAGE_SIZE << draw(5);
	uint64_t found = vma_gap_below(&mm, length, 0, top, align);
	assert_int_equal(found % align, 0);
	assert_true(found + length <= top);
	const struct vma *above = vma_first_ending_above(&mm, found);
	assert_true(!above || found + length <= above->start - guard(above));
	assert_int_equal(vma_gap_below(&mm, length, top - length + 1, top, align), 0);
}

static void remove_all(void)
{
	while (!list_empty(&mm.vmas)) {
		struct vma *vma = container_of(mm.vmas.next, struct vma, node);

		vma_tree_remove(&mm, vma);
		free(vma);
	}
	memset(at_slot, 0, sizeof(at_slot));
}

static void random_steps(void **unused)
{
	static void (*const acts[])(void) = { insert, insert, remove_one, shrink };

	(void)unused;
	list_init(&mm.vmas);
	state = 1;
	for (int step = 0; step < STEPS; step++) {
		acts[draw(4)]();
		check_search();
		check_gap();
		if (step % 100 == 0)
			check_order();
	}
	check_order();
	remove_all();
	assert_null(mm.root);
}

static unsigned int depth(const struct vma *vma)
{
	unsigned int left = vma->left ? depth(vma->left) : 0;
	unsigned int right = vma->right ? depth(vma->right) : 0;

	return 1 + (left > right ? left : right);
}

static void ascending_order_stays_flat(void **unused)
{
	(void)unused;
	list_init(&mm.vmas);
	for (uint64_t i = 0; i < 60000; i++) {
		struct vma *vma = calloc(1, sizeof(*vma));

		vma->start = address(2 * i);
		vma->end = address(2 * i + 1);
		vma_tree_insert(&mm, vma);
	}
	assert_true(depth(mm.root) < 60);
	assert_int_equal(vma_gap_below(&mm, PAGE_SIZE, 0, address(60000), PAGE_SIZE),
			 address(59999));
	assert_int_equal(vma_gap_below(&mm, 2 * PAGE_SIZE, 0, address(60000), PAGE_SIZE),
			 BASE - 2 * PAGE_SIZE);
	remove_all();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_steps),
		cmocka_unit_test(ascending_order_stays_flat),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
