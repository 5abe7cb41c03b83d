// SPDX-License-Identifier: Apache-2.0
/* Sparse file contents: a radix tree whose nodes and leaves are frames. */
#include "guest-runtime/fs/tmpfs.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/notes/notes.h"

#define SHIFT	  9
#define SLOTS	  (1u << SHIFT)
#define LEVEL_MAX 5 /* 2^57 bytes: more than an offset can be */

#define RESERVE_PART 64 /* of the VM's memory */

/* Pages of contents, of all such file systems together. */
static uint64_t most = UINT64_MAX, taken;

static uint64_t span(uint32_t level)
{
	return PAGE_SIZE << (SHIFT * level);
}

static uint64_t *slots(uint64_t node)
{
	return gpa_to_pointer(node);
}

static uint64_t slot_index(uint64_t offset, uint32_t level)
{
	return (offset / span(level - 1)) % SLOTS;
}

uint64_t tmpfs_page(const struct tmpfs_data *data, uint64_t offset)
{
	uint64_t node = data->root;

	if (offset >= span(data->level))
		return 0;
	for (uint32_t level = data->level; node && level > 0; level--)
		node = slots(node)[slot_index(offset, level)];
	return node;
}

/* What programs need to go on is not given to files: they get ENOSPC before. */
uint64_t tmpfs_room(void)
{
	uint64_t reserve = page_total() / RESERVE_PART, room = page_free();
	uint64_t left = most > taken ? most - taken : 0;

	return room > reserve ? MIN(room - reserve, left) : 0;
}

uint64_t tmpfs_total(void)
{
	return MIN(page_total(), most);
}

void tmpfs_limit(uint64_t bytes)
{
	if (bytes)
		most = bytes / PAGE_SIZE;
}

uint64_t tmpfs_page_make(struct tmpfs_data *data, uint64_t offset, bool *made)
{
	*made = false;
	while (offset >= span(data->level)) {
		if (data->level == LEVEL_MAX)
			return 0;
		if (data->root) {
			uint64_t node = page_alloc();

			if (!node)
				return 0;
			slots(node)[0] = data->root;
			data->root = node;
		}
		data->level++;
	}
	uint64_t *slot = &data->root;
	for (uint32_t level = data->level;; level--) {
		if (!*slot) {
			*slot = tmpfs_room() > 0 ? page_alloc() : 0;
			if (!*slot) {
				note_limit(taken >= most ? "disk" : "memory", -ENOSPC);
				return 0;
			}
			*made = level == 0;
			taken += level == 0;
		}
		if (level == 0)
			return *slot;
		slot = &slots(*slot)[slot_index(offset, level)];
	}
}

/* Depth is at most LEVEL_MAX. Frees what lies in [from, to), relative to node's start. */
static uint64_t drop(uint64_t *slot, uint32_t level, uint64_t from, uint64_t to)
{
	uint64_t count = 0;

	if (!*slot)
		return 0;
	if (level == 0) {
		page_put(*slot);
		*slot = 0;
		taken--;
		return 1;
	}
	uint64_t step = span(level - 1), *child = slots(*slot);
	bool used = false;
	for (uint64_t i = 0; i < SLOTS; i++) {
		uint64_t start = i * step, end = start + step;

		/* A page goes only as a whole. */
		if (from < end && to > start && (level > 1 || (from <= start && to >= end)))
			count += drop(&child[i], level - 1, from > start ? from - start : 0,
				      MIN(to, end) - start);
		used |= child[i] != 0;
	}
	if (!used) {
		page_put(*slot);
		*slot = 0;
	}
	return count;
}

uint64_t tmpfs_drop(struct tmpfs_data *data, uint64_t from, uint64_t to)
{
	if (data->level == 0 && (from > 0 || to < PAGE_SIZE))
		return 0;
	uint64_t count = drop(&data->root, data->level, from, to);
	if (!data->root)
		data->level = 0;
	return count;
}

static uint64_t next_in(uint64_t node, uint32_t level, uint64_t from, bool page)
{
	if (!node || level == 0)
		return (node != 0) == page && from < span(level) ? from : UINT64_MAX;
	uint64_t step = span(level - 1);
	for (uint64_t i = from / step; i < SLOTS; i++) {
		uint64_t start = i * step;
		uint64_t found =
			next_in(slots(node)[i], level - 1, from > start ? from - start : 0, page);

		if (found != UINT64_MAX)
			return start + found;
	}
	return UINT64_MAX;
}

uint64_t tmpfs_next(const struct tmpfs_data *data, uint64_t from, bool page)
{
	uint64_t found = UINT64_MAX;

	if (from < span(data->level))
		found = next_in(data->root, data->level, from, page);
	/* Beyond the tree lies one hole. */
	if (found == UINT64_MAX && !page)
		found = MAX(from, span(data->level));
	return found;
}
