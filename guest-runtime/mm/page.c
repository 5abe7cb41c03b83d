// SPDX-License-Identifier: Apache-2.0
/*
 * Buddy allocator over the RAM the monitor has backed, which grows by
 * hypercall when a request does not fit. A region never touched before is
 * handed out without clearing: the host gave it zeroed. So are whole blocks
 * that were given back to the host when many were free.
 */
#include "guest-runtime/mm/page.h"

#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/lib/lib.h"

#define ORDER_MAX   9 /* 2 MiB: the largest block, and the unit in which RAM comes */
#define REGIONS_MAX 32
#define GIVEN	    (ORDER_MAX + 1) /* the list of blocks that the host has: not backed, zero */
#define NONE	    0		    /* frame number 0 is the image: never on a list */

/* Free blocks that are backed: from so many on, all but so many go back to the host. */
#define GIVE_FROM    32
#define GIVE_KEEP    16
#define GIVE_AT_ONCE 64

enum { PAGE_FREE = 1, PAGE_DIRTY = 2 };

struct page {
	uint32_t references;
	uint32_t next, previous; /* frame numbers, while free */
	uint8_t order;		 /* while free */
	uint8_t state;
	uint16_t tag; /* the heap's */
};

/* RAM that came in one piece; its struct pages are at its start. */
struct region {
	uint64_t first, end; /* frame numbers */
	uint64_t fresh;	     /* from here on never handed out; whole 2 MiB blocks */
	struct page *pages;
};

static struct region regions[REGIONS_MAX];
static unsigned int region_count;
static uint32_t free_lists[GIVEN + 1];
static uint64_t backed_blocks; /* on the list of ORDER_MAX */
static uint64_t free_frames;   /* on lists and fresh */
static uint64_t ram_frames, limit_frames;

static struct region *region_of(uint64_t frame)
{
	for (unsigned int i = region_count; i-- > 0;)
		if (frame >= regions[i].first)
			return frame < regions[i].end ? &regions[i] : NULL;
	return NULL;
}

static struct page *page_of(uint64_t frame)
{
	struct region *region = region_of(frame);

	return region ? &region->pages[frame - region->first] : NULL;
}

static void list_push(uint64_t frame, unsigned int order, uint8_t dirty)
{
	struct page *page = page_of(frame);

	backed_blocks += order == ORDER_MAX;
	page->order = (uint8_t)order;
	page->state = (uint8_t)(PAGE_FREE | dirty);
	page->previous = NONE;
	page->next = free_lists[order];
	if (page->next != NONE)
		page_of(page->next)->previous = (uint32_t)frame;
	free_lists[order] = (uint32_t)frame;
}

static void list_unlink(uint64_t frame)
{
	struct page *page = page_of(frame);

	backed_blocks -= page->order == ORDER_MAX;
	if (page->previous != NONE)
		page_of(page->previous)->next = page->next;
	else
		free_lists[page->order] = page->next;
	if (page->next != NONE)
		page_of(page->next)->previous = page->previous;
	page->state &= (uint8_t)~PAGE_FREE;
}

static void add_region(uint64_t gpa, uint64_t bytes, uint64_t used)
{
	struct region *region = &regions[region_count];
	uint64_t frames = bytes >> GUEST_PAGE_SHIFT;

	must(region_count < REGIONS_MAX);
	region->first = gpa >> GUEST_PAGE_SHIFT;
	region->end = region->first + frames;
	region->pages = gpa_to_pointer(gpa + ALIGN_UP(used, PAGE_SIZE));
	used = ALIGN_UP(used, PAGE_SIZE) + ALIGN_UP(frames * sizeof(struct page), PAGE_SIZE);
	/*
	 * The rest of the last partly used 2 MiB block goes to the lists page
	 * by page, later ones stay fresh.
	 */
	uint64_t frame = region->first + (used >> GUEST_PAGE_SHIFT);
	region->fresh = MIN(ALIGN_UP(frame, 1ull << ORDER_MAX), region->end);
	region_count++;
	ram_frames += frames;
	free_frames += region->end - frame;
	while (frame < region->fresh) {
		unsigned int order = (unsigned int)__builtin_ctzll(frame);

		list_push(frame, order, 0);
		frame += 1ull << order;
	}
}

void page_init(uint64_t used, uint64_t bytes, uint64_t limit)
{
	limit_frames = limit >> GUEST_PAGE_SHIFT;
	add_region(GUEST_RAM_GPA, bytes, used);
	/*
	 * All of the direct map now: later, an allocation would have to
	 * allocate. The first GiB is built in.
	 */
	must(page_map_direct(GUEST_RAM_GPA, limit));
}

/* More RAM: as much again as there is, for few memslots, down to what the limit leaves. */
static bool grow(void)
{
	uint64_t left = (limit_frames - ram_frames) << GUEST_PAGE_SHIFT;
	uint64_t bytes =
		ALIGN_DOWN(MIN(left, MAX(ram_frames << GUEST_PAGE_SHIFT, 16ull << 20)), HUGE_SIZE);
	uint64_t gpa = GUEST_RAM_GPA + (ram_frames << GUEST_PAGE_SHIFT);

	if (bytes == 0 || region_count == REGIONS_MAX || host_mem_grow(bytes) < 0)
		return false;
	add_region(gpa, bytes, 0);
	return true;
}

