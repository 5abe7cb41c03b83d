// SPDX-License-Identifier: Apache-2.0
/*
 * What is pending, and what happens about it: queueing, masks, default actions
 * and the loop on the way back to the program. proc/signal-frame.c builds the
 * handlers' frames.
 */
#include "guest-runtime/proc/signal.h"

#include "guest-runtime/entry/frame.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"
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
/* Acted on before others: what the program's next instruction did. */
#define SYNCHRONOUS \
	(BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGFPE) | BIT(SIGSYS))
/* SIG_DFL does nothing; for the last four it would stop the process (see the header). */
#define DEFAULT_IGNORED \
	(BIT(SIGCHLD) | BIT(SIGURG) | BIT(SIGWINCH) | BIT(SIGCONT) | BIT(SIGSTOP) | BIT(SIGTSTP) | \
	 BIT(SIGTTIN) | BIT(SIGTTOU))

struct entry {
	struct list node;
	struct signal_info info;
};

static struct entry *entry_of(struct list *node)
{
	return container_of(node, struct entry, node);
}

static struct signal_action *action_of(struct thread *thread, int signo)
{
	return &thread->process->actions.action[signo - 1];
}

static bool ignores(const struct signal_action *action, int signo)
{
	return action->handler == HANDLER_IGNORE ||
	       (action->handler == HANDLER_DEFAULT && (DEFAULT_IGNORED & BIT(signo)));
}

static uint64_t queue_length(const struct signal_state *state)
{
	uint64_t length = 0;

	list_for_each (node, &state->queue)
		length++;
	return length;
}

int signal_raise(struct thread *thread, const struct signal_info *info)
{
	struct signal_state *state = &thread->signals;
	uint64_t most = MIN(thread->process->limits[RLIMIT_SIGPENDING].soft, QUEUE_MAX);
	sigmask_t bit = BIT(info->signo);
	bool standard = info->signo < SIGRTMIN;
	struct entry *entry = NULL;

	/* A blocked signal is kept: it may have an action when it is unblocked. */
	if (!(state->blocked & bit) && ignores(action_of(thread, info->signo), info->signo))
		return 0;
	if (standard && (state->pending & bit))
		return 0;
	if (standard || queue_length(state) < most)
		entry = kmalloc(sizeof(*entry));
	if (!entry && !standard)
		return -EAGAIN;
	/* A standard signal without memory for its information is still a signal. */
	state->pending |= bit;
	if (entry) {
		entry->info = *info;
		list_add_before(&state->queue, &entry->node);
	}
	wait_queue_wake(&thread->process->signalled, 0);
	return 0;
}

void signal_raise_self(struct thread *thread, int signo)
{
	struct signal_info info = { .signo = signo, .code = SI_USER };

	info.kill.pid = thread->process->pid;
	info.kill.uid = thread->process->uid;
	signal_raise(thread, &info);
}

/* Forgets what is pending of the set. */
static void drop(struct signal_state *state, sigmask_t set)
{
	struct list *next;

	for (struct list *node = state->queue.next; node != &state->queue; node = next) {
		next = node->next;
		if (!(BIT(entry_of(node)->info.signo) & set))
			continue;
		list_remove(node);
		kfree(entry_of(node));
	}
	state->pending &= ~set;
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
	drop(state, bit);
	signal_raise(thread, info);
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
	struct signal_state *state = &thread->signals;
	sigmask_t ready = state->pending & set;
	struct entry *found = NULL;
	bool more = false;

	if (!ready)
		return false;
	ready = ready & SYNCHRONOUS ? ready & SYNCHRONOUS : ready;
	int signo = __builtin_ctzll(ready) + 1;
	list_for_each (node, &state->queue) {
		if (entry_of(node)->info.signo != signo)
			continue;
		more = found;
		if (more)
			break;
		found = entry_of(node);
	}
	if (!more)
		state->pending &= ~BIT(signo);
	if (!found) {
		*info = (struct signal_info){ .signo = signo, .code = SI_USER };
		return true;
	}
	*info = found->info;
	list_remove(&found->node);
	kfree(found);
	return true;
}

void signal_set_action(struct thread *thread, int signo, const struct signal_action *action)
{
	struct signal_action *mine = action_of(thread, signo);

	*mine = *action;
	mine->mask &= ~UNBLOCKABLE;
	if (ignores(mine, signo))
		drop(&thread->signals, BIT(signo));
}

void signal_ignore(struct process *process, sigmask_t set)
{
	for (int i = 0; i < SIGNALS; i++)
		if ((set & ~UNBLOCKABLE) & BIT(i + 1))
			process->actions.action[i].handler = HANDLER_IGNORE;
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

bool signal_pending(struct thread *thread)
{
	signal_check_timer(thread);
	return thread->signals.pending & (~thread->signals.blocked | thread->signals.waited);
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

	signal_check_timer(thread);
	while (signal_take(thread, ~state->blocked, &info)) {
		const struct signal_action *action = action_of(thread, info.signo);

		if (ignores(action, info.signo))
			continue;
		if (trace_on)
			trace_signal(info.signo);
		if (action->handler == HANDLER_DEFAULT)
			process_kill(info.signo);
		call_handler(thread, &info);
		called = true;
	}
	if (!called)
		restart(thread->frame, NULL);
	signal_mask_end(thread);
	return called;
}
