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
#include "hv/jail/filter.h"
#include "policy/policy.h"

#include <stdint.h>

struct hc_call;
struct vm;

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
	uint64_t refused[HC_NUMBER_MAX]; /* of these, for want of a permission or a right */
	uint64_t output_bytes;		 /* to stdout and stderr */
	uint32_t limits;		 /* bit n: limit n of enum account_limit was reached */
	uint32_t pad;
	struct filter filter; /* the seccomp filter, as it was loaded */
	struct account_grant grants[POLICY_GRANTS_MAX];
};

enum account_limit {
	ACCOUNT_MEMORY,
	ACCOUNT_HANDLES,
	ACCOUNT_OUTPUT,
	ACCOUNT_DISK,
	ACCOUNT_LIMITS
};

/* Memory for one run, to be shared by a fork; NULL: there is none. */
struct hv_account *hv_account_share(void);

/* Counts a call that was served, with what became of it. */
void account_call(struct vm *vm, const struct hc_call *call, int64_t result);
/* One for which there is no permission: it was not decoded. */
void account_unserved(struct vm *vm, uint32_t number);

/* Counts a file that was opened, and read, on the way of a call. */
void account_load(struct vm *vm, uint16_t grant, uint64_t bytes);

#endif
