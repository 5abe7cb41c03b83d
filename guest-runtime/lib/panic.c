// SPDX-License-Identifier: Apache-2.0
/* The end of a broken runtime: a message and registers for the monitor to print. */
#include "guest-runtime/lib/panic.h"

#include "guest-runtime/entry/frame.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/lib/lib.h"

/* struct hc_panic's order. */
enum reg {
	RAX,
	RBX,
	RCX,
	RDX,
	RSI,
	RDI,
	RBP,
	R8,
	R9,
	R10,
	R11,
	R12,
	R13,
	R14,
	R15,
	RIP,
	RSP,
	RFLAGS,
	CR2,
	VECTOR
};

_Static_assert(VECTOR == HC_PANIC_REGS - 1, "abi/hypercalls.h");

#define NO_VECTOR UINT64_MAX /* no exception: panic() was called */

/* Static: the stack may be what is broken. */
static struct hc_panic report;

_Noreturn void panic(const char *text, ...)
{
	uint64_t *regs = report.regs;
	va_list args;

	__asm__ volatile("mov %%rbx, %c[rbx](%[r])\n\t"
			 "mov %%r12, %c[r12](%[r])\n\t"
			 "mov %%r13, %c[r13](%[r])\n\t"
			 "mov %%r14, %c[r14](%[r])\n\t"
			 "mov %%r15, %c[r15](%[r])"
			 :
			 : [r] "r"(regs), [rbx] "i"(RBX * 8), [r12] "i"(R12 * 8),
			   [r13] "i"(R13 * 8), [r14] "i"(R14 * 8), [r15] "i"(R15 * 8)
			 : "memory");
	regs[RIP] = (uint64_t)__builtin_return_address(0);
	regs[RSP] = (uint64_t)__builtin_frame_address(0);
	regs[VECTOR] = NO_VECTOR;
	va_start(args, text);
	vformat(report.message, sizeof(report.message), text, args);
	va_end(args);
	host_panic(&report);
}

static const char *const vector_names[] = {
	[0] = "divide error",	     [1] = "debug exception", [2] = "NMI",
	[3] = "breakpoint",	     [4] = "overflow",	      [5] = "bound range",
	[6] = "invalid opcode",	     [7] = "no FPU",	      [8] = "double fault",
	[10] = "invalid TSS",	     [11] = "segment absent", [12] = "stack fault",
	[13] = "general protection", [14] = "page fault",     [16] = "x87 error",
	[17] = "alignment check",    [18] = "machine check",  [19] = "SIMD error",
};

_Noreturn void panic_frame(const struct frame *frame, uint64_t vector, uint64_t error, uint64_t cr2)
{
	const struct frame *f = frame;
	const uint64_t regs[HC_PANIC_REGS] = {
		[RAX] = f->rax, [RBX] = f->rbx, [RCX] = f->rcx,	      [RDX] = f->rdx,
		[RSI] = f->rsi, [RDI] = f->rdi, [RBP] = f->rbp,	      [R8] = f->r8,
		[R9] = f->r9,	[R10] = f->r10, [R11] = f->r11,	      [R12] = f->r12,
		[R13] = f->r13, [R14] = f->r14, [R15] = f->r15,	      [RIP] = f->rip,
		[RSP] = f->rsp, [CR2] = cr2,	[RFLAGS] = f->rflags, [VECTOR] = vector,
	};
	const char *name = vector < ARRAY_SIZE(vector_names) ? vector_names[vector] : NULL;

	memcpy(report.regs, regs, sizeof(regs));
	format(report.message, sizeof(report.message), "%s (vector %lu, error 0x%lx) at 0x%lx",
	       name ? name : "exception", vector, error, f->rip);
	host_panic(&report);
}
