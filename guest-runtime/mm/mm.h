/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address spaces: a balanced tree of VMAs over a page table. Small areas are
 * filled when mapped (a page-table write costs 30 ns, a fault 54 us on soft
 * KVM), large ones on first touch, many pages at a time.
 *
 * Each leaf holds a reference to its frame, so frames may be shared by address
 * spaces; a private one is written in place only by who is alone with it. That
 * is all of copy-on-write: fork takes the right to write from both.
 */
#ifndef GUEST_MM_MM_H
#define GUEST_MM_MM_H

#include "guest-runtime/lib/list.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/mm/uaccess.h"

struct file;
struct inode;
struct pair;
struct sites;
struct start;
struct shelf;

/* What madvise(2) and mlock(2) say of an area, for good. */
enum vma_mark {
	VMA_LOCKED = 1 << 0,
	VMA_LOCK_ON_FAULT = 1 << 1,
	VMA_DONT_FORK = 1 << 2,
	VMA_WIPE_ON_FORK = 1 << 3,
	VMA_DONT_DUMP = 1 << 4,
	VMA_HUGE = 1 << 5,
	VMA_NO_HUGE = 1 << 6,
	VMA_RANDOM = 1 << 7, /* no filling around faults */
	VMA_SEQUENTIAL = 1 << 8,
	VMA_MERGEABLE = 1 << 9,
	VMA_IMAGE = 1 << 10,	  /* pages of the runtime's own image: offset is a GPA */
	VMA_START = 1 << 12,	  /* was there when the program started: mm/start.h */
	VMA_TRAMPOLINE = 1 << 13, /* the runtime's code: entry/trampoline.c */
	VMA_UNFILLED = 1 << 11,	  /* of a library that is being loaded: others will cover it */
	VMA_LIBRARY = 1 << 14,	  /* a library's part as it was mapped, read-only: mm/shelf.h */
};

/* One mapping: [start, end) with one protection. Owned by its mm. */
struct vma {
	struct list node; /* by address */
	uint64_t start, end;
	uint32_t prot;	   /* PROT_* */
	uint32_t may;	   /* PROT_* that mprotect(2) can give */
	uint32_t flags;	   /* MAP_* */
	uint32_t marks;	   /* enum vma_mark */
	struct file *file; /* a reference, or NULL: anonymous and private */
	uint64_t offset;   /* of start in the file, bytes */

	/* vma-tree.c: a treap, by address. */
	struct vma *parent, *left, *right;
	uint32_t priority;
	uint64_t gap, max_gap; /* free bytes below start; the most below any of this subtree */
};

#define SPARES_MAX 3

/* Tables for children to come: mm/spare.h. */
struct spares {
	gpa_t roots[SPARES_MAX];
	uint32_t count;
	uint64_t serial, origin; /* of this one; of who keeps the tables of this one. 0: none yet */
};

struct mm {
	struct list node; /* of all address spaces */
	uint32_t users;	  /* processes, and who looks into it */
	/* With the parent or the child, on one set of tables (mm/pair.h); NULL. */
	struct pair *pair;
	struct start *start; /* what it was when its program started (mm/start.h); NULL */
	/* Leaves of libraries that are still to be mapped (mm/shelf.h); NULL. */
	struct shelf *shelf;
	struct spares spare;
	bool flush_due; /* before a program runs here again */
	/* It had to give up everything for want of memory: each touch is MM_FAULT_NO_MEMORY. */
	bool lost;
	struct list vmas;
	struct vma *root;
	uint32_t vma_count;
	uint32_t future_marks; /* mlockall(2): of mappings to come */
	uint32_t barriers;     /* MEMBARRIER_CMD_REGISTER_*, of which each is its own bit */
	gpa_t pml4;
	/* Files that are mapped from now on are left as they are: the program has no loader. */
	bool foreign_text;
	uint64_t brk_start, brk;
	uint64_t mmap_top;	/* new mappings go below this */
	uint64_t total, peak;	/* bytes mapped */
	uint64_t rss, peak_rss; /* pages that are there */
	uint64_t data, locked;	/* bytes: private writable, VMA_LOCKED */
	uint64_t faulted, run;	/* end of the last area filled by a fault, and how many in a row */
	uint64_t written, write_run;	     /* the same of private pages made writable */
	struct sites *sites;		     /* entry/sites.c's, or NULL */
	uint64_t trampoline, trampoline_end; /* free part of the newest page of entry/sites.c */
	gpa_t stale[32]; /* frames without a leaf that a translation may still show; references */
	uint32_t stale_count;
};

