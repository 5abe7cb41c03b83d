/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address spaces: a sorted list of VMAs over a page table. Small areas are
 * filled when mapped (a page-table write costs 30 ns, a fault 18 us on soft
 * KVM), large ones on first touch, many pages at a time.
 */
#ifndef GUEST_MM_MM_H
#define GUEST_MM_MM_H

#include "guest-runtime/lib/list.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/mm/uaccess.h"

struct file;
struct sites;

/* One mapping: [start, end) with one protection. Owned by its mm. */
struct vma {
	struct list node; /* by address */
	uint64_t start, end;
	uint32_t prot;	   /* PROT_* */
	uint32_t flags;	   /* MAP_* */
	struct file *file; /* a reference, or NULL: anonymous */
	uint64_t offset;   /* of start in the file, bytes */
};

struct mm {
	struct list vmas;
	gpa_t pml4;
	uint64_t brk_start, brk;
	uint64_t mmap_top;		     /* new mappings go below this */
	struct sites *sites;		     /* entry/sites.c's, or NULL */
	uint64_t trampoline, trampoline_end; /* free part of the newest page of entry/sites.c */
	uint64_t stack_max;		     /* bytes that a MAP_GROWSDOWN area may reach */
};

/* NULL when out of memory. */
struct mm *mm_create(void);
void mm_destroy(struct mm *mm);
/* Makes mm the address space of this vCPU. */
void mm_activate(struct mm *mm);

/*
 * mmap(2) with checked, page-aligned arguments; takes its own reference to
 * file. Returns the address or -errno.
 */
long mm_map(struct mm *mm, uint64_t address, uint64_t length, uint32_t prot, uint32_t flags,
	    struct file *file, uint64_t offset);
/*
 * Linux's heuristic overcommit: a single mapping that could never be filled is
 * refused at once, so that malloc(3) fails instead of the program dying later.
 */
bool mm_could_fit(uint64_t length, uint32_t prot, uint32_t flags);
int mm_unmap(struct mm *mm, uint64_t address, uint64_t length);
int mm_protect(struct mm *mm, uint64_t address, uint64_t length, uint32_t prot);
long mm_remap(struct mm *mm, uint64_t address, uint64_t old_length, uint64_t new_length,
	      uint32_t flags, uint64_t new_address);
int mm_advise(struct mm *mm, uint64_t address, uint64_t length, int advice);
uint64_t mm_brk(struct mm *mm, uint64_t address);

enum mm_access { MM_READ = 1, MM_WRITE = 2, MM_EXEC = 4 };

enum mm_fault_result {
	MM_FAULT_DONE,	    /* the page is there: go on */
	MM_FAULT_MAPERR,    /* nothing is mapped: SIGSEGV, SEGV_MAPERR */
	MM_FAULT_ACCERR,    /* mapped without this right: SIGSEGV, SEGV_ACCERR */
	MM_FAULT_BUS,	    /* past the end of the file: SIGBUS */
	MM_FAULT_NO_MEMORY, /* the VM is full: the process is killed */
};

enum mm_fault_result mm_fault(struct mm *mm, uint64_t address, enum mm_access access);

/* Stores into an address space that need not be active; from NULL: zeros. 0 or -EFAULT. */
int mm_write(struct mm *mm, uint64_t address, const void *from, size_t n);

/*
 * Makes the tables for an address that is about to be mapped, before mm is
 * active: later, KVMs that shadow paging trap each new link. Best effort.
 */
void mm_expect(struct mm *mm, uint64_t address);

/* A page of runtime code for the program to jump to, within reach of a 32-bit displacement; 0: none. */
uint64_t mm_map_near(struct mm *mm, uint64_t address);

/*
 * The runtime's view of the page at address in an executable, private,
 * read-only mapping, for patching: the address space gets its own copy first.
 * NULL: not such a mapping, not filled, or out of memory.
 */
void *mm_own_text(struct mm *mm, uint64_t address);

/* The VMA that holds address, or NULL. */
struct vma *mm_find(struct mm *mm, uint64_t address);

#endif
