/* SPDX-License-Identifier: Apache-2.0 */
/* The vCPU's request page; for host/ only. */
#ifndef GUEST_HOST_REQUEST_H
#define GUEST_HOST_REQUEST_H

#include "abi/hypercalls.h"
#include "abi/layout.h"

#include <stddef.h>

static struct hc_request *const request = (void *)(GUEST_DIRECT_BASE + VCPU_HYPERCALL);

/* Asks with `length` bytes of payload that are there; the reply is in their place. */
int64_t request_ring(enum hc_number number, size_t length);
int64_t request_call(enum hc_number number, const void *args, size_t size);
int64_t request_segments(enum hc_number number, const void *args, size_t size,
			 const struct hc_segment *segments, uint32_t count);

#endif
