/* SPDX-License-Identifier: Apache-2.0 */
/* /dev: the few devices that every program may count on. */
#ifndef GUEST_FS_DEV_H
#define GUEST_FS_DEV_H

#include <stdbool.h>

struct super;
struct dentry;
struct file_ops;

extern const struct file_ops dev_zero_ops, dev_ptmx_ops;

#define DEV_PTMX 0x502 /* 5:2, which makes pseudo terminals */

struct super *dev_create(void);		/* NULL: no memory */
bool devpts_create(struct dentry *dev); /* adds pts; false: no memory */

#endif
