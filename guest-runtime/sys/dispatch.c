// SPDX-License-Identifier: Apache-2.0
/* From a system call's number to its function, and the way back through signals. */
#include "guest-runtime/entry/sites.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/notes/notes.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/tick.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/trace/trace.h"

#include <asm/unistd.h>
#include <linux/errno.h>

typedef long syscall_function(const uint64_t *a);

#define SYSCALL_ROW(number, name) [number] = sys_##name,
static syscall_function *const functions[] = { SYSCALLS(SYSCALL_ROW) };
#undef SYSCALL_ROW

enum frame_return syscall_dispatch(struct frame *frame)
{
	struct thread *thread = current();
	const uint64_t arguments[6] = { frame->rdi, frame->rsi, frame->rdx,
					frame->r10, frame->r8,	frame->r9 };
	uint32_t number = (uint32_t)frame->orig_rax;
	long result = -ENOSYS;

	mm_epoch++;
	thread->frame = frame;
	if (trace_on)
		trace_enter(number, arguments);
	if (number < ARRAY_SIZE(functions) && functions[number])
		result = functions[number](arguments);
	else
		note_syscall(number, -ENOSYS);
	if (trace_on)
		trace_leave(number, arguments, result);
	frame->rax = (uint64_t)result;
	if (number == __NR_rt_sigreturn) {
		frame->orig_rax = (uint64_t)-1;
		frame->rip = sites_return(frame->rip);
	}
	tick_return();
	/* execve and rt_sigreturn: no register is what it was. */
	bool replaced = frame->orig_rax == (uint64_t)-1;
	bool changed = signal_deliver(thread);
	/* A set TF must not take effect before the program's next instruction. */
	if (changed || replaced || (frame->rflags & RFLAGS_TF))
		return FRAME_RETURN_FULL;
	return FRAME_RETURN_FAST;
}

enum frame_return syscall_dispatch_trapped(struct frame *frame)
{
	sites_hit(frame->rip, (uint32_t)frame->orig_rax);
	enum frame_return way = syscall_dispatch(frame);
	/* This call, or another that waited meanwhile, may have had its site rewritten. */
	frame->rip = sites_return(frame->rip);
	return way;
}
