// SPDX-License-Identifier: Apache-2.0
/*
 * Exceptions: page faults are filled, the program's own become signals, and
 * the runtime's own end the VM, unless a guarded copy made them.
 */
#include "guest-runtime/entry/cpuid.h"
#include "guest-runtime/entry/frame.h"
#include "guest-runtime/entry/sites.h"
#include "guest-runtime/entry/vcpu.h"
#include "guest-runtime/fs/file.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/lib/panic.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/oom.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/tick.h"

#include <asm/siginfo.h>
#include <asm/signal.h>

enum vector {
	VECTOR_DIVIDE = 0,
	VECTOR_DEBUG = 1,
	VECTOR_LOST_PAGE = 2, /* from the monitor: abi/hypercalls.h, FS_MAP and TIMER */
	VECTOR_BREAKPOINT = 3,
	VECTOR_OVERFLOW = 4,
	VECTOR_BOUND = 5,
	VECTOR_OPCODE = 6,
	VECTOR_TASK = 10,
	VECTOR_SEGMENT = 11,
	VECTOR_STACK = 12,
	VECTOR_PROTECTION = 13,
	VECTOR_PAGE = 14,
	VECTOR_X87 = 16,
	VECTOR_ALIGNMENT = 17,
	VECTOR_SIMD = 19,
};

#define LINUX_USER_END 0x7ffffffff000 /* end of the addresses that programs have there */

/* So often, not farther apart: not about files; the host has no memory, perhaps. */
#define LOST_IN_VAIN_MAX 1000
#define LOST_IN_VAIN_NS	 1000000

/* Error code of a page fault. */
enum { FAULT_PRESENT = 1, FAULT_WRITE = 2, FAULT_FETCH = 16 };

/* What Linux sends a process for its exceptions (arch/x86/kernel/traps.c). */
static const struct {
	uint8_t signal;
	int16_t code;
	bool at_instruction; /* si_addr is RIP, else 0 */
} fault_signals[VCPU_VECTORS] = {
	[VECTOR_DIVIDE] = { SIGFPE, FPE_INTDIV, true },
	[VECTOR_DEBUG] = { SIGTRAP, TRAP_TRACE, true },
	[VECTOR_BREAKPOINT] = { SIGTRAP, SI_KERNEL, false },
	[VECTOR_OVERFLOW] = { SIGSEGV, SI_KERNEL, false },
	[VECTOR_BOUND] = { SIGSEGV, SI_KERNEL, false },
	[VECTOR_OPCODE] = { SIGILL, ILL_ILLOPN, true },
	[VECTOR_TASK] = { SIGSEGV, SI_KERNEL, false },
	[VECTOR_SEGMENT] = { SIGBUS, SI_KERNEL, false },
	[VECTOR_STACK] = { SIGBUS, SI_KERNEL, false },
	[VECTOR_PROTECTION] = { SIGSEGV, SI_KERNEL, false },
	[VECTOR_X87] = { SIGFPE, FPE_FLTINV, true },
	[VECTOR_ALIGNMENT] = { SIGBUS, BUS_ADRALN, false },
	[VECTOR_SIMD] = { SIGFPE, FPE_FLTINV, true },
};

/* Instructions that may fault on program memory, and where they go on (mm/copy.S). */
extern const struct fixup {
	uint64_t at, go_on;
} fault_table[], fault_table_end[];

static uint64_t fixup_of(uint64_t rip)
{
	for (const struct fixup *fixup = fault_table; (uintptr_t)fixup < (uintptr_t)fault_table_end;
	     fixup++)
		if (fixup->at == rip)
			return fixup->go_on;
	return 0;
}

/* What the nucleus asks, too: the image and nothing else is the runtime's code. */
static bool in_runtime(uint64_t rip)
{
	return rip - GUEST_DIRECT_BASE < HUGE_SIZE;
}

static enum mm_fault_result fill(const struct frame *frame, uint64_t address, uint64_t error)
{
	struct mm *mm = current()->process->mm;
	enum mm_access access = error & FAULT_WRITE   ? MM_WRITE
				: error & FAULT_FETCH ? MM_EXEC
						      : MM_READ;

	if (address >= GUEST_USER_END)
		return MM_FAULT_MAPERR;
	enum mm_fault_result result = mm_fault(mm, address, access);
	if (result == MM_FAULT_NO_MEMORY && mm_reclaim(!in_runtime(frame->rip)))
		result = mm_fault(mm, address, access);
	return result;
}

/*
 * A page of a host file that somebody maps is gone. When the file was made
 * shorter, the same instruction then has an ordinary page fault; when it has
 * grown again meanwhile, the page is back.
 */
