// SPDX-License-Identifier: Apache-2.0
/*
 * TIMER: the guest's alarm. SIGALRM is blocked but for KVM_RUN, which it ends;
 * nothing handles it. A program is then interrupted by an NMI, the runtime
 * never: it looks at the time itself when it is done.
 */
#include "hv/timer.h"

#include "abi/layout.h"
#include "common/err.h"
#include "common/syscall.h"
#include "hv/clock.h"
#include "hv/dispatch.h"
#include "hv/vm.h"

#include <errno.h>
#include <linux/kvm.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define LEAST_NS  100000  /* the guest cannot make the host busy with signals (I12) */
#define AGAIN_US  4000	  /* until the guest says that it has noticed */
#define LONGEST_S 1000000 /* as good as never; the guest asks again */

int timer_init(struct vm *vm, struct err *e)
{
	struct {
		uint32_t length; /* struct kvm_signal_mask */
		uint8_t set[8];
	} __attribute__((packed)) running = { .length = sizeof(running.set) };
	sigset_t alarm;

	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigprocmask(SIG_BLOCK, &alarm, NULL);
	/* Nothing else is blocked (monitor.c). */
	if (host_ioctl(vm->vcpu.fd, KVM_SET_SIGNAL_MASK, &running))
		return err_set(e, ERR_SANDBOX, errno, "KVM_SET_SIGNAL_MASK: %s", strerror(errno));
	return 0;
}

int64_t hc_serve_TIMER(struct hc_call *call)
{
	int64_t after = call->args.TIMER.after_ns;
	struct itimerval timer = { .it_value.tv_sec = 0 };

	if (after < 0)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (after) {
		after = after < LEAST_NS ? LEAST_NS : after;
		timer.it_value.tv_sec = (time_t)(after / NS_PER_SECOND);
		timer.it_value.tv_usec = (suseconds_t)(after % NS_PER_SECOND / 1000);
		timer.it_interval.tv_usec = AGAIN_US;
		if (timer.it_value.tv_sec > LONGEST_S)
			timer.it_value.tv_sec = LONGEST_S;
	}
	return syscall(SYS_setitimer, ITIMER_REAL, &timer, NULL) ? -errno : 0;
}

void timer_rang(struct vm *vm)
{
	static const struct timespec now;
	struct kvm_vcpu_events events;
	struct kvm_regs regs;
	sigset_t alarm;

	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	if (syscall(SYS_rt_sigtimedwait, &alarm, NULL, &now, 8L) != SIGALRM)
		return;
	if (host_ioctl(vm->vcpu.fd, KVM_GET_REGS, &regs) || regs.rip >= GUEST_USER_END)
		return;
	/* An exception on its way would be in ring 0 when the NMI comes. */
	if (host_ioctl(vm->vcpu.fd, KVM_GET_VCPU_EVENTS, &events) || events.exception.injected ||
	    events.exception.pending || events.nmi.injected || events.nmi.pending)
		return;
	if (host_ioctl(vm->vcpu.fd, KVM_NMI, NULL))
		vm_kill(vm, HV_END_KVM_ERROR, (uint32_t)errno);
}
