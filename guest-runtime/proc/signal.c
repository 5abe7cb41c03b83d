// SPDX-License-Identifier: Apache-2.0
/*
 * What is pending, and what happens about it: queueing, masks, default actions
 * and the loop on the way back to the program. proc/signal-frame.c builds the
 * handlers' frames.
 */
#include "guest-runtime/proc/signal.h"

#include "guest-runtime/entry/frame.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/sched.h"
#include "guest-runtime/proc/signal-fpu.h"
#include "guest-runtime/proc/signal-frame.h"
#include "guest-runtime/sys/restart.h"
#include "guest-runtime/trace/trace.h"

#include <asm/siginfo.h>
#include <asm/signal.h>
#include <linux/errno.h>
#include <linux/resource.h>

#define HANDLER_DEFAULT 0 /* SIG_DFL and SIG_IGN as numbers */
#define HANDLER_IGNORE	1

#define QUEUE_MAX 4096 /* entries, whatever RLIMIT_SIGPENDING says: about 1 MiB */

#define BIT	    SIGNAL_BIT
/* Cannot be blocked, caught or ignored. */
#define UNBLOCKABLE (BIT(SIGKILL) | BIT(SIGSTOP))
/* SIG_DFL does nothing; for the last four it would stop the process (see the header). */
#define DEFAULT_IGNORED \
	(BIT(SIGCHLD) | BIT(SIGURG) | BIT(SIGWINCH) | BIT(SIGCONT) | BIT(SIGSTOP) | BIT(SIGTSTP) | \
	 BIT(SIGTTIN) | BIT(SIGTTOU))

static struct signal_action *action_of(struct thread *thread, int signo)
{
	return &thread->process->actions->action[signo - 1];
}

static bool ignores(const struct signal_action *action, int signo)
{
	return action->handler == HANDLER_IGNORE ||
	       (action->handler == HANDLER_DEFAULT && (DEFAULT_IGNORED & BIT(signo)));
}

bool signal_is_ignored(const struct process *process, int signo)
{
	return ignores(&process->actions->action[signo - 1], signo);
}

static sigmask_t wanted(const struct thread *thread)
{
	return ~thread->signals.blocked | thread->signals.waited;
}

/* What is pending has changed for the thread: it looks, if it can act on the signal. */
static void notify(struct thread *thread, int signo)
{
	if ((wanted(thread) & BIT(signo)) && thread->state == THREAD_SLEEPING)
		sched_ready(thread);
}

static uint64_t most_pending(const struct process *process)
{
	return MIN(process->limits[RLIMIT_SIGPENDING].soft, QUEUE_MAX);
}

/* A blocked signal is kept though ignored: it may have an action when it is unblocked. */
static bool is_in_vain(const struct process *process, int signo)
{
	if (process->state == PROCESS_ZOMBIE)
		return true;
	if (!signal_is_ignored(process, signo))
		return false;
	for_each_thread(thread, process) if (thread->signals.blocked & BIT(signo)) return false;
	return true;
}

int signal_send_thread(struct thread *thread, const struct signal_info *info)
{
	struct process *process = thread->process;

	if (is_in_vain(process, info->signo))
		return 0;
	int error = signal_queue_add(&thread->signals.pending, info, most_pending(process));
	if (error)
		return error;
	notify(thread, info->signo);
	wait_queue_wake(&process->signalled, 0);
	return 0;
}

/* The leader, or the first that does not block it. */
static struct thread *who_acts(const struct process *process, int signo)
{
	for_each_thread(thread, process) if ((wanted(thread) & BIT(signo)) &&
					     !thread->ending) return thread;
	return NULL;
}

int signal_send_process(struct process *process, const struct signal_info *info)
{
	if (is_in_vain(process, info->signo))
		return 0;
	if (info->signo == SIGKILL) {
		process_kill(process, SIGKILL);
		return 0;
	}
	int error = signal_queue_add(&process->pending, info, most_pending(process));
	if (error)
		return error;
	struct thread *thread = who_acts(process, info->signo);
	if (thread)
		notify(thread, info->signo);
	wait_queue_wake(&process->signalled, 0);
	return 0;
}

int signal_send_group(int pgid, const struct signal_info *info)
{
	int count = 0;

	for_each_process(process)
	{
		if (process->pgid != pgid)
			continue;
		signal_send_process(process, info);
		count++;
	}
	return count;
}

