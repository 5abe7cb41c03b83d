// SPDX-License-Identifier: Apache-2.0
/*
 * Actions and masks, faults, and what happens about pending signals on the way
 * back to the program. proc/signal-frame.c builds the handlers' frames.
 */
#include "guest-runtime/proc/signal.h"

#include "guest-runtime/entry/frame.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/group.h"
#include "guest-runtime/proc/posix-timer.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/sched.h"
#include "guest-runtime/proc/signal-fpu.h"
#include "guest-runtime/proc/signal-frame.h"
#include "guest-runtime/proc/signal-stop.h"
#include "guest-runtime/sys/restart.h"
#include "guest-runtime/trace/trace.h"

#include <asm/siginfo.h>
#include <asm/signal.h>
#include <asm/unistd.h>
#include <linux/errno.h>

#define BIT		SIGNAL_BIT
/* Cannot be blocked, caught or ignored. */
#define UNBLOCKABLE	(BIT(SIGKILL) | BIT(SIGSTOP))
/* SIG_DFL does nothing. */
#define DEFAULT_IGNORED (BIT(SIGCHLD) | BIT(SIGURG) | BIT(SIGWINCH) | BIT(SIGCONT))

static struct signal_action *action_of(struct thread *thread, int signo)
{
	return &thread->process->actions->action[signo - 1];
}

static bool ignores(const struct signal_action *action, int signo)
{
	return action->handler == SIGNAL_IGNORE ||
	       (action->handler == SIGNAL_DEFAULT && (DEFAULT_IGNORED & BIT(signo)));
}

bool signal_is_ignored(const struct process *process, int signo)
{
	return ignores(&process->actions->action[signo - 1], signo);
}

static void force(struct thread *thread, const struct signal_info *info)
{
	struct signal_state *state = &thread->signals;
	struct signal_action *action = action_of(thread, info->signo);
	sigmask_t bit = BIT(info->signo);

	/* The program cannot go on past this: with no handler that may run, it ends. */
	if ((state->blocked & bit) || action->handler == SIGNAL_IGNORE)
		action->handler = SIGNAL_DEFAULT;
	state->blocked &= ~bit;
	signal_queue_drop(&state->pending, bit);
	signal_send_thread(thread, info);
}

void signal_fault(struct thread *thread, int signo, int code, uint64_t address)
{
	struct signal_info info = { .signo = signo, .code = code };

	if (signo == SIGFPE && code != FPE_INTDIV)
		info.code = fpu_exception_code(thread->trap_vector);
	info.fault.address = address;
	force(thread, &info);
}

bool signal_take(struct thread *thread, sigmask_t set, struct signal_info *info)
{
	return signal_queue_take(&thread->signals.pending, set, info) ||
	       signal_queue_take(&thread->process->pending, set, info);
}

sigmask_t signal_set_pending(const struct thread *thread)
{
	return thread->signals.pending.set | thread->process->pending.set;
}

void signal_set_action(struct thread *thread, int signo, const struct signal_action *action)
{
	struct signal_action *mine = action_of(thread, signo);

	*mine = *action;
	mine->mask &= ~UNBLOCKABLE;
	if (!ignores(mine, signo)) {
		posix_timers_heed(thread->process, signo);
		return;
	}
	signal_queue_drop(&thread->process->pending, BIT(signo));
	for_each_thread(other, thread->process)
		signal_queue_drop(&other->signals.pending, BIT(signo));
}

void signal_ignore(struct process *process, sigmask_t set)
{
	for (int i = 0; i < SIGNALS; i++)
		if ((set & ~UNBLOCKABLE) & BIT(i + 1))
			process->actions->action[i].handler = SIGNAL_IGNORE;
}

void signal_reset(struct thread *thread)
{
	struct signal_state *state = &thread->signals;

	for (int signo = 1; signo <= SIGNALS; signo++) {
		struct signal_action *action = action_of(thread, signo);
		bool ignored = action->handler == SIGNAL_IGNORE;

		*action = (struct signal_action){ .handler = ignored ? SIGNAL_IGNORE
								     : SIGNAL_DEFAULT };
	}
	state->altstack_base = state->altstack_size = 0;
	posix_timers_delete(thread->process);
}

