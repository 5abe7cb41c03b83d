// SPDX-License-Identifier: Apache-2.0
/* Listings of directories, kept, and orders found in what is asked of them. */
#include "guest-runtime/fs/host-list.h"
#include "guest-runtime/mm/heap.h"

#define LISTS_MAX   16u
#define BYTES_MAX   0x100000u
#define ENTRIES_MAX 16384u
#define GAP_MAX	    8u /* names that an order may leave out: of directories, of what is filtered */
#define WRONG_MAX   8u

struct record { /* of getdents64 */
	uint64_t ino;
	int64_t next;
	uint16_t length;
	uint8_t type;
	char name[];
};

enum order { LISTED, BY_INO, BY_NAME, ORDERS };

/* Of those who look at names, and of those who open them. */
struct cursor {
	enum order order;
	uint32_t at;   /* where in the order host_list_next() goes on */
	uint32_t last; /* offset of what was asked for last; UINT32_MAX: nothing */
	uint32_t wrong;
};

struct host_list {
	struct list node; /* of all, longest unused first */
	struct host_inode *dir;
	char *bytes; /* records */
	uint32_t used, room;
	uint32_t *sorted[ORDERS]; /* offsets of records; NULL: not needed yet */
	uint32_t count;
	struct cursor cursors[2];
};

static struct list lists = LIST_INIT(lists);
static unsigned int list_count;

static const struct record *record_at(const struct host_list *list, uint32_t offset)
{
	return (const void *)(list->bytes + offset);
}

static void forget_orders(struct host_list *list)
{
	for (int i = 0; i < ORDERS; i++) {
		kfree(list->sorted[i]);
		list->sorted[i] = NULL;
	}
}

void host_list_drop(struct host_inode *dir)
{
	struct host_list *list = dir->list;

	if (!list)
		return;
	forget_orders(list);
	kfree(list->bytes);
	list_remove(&list->node);
	list_count--;
	kfree(list);
	dir->list = NULL;
}

void host_list_begin(struct host_inode *dir)
{
	host_list_drop(dir);
	struct host_list *list = kmalloc(sizeof(*list));

	if (!list)
		return;
	if (list_count == LISTS_MAX)
		host_list_drop(container_of(lists.next, struct host_list, node)->dir);
	list->dir = dir;
	list->cursors[0].last = list->cursors[1].last = UINT32_MAX;
	dir->list = list;
	list_add_before(&lists, &list->node);
	list_count++;
}

static bool grow(struct host_list *list, size_t length)
{
	uint32_t room = MAX(list->room, 4096u);

	while (room < list->used + length)
		room *= 2;
	if (room > BYTES_MAX)
		return false;
	if (room == list->room)
		return true;
	char *bytes = kmalloc(room);
	if (!bytes)
		return false;
	memcpy(bytes, list->bytes, list->used);
	kfree(list->bytes);
	list->bytes = bytes;
	list->room = room;
	return true;
}

static bool is_dots(const struct record *record)
{
	return record->name[0] == '.' &&
	       (!record->name[1] || (record->name[1] == '.' && !record->name[2]));
}

void host_list_add(struct host_inode *dir, const void *records, size_t length)
{
	struct host_list *list = dir->list;

	if (!list || !grow(list, length))
		return;
	forget_orders(list);
	for (size_t at = 0; at < length;) {
		const struct record *record = (const void *)((const char *)records + at);

		at += record->length;
		if (is_dots(record) || list->count == ENTRIES_MAX)
			continue;
		memcpy(list->bytes + list->used, record, record->length);
		list->used += record->length;
		list->count++;
	}
}

static bool before(const struct host_list *list, enum order order, uint32_t a, uint32_t b)
{
	const struct record *first = record_at(list, a), *second = record_at(list, b);

	return order == BY_INO ? first->ino < second->ino : strcmp(first->name, second->name) < 0;
}

/* Lets index[i] sink to its place in the heap of `count`. */
static void sink(const struct host_list *list, enum order order, uint32_t *index, uint32_t i,
		 uint32_t count)
{
	uint32_t value = index[i];

	for (uint32_t child; (child = 2 * i + 1) < count; i = child) {
		if (child + 1 < count && before(list, order, index[child], index[child + 1]))
			child++;
		if (!before(list, order, value, index[child]))
			break;
		index[i] = index[child];
	}
	index[i] = value;
}

