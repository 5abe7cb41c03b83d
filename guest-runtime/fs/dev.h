/* SPDX-License-Identifier: Apache-2.0 */
/* /dev: the few devices that every program may count on. */
#ifndef GUEST_FS_DEV_H
#define GUEST_FS_DEV_H

struct super;

struct super *dev_create(void); /* NULL: no memory */

#endif
