// SPDX-License-Identifier: Apache-2.0
/*
 * Handlers' frames as Linux lays them out: from the old stack pointer down the
 * red zone, the FPU state (64-byte aligned), then struct rt_sigframe, so placed
 * that the handler starts as if called. And the alternate stack.
 */
#include "guest-runtime/proc/signal-frame.h"

#include "abi/layout.h"
#include "guest-runtime/entry/frame.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/signal-fpu.h"

#include <asm/sigcontext.h>
#include <linux/errno.h>
#include <linux/signal.h>

#define RED_ZONE  128
#define FPU_ALIGN 64

/* asm/ucontext.h needs C library types. */
#define UC_FP_XSTATE	     1
#define UC_SIGCONTEXT_SS     2
#define UC_STRICT_RESTORE_SS 4

#define STACK_MIN 2048 /* MINSIGSTKSZ */

struct context {
	uint64_t flags, link;
	struct signal_stack stack;
	struct sigcontext registers;
	sigmask_t mask;
};

struct rt_sigframe {
	uint64_t restorer; /* the handler's return address */
	struct context context;
	struct signal_info info;
};

_Static_assert(sizeof(struct sigcontext) == 256, "Linux ABI");
_Static_assert(offsetof(struct rt_sigframe, info) == 312, "Linux ABI");

/* CF PF AF ZF SF TF DF OF RF AC: what sigreturn may set. TF of a handler is cleared. */
#define FLAGS_SETTABLE 0x50dd5ull
#define FLAG_TF	       0x100ull
#define FLAG_DF	       0x400ull
#define FLAG_RF	       0x10000ull

/* Bit n: the CPU pushes an error code for vector n. */
#define WITH_ERROR 0x27d00ull

uint64_t signal_frame_size(void)
{
	return ALIGN_UP(sizeof(struct rt_sigframe) + 24 + FPU_ALIGN + fpu_frame_size(), 16);
}

static bool within_stack(const struct signal_state *state, uint64_t sp)
{
	return sp > state->altstack_base && sp - state->altstack_base <= state->altstack_size;
}

/* Disarmed stacks are never in use. */
static bool on_stack(const struct signal_state *state, uint64_t sp)
{
	return !(state->altstack_flags & SS_AUTODISARM) && within_stack(state, sp);
}

void signal_stack_get(const struct thread *thread, struct signal_stack *old)
{
	const struct signal_state *state = &thread->signals;

	*old = (struct signal_stack){
		.base = state->altstack_base,
		.size = state->altstack_size,
		.flags = state->altstack_flags & SS_AUTODISARM,
	};
	if (!state->altstack_size)
		old->flags |= SS_DISABLE;
	else if (on_stack(state, thread->frame->rsp))
		old->flags |= SS_ONSTACK;
}

int signal_stack_set(struct thread *thread, const struct signal_stack *new)
{
	struct signal_state *state = &thread->signals;
	uint32_t mode = new->flags & ~SS_AUTODISARM;

	if (on_stack(state, thread->frame->rsp))
		return -EPERM;
	if (mode != 0 && mode != SS_ONSTACK && mode != SS_DISABLE)
		return -EINVAL;
	if (mode != SS_DISABLE && new->size < STACK_MIN)
		return -ENOMEM;
	state->altstack_base = mode == SS_DISABLE ? 0 : new->base;
	state->altstack_size = mode == SS_DISABLE ? 0 : new->size;
	state->altstack_flags = new->flags;
	return 0;
}

/* Places the FPU state and the frame; false when they would leave the alternate stack. */
static bool place(const struct thread *thread, const struct signal_action *action, uint64_t *fpu,
		  uint64_t *frame)
{
	const struct signal_state *state = &thread->signals;
	uint64_t sp = thread->frame->rsp;
	bool nested = state->altstack_size && on_stack(state, sp);
	bool entering = (action->flags & SA_ONSTACK) && state->altstack_size && !nested;

	sp = entering ? state->altstack_base + state->altstack_size : sp - RED_ZONE;
	*fpu = ALIGN_DOWN(sp - fpu_frame_size(), (uint64_t)FPU_ALIGN);
	/* RSP + 8 is a multiple of 16 at a function's entry. */
	*frame = ALIGN_DOWN(*fpu - sizeof(struct rt_sigframe), (uint64_t)16) - 8;
	return (!nested && !entering) || within_stack(state, *frame);
}

static struct sigcontext save_registers(const struct thread *thread, uint64_t fpu, sigmask_t mask)
{
	const struct frame *f = thread->frame;

