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

/* SIG_IGN is more than no effect: there is no signal, be it blocked. */
static bool wants_signal(const struct process *parent, const struct process *child)
{
	const struct signal_action *action = &parent->actions->action[SIGCHLD - 1];
	bool ignored = action->handler == SIGNAL_IGNORE;

	if (child->state == PROCESS_ZOMBIE)
		return child->exit_signal && child->exit_signal <= SIGNALS &&
		       !(ignored && child->exit_signal == SIGCHLD);
	return !ignored && !(action->flags & SA_NOCLDSTOP);
}

/* CLD_* and what goes with it, for siginfo. */
static void describe(const struct process *process, int code, struct signal_info *info)
{
	int status = process->wait_status;

	if (process->state != PROCESS_ZOMBIE) {
		info->code = code;
		info->child.status = code == CLD_CONTINUED ? SIGCONT : process->stop_signal;
	} else if (status & 0x7f) {
		info->code = status & 0x80 ? CLD_DUMPED : CLD_KILLED;
		info->child.status = status & 0x7f;
	} else {
		info->code = CLD_EXITED;
		info->child.status = status >> 8 & 0xff;
	}
}

void process_tell_parent(struct process *process, int code)
{
	struct process *parent = process->parent;
	bool ended = process->state == PROCESS_ZOMBIE;
	struct signal_info info = { .signo = ended ? process->exit_signal : SIGCHLD };

	describe(process, code, &info);
	info.child.pid = process->pid;
	info.child.uid = process->uid;
	info.child.user_ticks = (int64_t)(process->gone.user_ns / 10000000);
	info.child.system_ticks = (int64_t)(process->gone.system_ns / 10000000);
	if (parent && wants_signal(parent, process))
		signal_send_process(parent, &info);
	if (ended && nobody_waits(process))
		process_reap(process);
	if (parent)
		wait_queue_wake(&parent->child_changed, 0);
}
