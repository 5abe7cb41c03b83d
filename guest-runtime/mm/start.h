/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address spaces that start a program again. A new one costs its tables, and a
 * KVM that shadows paging fills each page of it anew; so what an address space
 * is when its program starts is kept with it, and when it has ended it is put
 * back to that and kept for the next start of the same file. What is kept: the
 * mappings, and the content of private pages that the program could write. Text
 * stays, as nobody can change it; with its rewritten system-call sites.
 */
#ifndef GUEST_MM_START_H
#define GUEST_MM_START_H

#include "abi/hypercalls.h"
#include "guest-runtime/mm/mm.h"

/* A file as it was. */
struct start_file {
	const struct inode *inode; /* compared only; the address space holds it */
	uint64_t dev, ino;
	int64_t size, mtime_ns, ctime_ns;
};

/* What must be the same for the same start. */
struct start_key {
	struct start_file program;
	uint32_t persona, uid, gid;
	uint64_t stack_limit;
};

/* 0, or -errno when the file cannot be asked. */
int start_file_of(struct file *file, struct start_file *out);
bool start_file_is(const struct start_file *a, const struct start_file *b);

/*
 * Notes that mm is complete, but for its stack, and has not run. payload: the
 * caller's for the next start, kfree'd with the note. Best effort.
 */
void start_note(struct mm *mm, const struct start_key *key, void *payload);
/*
 * An address space for this start with one user, and its payload, which stays
 * its own; NULL: none.
 */
struct mm *start_take(const struct start_key *key, void **payload);

/* mm was taken: room for size bytes of a first stack; returns its end, 0: that does not fit. */
uint64_t start_place_stack(struct mm *mm, uint64_t size);

/* For mm/: mm, which has ended, is kept for another start. False: it cannot be. */
bool start_keep(struct mm *mm);
/* Ends what is kept, so far as `most` address spaces are left. True: there was one. */
bool start_drop(uint32_t most);
void start_free(struct mm *mm);
/* The program changed what a start cannot put back. */
void start_spoil(struct mm *mm);

#endif
