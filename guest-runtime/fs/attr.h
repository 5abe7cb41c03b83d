/* SPDX-License-Identifier: Apache-2.0 */
/* Changing mode, owner, times and size: the rules that hold in every file system. */
#ifndef GUEST_FS_ATTR_H
#define GUEST_FS_ATTR_H

#include "guest-runtime/fs/vfs.h"

#define ATTR_KEEP_ID   ((uint32_t)-1)
#define ATTR_TIME_NOW  HC_TIME_NOW
#define ATTR_TIME_KEEP (INT64_MIN + 1) /* as it is */

int attr_chmod(struct inode *inode, uint32_t mode);
int attr_chown(struct inode *inode, uint32_t uid, uint32_t gid);
/* Times in ns. `explicit`: they were given, so that only the owner may. */
int attr_utimes(struct inode *inode, int64_t atime, int64_t mtime, bool explicit);
/* Set-id bits end when somebody changes the contents who may not set them. */
void attr_drop_set_ids(struct inode *inode);
int path_truncate(const char *path, int64_t size);

#endif