/* With one user. NULL when out of memory. */
struct mm *mm_create(void);
/* A copy for a child process, as fork(2) has it, with one user. NULL when out of memory. */
struct mm *mm_fork(struct mm *mm);
void mm_get(struct mm *mm);
/* The last user's ends it, active or not. */
void mm_put(struct mm *mm);
/*
 * Its process is being killed: frees now what can be, without a need for
 * memory. Not the active one.
 */
void mm_abandon(struct mm *mm);
/* Makes mm the address space of this vCPU; nothing to do when it is already. */
void mm_activate(struct mm *mm);

/*
 * mmap(2) with checked, page-aligned arguments; takes its own reference to
 * file. Shared anonymous memory gets a file of its own. Returns the address or
 * -errno.
 */
long mm_map(struct mm *mm, uint64_t address, uint64_t length, uint32_t prot, uint32_t flags,
	    struct file *file, uint64_t offset);
/* The same for pages of the runtime's image: its vDSO. may: PROT_* that mprotect(2) can give. */
long mm_map_image(struct mm *mm, uint64_t address, const void *image, uint64_t length,
		  uint32_t prot, uint32_t may);
/* The lowest address that can be mapped: vm.mmap_min_addr. */
#define MMAP_FLOOR 0x10000
bool mm_is_free(const struct mm *mm, uint64_t address, uint64_t length);
/*
 * Linux's heuristic overcommit: a single mapping that could never be filled is
 * refused at once, so that malloc(3) fails instead of the program dying later.
 */
bool mm_could_fit(uint64_t length, uint32_t prot, uint32_t flags);
/* Whether RLIMIT_AS, and for private writable memory RLIMIT_DATA, leave room for more bytes. */
bool mm_may_grow(const struct mm *mm, uint64_t bytes, bool data);
int mm_unmap(struct mm *mm, uint64_t address, uint64_t length);
/* prot may hold PROT_GROWSDOWN: from the start of the stack that address lies in. */
int mm_protect(struct mm *mm, uint64_t address, uint64_t length, uint32_t prot);
long mm_remap(struct mm *mm, uint64_t address, uint64_t old_length, uint64_t new_length,
	      uint32_t flags, uint64_t new_address);
int mm_advise(struct mm *mm, uint64_t address, uint64_t length, int advice);
uint64_t mm_brk(struct mm *mm, uint64_t address);

/* msync(2) with checked flags; mincore(2): one byte a page to `vector`. 0 or -errno. */
int mm_sync(struct mm *mm, uint64_t address, uint64_t length, uint32_t flags);
int mm_resident(struct mm *mm, uint64_t address, uint64_t length, uva_t vector);

/* mlock(2): marks is VMA_LOCKED, with VMA_LOCK_ON_FAULT or not; 0: munlock(2). */
int mm_lock(struct mm *mm, uint64_t address, uint64_t length, uint32_t marks);
uint64_t mm_locked(const struct mm *mm, uint64_t start, uint64_t end); /* bytes of a range */
int mm_lock_all(struct mm *mm, uint32_t marks);
/* Fills all of a range as touches would; 0, or -errno of the first page that cannot be. */
int mm_populate(struct mm *mm, uint64_t address, uint64_t length);

enum mm_access { MM_AROUND, /* not touched, only near to what is */ MM_READ, MM_WRITE, MM_EXEC };