	return (struct sigcontext){
		.r8 = f->r8,
		.r9 = f->r9,
		.r10 = f->r10,
		.r11 = f->r11,
		.r12 = f->r12,
		.r13 = f->r13,
		.r14 = f->r14,
		.r15 = f->r15,
		.rdi = f->rdi,
		.rsi = f->rsi,
		.rbp = f->rbp,
		.rbx = f->rbx,
		.rdx = f->rdx,
		.rax = f->rax,
		.rcx = f->rcx,
		.rsp = f->rsp,
		.rip = f->rip,
		.eflags = f->rflags,
		.cs = (uint16_t)f->cs,
		.ss = (uint16_t)f->ss,
		.err = WITH_ERROR >> thread->trap_vector & 1 ? thread->trap_error : 0,
		.trapno = thread->trap_vector,
		.oldmask = mask,
		.cr2 = thread->trap_address,
		.fpstate = (struct _fpstate *)fpu,
	};
}

static void enter_handler(struct frame *f, const struct signal_action *action, int signo,
			  uint64_t at)
{
	f->rdi = (uint64_t)signo;
	f->rsi = at + offsetof(struct rt_sigframe, info);
	f->rdx = at + offsetof(struct rt_sigframe, context);
	f->rax = 0; /* no vector registers are passed to a handler without a prototype */
	f->rip = action->handler;
	f->rsp = at;
	f->cs = GUEST_CS_USER;
	f->ss = GUEST_DS_USER;
	f->rflags &= ~(FLAG_DF | FLAG_RF | FLAG_TF);
	f->orig_rax = (uint64_t)-1;
}

bool signal_frame_push(struct thread *thread, const struct signal_info *info,
		       const struct signal_action *action, sigmask_t mask)
{
	struct signal_state *state = &thread->signals;
	uint64_t fpu, at;

	/* IRETQ to an address that is none would be an exception of the runtime. */
	if (!(action->flags & SA_RESTORER) || action->handler >= GUEST_USER_END)
		return false;
	if (!place(thread, action, &fpu, &at))
		return false;
	struct rt_sigframe frame = {
		.restorer = action->restorer,
		.context.flags = UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS |
				 (fpu_has_xstate() ? UC_FP_XSTATE : 0),
		.context.registers = save_registers(thread, fpu, mask),
		.context.stack = { .base = state->altstack_base,
				   .size = state->altstack_size,
				   .flags = state->altstack_flags },
		.context.mask = mask,
		.info = *info,
	};
	if (fpu_save(fpu) || copy_to_user(at, &frame, sizeof(frame)))
		return false;
	fpu_reset();
	if (state->altstack_flags & SS_AUTODISARM) {
		state->altstack_base = state->altstack_size = 0;
		state->altstack_flags = SS_DISABLE;
	}
	enter_handler(thread->frame, action, info->signo, at);
	return true;
}

static void load_registers(struct frame *f, const struct sigcontext *saved)
{
	f->r8 = saved->r8;
	f->r9 = saved->r9;
	f->r10 = saved->r10;
	f->r11 = saved->r11;
	f->r12 = saved->r12;
	f->r13 = saved->r13;
	f->r14 = saved->r14;
	f->r15 = saved->r15;
	f->rdi = saved->rdi;
	f->rsi = saved->rsi;
	f->rbp = saved->rbp;
	f->rbx = saved->rbx;
	f->rdx = saved->rdx;
	f->rax = saved->rax;
	f->rcx = saved->rcx;
	f->rsp = saved->rsp;
	f->rip = saved->rip;
	f->rflags = (f->rflags & ~FLAGS_SETTABLE) | (saved->eflags & FLAGS_SETTABLE);
	/* The only selectors there are. */
	f->cs = GUEST_CS_USER;
	f->ss = GUEST_DS_USER;
	f->orig_rax = (uint64_t)-1;
}

int signal_frame_pop(struct thread *thread)
{
	/* The restorer was reached by RET, which took the return address off. */
	uva_t at = thread->frame->rsp - sizeof(uint64_t);
	struct context saved;

	if (copy_from_user(&saved, at + offsetof(struct rt_sigframe, context), sizeof(saved)))
		return -EFAULT;
	if (saved.registers.rip >= GUEST_USER_END)
		return -EFAULT;
	thread->signals.blocked = saved.mask & ~(SIGNAL_BIT(SIGKILL) | SIGNAL_BIT(SIGSTOP));
	if (!saved.registers.fpstate)
		fpu_reset();
	else if (fpu_restore((uva_t)saved.registers.fpstate))
		return -EFAULT;
	load_registers(thread->frame, &saved.registers);
	/* As Linux: a stack that cannot be set is not an error here. */
	signal_stack_set(thread, &saved.stack);
	return 0;
}
