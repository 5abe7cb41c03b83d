/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What programs have just listed, kept for a while to foretell which names they
 * will ask for: in the order of the listing, of inode numbers (fts, tar, cp),
 * or of names (a shell's pattern).
 */
#ifndef GUEST_FS_HOST_LIST_H
#define GUEST_FS_HOST_LIST_H

#include "guest-runtime/fs/host.h"

struct host_listed {
	const char *name; /* not NUL-terminated */
	uint32_t type;	  /* S_IFMT >> 12, or 0: unknown */
	uint32_t length;
};

/* A program lists the directory: from its start, or on. Records of getdents64, `length` bytes. */
void host_list_begin(struct host_inode *dir);
void host_list_add(struct host_inode *dir, const void *records, size_t length);
void host_list_drop(struct host_inode *dir);

/*
 * Somebody asks for a name in dir, which was listed before, to look at it or to
 * open it. When that follows what was asked before, or begins an order, true:
 * host_list_next() then tells it and those that come after it.
 */
bool host_list_asked(struct host_inode *dir, const char *name, size_t length, bool open);
/* Names are opened in the order of names, of late this one. */
void host_list_start(struct host_inode *dir, const char *name, size_t length);
bool host_list_next(struct host_inode *dir, bool open, struct host_listed *out);

#endif
