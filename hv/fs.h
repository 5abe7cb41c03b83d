/* SPDX-License-Identifier: Apache-2.0 */
/* What the file services share. */
#ifndef HV_FS_H
#define HV_FS_H

#include <stdint.h>

struct handle;
struct hc_call;

/* The open handle of that number; a number that is none ends the VM (I7). */
struct handle *fs_handle(const struct hc_call *call, uint32_t number);

#endif
