/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File handles: the numbers by which the guest names host files. One bounded
 * table (I7). The grants of host objects hold the first numbers in the
 * policy's order; their descriptors belong to the policy, all others to the
 * table.
 */
#ifndef HV_HANDLES_H
#define HV_HANDLES_H

#include <stdint.h>
#include <sys/types.h>

struct err;
struct policy;

enum handle_kind {
	HANDLE_FREE,
	HANDLE_PATH, /* O_PATH: can be walked from and asked for attributes */
	HANDLE_OPEN, /* opened to read, write or both: a regular file or a directory (I6) */
};

struct handle {
	int fd;
	mode_t mode;		 /* st_mode when it was walked to */
	uint64_t dev, ino;	 /* of the object */
	uint64_t as_dev, as_ino; /* of the directory whose place it has, on a HOLE_WAY; else 0 */
	uint32_t next;		 /* HANDLE_FREE: handles.c's */
	uint16_t grant;		 /* by which it was reached: the number of its root */
	uint8_t kind;		 /* enum handle_kind */
	uint8_t root;		 /* a grant: cannot be closed (I7) */
	uint8_t shared;		 /* other handles may have the same descriptor */
	uint8_t changeable;	 /* from a write grant, and at or below no HOLE_READ */
	uint8_t writes;		 /* HANDLE_OPEN: the descriptor can be written */
	int16_t ready;	/* a root that cannot be opened later: 1, it is open; else -errno */
	uint8_t procfs; /* a mount of it: neither opened nor walked from (I6) */
};

struct handles {
	struct handle *table; /* owned, size slots; allocated once, before the jail */
	uint32_t size;
	uint32_t free; /* first free one; size when there is none */
};

/* Makes the table and enters the policy's grants of host objects. */
int handles_init(struct handles *h, const struct policy *p, struct err *e);
void handles_free(struct handles *h);

/* The open handle of that number, or NULL; number may come from the guest. */
struct handle *handles_get(const struct handles *h, uint32_t number);

/* True when handles_add() would fail. */
int handles_full(const struct handles *h);

/*
 * Enters a handle that the caller has filled in but for next, root and shared.
 * The table owns its descriptor from now on: the number, or -EMFILE and the
 * descriptor stays the caller's.
 */
int64_t handles_add(struct handles *h, const struct handle *what);

/* Enters a second handle for what an open one names: the number, or -EMFILE. No host call. */
int64_t handles_copy(struct handles *h, uint32_t number);

/* Closes an open handle that is not a root. */
void handles_close(struct handles *h, uint32_t number);

#endif
