/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one process found out about a file's system-call sites, for the next
 * that maps it: its first call of each site is no SYSCALL any more.
 */
#ifndef GUEST_ENTRY_SITE_LIST_H
#define GUEST_ENTRY_SITE_LIST_H

#include <stdbool.h>
#include <stdint.h>

struct mm;
struct vma;

enum site_kind {
	SITE_NUMBER,	 /* bytes: MOV of the number, and what is between it and SYSCALL */
	SITE_NEXT,	 /* the instruction behind SYSCALL */
	SITE_CPUID,	 /* instructions before CPUID */
	SITE_CPUID_NEXT, /* the instruction behind CPUID */
};

#define SITE_BYTES 12

struct known_site {
	uint8_t kind, length;	   /* enum site_kind, of bytes */
	uint8_t displacement_at;   /* SITE_CPUID_NEXT: of an address in bytes, or 0 */
	uint8_t bytes[SITE_BYTES]; /* that must be there still */
	uint64_t offset;	   /* in the file: behind SYSCALL or CPUID */
};

/* The site that ends at rip was rewritten; site->offset is set here. */
void site_list_note(struct mm *mm, uint64_t rip, const struct known_site *site);

/*
 * Rewrites the site that ends at rip, if it is as described. False: nothing was done.
 * *moved_to: where the instruction at rip is now, or 0: still there.
 */
bool site_rewrite(struct mm *mm, uint64_t rip, const struct known_site *site, uint64_t *moved_to);

/* Rewrites what is known of the file's text in vma, which was just mapped and did not run yet. */
void site_list_apply(struct mm *mm, const struct vma *vma);

#endif
