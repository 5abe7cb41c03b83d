/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Byte-range locks, fcntl(2): each belongs to a process (its descriptor table)
 * or, F_OFD_*, to an open file. An owner's own locks never conflict: a new one
 * replaces, splits and merges what it covers.
 */
#ifndef GUEST_FS_LOCK_H
#define GUEST_FS_LOCK_H

#include "guest-runtime/fs/vfs.h"

struct range_lock {
	struct list node;
	int64_t start, end; /* both inclusive; INT64_MAX: to the end, wherever it is */
	int type;	    /* F_RDLCK, F_WRLCK; of a request also F_UNLCK */
	const void *owner;
	int pid;	     /* -1 of an open file's */
	struct inode *inode; /* of one that is held */
	struct list all;     /* that are held: lock_all, in the order in which they were taken */
};

extern struct list lock_all;

/* The first lock that the request conflicts with, or NULL. */
const struct range_lock *lock_conflict(struct inode *inode, const struct range_lock *request);
/* 0, -EAGAIN when there is a conflict, or -ENOLCK: no memory. */
int lock_apply(struct inode *inode, const struct range_lock *request);

/* A request that is waited for, in the memory of who waits. */
struct lock_wait {
	struct list node;
	struct inode *inode;
	const struct range_lock *request;
};

void lock_wait_begin(struct lock_wait *wait, struct inode *inode, const struct range_lock *request);
void lock_wait_end(struct lock_wait *wait);
/* Who has what the request wants waits, if only through others, for what its owner has. */
bool lock_would_deadlock(struct inode *inode, const struct range_lock *request);

/* All locks of owner go. */
void lock_drop(struct inode *inode, const void *owner);

#endif
