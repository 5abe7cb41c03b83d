// SPDX-License-Identifier: Apache-2.0
/*
 * The runtime's heap: power-of-two classes carved out of single frames, whole
 * runs of frames above. The frame's tag says which, so kfree needs no header.
 */
#include "guest-runtime/mm/heap.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/page.h"

#define CLASS_MIN 4  /* 16 bytes */
#define CLASS_MAX 11 /* 2 KiB */
#define TAG_RUN	  0x100

struct cell {
	struct cell *next;
};

static struct cell *free_cells[CLASS_MAX + 1];

static unsigned int class_of(size_t size)
{
	unsigned int class = CLASS_MIN;

	while (((size_t)1 << class) < size)
		class ++;
	return class;
}

static bool refill(unsigned int class)
{
	gpa_t frame = page_alloc_dirty();

	if (!frame)
		return false;
	*page_tag(frame) = (uint16_t) class;
	char *page = gpa_to_pointer(frame);
	for (size_t at = PAGE_SIZE; at > 0; at -= (size_t)1 << class) {
		struct cell *cell = (struct cell *)(page + at - ((size_t)1 << class));

		cell->next = free_cells[class];
		free_cells[class] = cell;
	}
	return true;
}

static void *alloc_run(size_t size)
{
	unsigned int order = 0;

	while ((PAGE_SIZE << order) < size)
		order++;
	gpa_t frame = page_alloc_run(order);
	if (!frame)
		return NULL;
	*page_tag(frame) = (uint16_t)(TAG_RUN | order);
	return gpa_to_pointer(frame);
}

void *kmalloc(size_t size)
{
	if (size > (size_t)1 << CLASS_MAX)
		return size <= HUGE_SIZE ? alloc_run(size) : NULL;
	unsigned int class = class_of(size);

	if (!free_cells[class] && !refill(class))
		return NULL;
	struct cell *cell = free_cells[class];
	free_cells[class] = cell->next;
	return memset(cell, 0, (size_t)1 << class);
}

void kfree(void *pointer)
{
	if (!pointer)
		return;
	gpa_t gpa = pointer_to_gpa(pointer);
	uint16_t tag = *page_tag(gpa);

	if (tag & TAG_RUN) {
		for (uint64_t i = 0; i < 1ull << (tag & 0xff); i++)
			page_put(gpa + i * PAGE_SIZE);
		return;
	}
	must(tag >= CLASS_MIN && tag <= CLASS_MAX);
	struct cell *cell = pointer;
	cell->next = free_cells[tag];
	free_cells[tag] = cell;
}

char *kstrndup(const char *text, size_t length)
{
	char *copy = kmalloc(length + 1);

	if (copy)
		memcpy(copy, text, length);
	return copy;
}

char *kstrdup(const char *text)
{
	return kstrndup(text, strlen(text));
}
