/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a tar archive to an output of the host: ustar headers, with a pax
 * header before each that needs one. Small pieces are gathered, file contents
 * go out of their own frames. After a failure nothing more is written: an
 * archive without its two blocks of zeros at the end is not whole.
 */
#ifndef GUEST_FS_TAR_H
#define GUEST_FS_TAR_H

#include "abi/hypercalls.h"
#include "guest-runtime/fs/xattr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAR_BUFFER (128u * 1024u)
#define TAR_BLOCK  512u

struct tar {
	uint32_t stream;
	uint8_t *buffer; /* TAR_BUFFER bytes */
	size_t used;
	bool failed;
};

struct tar_entry {
	const char *path;	    /* without a slash at the start or the end */
	const char *link;	    /* target of a symbolic link, or first name of a hard link */
	bool hard;		    /* link is another name of the same object */
	const struct hc_attr *attr; /* its size counts for regular files that are no hard links */
	const struct xattr *xattrs;
};

void tar_header(struct tar *tar, const struct tar_entry *entry);
/* Out of memory that must stay as it is until tar_flush(). At most HC_SEGMENTS_MAX. */
void tar_segments(struct tar *tar, const struct hc_segment *segments, uint32_t count);
void tar_zeros(struct tar *tar, uint64_t n);
void tar_flush(struct tar *tar);

#endif
