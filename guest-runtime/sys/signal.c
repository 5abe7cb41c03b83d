// SPDX-License-Identifier: Apache-2.0
/* System calls of signals: actions, masks, waiting. */
#include "guest-runtime/proc/signal.h"

#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/signal-frame.h"
#include "guest-runtime/sys/restart.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/timespec.h"

#include <asm/siginfo.h>
#include <linux/errno.h>
#include <linux/signal.h>

#define UNBLOCKABLE (SIGNAL_BIT(SIGKILL) | SIGNAL_BIT(SIGSTOP))
/* Flags that are honoured; a program finds out by reading them back (SA_UNSUPPORTED). */
#define FLAGS_KNOWN \
	(SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | SA_RESTART | SA_NODEFER | \
	 SA_RESETHAND | SA_RESTORER | SA_EXPOSE_TAGBITS)

static bool valid(int signo)
{
	return signo >= 1 && signo <= SIGNALS;
}

static int get_mask(uva_t from, uint64_t size, sigmask_t *mask)
{
	if (size != sizeof(*mask))
		return -EINVAL;
	int error = copy_from_user(mask, from, sizeof(*mask));
	*mask &= ~UNBLOCKABLE;
	return error;
}

long sys_rt_sigaction(const uint64_t *a)
{
	struct thread *thread = current();
	int signo = (int)a[0];
	struct signal_action action, old;

	if (a[3] != sizeof(sigmask_t))
		return -EINVAL;
	if (a[1] && copy_from_user(&action, a[1], sizeof(action)))
		return -EFAULT;
	if (!valid(signo) || (a[1] && (SIGNAL_BIT(signo) & UNBLOCKABLE)))
		return -EINVAL;
	old = thread->process->actions->action[signo - 1];
	if (a[1]) {
		action.flags &= FLAGS_KNOWN;
		signal_set_action(thread, signo, &action);
	}
	return a[2] ? copy_to_user(a[2], &old, sizeof(old)) : 0;
}

long sys_rt_sigprocmask(const uint64_t *a)
{
	struct signal_state *state = &current()->signals;
	sigmask_t mask, old = state->blocked;

	if (a[3] != sizeof(mask))
		return -EINVAL;
	if (a[1]) {
		int error = get_mask(a[1], a[3], &mask);

		if (error)
			return error;
		switch ((int)a[0]) {
		case SIG_BLOCK:
			state->blocked |= mask;
			break;
		case SIG_UNBLOCK:
			state->blocked &= ~mask;
			break;
		case SIG_SETMASK:
			state->blocked = mask;
			break;
		default:
			return -EINVAL;
		}
		signal_hand_over(current(), state->blocked & ~old);
	}
	return a[2] ? copy_to_user(a[2], &old, sizeof(old)) : 0;
}

long sys_rt_sigpending(const uint64_t *a)
{
	struct thread *thread = current();

	if (a[1] > sizeof(sigmask_t))
		return -EINVAL;
	wait_timers_run();
	sigmask_t pending = signal_set_pending(thread) & thread->signals.blocked;
	return copy_to_user(a[0], &pending, a[1]);
}

long sys_rt_sigreturn(const uint64_t *a)
{
	struct thread *thread = current();

	(void)a;
	thread->restart.function = NULL;
	if (signal_frame_pop(thread)) {
		signal_fault(thread, SIGSEGV, SI_KERNEL, 0);
		return 0;
	}
	return (long)thread->frame->rax;
}

long sys_pause(const uint64_t *a)
{
	(void)a;
	while (!wait_sleep(WAIT_FOREVER))
		;
	return -ERESTARTNOHAND;
}

long sys_rt_sigsuspend(const uint64_t *a)
{
	sigmask_t mask;
	int error = get_mask(a[0], a[1], &mask);

	if (error)
		return error;
	signal_mask_begin(current(), mask);
	return sys_pause(a);
}

/* Until one of the set is pending, another signal comes, or the deadline. */
static long wait_for(struct thread *thread, sigmask_t set, int64_t deadline,
		     struct signal_info *info)
{
	long ended = 0;

	thread->signals.waited = set;
	while (!signal_take(thread, set, info) && !ended)
		ended = wait_sleep(deadline);
	thread->signals.waited = 0;
	if (info->signo)
		return info->signo;
	return ended == -ETIMEDOUT ? -EAGAIN : ended;
}

long sys_rt_sigtimedwait(const uint64_t *a)
{
	int64_t deadline = INT64_MAX;
	struct signal_info info = { 0 };
	sigmask_t set;
	int error = get_mask(a[0], a[3], &set);

	if (!error && a[2])
		error = timespec_deadline(a[2], &deadline);
	if (error)
		return error;
	long signo = wait_for(current(), set, deadline, &info);
	if (signo > 0 && a[1] && copy_to_user(a[1], &info, sizeof(info)))
		return -EFAULT;
	return signo;
}

long sys_sigaltstack(const uint64_t *a)
{
	struct thread *thread = current();
	struct signal_stack new, old;

	signal_stack_get(thread, &old);
	if (a[0]) {
		if (copy_from_user(&new, a[0], sizeof(new)))
			return -EFAULT;
		int error = signal_stack_set(thread, &new);
		if (error)
			return error;
	}
	return a[1] ? copy_to_user(a[1], &old, sizeof(old)) : 0;
}
