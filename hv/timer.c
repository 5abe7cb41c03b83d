// SPDX-License-Identifier: Apache-2.0
/*
 * TIMER: the guest's alarm. A program is then interrupted by an NMI, the
 * runtime never: it looks at the time itself when it is done. The same host
 * timer also rings for news from outside that the program could not be told of
 * when they came.
 */
#include "hv/timer.h"

#include "hv/clock.h"
#include "hv/dispatch.h"
#include "hv/interrupt.h"
#include "hv/outside.h"
#include "hv/vm.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define LEAST_NS  100000  /* the guest cannot make the host busy with signals (I12) */
#define AGAIN_NS  4000000 /* until the guest says that it has noticed */
#define INSIST_NS 1000000 /* the same, for news from outside: somebody waits */
#define EARLY_NS  10000	  /* a host timer counts in microseconds */

/* Sets the host's timer for the first of what is to come; 0 or -errno. */
static int64_t arm(const struct vm *vm, int64_t now)
{
	struct itimerval timer = { .it_value.tv_sec = 0 };
	int64_t after = vm->alarm_ns ? vm->alarm_ns - now : INT64_MAX;

	if (vm->insisting && after > INSIST_NS)
		after = INSIST_NS;
	if (after != INT64_MAX) {
		after = after < LEAST_NS ? LEAST_NS : after; /* I12 */
		timer.it_value.tv_sec = (time_t)(after / NS_PER_SECOND);
		timer.it_value.tv_usec = (suseconds_t)(after % NS_PER_SECOND / 1000);
		timer.it_interval.tv_usec = (vm->insisting ? INSIST_NS : AGAIN_NS) / 1000;
	}
	return syscall(SYS_setitimer, ITIMER_REAL, &timer, NULL) ? -errno : 0;
}

int64_t hc_serve_TIMER(struct hc_call *call)
{
	int64_t after = call->args.TIMER.after_ns, now = clock_now(CLOCK_MONOTONIC);

	if (after < 0)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	call->vm->alarm_ns = 0;
	if (after && __builtin_add_overflow(now, after, &call->vm->alarm_ns))
		call->vm->alarm_ns = INT64_MAX;
	return arm(call->vm, now);
}

void timer_insist(struct vm *vm)
{
	if (vm->insisting)
		return;
	vm->insisting = 1;
	arm(vm, clock_now(CLOCK_MONOTONIC));
}

void timer_rang(struct vm *vm)
{
	int64_t now = clock_now(CLOCK_MONOTONIC);
	int due = vm->alarm_ns && now + EARLY_NS >= vm->alarm_ns;
	int told = 0, insisted = vm->insisting;

	vm->insisting = insisted && outside_waits(vm);
	if (due || vm->insisting)
		told = interrupt_program(vm);
	if (told)
		vm->insisting = 0;
	if (insisted && !vm->insisting)
		arm(vm, now); /* as the guest has it */
}
