// SPDX-License-Identifier: Apache-2.0
/*
 * Sessions and their controlling terminals: who gets one, who loses it, and
 * which process group is in the foreground.
 */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/stream.h"
#include "guest-runtime/fs/tty.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"

#include <asm/siginfo.h>
#include <asm/signal.h>
#include <linux/capability.h>

void tty_inherit(struct process *process)
{
	process->left_group = 0;
	if (process->terminal)
		inode_get(&process->terminal->inode);
}

static bool is_leader(const struct process *process)
{
	return process->sid == process->pid;
}

static bool has_terminal(const struct process *process)
{
	return process->terminal || (process->callers_terminal && stream_has_terminal());
}

void tty_forget(struct process *process)
{
	struct tty *tty = process->terminal;

	process->terminal = NULL;
	process->callers_terminal = false;
	if (tty)
		inode_put(&tty->inode);
}

/* The processes of its session have it no more. */
static void forget_session(const struct tty *tty)
{
	if (tty->session == 0)
		return;
	for_each_process(process)
	{
		if (process->sid == tty->session && process->terminal == tty)
			tty_forget(process);
	}
}

static void acquire(struct tty *tty, struct process *process)
{
	tty->session = process->sid;
	tty->group = process->pgid;
	process->callers_terminal = false;
	process->terminal = tty;
	process->left_group = 0;
	inode_get(&tty->inode);
}

void tty_offer(struct tty *tty, const struct file *file)
{
	struct process *process = current()->process;

	if (!(file->flags & O_NOCTTY) && file_readable(file) && is_leader(process) &&
	    tty->session == 0 && !has_terminal(process))
		acquire(tty, process);
}

void tty_hang_up(struct tty *tty)
{
	struct process *leader = tty->session ? process_find(tty->session) : NULL;

	forget_session(tty);
	if (leader && is_leader(leader)) {
		leader->left_group = tty->group;
		signal_send_kernel(leader, SIGHUP);
		signal_send_kernel(leader, SIGCONT);
	}
	tty->session = tty->group = 0;
}

bool tty_uses_id(int id)
{
	list_for_each (node, &tty_masters) {
		const struct tty *tty = container_of(node, struct tty, node);

		if (tty->session == id || tty->group == id)
			return true;
	}
	return false;
}

/* TIOCSCTTY. steal: another session may lose it. */
static long make_controlling(struct tty *tty, const struct file *file, bool steal)
{
	struct process *process = current()->process;
	bool may_all = credentials_capable(CAP_SYS_ADMIN);

	if (is_leader(process) && process->sid == tty->session)
		return 0;
	if (!is_leader(process) || has_terminal(process))
		return -EPERM;
	if (tty->session != 0 && !(steal && may_all))
		return -EPERM;
	if (!file_readable(file) && !may_all)
		return -EPERM;
	forget_session(tty);
	acquire(tty, process);
	return 0;
}

/* A session leader gives its terminal up, or ends: so does the session. */
static void give_up(struct process *leader, bool ends)
{
	struct tty *tty = leader->terminal;
	int group = tty->group;

	inode_get(&tty->inode);
	tty_signal_group(group, SIGHUP, ends);
	if (!ends)
		tty_signal_group(group, SIGCONT, false);
	forget_session(tty);
	tty->session = tty->group = 0;
	inode_put(&tty->inode);
}

/* TIOCNOTTY */
static long let_go(const struct tty *tty)
{
	struct process *process = current()->process;

	if (process->terminal != tty)
		return -ENOTTY;
	if (is_leader(process))
		give_up(process, false);
	tty_forget(process);
	return 0;
}

void tty_leave(struct process *process)
{
	if (is_leader(process) && process->terminal) {
		give_up(process, true);
	} else if (is_leader(process) && process->left_group) {
		tty_signal_group(process->left_group, SIGHUP, true);
		tty_signal_group(process->left_group, SIGCONT, true);
	}
	tty_forget(process);
}

static long set_group(struct tty *tty, uint64_t argument)
{
	const struct process *process = current()->process;
	long error = tty_check(tty, SIGTTOU);
	int32_t group;

	if (error)
		return error == -EIO ? -ENOTTY : error;
	error = tty_get_group(argument, &group);
	if (error)
		return error;
	if (process->terminal != tty || tty->session != process->sid)
		return -ENOTTY;
	error = tty_check_group(group);
	if (!error)
		tty->group = group;
	return error;
}

long tty_session_ioctl(struct file *file, struct tty *tty, enum tty_side side, uint32_t request,
		       uint64_t argument)
{
	bool mine = current()->process->terminal == tty;

	switch (request) {
	case TIOCSCTTY:
		return make_controlling(tty, file, argument == 1);
	case TIOCNOTTY:
		return side == TTY_MASTER ? -ENOTTY : let_go(tty);
	case TIOCSPGRP:
		return set_group(tty, argument);
	case TIOCGPGRP:
		if (side == TTY_SLAVE && !mine)
			return -ENOTTY;
		return copy_to_user(argument, &tty->group, sizeof(tty->group));
	case TIOCGSID:
		if ((side == TTY_SLAVE && !mine) || tty->session == 0)
			return -ENOTTY;
		return copy_to_user(argument, &tty->session, sizeof(tty->session));
	default:
		return -ENOTTY;
	}
}

int tty_open_controlling(struct file *file)
{
	const struct process *process = current()->process;
	struct tty *tty = process->terminal;

	if (!tty)
		return process->callers_terminal ? stream_open_terminal(file) : -ENXIO;
	file->inode->writers -= file_writable(file);
	inode_put(file->inode);
	file->inode = inode_get(&tty->inode);
	file->inode->writers += file_writable(file);
	dentry_put(file->dentry);
	file->dentry = dentry_get(tty->entry);
	return pty_open_slave(file);
}
