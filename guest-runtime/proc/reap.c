// SPDX-License-Identifier: Apache-2.0
/* What a parent learns of its children, and how a zombie goes. */
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/process.h"

#include <asm/siginfo.h>
#include <asm/signal.h>

uint32_t process_zombies;

static void add(struct usage *to, const struct usage *more)
{
	to->user_ns += more->user_ns;
	to->system_ns += more->system_ns;
	to->minor_faults += more->minor_faults;
	to->major_faults += more->major_faults;
	to->voluntary += more->voluntary;
	to->involuntary += more->involuntary;
	to->peak_rss = MAX(to->peak_rss, more->peak_rss);
}

void process_reap(struct process *process)
{
	if (process->parent) {
		add(&process->parent->children_usage, &process->gone);
		add(&process->parent->children_usage, &process->children_usage);
	}
	process_zombies--;
	list_remove(&process->sibling);
	list_remove(&process->all);
	process_put(process);
}

/* The parent has said that it will not wait. */
static bool nobody_waits(const struct process *process)
{
	if (!process->parent)
		return true;
	const struct signal_action *action = &process->parent->actions->action[SIGCHLD - 1];
	return process->exit_signal == SIGCHLD &&
	       (action->handler == SIGNAL_IGNORE || (action->flags & SA_NOCLDWAIT));
}

void process_tell_parent(struct process *process, int code)
{
	struct process *parent = process->parent;
	bool ended = process->state == PROCESS_ZOMBIE;
	int signo = ended ? process->exit_signal : SIGCHLD;
	struct signal_info info = { .signo = signo, .code = code };

	if (ended && process->wait_status & 0x80)
		info.code = CLD_DUMPED;
	info.child.pid = process->pid;
	info.child.uid = process->uid;
	info.child.status = code == CLD_CONTINUED	  ? SIGCONT
			    : !ended			  ? process->stop_signal
			    : process->wait_status & 0x7f ? process->wait_status & 0x7f
							  : process->wait_status >> 8 & 0xff;
	info.child.user_ticks = (int64_t)(process->gone.user_ns / 10000000);
	info.child.system_ticks = (int64_t)(process->gone.system_ns / 10000000);
	if (parent && signo &&
	    (ended || !(parent->actions->action[SIGCHLD - 1].flags & SA_NOCLDSTOP)))
		signal_send_process(parent, &info);
	if (ended && nobody_waits(process))
		process_reap(process);
	if (parent)
		wait_queue_wake(&parent->child_changed, 0);
}
