// SPDX-License-Identifier: Apache-2.0
/*
 * The process group in the foreground of a terminal, and what happens to those
 * in the background that use it. The caller's own terminal has a foreground
 * group inside, too, of which the host knows nothing.
 */
#include "guest-runtime/fs/tty.h"
#include "guest-runtime/proc/group.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/restart.h"

#include <asm/siginfo.h>
#include <asm/signal.h>

#define IGNORE 1 /* SIG_IGN as a number */

static int callers_group = FIRST_PID;

int tty_callers_group(void)
{
	return callers_group;
}

void tty_signal_group(int group, int signo, bool kernel)
{
	const struct process *self = current()->process;
	struct signal_info info = { .signo = signo, .code = kernel ? SI_KERNEL : SI_USER };

	if (!kernel) {
		info.kill.pid = self->pid;
		info.kill.uid = self->uid;
	}
	if (group != 0)
		signal_send_group(group, &info);
}

/* Current does nothing about the signal, by its own wish. */
static bool does_without(int signo)
{
	const struct thread *thread = current();

	return (thread->signals.blocked & SIGNAL_BIT(signo)) ||
	       thread->process->actions->action[signo - 1].handler == IGNORE;
}

/* Of current's own controlling terminal. */
static long check(int foreground, int signo)
{
	int group = current()->process->pgid;

	if (foreground == 0 || foreground == group)
		return 0;
	if (does_without(signo))
		return signo == SIGTTIN ? -EIO : 0;
	if (group_is_orphaned(group))
		return -EIO;
	tty_signal_group(group, signo, true);
	return -ERESTARTSYS;
}

long tty_check(const struct tty *tty, int signo)
{
	return current()->process->terminal == tty ? check(tty->group, signo) : 0;
}

long tty_check_callers(int signo)
{
	return current()->process->callers_terminal ? check(callers_group, signo) : 0;
}

long tty_get_group(uint64_t argument, int32_t *group)
{
	if (copy_from_user(group, argument, sizeof(*group)) < 0)
		return -EFAULT;
	return *group < 0 ? -EINVAL : 0;
}

/* As on Linux the number of a process will do, too. */
long tty_check_group(int group)
{
	const struct process *member = group_find(group);
	const struct thread *thread = thread_find(group);

	if (!member)
		member = thread ? thread->process : process_find(group);
	if (!member) {
		for_each_process(process) if (process->sid == group) return -EPERM;
		return -ESRCH;
	}
	return member->sid == current()->process->sid ? 0 : -EPERM;
}

long tty_callers_ioctl(uint32_t request, uint64_t argument)
{
	struct process *process = current()->process;
	int32_t group = callers_group;
	long error;

	if (request == TIOCSCTTY)
		return process->callers_terminal && process->sid == process->pid ? 0 : -EPERM;
	if (request == TIOCSPGRP) {
		error = tty_check_callers(SIGTTOU);
		if (error)
			return error == -EIO ? -ENOTTY : error;
		error = tty_get_group(argument, &group);
		if (error)
			return error;
	}
	if (!process->callers_terminal)
		return -ENOTTY;
	switch (request) {
	case TIOCSPGRP:
		error = tty_check_group(group);
		callers_group = error ? callers_group : group;
		return error;
	case TIOCGPGRP:
		return copy_to_user(argument, &group, sizeof(group));
	case TIOCGSID:
		return copy_to_user(argument, &process->sid, sizeof(process->sid));
	default:
		return -ENOTTY;
	}
}
