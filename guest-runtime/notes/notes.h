/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notes for the reports of sandbox-run (abi/note.h): what the policy refused
 * and, when the run wants that, what was done. Hooks stand where an act is
 * decided; what they say gathers in a table that counts repeats, and reaches
 * the host in few pieces. Hooks for refusals cost nothing until there is one.
 */
#ifndef GUEST_NOTES_NOTES_H
#define GUEST_NOTES_NOTES_H

#include "abi/note.h"

#include <stdbool.h>
#include <stddef.h>

struct boot_block;
struct dentry;
struct inode;

extern uint32_t notes_wanted; /* enum boot_notes; 0: nobody reads any */

void notes_start(const struct boot_block *boot);
void notes_flush(void);	      /* what is not told yet goes to the host */
void notes_idle(void);	      /* the VM is about to wait */
void notes_end(bool success); /* it is about to end */

/*
 * One refused act. All return error, which is negative, so that a refusal is
 * one line; where the policy kills for it (an error of EACCES, EPERM or EROFS,
 * or a name that it hides), they do not return.
 */
int note_entry(enum note_op op, struct dentry *entry, int error);
int note_inode(enum note_op op, const struct inode *inode, int error);
int note_name(enum note_op op, struct dentry *dir, const char *name, size_t length, int error);
int note_text(enum note_op op, const char *object, int error);
int note_syscall(uint32_t number, int error);		/* refused to every program, or not there */
int note_limit(const char *key, int error);		/* key: of the policy file, "open-files" */
void note_resolve(const uint8_t *query, size_t length); /* a DNS message that nobody answers */

/*
 * Names below dir that were not found: does the policy hide them, or show
 * nothing at their place? note_missing(): then that is noted; names: all that
 * follows in the path.
 */
bool note_hides(struct dentry *dir, const char *names);
int note_missing(enum note_op op, struct dentry *dir, const char *names, int error);

/* What was done, with BOOT_NOTES_ALLOWED: once for each path and op. */
void note_done(enum note_op op, struct dentry *entry);
void note_done_name(enum note_op op, struct dentry *dir, const char *name);
/* With BOOT_NOTES_LOOKUPS: a path that was found, as the program had it. start: where it begins. */
void note_lookup(struct dentry *start, const char *path);

static inline bool notes_allowed(void)
{
	return notes_wanted & BOOT_NOTES_ALLOWED;
}

/* table.c, for the above: adds or counts. */
void notes_add(const struct note *note);

#endif
