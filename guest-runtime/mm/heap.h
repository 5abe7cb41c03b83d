/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for the runtime itself. kmalloc gives zeroed memory, or NULL when the
 * VM has no more; sizes over a page come as whole pages.
 */
#ifndef GUEST_MM_HEAP_H
#define GUEST_MM_HEAP_H

#include <stddef.h>

void *kmalloc(size_t size);
void kfree(void *pointer); /* NULL is fine */
char *kstrdup(const char *text);
char *kstrndup(const char *text, size_t length);

#endif
