/* SPDX-License-Identifier: Apache-2.0 */
/* Files in memory without a name, and the seals that they can get. */
#ifndef GUEST_FS_MEMFD_H
#define GUEST_FS_MEMFD_H

#include "guest-runtime/fs/vfs.h"

#define MEMFD_NAME_MAX 249 /* bytes, without NUL */

/* Of Linux, but newer than the headers that this is built with. */
#define MFD_NOEXEC_SEAL 8u
#define MFD_EXEC	16u
#define F_SEAL_EXEC	32u /* its execute permissions stay */

/* flags: MFD_*, checked. NULL: no memory. */
struct file *memfd_create(const char *name, uint32_t flags);

/* fcntl(2)'s F_ADD_SEALS and F_GET_SEALS. */
long seals_add(struct file *file, uint32_t seals);
long seals_get(const struct file *file);

#endif
