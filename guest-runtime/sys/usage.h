/* SPDX-License-Identifier: Apache-2.0 */
/* struct rusage of the Linux ABI. */
#ifndef GUEST_SYS_USAGE_H
#define GUEST_SYS_USAGE_H

#include "guest-runtime/mm/uaccess.h"

struct usage;

int usage_put(uva_t to, const struct usage *usage); /* 0 or -EFAULT */

#endif
