/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From path names to dentries, and the part of a process that says where
 * relative ones start.
 */
#ifndef GUEST_FS_WALK_H
#define GUEST_FS_WALK_H

#include "guest-runtime/fs/vfs.h"
#include "guest-runtime/notes/notes.h"

#include <linux/openat2.h>

struct fs_context {
	uint32_t shares;
	struct dentry *root, *cwd; /* references */
	uint32_t umask;
};

/* path.c. The same for one more thread; a copy, or NULL when out of memory; one thread less. */
struct fs_context *fs_context_share(struct fs_context *context);
struct fs_context *fs_context_copy(const struct fs_context *context);
void fs_context_release(struct fs_context *context);

enum walk_flags {
	WALK_FOLLOW = 1,  /* a last symbolic link, too */
	WALK_PARENT = 2,  /* stop before the last component, which `last` then names */
	WALK_EMPTY = 4,	  /* an empty path is the start itself */
	WALK_OPEN = 8,	  /* the object is about to be opened for reading */
	WALK_TARGET = 16, /* with WALK_PARENT: of what a last symbolic link points to */
};

/* One more flag: what the walk is for, if not to read, when it must be noted. */
#define WALK_FOR(op)   ((uint32_t)(op) << 8)
#define WALK_OP(flags) ((enum note_op)((flags) >> 8))

enum walk_last { LAST_NAME, LAST_DOT, LAST_DOTDOT, LAST_ROOT };

struct walk {
	struct dentry *at; /* the object, or with WALK_PARENT its directory: a reference */
	/* With WALK_PARENT: */
	enum walk_last last;
	bool slash; /* the name is followed by a slash: a directory is meant */
	size_t length;
	char name[FS_NAME_MAX + 1];
};

/* dirfd: AT_FDCWD or a descriptor of current. 0 or -errno; on success the caller puts out->at. */
int walk_path(int dirfd, const char *path, uint32_t flags, struct walk *out);
/* The same with RESOLVE_* of openat2(2). */
int walk_resolve(int dirfd, const char *path, uint32_t flags, uint64_t resolve, struct walk *out);
/* One name in dir, through mounts; *out a reference. -ENOENT. */
int walk_name(struct dentry *dir, const char *name, size_t length, bool open, struct dentry **out);
/*
 * The first of the names in run (as inode_ops' lookup has them), or more of them; *out a
 * reference to the last, after *used bytes. -ENOENT.
 */
int walk_run(struct dentry *dir, const char *run, size_t length, bool open, struct dentry **out,
	     size_t *used);
/* Without WALK_PARENT: the object alone. */
int walk_object(int dirfd, const char *path, uint32_t flags, struct dentry **out);

/* A program's path in its own page; -ENOENT when empty unless `empty`. Release with path_free(). */
int path_from_user(uva_t from, bool empty, char **out);
void path_free(char *path);

#endif
