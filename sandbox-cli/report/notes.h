/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the guest says about the acts of its programs (abi/note.h), gathered:
 * each distinct act once, with its count. All of it is the guest's word: it is
 * bounded here, and escaped by who prints it (I11).
 */
#ifndef SANDBOX_CLI_NOTES_H
#define SANDBOX_CLI_NOTES_H

#include "abi/note.h"

#include <stddef.h>
#include <stdint.h>

struct err;

#define NOTES_ACTS_MAX 16384		    /* distinct acts that are told apart */
#define NOTES_TEXT_MAX (8u << 20)	    /* bytes of their texts */
#define NOTES_SLOTS    (2 * NOTES_ACTS_MAX) /* a power of two */

/* One distinct act: same op, object, verdict and flags. */
struct act {
	enum note_op op;
	enum note_verdict verdict;
	uint32_t flags;	     /* enum note_flags */
	unsigned int error;  /* errno of the last time; 0: none */
	uint32_t pid;	     /* in the guest, of the last time */
	int64_t realtime_ns; /* of the last time: when it came here */
	uint64_t count;	     /* > 0 */
	uint64_t untold;     /* of these, how often since the log was written */
	uint64_t told_ns;    /* CLOCK_MONOTONIC of that; 0: never */
	const char *object;  /* NUL-terminated bytes of the guest's choice */
	const char *exe;     /* the same; of the first time */
	int cut;	     /* the object was longer than a record holds */
};

struct notes {
	int fd; /* read end of the pipe; -1: none, or it has ended */
	struct act *acts;
	size_t count;
	uint64_t others[NOTE_OPS]; /* of acts that are not told apart: denied ones, by op */
	uint64_t lost;		   /* allowed acts that are not told apart */
	uint64_t malformed;	   /* records that make no sense */
	/* Called for each record, after it is counted: n times more; act NULL: one of others. */
	void (*listener)(void *context, struct act *act, enum note_op op, uint64_t n);
	void *context;
	/* notes.c's own */
	uint16_t *slots; /* 0: free, else index + 1 */
	char *texts;
	size_t text_used;
	char *buffer;
	size_t got;
};

/*
 * A pipe: its read end goes to n, which is zeroed else but for its listener;
 * *writer is the monitor's, the caller closes it.
 */
int notes_open(struct notes *n, int *writer, struct err *e);
void notes_close(struct notes *n);

/* Takes what is there, but for one turn only; never waits. Returns 0 at the pipe's end. */
int notes_read(struct notes *n);

/* After the run: takes what is left, at most what a pipe holds. */
void notes_drain(struct notes *n);

/* Counts one record, which nobody has looked at before. */
void notes_take(struct notes *n, const struct note *note);

/* An act that the launcher itself knows of. */
void notes_add(struct notes *n, enum note_op op, const char *object, unsigned int error);

/* "read", "write" and so on. */
const char *notes_op_name(enum note_op op);

#endif