bool signal_pending(const struct thread *thread)
{
	const struct signal_state *state = &thread->signals;

	return thread->ending || state->stopping ||
	       (signal_set_pending(thread) & (~state->blocked | state->waited));
}

void signal_mask_begin(struct thread *thread, sigmask_t mask)
{
	struct signal_state *state = &thread->signals;

	state->saved = state->blocked;
	state->mask_saved = true;
	state->blocked = mask & ~UNBLOCKABLE;
	signal_hand_over(thread, state->blocked & ~state->saved);
}

void signal_mask_end(struct thread *thread)
{
	struct signal_state *state = &thread->signals;

	if (state->mask_saved)
		state->blocked = state->saved;
	state->mask_saved = false;
}

/* An interrupted system call, before its handler's frame (action) or without one (NULL). */
static void restart(struct frame *frame, const struct signal_action *action)
{
	uint64_t number = frame->orig_rax;
	bool again = true;

	if (number == (uint64_t)-1)
		return;
	switch (-(int64_t)frame->rax) {
	case ERESTART_RESTARTBLOCK:
		number = __NR_restart_syscall;
		/* fall through */
	case ERESTARTNOHAND:
		again = !action;
		break;
	case ERESTARTSYS:
		again = !action || (action->flags & SA_RESTART);
		break;
	case ERESTARTNOINTR:
		break;
	default:
		return;
	}
	frame->rax = again ? number : (uint64_t)-EINTR;
	frame->rip -= again ? 2 : 0; /* back to SYSCALL */
	frame->orig_rax = (uint64_t)-1;
}

static void call_handler(struct thread *thread, const struct signal_info *info)
{
	struct signal_state *state = &thread->signals;
	struct signal_action *mine = action_of(thread, info->signo);
	const struct signal_action action = *mine;

	restart(thread->frame, &action);
	bool sound = rseq_abort(thread);
	if (action.flags & SA_RESETHAND)
		mine->handler = SIGNAL_DEFAULT;
	if (!sound || !signal_frame_push(thread, info, &action,
					 state->mask_saved ? state->saved : state->blocked)) {
		/*
		 * No stack for the handler, or nowhere to return to from it:
		 * ends the program, unless SIGSEGV has its own way.
		 */
		if (info->signo == SIGSEGV)
			mine->handler = SIGNAL_DEFAULT;
		signal_fault(thread, SIGSEGV, SI_KERNEL, 0);
		return;
	}
	sigmask_t more = (action.mask | (action.flags & SA_NODEFER ? 0 : BIT(info->signo))) &
			 ~(UNBLOCKABLE | state->blocked);
	state->mask_saved = false;
	state->blocked |= more;
	signal_hand_over(thread, more);
}

/* One signal without a handler. */
static void act_by_default(struct thread *thread, int signo)
{
	struct process *process = thread->process;

	if (!(SIGNALS_STOP & BIT(signo)))
		process_end(signo);
	/* Nobody would make it go on. */
	if (signo == SIGSTOP || !group_is_orphaned(process->pgid))
		signal_stop_begin(process, signo);
}

/* The next thing to do before the program goes on. False: nothing is left. */
static bool act(struct thread *thread, bool *called)
{
	struct signal_info info;

	if (thread->ending)
		thread_end(0);
	if (thread->signals.stopping) {
		signal_stop_here(thread);
		return true;
	}
	if (!signal_take(thread, ~thread->signals.blocked, &info))
		return false;
	const struct signal_action *action = action_of(thread, info.signo);
	if (ignores(action, info.signo))
		return true;
	if (trace_on)
		trace_signal(info.signo);
	if (action->handler == SIGNAL_DEFAULT) {
		act_by_default(thread, info.signo);
	} else {
		call_handler(thread, &info);
		*called = true;
	}
	return true;
}

bool signal_deliver(struct thread *thread)
{
	bool called = false;

	for (;;) {
		while (act(thread, &called))
			;
		if (!called)
			restart(thread->frame, NULL);
		if (!thread->rseq.due || rseq_abort(thread))
			break;
		signal_fault(thread, SIGSEGV, SI_KERNEL, 0);
	}
	signal_mask_end(thread);
	return called;
}
