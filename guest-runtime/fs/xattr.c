// SPDX-License-Identifier: Apache-2.0
/* Extended attributes that lie in memory. */
#include "guest-runtime/fs/xattr.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"

#include <linux/errno.h>
#include <linux/xattr.h>

long xattr_get(const struct xattr *head, const char *name, void *value, size_t size)
{
	for (; head; head = head->next) {
		if (strcmp(head->name, name) != 0)
			continue;
		if (size && head->size > size)
			return -ERANGE;
		if (size)
			memcpy(value, head->value, head->size);
		return (long)head->size;
	}
	return -ENODATA;
}

long xattr_list(const struct xattr *head, char *names, size_t size)
{
	size_t used = 0;

	for (; head; head = head->next) {
		size_t length = strlen(head->name) + 1;

		if (size && used + length > size)
			return -ERANGE;
		if (size)
			memcpy(names + used, head->name, length);
		used += length;
	}
	return (long)used;
}

int xattr_set(struct xattr **head, const char *name, const void *value, size_t size, int flags)
{
	struct xattr **at = head, *made = NULL;

	while (*at && strcmp((*at)->name, name) < 0)
		at = &(*at)->next;
	struct xattr *old = *at && strcmp((*at)->name, name) == 0 ? *at : NULL;
	if (old && (flags & XATTR_CREATE))
		return -EEXIST;
	if (!old && (!value || (flags & XATTR_REPLACE)))
		return -ENODATA;
	if (value) {
		made = kmalloc(sizeof(*made) + size + strlen(name) + 1);
		if (!made)
			return -ENOSPC;
		made->size = size;
		made->name = made->value + size;
		memcpy(made->value, value, size);
		memcpy(made->name, name, strlen(name));
		made->next = old ? old->next : *at;
	}
	*at = made ? made : old->next;
	kfree(old);
	return 0;
}

void xattr_free(struct xattr **head)
{
	while (*head) {
		struct xattr *old = *head;

		*head = old->next;
		kfree(old);
	}
}
