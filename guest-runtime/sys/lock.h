/* SPDX-License-Identifier: Apache-2.0 */
/* The part of fcntl(2) that is about locks. */
#ifndef GUEST_SYS_LOCK_H
#define GUEST_SYS_LOCK_H

#include "guest-runtime/fs/vfs.h"

/* F_GETLK, F_SETLK, F_SETLKW and F_OFD_*, with a struct flock of the program. */
long lock_control(struct file *file, uint64_t command, uva_t address);

#endif
