// SPDX-License-Identifier: Apache-2.0
/*
 * Counts what is done under each grant, call by call, for the receipt of a run
 * that wants one. Decides nothing: what a guest may do is settled by now.
 */
#include "hv/account.h"
#include "abi/layout.h"
#include "hv/dispatch.h"
#include "hv/vm.h"

#include <errno.h>

/* The handle that a call is about, or NULL; the first argument of most file services. */
static const struct handle *handle_of(const struct vm *vm, const struct hc_call *call)
{
	switch (call->number) {
	case HC_FS_CLOSE:
	case HC_FS_UNMAP:
		return NULL;
	default:
		return call->number < HC_FS_WALK
			       ? NULL
			       : handles_get(&vm->handles, call->args.FS_WALK.handle);
	}
}

static void count_limits(const struct vm *vm, uint32_t number, int64_t result)
{
	struct hv_account *account = vm->account;

	/* A guest knows its limit, and does not ask for more. */
	if (number == HC_MEM_GROW && (result == -ENOMEM || vm->gm.ram_bytes == vm->gm.ram_limit))
		account->limits |= 1u << ACCOUNT_MEMORY;
	if (number >= HC_FS_WALK && result == -EMFILE)
		account->limits |= 1u << ACCOUNT_HANDLES;
	if (number >= HC_FS_WALK && result == -EDQUOT)
		account->limits |= 1u << ACCOUNT_DISK;
}

static void count_done(struct account_grant *grant, const struct hc_call *call, uint64_t result)
{
	switch (call->number) {
	case HC_FS_WALK:
		grant->opened += call->out.walk.opened != 0;
		return;
	case HC_FS_READ:
	case HC_FS_READDIR:
		grant->read_bytes += result;
		return;
	case HC_FS_MAP:
		grant->read_bytes += (uint64_t)call->args.FS_MAP.pages * GUEST_PAGE_SIZE;
		return;
	case HC_FS_WRITE:
		grant->written_bytes += result;
		return;
	case HC_FS_CREATE:
	case HC_FS_REMOVE:
	case HC_FS_RENAME:
	case HC_FS_LINK:
	case HC_FS_SET_ATTR:
	case HC_FS_ALLOCATE:
	case HC_FS_XATTR_SET:
		grant->changes++;
		return;
	default:
		return;
	}
}

void account_unserved(struct vm *vm, uint32_t number)
{
	vm->account->calls[number]++;
	vm->account->refused[number]++;
}

void account_call(struct vm *vm, const struct hc_call *call, int64_t result)
{
	struct hv_account *account = vm->account;
	const struct handle *handle = handle_of(vm, call);
	struct account_grant *grant = handle ? &account->grants[handle->grant] : NULL;

	account->calls[call->number]++;
	if (call->number == HC_STREAM_WRITE && result > 0 &&
	    call->args.STREAM_WRITE.stream < HC_STREAMS)
		account->output_bytes += (uint64_t)result;
	count_limits(vm, call->number, result);
	if (vm->refused) {
		account->refused[call->number]++;
		if (grant)
			grant->refused++;
	}
	if (grant && result >= 0)
		count_done(grant, call, (uint64_t)result);
}

void account_load(struct vm *vm, uint16_t grant, uint64_t bytes)
{
	vm->account->grants[grant].opened++;
	vm->account->grants[grant].read_bytes += bytes;
}