enum mm_fault_result {
	MM_FAULT_DONE,	    /* the page is there: go on */
	MM_FAULT_MAPERR,    /* nothing is mapped: SIGSEGV, SEGV_MAPERR */
	MM_FAULT_ACCERR,    /* mapped without this right: SIGSEGV, SEGV_ACCERR */
	MM_FAULT_BUS,	    /* past the end of the file: SIGBUS */
	MM_FAULT_NO_MEMORY, /* the VM is full: the process is killed */
};

enum mm_fault_result mm_fault(struct mm *mm, uint64_t address, enum mm_access access);

/*
 * Memory is short: frees what can be had again. files: copies of file pages,
 * too, which nobody is reading now. False: nothing was found. Only where no
 * translation of program memory is held.
 */
bool mm_reclaim(bool files);

/*
 * The pages of a file from byte `from` on are not what they were: every
 * address space drops its leaves that show them and asks again on the next
 * touch. mm_forget_file leaves private copies as they are; mm_truncate_file
 * drops these, too, as a shrinking file takes them along.
 */
void mm_forget_file(const struct inode *inode, uint64_t from);
void mm_truncate_file(const struct inode *inode, uint64_t from);

/* Stores into an address space that need not be active; from NULL: zeros. 0 or -EFAULT. */
int mm_write(struct mm *mm, uint64_t address, const void *from, size_t n);
/* Reads from there: 0 or -EFAULT. */
int mm_read(struct mm *mm, uint64_t address, void *to, size_t n);
/*
 * There, too: *next is where the string at address, of a row that goes up to
 * end, is over. 0 or -EFAULT.
 */
int mm_next_string(struct mm *mm, uint64_t address, uint64_t end, uint64_t *next);

/*
 * Makes the tables for an address that is about to be mapped, before mm is
 * active: later, KVMs that shadow paging trap each new link. Best effort.
 */
void mm_expect(struct mm *mm, uint64_t address);

/*
 * A page of runtime code for the program to jump to, within reach of a 32-bit
 * displacement; 0: none.
 */
uint64_t mm_map_near(struct mm *mm, uint64_t address);

/*
 * The runtime's view of the page at address in an executable, private,
 * read-only mapping, for patching: the address space gets its own copy first.
 * NULL: not such a mapping, not filled, or out of memory.
 */
void *mm_own_text(struct mm *mm, uint64_t address);

/* What was patched shows in any case: ends the use of copies from before. */
void mm_flush(struct mm *mm);

/*
 * Who has the mappings to look at, which are also mm's: another one after a
 * fork, else mm itself.
 */
struct mm *mm_shown(struct mm *mm);

/* Counts entries of programs into the runtime, and its stores into their memory. */
extern uint64_t mm_epoch;

/* The VMA that holds address, or NULL. */
struct vma *mm_find(struct mm *mm, uint64_t address);

/* All in bytes; what /proc/PID/status, statm and getrusage(2) tell. */
struct mm_usage {
	uint64_t total, peak_total;
	uint64_t rss, peak_rss;
	uint64_t rss_anonymous, rss_file, rss_shared; /* of rss */
	uint64_t data, stack, text, locked;	      /* of total */
	uint64_t tables;			      /* page tables */
};

void mm_usage(struct mm *mm, struct mm_usage *out);

/* Of one mapping, in bytes; what /proc/PID/smaps tells. */
struct vma_usage {
	uint64_t rss, anonymous, file, shared; /* rss is the sum of the others */
	uint64_t huge;			       /* of rss: in 2 MiB leaves */
	uint64_t dirty;			       /* of rss: written since it was filled */
};

void mm_vma_usage(struct mm *mm, const struct vma *vma, struct vma_usage *out);
/* "[heap]", "[stack]", "[vdso]", "[vvar]" or "" for a mapping without a file. */
const char *mm_vma_name(const struct mm *mm, const struct vma *vma);

#endif
