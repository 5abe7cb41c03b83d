// SPDX-License-Identifier: Apache-2.0
/* Rows of HYPERCALLS whose services are not written yet. To be deleted. */
#include "hv/dispatch.h"

#include <errno.h>

#define PENDING(NAME) \
	int64_t hc_serve_##NAME(struct hc_call *call) \
	{ \
		(void)call; \
		return -ENOSYS; \
	}

PENDING(FS_LOAD)
PENDING(FS_SEEK)
PENDING(FS_XATTR_GET)
