/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree on the host for the services that change files: one directory that
 * is granted for writing, one for reading, and a file that is not granted.
 *   rw/file rw/link -> file rw/fifo rw/setuid rw/dir/inner    ro/file ro/dir/    outside
 */
#ifndef TESTS_UNIT_TREE_H
#define TESTS_UNIT_TREE_H

#include "tests/unit/guest.h"

#define TREE_RW	  0 /* handles */
#define TREE_RO	  1
#define TREE_FILE "hello world" /* in rw/file and ro/file */

/* Makes the tree and starts vm; tree_stop() checks that nothing but rw/ has changed. */
void tree_start(struct vm *vm);
void tree_stop(struct vm *vm);

/* Absolute path on the host of "rw/file" and the like; holds until the next call but one. */
const char *tree_path(const char *name);

/* True when that is there; what its text and permissions are. */
int tree_has(const char *name);
void tree_expect(const char *name, const char *text);
unsigned int tree_mode(const char *name);

/* A hole (policy/policy.h) at what is there, or with a name at that name in it. */
struct hole tree_hole(enum hole_kind kind, const char *path, const char *name);

/* A handle of what is there, walked to with those flags. */
uint32_t tree_walk(struct vm *vm, uint32_t from, const char *path, uint32_t flags);

/* One hypercall each. A name of NULL is no name. */
int64_t tree_create(struct vm *vm, uint32_t dir, enum hc_create_kind kind, const char *name,
		    uint32_t mode, const char *target);
int64_t tree_remove(struct vm *vm, uint32_t dir, const char *name, uint32_t directory);
int64_t tree_rename(struct vm *vm, uint32_t dir, const char *name, uint32_t to, const char *to_name,
		    uint32_t flags);
int64_t tree_link(struct vm *vm, uint32_t dir, const char *name, uint32_t object);
int64_t tree_write(struct vm *vm, uint32_t handle, const char *text, int64_t offset);
int64_t tree_set(struct vm *vm, const struct hc_fs_set_attr *set);
int64_t tree_xattr(struct vm *vm, uint32_t handle, const char *name, const char *value,
		   uint32_t flags);

/* Adds a name to a payload of that length; the new length. */
uint32_t tree_add_name(uint8_t *payload, uint32_t length, const char *name);

/* Of the last FS_CREATE or FS_WALK. */
struct hc_fs_walk_out *tree_reply(struct vm *vm);

#endif
