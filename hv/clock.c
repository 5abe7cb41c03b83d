// SPDX-License-Identifier: Apache-2.0
/* Time services: CLOCK, and WAIT for streams or for time to pass. */
#include "hv/clock.h"

#include "common/cleanup.h"
#include "hv/dispatch.h"
#include "hv/outside.h"
#include "hv/vm.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define WAIT_EVENTS (POLLIN | POLLOUT | POLLPRI)

int64_t clock_ns(const struct timespec *t)
{
	int64_t ns;

	if (mul_ovf((int64_t)t->tv_sec, NS_PER_SECOND, &ns) ||
	    add_ovf(ns, (int64_t)t->tv_nsec, &ns))
		return t->tv_sec < 0 ? INT64_MIN : INT64_MAX;
	return ns;
}

int64_t clock_now(clockid_t id)
{
	struct timespec t = { .tv_sec = 0 };

	clock_gettime(id, &t);
	return clock_ns(&t);
}

int64_t clock_realtime(const struct vm *vm)
{
	int64_t ns;

	if (add_ovf(clock_now(CLOCK_REALTIME), vm->clock_offset_ns, &ns))
		return INT64_MAX;
	return ns;
}

int64_t hc_serve_CLOCK(struct hc_call *call)
{
	call->out.clock.realtime_ns = clock_realtime(call->vm);
	call->out.clock.monotonic_ns = clock_now(CLOCK_MONOTONIC);
	call->out_size = sizeof(call->out.clock);
	return 0;
}

/* Through the outcome's pipe, which the launcher reads; it then stops this process, too. */
static void say_stopped(const struct vm *vm)
{
	const struct hv_outcome stopped = { .end = HV_STOPPED };

	vm_tell(vm->outcome_fd, &stopped);
}

int64_t hc_serve_WAIT(struct hc_call *call)
{
	const struct hc_wait *wait = &call->args.WAIT;
	struct timespec left = { .tv_sec = 0 };
	struct pollfd fds[HC_STREAMS + 1];
	int64_t count, invalid = 0;
	int interrupted;

	if (wait->timeout_ns < -1 || wait->flags & ~(uint32_t)HC_WAIT_STOPPED)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	for (int i = 0; i < HC_STREAMS; i++) {
		uint16_t events = wait->stream[i].events;

		if (events & ~WAIT_EVENTS)
			vm_kill_call(call->vm, HV_VIOLATION_FIELD);
		fds[i] = (struct pollfd){ .fd = -1, .events = (short)events };
		if (!events)
			continue;
		if (!(call->vm->permissions & PERM_STREAMS)) /* I8 */
			return vm_refuse(call->vm, -EPERM);
		if (call->vm->streams & 1u << i) {
			fds[i].fd = i;
		} else { /* closed in the caller: an event at once, as poll(2) has it */
			call->out.wait.revents[i] = POLLNVAL;
			invalid++;
		}
	}
	if (wait->timeout_ns >= 0 && !invalid) {
		left.tv_sec = wait->timeout_ns / NS_PER_SECOND;
		left.tv_nsec = wait->timeout_ns % NS_PER_SECOND;
	}
	if (wait->flags & HC_WAIT_STOPPED && call->outside)
		return -EAGAIN;
	if (wait->flags & HC_WAIT_STOPPED)
		say_stopped(call->vm);
	count = outside_poll(call, fds, HC_STREAMS, wait->timeout_ns < 0 && !invalid ? NULL : &left,
			     &interrupted);
	if (count < 0)
		return count;
	for (int i = 0; i < HC_STREAMS; i++)
		if (fds[i].fd >= 0)
			call->out.wait.revents[i] = (uint16_t)fds[i].revents;
	call->out_size = sizeof(call->out.wait);
	return count + invalid;
}
