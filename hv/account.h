/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the monitor counts while it serves a guest, in memory that it shares
 * with the launcher, which reads it at the end, however that came. Only for
 * reports: a fallen monitor may write anything here, and no limit of the
 * monitor's rests on it.
 */
#ifndef HV_ACCOUNT_H
#define HV_ACCOUNT_H

#include "abi/hypercalls.h"
#include "policy/policy.h"

#include <stdint.h>

/* Of one grant with a host side, in the order of their handles. */
struct account_grant {
	uint64_t opened;     /* objects below it made readable or writable */
	uint64_t read_bytes; /* read or mapped */
	uint64_t written_bytes;
	uint64_t changes; /* names created, removed, renamed, linked; attributes set */
	uint64_t refused; /* acts below it that the policy does not allow */
};

struct hv_account {
	uint64_t calls[HC_NUMBER_MAX];	 /* served */
	uint64_t refused[HC_NUMBER_MAX]; /* for want of a permission or a right */
	uint64_t output_bytes;		 /* to stdout and stderr */
	uint64_t disk_bytes;		 /* new bytes under write grants */
	uint32_t limits;		 /* bit n: limit n of enum account_limit was reached */
	uint32_t pad;
	struct account_grant grants[POLICY_GRANTS_MAX];
};

enum account_limit { ACCOUNT_MEMORY, ACCOUNT_HANDLES, ACCOUNT_OUTPUT, ACCOUNT_DISK, ACCOUNT_CPU };

#endif
