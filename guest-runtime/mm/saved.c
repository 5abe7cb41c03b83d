// SPDX-License-Identifier: Apache-2.0
/* The saved pages of a pair. */
#include "guest-runtime/mm/saved.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/vma.h"

#define ROOM_FIRST 120 /* with its header-less array, most of a page's worth */
#define WORDS	   (PAGE_SIZE / sizeof(uint64_t))

static void swap_words(uint64_t *a, uint64_t *b)
{
	for (size_t i = 0; i < WORDS; i++) {
		uint64_t word = a[i];

		a[i] = b[i];
		b[i] = word;
	}
}

static bool make_room(struct pair *pair)
{
	uint32_t room = pair->room ? 2 * pair->room : ROOM_FIRST;
	struct saved *more = kmalloc(room * sizeof(*more));

	if (!more)
		return false;
	if (pair->count)
		memcpy(more, pair->saved, pair->count * sizeof(*more));
	kfree(pair->saved);
	pair->saved = more;
	pair->room = room;
	return true;
}

bool saved_add(struct pair *pair, uint64_t address, gpa_t frame)
{
	if (pair->count == pair->room && !make_room(pair)) {
		if (frame)
			page_put(frame);
		return false;
	}
	pair->saved[pair->count++] = (struct saved){ address, frame };
	return true;
}

bool saved_add_copy(struct pair *pair, uint64_t address, gpa_t content, bool look)
{
	gpa_t frame;

	if (look && page_is_zero(content))
		return saved_add(pair, address, 0);
	frame = page_alloc_dirty();
	if (!frame)
		return false;
	memcpy(gpa_to_pointer(frame), gpa_to_pointer(content), PAGE_SIZE);
	return saved_add(pair, address, frame);
}

/* What the tables show at a saved page's address; the leaf is there as long as the pair. */
static void *shown_at(const struct pair *pair, uint64_t address)
{
	bool huge;
	const pte_t *leaf = table_find(pair->shown->pml4, address, &huge);

	must(leaf && (*leaf & PTE_WRITE));
	return gpa_to_pointer((*leaf & PTE_FRAME) + (huge ? address % HUGE_SIZE : 0));
}

static void restore(void *to, gpa_t frame)
{
	if (frame)
		memcpy(to, gpa_to_pointer(frame), PAGE_SIZE);
	else if (!page_is_zero(pointer_to_gpa(to)))
		memset(to, 0, PAGE_SIZE);
}

void saved_restore(struct pair *pair)
{
	for (uint32_t i = 0; i < pair->count; i++)
		restore(shown_at(pair, pair->saved[i].address), pair->saved[i].frame);
}

static bool is_own(gpa_t frame)
{
	return frame && page_references(frame) == 1;
}

/* Zeros become a page, and what others have, too, a copy. False: out of memory. */
static bool make_own(const struct pair *pair, struct saved *saved)
{
	if (is_own(saved->frame) ||
	    (!saved->frame && page_is_zero(pointer_to_gpa(shown_at(pair, saved->address)))))
		return true;
	gpa_t frame = saved->frame ? page_alloc_dirty() : page_alloc();
	if (!frame)
		return false;
	if (saved->frame) {
		memcpy(gpa_to_pointer(frame), gpa_to_pointer(saved->frame), PAGE_SIZE);
		page_put(saved->frame);
	}
	saved->frame = frame;
	return true;
}

bool saved_exchange(struct pair *pair)
{
	for (uint32_t i = 0; i < pair->count; i++)
		if (!make_own(pair, &pair->saved[i]))
			return false;
	for (uint32_t i = 0; i < pair->count; i++)
		if (pair->saved[i].frame)
			swap_words(shown_at(pair, pair->saved[i].address),
				   gpa_to_pointer(pair->saved[i].frame));
	return true;
}

/*
 * All tables, and all frames that are needed beyond those that are saved. These
 * are in the leaves then, with what the child has, if that is in the parent's
 * frames (swap).
 */
static bool prepare(struct pair *pair, bool swap)
{
	for (uint32_t i = 0; i < pair->count; i++) {
		const struct saved *saved = &pair->saved[i];
		pte_t *leaf = table_make(pair->child->pml4, saved->address);

		if (!leaf)
			return false;
		/* Of tables that were used before, a frame that is nobody else's will do. */
		if (*leaf && ((*leaf & PTE_FILE) || !is_own(*leaf & PTE_FRAME))) {
			page_put(*leaf & PTE_FRAME);
			*leaf = 0;
		}
		if (!swap || (!*leaf && is_own(saved->frame)))
			continue;
		gpa_t from = pointer_to_gpa(shown_at(pair, saved->address));
		if (!*leaf && page_is_zero(from))
			continue;
		if (!*leaf)
			*leaf = page_alloc_dirty();
		if (!*leaf)
			return false;
		memcpy(gpa_to_pointer(*leaf & PTE_FRAME), gpa_to_pointer(from), PAGE_SIZE);
	}
	return true;
}

static void put(struct saved *saved)
{
	if (saved->frame)
		page_put(saved->frame);
	saved->frame = 0;
}

/*
 * What is saved goes where it belongs. The child's frame: `frame`, which
 * prepare() has found, or what is saved.
 */
static gpa_t settle(const struct pair *pair, struct saved *saved, gpa_t frame, bool swap)
{
	if (!frame && (!swap || is_own(saved->frame))) {
		if (swap)
			swap_words(shown_at(pair, saved->address), gpa_to_pointer(saved->frame));
		frame = saved->frame;
		saved->frame = 0; /* its reference is the leaf's now */
		return frame;
	}
	restore(swap ? shown_at(pair, saved->address) : gpa_to_pointer(frame), saved->frame);
	put(saved);
	return frame;
}

bool saved_divide(struct pair *pair, bool swap)
{
	struct mm *child = pair->child;
	struct vma *at = NULL;

	if (!prepare(pair, swap))
		return false;
	for (uint32_t i = 0; i < pair->count; i++) {
		struct saved *saved = &pair->saved[i];
		pte_t *leaf = table_make(child->pml4, saved->address);
		gpa_t frame = settle(pair, saved, *leaf & PTE_FRAME, swap);

		if (!frame)
			continue;
		if (!at || saved->address < at->start || saved->address >= at->end)
			at = mm_find(child, saved->address);
		pte_t value = frame | leaf_rights(at, frame);
		if (*leaf != value)
			*leaf = value;
		child->rss++;
	}
	return true;
}

void saved_free(struct pair *pair)
{
	for (uint32_t i = 0; i < pair->count; i++)
		put(&pair->saved[i]);
	kfree(pair->saved);
}
