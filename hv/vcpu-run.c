// SPDX-License-Identifier: Apache-2.0
/*
 * The vCPU loop. A store to the doorbell is a hypercall; any other exit is
 * something that no sane guest causes, and after one it is never entered
 * again (I4).
 */
#include "abi/layout.h"
#include "common/syscall.h"
#include "hv/clock.h"
#include "hv/dispatch.h"
#include "hv/interrupt.h"
#include "hv/vm.h"

#include <errno.h>
#include <linux/kvm.h>
#include <string.h>

static void serve_exit(struct vm *vm)
{
	const struct kvm_run *run = vm->vcpu.run;

	switch (run->exit_reason) {
	case KVM_EXIT_MMIO:
		if (!run->mmio.is_write || run->mmio.phys_addr != GUEST_DOORBELL_GPA)
			vm_kill_call(vm, HV_VIOLATION_DOORBELL);
		vm->vcpu.warned = 0;
		hc_dispatch(vm);
		return;
	case KVM_EXIT_INTR:
		return;
	case KVM_EXIT_SHUTDOWN:
		vm_kill(vm, HV_END_SHUTDOWN, 0);
	default:
		vm_kill(vm, HV_END_BAD_EXIT, run->exit_reason);
	}
}

/*
 * KVM could not get a page that the guest touched: a file in a window has
 * become shorter, perhaps. The guest is told, by an event that cannot be
 * masked, and enters again at the same instruction unless it changes something.
 * One that does not ask anything until it happens again ends.
 */
static void warn_of_lost_page(struct vm *vm)
{
	if (!gm_windows_used(&vm->gm) || vm->vcpu.warned ||
	    host_ioctl(vm->vcpu.fd, KVM_NMI, NULL)) /* I4 */
		vm_kill(vm, HV_END_KVM_ERROR, EFAULT);
	vm->vcpu.warned = 1;
}

void vcpu_run(struct vm *vm)
{
	vm->outcome.setup_ns = (uint64_t)clock_now(CLOCK_MONOTONIC);
	for (;;) {
		if (!host_ioctl(vm->vcpu.fd, KVM_RUN, NULL))
			serve_exit(vm);
		else if (errno == EFAULT)
			warn_of_lost_page(vm);
		else if (errno == EINTR)
			interrupt_take(vm);
		else
			vm_kill(vm, HV_END_KVM_ERROR, (uint32_t)errno);
	}
}

void vcpu_registers(const struct vcpu *vcpu, uint64_t regs[HC_PANIC_REGS])
{
	struct kvm_regs r;
	struct kvm_sregs s;

	memset(regs, 0, HC_PANIC_REGS * sizeof(*regs));
	if (host_ioctl(vcpu->fd, KVM_GET_REGS, &r) || host_ioctl(vcpu->fd, KVM_GET_SREGS, &s))
		return;
	const uint64_t list[HC_PANIC_REGS] = { r.rax, r.rbx, r.rcx, r.rdx,    r.rsi, r.rdi, r.rbp,
					       r.r8,  r.r9,  r.r10, r.r11,    r.r12, r.r13, r.r14,
					       r.r15, r.rip, r.rsp, r.rflags, s.cr2, 0 };
	memcpy(regs, list, sizeof(list));
}
