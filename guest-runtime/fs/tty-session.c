// SPDX-License-Identifier: Apache-2.0
/* Sessions and their controlling terminals; signals to the foreground process group. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/stream.h"
#include "guest-runtime/fs/tty.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"

#include <asm/siginfo.h>
#include <asm/signal.h>
#include <linux/capability.h>

void tty_signal_group(const struct tty *tty, int signo)
{
	const struct signal_info info = { .signo = signo, .code = SI_KERNEL };

	if (tty->group != 0)
		signal_send_group(tty->group, &info);
}

void tty_inherit(struct process *process)
{
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

static void acquire(struct tty *tty, struct process *process)
{
	tty->session = process->sid;
	tty->group = process->pgid;
	process->terminal = tty;
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
	struct process *process = current()->process;

	tty->session = tty->group = 0;
	if (process->terminal != tty)
		return;
	tty_forget(process);
	if (is_leader(process)) {
		signal_send_kernel(process, SIGHUP);
		signal_send_kernel(process, SIGCONT);
	}
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
	acquire(tty, process);
	return 0;
}

/* TIOCNOTTY: of a leader, the session loses it, as when it ends. */
static long give_up(struct tty *tty)
{
	struct process *process = current()->process;

	if (process->terminal != tty)
		return -ENOTTY;
	if (is_leader(process)) {
		tty_signal_group(tty, SIGHUP);
		tty_signal_group(tty, SIGCONT);
		tty->session = tty->group = 0;
	}
	tty_forget(process);
	return 0;
}

static long set_group(struct tty *tty, uint64_t argument)
{
	const struct process *process = current()->process;
	int32_t group;
	int error = copy_from_user(&group, argument, sizeof(group));

	if (error < 0)
		return error;
	if (group < 0)
		return -EINVAL;
	if (process->terminal != tty || tty->session != process->sid)
		return -ENOTTY;
	if (group != process->pgid)
		return -ESRCH;
	tty->group = group;
	return 0;
}

void tty_leave(struct process *process)
{
	if (is_leader(process) && process->terminal)
		give_up(process->terminal);
	tty_forget(process);
}

long tty_session_ioctl(struct file *file, struct tty *tty, enum tty_side side, uint32_t request,
		       uint64_t argument)
{
	bool mine = current()->process->terminal == tty;

	switch (request) {
	case TIOCSCTTY:
		/* A master that controls a session is of no use to anybody. */
		return side == TTY_MASTER ? -EPERM : make_controlling(tty, file, argument == 1);
	case TIOCNOTTY:
		return side == TTY_MASTER ? -ENOTTY : give_up(tty);
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
