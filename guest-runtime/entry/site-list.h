/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one process found out about a file's system-call sites, for the next
 * that maps it: its first call of each site is no SYSCALL any more.
 */
#ifndef GUEST_ENTRY_SITE_LIST_H
#define GUEST_ENTRY_SITE_LIST_H

#include <stddef.h>
#include <stdint.h>

struct mm;
struct vma;

/*
 * The SYSCALL that ends at rip was rewritten: the MOV of number before it, or
 * with `moved` that many bytes of the instruction `next` behind it.
 */
void site_list_note(struct mm *mm, uint64_t rip, uint32_t number, const uint8_t *next,
		    size_t moved);

/* Rewrites what is known of the file's text in vma, which was just mapped and did not run yet. */
void site_list_apply(struct mm *mm, const struct vma *vma);

#endif
