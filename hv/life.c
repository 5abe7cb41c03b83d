// SPDX-License-Identifier: Apache-2.0
/* Services every VM has: its end, its panic, more memory and less. */
#include "abi/layout.h"
#include "hv/dispatch.h"
#include "hv/vm.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#define ERRNO_MAX  4095
#define SIGNAL_MAX 64
#define STATUS_MAX 255

int64_t hc_serve_EXIT(struct hc_call *call)
{
	const struct hc_exit *exit = &call->args.EXIT;

	switch (exit->kind) {
	case HC_EXIT_STATUS:
		if (exit->code <= STATUS_MAX)
			vm_kill(call->vm, HV_END_STATUS, exit->code);
		break;
	case HC_EXIT_SIGNAL:
		if (exit->code >= 1 && exit->code <= SIGNAL_MAX)
			vm_kill(call->vm, HV_END_SIGNAL, exit->code);
		break;
	case HC_EXIT_NO_EXEC:
		if (exit->code >= 1 && exit->code <= ERRNO_MAX)
			vm_kill(call->vm, HV_END_NO_EXEC, exit->code);
		break;
	case HC_EXIT_NO_MEMORY:
		if (exit->code == 0 || exit->code == SIGKILL)
			vm_kill(call->vm, HV_END_NO_MEMORY, exit->code);
		break;
	case HC_EXIT_DENIED:
		if (call->vm->kills && exit->code == 0)
			vm_kill(call->vm, HV_END_DENIED, 0);
		break;
	default:
		break;
	}
	vm_kill_call(call->vm, HV_VIOLATION_FIELD);
}

int64_t hc_serve_PANIC(struct hc_call *call)
{
	const struct hc_panic *panic = &call->args.PANIC;
	struct hv_outcome *outcome = &call->vm->outcome;

	_Static_assert(sizeof(panic->message) < sizeof(outcome->message), "stays terminated");
	memcpy(outcome->regs, panic->regs, sizeof(outcome->regs));
	memcpy(outcome->message, panic->message, sizeof(panic->message));
	vm_kill(call->vm, HV_END_PANIC, 0);
}

int64_t hc_serve_MEM_GROW(struct hc_call *call)
{
	uint64_t bytes = call->args.MEM_GROW.bytes;

	if (!bytes || bytes % GUEST_HUGE_SIZE)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	return gm_grow(&call->vm->gm, bytes);
}

int64_t hc_serve_MEM_GIVE(struct hc_call *call)
{
	for (uint32_t i = 0; i < call->count; i++) {
		const struct iovec *part = &call->iov[i];
		int error = gm_give(&call->vm->gm, part->iov_base, part->iov_len);

		if (error == -EINVAL)
			vm_kill_call(call->vm, HV_VIOLATION_SEGMENT);
		if (error)
			return error;
	}
	return 0;
}
