/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much a guest may add to the host's disks below its write grants (I12).
 * Counted is by how much files become longer, what is put into their holes,
 * and something for each name; all of it for good, whatever is removed later.
 * A hole that the guest itself has made was counted then, and is filled from
 * what was paid for it.
 */
#ifndef HV_DISK_H
#define HV_DISK_H

#include <stdint.h>

struct vm;

struct disk {
	uint64_t left;	/* bytes; UINT64_MAX: any number */
	uint64_t holes; /* bytes of files made longer without being written: counted already */
	uint64_t names; /* counted, and not given back */
	int behind; /* there may be blocks behind the ends of files: they say nothing of holes */
};

#define DISK_NAME 4096 /* bytes that a name costs: an inode, and the entry of a directory */

void disk_init(struct disk *disk, uint64_t limit);

/* What one act costs: counted before it is done. */
struct disk_cost {
	int limited;		   /* 0: nothing is counted, and nothing below is set */
	uint64_t bytes;		   /* of what is left */
	uint64_t filled;	   /* of holes that were paid for */
	uint64_t made;		   /* holes that come to be, paid for with bytes */
	uint64_t size, start, end; /* of the file, and of the range in it */
};

/*
 * Counts what filling [offset, offset + length) of an open file adds; offset
 * -1: at its end. 0, or -EDQUOT and nothing is counted.
 */
int disk_fill(struct vm *vm, int fd, int64_t offset, uint64_t length, struct disk_cost *cost);

/* Of a range that was counted so, done bytes were filled and no more. */
void disk_short(struct vm *vm, const struct disk_cost *cost, uint64_t done);

/* Counts what making the file that long adds. */
int disk_extend(struct vm *vm, int fd, int64_t size, struct disk_cost *cost);

/* Counts what a mapping of that part can add by stores: its holes. */
int disk_map(struct vm *vm, int fd, uint64_t offset, uint64_t length);

/* Counts bytes that are new in any case. */
int disk_add(struct vm *vm, uint64_t bytes, struct disk_cost *cost);

/* Nothing came of it. */
void disk_return(struct vm *vm, const struct disk_cost *cost);

/* Counts a new name, and that one is gone. */
int disk_name(struct vm *vm);
void disk_name_gone(struct vm *vm);

#endif