static uint64_t take_fresh(void)
{
	for (unsigned int i = 0; i < region_count; i++) {
		uint64_t frame = regions[i].fresh;

		if (frame < regions[i].end) {
			regions[i].fresh += 1ull << ORDER_MAX;
			return frame;
		}
	}
	return NONE;
}

/* A block of 2^order frames off the lists, or NONE; dirty says whether it needs clearing. */
static uint64_t take(unsigned int order, uint8_t *dirty)
{
	unsigned int from = order;
	uint64_t frame;

	while (from <= GIVEN && free_lists[from] == NONE)
		from++;
	if (from <= GIVEN) {
		frame = free_lists[from];
		*dirty = page_of(frame)->state & PAGE_DIRTY;
		list_unlink(frame);
		from = MIN(from, (unsigned int)ORDER_MAX);
	} else {
		frame = take_fresh();
		if (frame == NONE && grow())
			frame = take_fresh();
		if (frame == NONE)
			return NONE;
		from = ORDER_MAX;
		*dirty = 0;
	}
	while (from > order) {
		from--;
		list_push(frame + (1ull << from), from, *dirty);
	}
	free_frames -= 1ull << order;
	return frame;
}

static gpa_t alloc(unsigned int order, bool clear)
{
	uint8_t dirty = 0;
	uint64_t frame = take(order, &dirty);

	if (frame == NONE)
		return 0;
	struct page *page = page_of(frame);
	for (uint64_t i = 0; i < 1ull << order; i++) {
		page[i].references = 1;
		page[i].state = 0;
	}
	if (clear && dirty)
		memset(gpa_to_pointer(frame << GUEST_PAGE_SHIFT), 0, PAGE_SIZE << order);
	return frame << GUEST_PAGE_SHIFT;
}

gpa_t page_alloc(void)
{
	return alloc(0, true);
}

gpa_t page_alloc_dirty(void)
{
	return alloc(0, false);
}

gpa_t page_alloc_run(unsigned int order)
{
	return order <= ORDER_MAX ? alloc(order, true) : 0;
}

static void release(uint64_t frame)
{
	unsigned int order = 0;

	free_frames++;
	for (; order < ORDER_MAX; order++) {
		uint64_t buddy = frame ^ (1ull << order);
		struct page *page = page_of(buddy);

		if (!page || !(page->state & PAGE_FREE) || page->order != order)
			break;
		list_unlink(buddy);
		frame &= ~(1ull << order);
	}
	list_push(frame, order, PAGE_DIRTY);
}

/* Gives the host some blocks; false: it does not take them. */
static bool give_some(void)
{
	struct hc_segment segments[GIVE_AT_ONCE];
	uint32_t count = 0;

	while (count < GIVE_AT_ONCE && backed_blocks > GIVE_KEEP) {
		uint64_t frame = free_lists[ORDER_MAX];

		list_unlink(frame);
		segments[count++] = (struct hc_segment){ .gpa = frame << GUEST_PAGE_SHIFT,
							 .length = HUGE_SIZE };
	}
	bool given = host_mem_give(segments, count) >= 0;
	for (uint32_t i = 0; i < count; i++)
		list_push(segments[i].gpa >> GUEST_PAGE_SHIFT, given ? GIVEN : ORDER_MAX,
			  given ? 0 : PAGE_DIRTY);
	return given;
}

void page_settle(void)
{
	if (backed_blocks < GIVE_FROM)
		return;
	while (backed_blocks > GIVE_KEEP && give_some())
		;
}

void page_get(gpa_t gpa)
{
	struct page *page = page_of(gpa >> GUEST_PAGE_SHIFT);

	if (page)
		page->references++;
}

void page_put(gpa_t gpa)
{
	struct page *page = page_of(gpa >> GUEST_PAGE_SHIFT);

	if (!page)
		return;
	must(page->references > 0);
	if (--page->references == 0)
		release(gpa >> GUEST_PAGE_SHIFT);
}

uint32_t page_references(gpa_t gpa)
{
	struct page *page = page_of(gpa >> GUEST_PAGE_SHIFT);

	return page ? page->references : 0;
}

bool page_is_region_start(gpa_t gpa)
{
	for (unsigned int i = 0; i < region_count; i++)
		if (regions[i].first << GUEST_PAGE_SHIFT == gpa)
			return true;
	return gpa >= GUEST_WINDOW_GPA && gpa % GUEST_WINDOW_CHUNK == 0;
}

bool page_is_zero(gpa_t frame)
{
	const uint64_t *words = gpa_to_pointer(frame);
	uint64_t any = 0;

	for (size_t i = 0; i < PAGE_SIZE / sizeof(*words) && !any; i += 8)
		any = words[i] | words[i + 1] | words[i + 2] | words[i + 3] | words[i + 4] |
		      words[i + 5] | words[i + 6] | words[i + 7];
	return !any;
}

uint16_t *page_tag(gpa_t gpa)
{
	return &page_of(gpa >> GUEST_PAGE_SHIFT)->tag;
}

uint64_t page_total(void)
{
	return limit_frames;
}

uint64_t page_free(void)
{
	return free_frames + (limit_frames - ram_frames);
}
