// SPDX-License-Identifier: Apache-2.0
/* What ends KVM_RUN, and how the program that was in it hears of that. */
#include "hv/interrupt.h"

#include "abi/layout.h"
#include "common/err.h"
#include "common/syscall.h"
#include "hv/hv.h"
#include "hv/outside.h"
#include "hv/timer.h"
#include "hv/vm.h"

#include <errno.h>
#include <linux/kvm.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static sigset_t both(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, INTERRUPT_TIMER);
	sigaddset(&set, INTERRUPT_OUTSIDE);
	return set;
}

void interrupt_block(void)
{
	const sigset_t set = both();

	sigprocmask(SIG_SETMASK, &set, NULL); /* and nothing else */
}

int interrupt_init(struct vm *vm, struct err *e)
{
	struct {
		uint32_t length; /* struct kvm_signal_mask */
		uint8_t set[8];
	} __attribute__((packed)) running = { .length = sizeof(running.set) };

	if (host_ioctl(vm->vcpu.fd, KVM_SET_SIGNAL_MASK, &running))
		return err_set(e, ERR_SANDBOX, errno, "KVM_SET_SIGNAL_MASK: %s", strerror(errno));
	return 0;
}

void interrupt_take(struct vm *vm)
{
	static const struct timespec now;
	const sigset_t set = both();

	/* One of two that came is left, and ends KVM_RUN again. */
	switch (syscall(SYS_rt_sigtimedwait, &set, NULL, &now, 8L)) {
	case INTERRUPT_TIMER:
		timer_rang(vm);
		return;
	case INTERRUPT_OUTSIDE:
		outside_came(vm);
		return;
	default: /* a stop, and the monitor goes on */
		return;
	}
}

int interrupt_program(struct vm *vm)
{
	struct kvm_vcpu_events events;
	struct kvm_regs regs;

	if (host_ioctl(vm->vcpu.fd, KVM_GET_REGS, &regs) || regs.rip >= GUEST_USER_END)
		return 0;
	/* An exception on its way would be in ring 0 when the NMI comes. */
	if (host_ioctl(vm->vcpu.fd, KVM_GET_VCPU_EVENTS, &events) || events.exception.injected ||
	    events.exception.pending || events.nmi.injected || events.nmi.pending)
		return 0;
	if (host_ioctl(vm->vcpu.fd, KVM_NMI, NULL))
		vm_kill(vm, HV_END_KVM_ERROR, (uint32_t)errno);
	return 1;
}
