/* SPDX-License-Identifier: Apache-2.0 */
/* Extended attributes that lie in memory: a list by name, as Linux's tmpfs lists them. */
#ifndef GUEST_FS_XATTR_H
#define GUEST_FS_XATTR_H

#include <stddef.h>

struct xattr {
	struct xattr *next;
	size_t size;
	char *name;   /* within the same memory */
	char value[]; /* and behind it the name, with its NUL */
};

/* As inode_ops have them, on the list that starts at *head. */
long xattr_get(const struct xattr *head, const char *name, void *value, size_t size);
long xattr_list(const struct xattr *head, char *names, size_t size);
int xattr_set(struct xattr **head, const char *name, const void *value, size_t size, int flags);
void xattr_free(struct xattr **head);

#endif