void signal_send_kernel(struct process *process, int signo)
{
	const struct signal_info info = { .signo = signo, .code = SI_KERNEL };

	signal_send_process(process, &info);
}

void signal_raise_self(int signo)
{
	const struct process *process = current()->process;
	struct signal_info info = { .signo = signo, .code = SI_USER };

	info.kill.pid = process->pid;
	info.kill.uid = process->uid;
	signal_send_thread(current(), &info);
}

static void force(struct thread *thread, const struct signal_info *info)
{
	struct signal_state *state = &thread->signals;
	struct signal_action *action = action_of(thread, info->signo);
	sigmask_t bit = BIT(info->signo);

	/* The program cannot go on past this: with no handler that may run, it ends. */
	if ((state->blocked & bit) || action->handler == HANDLER_IGNORE)
		action->handler = HANDLER_DEFAULT;
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
	if (!ignores(mine, signo))
		return;
	signal_queue_drop(&thread->process->pending, BIT(signo));
	for_each_thread(other, thread->process)
		signal_queue_drop(&other->signals.pending, BIT(signo));
}

void signal_ignore(struct process *process, sigmask_t set)
{
	for (int i = 0; i < SIGNALS; i++)
		if ((set & ~UNBLOCKABLE) & BIT(i + 1))
			process->actions->action[i].handler = HANDLER_IGNORE;
}

void signal_reset(struct thread *thread)
{
	struct signal_state *state = &thread->signals;

	for (int signo = 1; signo <= SIGNALS; signo++) {
		struct signal_action *action = action_of(thread, signo);
		bool ignored = action->handler == HANDLER_IGNORE;

		*action = (struct signal_action){ .handler = ignored ? HANDLER_IGNORE
								     : HANDLER_DEFAULT };
	}
	state->altstack_base = state->altstack_size = 0;
	state->altstack_flags = 0;
}

bool signal_pending(const struct thread *thread)
{
	return thread->ending || (signal_set_pending(thread) & wanted(thread));
}

void signal_mask_begin(struct thread *thread, sigmask_t mask)
{
	struct signal_state *state = &thread->signals;

	state->saved = state->blocked;
	state->mask_saved = true;
	state->blocked = mask & ~UNBLOCKABLE;
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
	bool again = true;

	if (frame->orig_rax == (uint64_t)-1)
		return;
	switch (-(int64_t)frame->rax) {
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
	frame->rax = again ? frame->orig_rax : (uint64_t)-EINTR;
	frame->rip -= again ? 2 : 0; /* back to SYSCALL */
	frame->orig_rax = (uint64_t)-1;
}

static void call_handler(struct thread *thread, const struct signal_info *info)
{
	struct signal_state *state = &thread->signals;
	struct signal_action *mine = action_of(thread, info->signo);
	const struct signal_action action = *mine;

	restart(thread->frame, &action);
	if (action.flags & SA_RESETHAND)
		mine->handler = HANDLER_DEFAULT;
	if (!signal_frame_push(thread, info, &action,
			       state->mask_saved ? state->saved : state->blocked)) {
		/* No stack for the handler: ends the program, unless SIGSEGV has its own way. */
		if (info->signo == SIGSEGV)
			mine->handler = HANDLER_DEFAULT;
		signal_fault(thread, SIGSEGV, SI_KERNEL, 0);
		return;
	}
	state->mask_saved = false;
	state->blocked |= action.mask;
	if (!(action.flags & SA_NODEFER))
		state->blocked |= BIT(info->signo);
	state->blocked &= ~UNBLOCKABLE;
}

bool signal_deliver(struct thread *thread)
{
	struct signal_state *state = &thread->signals;
	struct signal_info info;
	bool called = false;

	if (thread->ending)
		thread_end(0);
	while (signal_take(thread, ~state->blocked, &info)) {
		const struct signal_action *action = action_of(thread, info.signo);

		if (ignores(action, info.signo))
			continue;
		if (trace_on)
			trace_signal(info.signo);
		if (action->handler == HANDLER_DEFAULT)
			process_end(info.signo);
		call_handler(thread, &info);
		called = true;
	}
	if (!called)
		restart(thread->frame, NULL);
	signal_mask_end(thread);
	return called;
}