static void forget_lost(void)
{
	static unsigned int in_vain;
	static int64_t last;
	int64_t now = clock_monotonic_ns();

	/* Alarms come this way, too, but not one after the other. */
	if (file_forget_lost() || now - last > LOST_IN_VAIN_NS)
		in_vain = 0;
	else if (++in_vain > LOST_IN_VAIN_MAX)
		panic("the host lost a page of memory");
	last = now;
}

static void lost_page(struct frame *frame)
{
	uint64_t go_on = fixup_of(frame->rip);

	forget_lost();
	/* A copy out of the window itself, which has no page fault to come. */
	if (in_runtime(frame->rip) && go_on && frame->rsi >= GUEST_USER_END &&
	    frame->rdi >= GUEST_USER_END)
		frame->rip = go_on;
}

static void runtime_event(struct frame *frame, uint64_t vector, uint64_t error, uint64_t cr2)
{
	uint64_t go_on = fixup_of(frame->rip);

	/*
	 * The program's TF or AC, still set after a jump from a rewritten site;
	 * its own copy is saved.
	 */
	if ((vector == VECTOR_DEBUG && (frame->rflags & RFLAGS_TF)) ||
	    (vector == VECTOR_ALIGNMENT && (frame->rflags & RFLAGS_AC))) {
		frame->rflags &= ~(uint64_t)(RFLAGS_TF | RFLAGS_AC);
		return;
	}

	if (vector != VECTOR_PAGE || !go_on)
		panic_frame(frame, vector, error, cr2);
	enum mm_fault_result result = fill(frame, cr2, error);
	/*
	 * No memory for what a system call touches is no bad address: somebody
	 * ends, as on Linux.
	 */
	if (result == MM_FAULT_NO_MEMORY && oom_kill())
		return;
	if (result != MM_FAULT_DONE)
		frame->rip = go_on;
}

/* For a handler to see. Linux does not tell what is mapped outside of a program's addresses. */
static void note_trap(struct thread *thread, uint64_t vector, uint64_t error, uint64_t cr2)
{
	thread->trap_vector = (uint32_t)vector;
	thread->trap_error = (uint32_t)error;
	if (vector != VECTOR_PAGE)
		return;
	thread->trap_address = cr2;
	if (cr2 >= LINUX_USER_END)
		thread->trap_error |= FAULT_PRESENT;
}

static void page_fault(struct thread *thread, uint64_t error, uint64_t cr2)
{
	enum mm_fault_result result = fill(thread->frame, cr2, error);

	if (result == MM_FAULT_DONE) {
		thread->minor_faults++;
		return;
	}
	note_trap(thread, VECTOR_PAGE, error, cr2);
	if (result == MM_FAULT_MAPERR)
		signal_fault(thread, SIGSEGV, SEGV_MAPERR, cr2);
	else if (result == MM_FAULT_ACCERR)
		signal_fault(thread, SIGSEGV, SEGV_ACCERR, cr2);
	else if (result == MM_FAULT_BUS)
		signal_fault(thread, SIGBUS, BUS_ADRERR, cr2);
	else
		oom_kill();
}

static void other_fault(struct thread *thread, uint64_t vector, uint64_t error)
{
	const struct frame *frame = thread->frame;
	int code = fault_signals[vector].code;

	/* INT1, not a step. */
	if (vector == VECTOR_DEBUG && !(frame->rflags & RFLAGS_TF))
		code = TRAP_BRKPT;
	note_trap(thread, vector, error, 0);
	signal_fault(thread, fault_signals[vector].signal, code,
		     fault_signals[vector].at_instruction ? frame->rip : 0);
}

void event_dispatch(struct frame *frame, uint64_t vector, uint64_t error, uint64_t cr2)
{
	struct thread *thread = current();

	mm_epoch++;
	if (vector == VECTOR_LOST_PAGE && !in_runtime(frame->rip) && tick_event()) {
		forget_lost(); /* which may have happened, too */
		thread->frame = frame;
		tick_return();
		/* Another thread may have had the instruction moved meanwhile. */
		frame->rip = sites_return(frame->rip);
		signal_deliver(thread);
		return;
	}
	if (vector == VECTOR_LOST_PAGE) {
		lost_page(frame);
		return;
	}
	if (in_runtime(frame->rip)) {
		runtime_event(frame, vector, error, cr2);
		return;
	}
	thread->frame = frame;
	if (vector == VECTOR_PAGE)
		page_fault(thread, error, cr2);
	else if (vector == VECTOR_PROTECTION && cpuid_event(frame))
		return;
	else if (vector < VCPU_VECTORS && fault_signals[vector].signal)
		other_fault(thread, vector, error);
	else
		panic_frame(frame, vector, error, cr2);
	tick_return();
	frame->rip = sites_return(frame->rip);
	signal_deliver(thread);
}
