/* SPDX-License-Identifier: Apache-2.0 */
/* Making, removing and moving names: the rules that hold in every file system. */
#ifndef GUEST_FS_NAMES_H
#define GUEST_FS_NAMES_H

#include "guest-runtime/fs/vfs.h"

struct walk;

/* A new object (type in mode) at a name that was looked up and is not there. *out may be NULL. */
int name_create(struct dentry *dir, const char *name, size_t length, uint32_t mode, uint64_t rdev,
		const char *target, struct dentry **out);
/* O_CREAT where path ends in a symbolic link. */
int name_through_link(int dirfd, const char *path, uint64_t resolve, uint32_t mode,
		      struct dentry **out, bool *created);

/* Is the name one that the mount plan hides? Nothing can come to be there: -EACCES. */
bool name_hidden(const struct dentry *dir, const char *name, size_t length);

/* For mkdir, symlink, mknod: path must not exist. */
/* *out: a reference to the new name; NULL: not wanted. */
int path_make(int dirfd, const char *path, uint32_t mode, uint64_t rdev, const char *target,
	      struct dentry **out);
int path_create(int dirfd, const char *path, uint32_t mode, uint64_t rdev, const char *target);
int path_link(int from_fd, const char *from, int to_fd, const char *to, uint32_t flags);
int path_remove(int dirfd, const char *path, bool directory);
int path_rename(int from_fd, const char *from, int to_fd, const char *to, uint32_t flags);

#endif
