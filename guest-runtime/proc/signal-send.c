// SPDX-License-Identifier: Apache-2.0
/*
 * Making signals pending, and waking who is to act on them. Who may send is the
 * callers' to check.
 */
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/sched.h"
#include "guest-runtime/proc/signal-stop.h"
#include "guest-runtime/proc/signal.h"

#include <asm/siginfo.h>
#include <asm/signal.h>
#include <linux/resource.h>

#define BIT SIGNAL_BIT

/* SIG_DFL ends the process and, where core dumps are wanted, would write one. */
#define WITH_CORE \
	(BIT(SIGQUIT) | BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGABRT) | BIT(SIGBUS) | BIT(SIGFPE) | \
	 BIT(SIGSEGV) | BIT(SIGXCPU) | BIT(SIGXFSZ) | BIT(SIGSYS))

/*
 * A signal that would do nothing is dropped, except while it is blocked: it may
 * have an action when it is unblocked. For a process, its leader's mask counts.
 */
static bool is_in_vain(const struct process *process, const struct thread *thread, int signo)
{
	return signal_is_ignored(process, signo) && !(thread->signals.blocked & BIT(signo));
}

static bool would_act(const struct thread *thread, int signo)
{
	const struct signal_state *state = &thread->signals;

	if (thread->ending || thread->state == THREAD_ENDED)
		return false;
	if (signo == SIGKILL)
		return true;
	return ((~state->blocked | state->waited) & BIT(signo)) && thread->state != THREAD_STOPPED;
}

/* The leader, or the first that does not block it, unless another signal will make them look. */
static struct thread *who_acts(const struct process *process, int signo)
{
	for_each_thread(thread, process)
	{
		bool looks_anyway =
			signo != SIGKILL && thread != current() && signal_pending(thread);

		if (would_act(thread, signo) && !looks_anyway)
			return thread;
	}
	return NULL;
}

/* Ends the process without a look at what else is pending, unless somebody waits for the signal. */
static bool is_fatal(const struct thread *thread, int signo)
{
	const struct process *process = thread->process;

	return process->actions->action[signo - 1].handler == SIGNAL_DEFAULT &&
	       !((WITH_CORE | SIGNALS_STOP) & BIT(signo)) && !signal_is_ignored(process, signo) &&
	       !(thread->signals.blocked & BIT(signo));
}

/* Something was queued. thread: who will act, or NULL. */
static void tell(struct process *process, struct thread *thread, int signo)
{
	wait_queue_wake(&process->signalled, 0);
	if (!thread)
		return;
	if (is_fatal(thread, signo))
		process_kill(process, signo);
	else if (thread->state == THREAD_SLEEPING)
		sched_ready(thread);
}

/* For one thread, or NULL: for the process. entry: of a timer, or NULL: of info. */
static int send(struct process *process, struct thread *thread, const struct signal_info *info,
		struct signal_entry *entry, bool *ignored)
{
	struct signal_queue *queue = thread ? &thread->signals.pending : &process->pending;
	int signo = info->signo, error = 0;

	*ignored = false;
	if (process->ending || process->state == PROCESS_ZOMBIE)
		return 0;
	signal_stop_or_continue(process, signo);
	*ignored = is_in_vain(process, thread ? thread : process_leader(process), signo);
	if (*ignored)
		return 0;
	if (!thread)
		thread = who_acts(process, signo);
	else if (!would_act(thread, signo))
		thread = NULL;
	if (entry)
		signal_queue_add_entry(queue, entry);
	else
		error = signal_queue_add(queue, info, process);
	if (!error)
		tell(process, thread, signo);
	return error;
}

int signal_send_thread(struct thread *thread, const struct signal_info *info)
{
	bool ignored;

	return send(thread->process, thread, info, NULL, &ignored);
}

int signal_send_process(struct process *process, const struct signal_info *info)
{
	bool ignored;

	return send(process, NULL, info, NULL, &ignored);
}

bool signal_send_thread_entry(struct thread *thread, struct signal_entry *entry)
{
	bool ignored;

	send(thread->process, thread, &entry->info, entry, &ignored);
	return ignored;
}

bool signal_send_process_entry(struct process *process, struct signal_entry *entry)
{
	bool ignored;

	send(process, NULL, &entry->info, entry, &ignored);
	return ignored;
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

static struct signal_info from_self(int signo)
{
	const struct process *process = current()->process;
	struct signal_info info = { .signo = signo, .code = SI_USER };

	info.kill.pid = process->pid;
	info.kill.uid = process->uid;
	return info;
}

void signal_send_from_self(struct process *process, int signo)
{
	const struct signal_info info = from_self(signo);

	signal_send_process(process, &info);
}

void signal_raise_self(int signo)
{
	const struct signal_info info = from_self(signo);

	signal_send_thread(current(), &info);
}

void signal_hand_over(struct thread *thread, sigmask_t set)
{
	const struct process *process = thread->process;

	set &= process->pending.set;
	for (int signo = 1; set && signo <= SIGNALS; signo++) {
		struct thread *other = NULL;

		if (!(set & BIT(signo)))
			continue;
		for_each_thread(at, process) if (at != thread && would_act(at, signo)) other = at;
		if (other && other->state == THREAD_SLEEPING)
			sched_ready(other);
	}
}