static bool sort(struct host_list *list, enum order order)
{
	uint32_t *index = list->sorted[order], count = 0;

	if (index)
		return true;
	index = list->sorted[order] = kmalloc(MAX(list->count, 1u) * sizeof(*index));
	if (!index)
		return false;
	for (uint32_t at = 0; at < list->used; at += record_at(list, at)->length)
		index[count++] = at;
	if (order == LISTED)
		return true;
	for (uint32_t i = count / 2; i-- > 0;)
		sink(list, order, index, i, count);
	for (uint32_t i = count; i-- > 1;) {
		uint32_t largest = index[0];

		index[0] = index[i];
		index[i] = largest;
		sink(list, order, index, 0, i);
	}
	return true;
}

static bool is_named(const struct host_list *list, uint32_t offset, const char *name, size_t length)
{
	const struct record *record = record_at(list, offset);

	return strncmp(record->name, name, length) == 0 && !record->name[length];
}

/* The record of that name, most likely one of the next; UINT32_MAX: none. */
static uint32_t find(const struct host_list *list, const struct cursor *c, const char *name,
		     size_t length)
{
	const uint32_t *index = list->sorted[c->order];

	for (uint32_t i = c->at; index && i < MIN(c->at + GAP_MAX, list->count); i++)
		if (is_named(list, index[i], name, length))
			return index[i];
	for (uint32_t at = 0; at < list->used; at += record_at(list, at)->length)
		if (is_named(list, at, name, length))
			return at;
	return UINT32_MAX;
}

/*
 * Does `found` come soon after what was asked last in this order, or after what
 * host_list_next() has told, or at the start? Then the order goes on there.
 */
static bool follows(struct host_list *list, struct cursor *c, enum order order, uint32_t found)
{
	uint32_t from = 0, to, here = UINT32_MAX;

	if (!sort(list, order))
		return false;
	for (uint32_t i = 0; i < list->count; i++) {
		if (list->sorted[order][i] == c->last)
			from = i + 1;
		if (list->sorted[order][i] == found)
			here = i;
	}
	to = (order == c->order ? MAX(from, c->at) : from) + GAP_MAX;
	if (here < from || here >= to)
		return false;
	c->order = order;
	c->at = here;
	return true;
}

bool host_list_asked(struct host_inode *dir, const char *name, size_t length, bool open)
{
	struct host_list *list = dir->list;
	struct cursor *c = list ? &list->cursors[open] : NULL;
	bool found_order = false;

	if (!list || c->wrong > WRONG_MAX)
		return false;
	uint32_t found = find(list, c, name, length);
	if (found == UINT32_MAX)
		return false;
	list_remove(&list->node);
	list_add_before(&lists, &list->node);
	for (unsigned int i = 0; i < ORDERS && !found_order; i++)
		found_order = follows(list, c, (c->order + i) % ORDERS, found);
	c->wrong = found_order ? 0 : c->wrong + 1;
	c->last = found;
	return found_order;
}

void host_list_start(struct host_inode *dir, const char *name, size_t length)
{
	struct host_list *list = dir->list;
	struct cursor *c = list ? &list->cursors[true] : NULL;
	uint32_t found = list ? find(list, c, name, length) : UINT32_MAX;

	if (found == UINT32_MAX || !sort(list, BY_NAME))
		return;
	c->order = BY_NAME;
	for (c->at = 0; list->sorted[BY_NAME][c->at] != found;)
		c->at++;
}

bool host_list_next(struct host_inode *dir, bool open, struct host_listed *out)
{
	struct host_list *list = dir->list;
	struct cursor *c = &list->cursors[open];

	if (c->at >= list->count)
		return false;
	const struct record *record = record_at(list, list->sorted[c->order][c->at++]);
	*out = (struct host_listed){ .name = record->name,
				     .length = (uint32_t)strlen(record->name),
				     .type = record->type };
	return true;
}
