/* SPDX-License-Identifier: Apache-2.0 */
/* Files without a place: what eventfd(2), pipe(2) and their kin return. */
#ifndef GUEST_FS_ANON_H
#define GUEST_FS_ANON_H

#include "guest-runtime/fs/vfs.h"

/*
 * An open file on the inode that all of these share; name as /proc/self/fd shows it, such as
 * "[eventfd]". private: ops->release frees it, on failure the caller. NULL: no memory.
 */
struct file *anon_file(const char *name, const struct file_ops *ops, void *private, uint32_t flags);

/* A descriptor for a file that was made, NULL being no memory; takes over the reference. */
long anon_install(struct file *file, bool cloexec);

#endif
