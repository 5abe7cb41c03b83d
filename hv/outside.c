// SPDX-License-Identifier: Apache-2.0
/*
 * News from the launcher: bits in memory that both share, and a signal that
 * says "look". The signal stays blocked; waiting in the monitor ends for it
 * through a signalfd that is never read.
 */
#include "hv/outside.h"

#include "common/err.h"
#include "hv/dispatch.h"
#include "hv/hv.h"
#include "hv/interrupt.h"
#include "hv/timer.h"
#include "hv/vm.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

int outside_init(struct vm *vm, struct err *e)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, INTERRUPT_OUTSIDE);
	vm->outside_fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (vm->outside_fd < 0)
		return err_set(e, ERR_SANDBOX, errno, "signalfd: %s", strerror(errno));
	return 0;
}

/* Into the guest's memory, where what it has not taken stays. */
static uint64_t hand_over(struct vm *vm)
{
	uint64_t bits = atomic_exchange(&vm->outside->bits, 0);

	vm->vcpu.request->outside |= bits;
	return bits;
}

void outside_came(struct vm *vm)
{
	if (hand_over(vm) && !interrupt_program(vm))
		timer_insist(vm);
}

int outside_waits(const struct vm *vm)
{
	return vm->vcpu.request->outside != 0;
}

/* In a hypercall the guest learns it from the reply. */
static void take_quietly(struct vm *vm)
{
	static const struct timespec now;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, INTERRUPT_OUTSIDE);
	syscall(SYS_rt_sigtimedwait, &set, NULL, &now, 8L);
	hand_over(vm);
}

/* The raw call: it leaves the time that remains in `left`, which the library's does not. */
static int64_t poll_all(struct pollfd *fds, unsigned int count, struct timespec *left)
{
	long n;

	do
		n = syscall(SYS_ppoll, fds, count, left, NULL, 0);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

int64_t outside_poll(struct hc_call *call, struct pollfd *fds, unsigned int count,
		     struct timespec *left, int *interrupted)
{
	struct timespec none = { .tv_sec = 0 };
	struct pollfd *news = &fds[count];
	int64_t n;

	*interrupted = call->outside != 0;
	*news = (struct pollfd){ .fd = call->vm->outside ? call->vm->outside_fd : -1,
				 .events = POLLIN };
	n = poll_all(fds, count + 1, *interrupted ? &none : left);
	if (n <= 0 || !news->revents)
		return n;
	*interrupted = 1;
	take_quietly(call->vm);
	return n - 1;
}
