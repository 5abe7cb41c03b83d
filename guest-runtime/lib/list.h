/* SPDX-License-Identifier: Apache-2.0 */
/* Circular doubly linked lists, embedded in what they link. */
#ifndef GUEST_LIB_LIST_H
#define GUEST_LIB_LIST_H

#include <stdbool.h>

struct list {
	struct list *next, *prev;
};

#define LIST_INIT(name) \
	{ \
		&(name), &(name) \
	}

static inline void list_init(struct list *head)
{
	head->next = head->prev = head;
}

static inline bool list_empty(const struct list *head)
{
	return head->next == head;
}

/* Puts node before `where`: at the end when where is the head. */
static inline void list_add_before(struct list *where, struct list *node)
{
	node->next = where;
	node->prev = where->prev;
	where->prev->next = node;
	where->prev = node;
}

static inline void list_remove(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	node->next = node->prev = node;
}

#define list_for_each(node, head) \
	for (struct list *node = (head)->next; node != (head); node = node->next)

#endif
