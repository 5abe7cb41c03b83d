/* SPDX-License-Identifier: Apache-2.0 */
/* The directories on the way to where the writing of changes is, each with its names. */
#ifndef GUEST_FS_OVERLAY_LEVEL_H
#define GUEST_FS_OVERLAY_LEVEL_H

#include "guest-runtime/fs/overlay.h"

struct level {
	struct level *up;
	struct dentry *dir;
	size_t path_length;    /* of the directory's path */
	bool whole;	       /* not in its place: all that it shows is to be written */
	struct dentry **names; /* references, sorted */
	size_t count, room, at;
};

/*
 * Goes into a directory of an overlay: all that it shows when `whole`, else
 * what differs from below. path_length is kept for the caller. False: no memory
 * or not to be read; the level is there all the same.
 */
bool level_enter(struct level **top, struct dentry *dir, size_t path_length, bool whole);
void level_leave(struct level **top);

#endif
