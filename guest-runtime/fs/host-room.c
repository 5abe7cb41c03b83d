// SPDX-License-Identifier: Apache-2.0
/* Room in the windows (abi/layout.h): which pages of each are taken. */
#include "abi/layout.h"
#include "guest-runtime/fs/host.h"
#include "guest-runtime/mm/heap.h"

#define WINDOW_PAGES (GUEST_WINDOW_MAX >> GUEST_PAGE_SHIFT)
#define WORD_PAGES   64u
#define WORDS	     (WINDOW_PAGES / WORD_PAGES)

_Static_assert(GUEST_SHARED_MAX == GUEST_WINDOW_MAX, "one size of map");
_Static_assert((GUEST_WINDOW_CHUNK >> GUEST_PAGE_SHIFT) % (1u << HOST_ROOM_ORDER_MAX) == 0,
	       "what is aligned to its size lies in one chunk");

struct window {
	uint64_t *taken; /* a bit for each page; NULL: none is yet */
	uint32_t next;	 /* word where the search goes on */
};

static struct window windows[2]; /* by shared */

/* The bits of a run of 2^order pages in its word; whole words above. */
static uint64_t run_mask(unsigned int order)
{
	return order >= 6 ? ~0ull : (1ull << (1u << order)) - 1;
}

/* First free aligned run in a word, as its bit; 64: none. */
static unsigned int find_in_word(uint64_t taken, unsigned int order)
{
	for (unsigned int bit = 0; bit < WORD_PAGES; bit += 1u << order)
		if (!(taken >> bit & run_mask(order)))
			return bit;
	return WORD_PAGES;
}

static bool words_free(const uint64_t *words, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		if (words[i])
			return false;
	return true;
}

static void mark(struct window *w, uint64_t page, unsigned int order, bool taken)
{
	uint64_t *word = &w->taken[page / WORD_PAGES];
	unsigned int count = order > 6 ? 1u << (order - 6) : 1;
	uint64_t mask = run_mask(order) << (order >= 6 ? 0 : page % WORD_PAGES);

	for (unsigned int i = 0; i < count; i++)
		word[i] = taken ? word[i] | mask : word[i] & ~mask;
}

bool host_room_take(bool shared, unsigned int order, uint64_t *page)
{
	struct window *w = &windows[shared];
	unsigned int step = order > 6 ? 1u << (order - 6) : 1;

	if (!w->taken)
		w->taken = kmalloc(WORDS * sizeof(uint64_t));
	if (!w->taken)
		return false;
	uint32_t at = ALIGN_DOWN(w->next, step);
	for (uint32_t i = 0; i < WORDS; i += step, at = (at + step) % WORDS) {
		unsigned int bit = order >= 6 ? 0 : find_in_word(w->taken[at], order);

		if (order >= 6 ? !words_free(&w->taken[at], step) : bit == WORD_PAGES)
			continue;
		*page = (uint64_t)at * WORD_PAGES + bit;
		mark(w, *page, order, true);
		w->next = at;
		return true;
	}
	return false;
}

void host_room_give(bool shared, unsigned int order, uint64_t page)
{
	mark(&windows[shared], page, order, false);
}
