// SPDX-License-Identifier: Apache-2.0
/* The end of a VM: one outcome through the pipe, then exit (I4). */
#include "hv/vm.h"

void vm_kill(struct vm *vm, enum hv_end end, uint32_t code)
{
	vm->outcome.end = end;
	vm->outcome.code = code;
	switch (end) {
	case HV_END_BAD_HYPERCALL:
	case HV_END_BAD_EXIT:
	case HV_END_SHUTDOWN:
	case HV_END_KVM_ERROR:
		vcpu_registers(&vm->vcpu, vm->outcome.regs);
		break;
	default: /* the guest ended of its own will, and has said all */
		break;
	}
	vm_report(vm->outcome_fd, &vm->outcome);
}

void vm_kill_call(struct vm *vm, enum hv_violation violation)
{
	vm_kill(vm, HV_END_BAD_HYPERCALL, violation);
}
