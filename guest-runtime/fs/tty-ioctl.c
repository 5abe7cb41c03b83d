// SPDX-License-Identifier: Apache-2.0
/* What ioctl(2) does with both sides of a pseudo terminal. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/tty.h"
#include "guest-runtime/sys/credentials.h"

#include <asm/signal.h>
#include <linux/capability.h>
#include <linux/tty.h>

static long put_number(uint64_t argument, uint32_t number)
{
	return copy_to_user(argument, &number, sizeof(number));
}

void tty_set_size(struct tty *tty, const struct winsize *size)
{
	if (memcmp(size, &tty->size, sizeof(*size)) == 0)
		return;
	tty->size = *size;
	tty_signal_group(tty->group, SIGWINCH, true);
}

static long set_size(struct tty *tty, uint64_t argument)
{
	struct winsize size;
	int error = copy_from_user(&size, argument, sizeof(size));

	if (error < 0)
		return error;
	tty_set_size(tty, &size);
	return 0;
}

/* Of a master, nothing keeps the background away. */
static long check_side(const struct tty *tty, enum tty_side side)
{
	return side == TTY_SLAVE ? tty_check(tty, SIGTTOU) : 0;
}

static long set_discipline(const struct tty *tty, enum tty_side side, uint64_t argument)
{
	int32_t which = -1;
	long error = check_side(tty, side);

	if (!error)
		error = copy_from_user(&which, argument, sizeof(which));
	return error < 0 ? error : which == N_TTY ? 0 : -EINVAL;
}

/* In the order of Linux: what all terminals have, sessions, settings. */
static long common(struct file *file, struct tty *tty, enum tty_side side, uint32_t request,
		   uint64_t argument)
{
	long result;

	switch (request) {
	case TIOCGWINSZ:
		return copy_to_user(argument, &tty->size, sizeof(tty->size));
	case TIOCSWINSZ:
		return set_size(tty, argument);
	case TIOCEXCL:
	case TIOCNXCL:
		tty->exclusive[side] = request == TIOCEXCL;
		return 0;
	case TIOCGEXCL:
		return put_number(argument, tty->exclusive[side]);
	case TIOCGETD:
		return put_number(argument, N_TTY);
	case TIOCSETD:
		return set_discipline(tty, side, argument);
	case TIOCOUTQ:
		return put_number(argument, 0);
	case TIOCSTI: /* nobody types for somebody else */
		return -EIO;
	case TIOCCONS:
		return -EPERM;
	}
	result = tty_session_ioctl(file, tty, side, request, argument);
	if (result == -ENOTTY)
		result = tty_flow_ioctl(tty, side, request, argument);
	return result == -ENOTTY ? tty_termios_ioctl(tty, request, argument) : result;
}

/* TIOCGPTPEER: opens the slave, whatever /dev/pts is by now. */
static long open_peer(struct tty *tty, uint32_t flags)
{
	/* F_GETFL shows them as they were given, O_CLOEXEC too, as in Linux. */
	const uint32_t kept = O_ACCMODE | O_NONBLOCK | O_APPEND | O_NOCTTY | O_CLOEXEC;
	struct file *file = file_create(&tty->inode, tty->entry, flags & kept);

	if (!file)
		return -ENOMEM;
	int error = pty_open_slave(file);
	file->flags &= ~(uint32_t)O_NOCTTY;
	if (error < 0) {
		file_put(file);
		return error;
	}
	return files_add(file, 0, flags & O_CLOEXEC);
}

static long set_packet(struct tty *tty, bool on)
{
	if (on && !tty->packet)
		tty->packet_status = 0;
	tty->packet = on;
	return 0;
}

static long send_signal(const struct tty *tty, uint64_t signo)
{
	if (signo != SIGINT && signo != SIGQUIT && signo != SIGTSTP)
		return -EINVAL;
	tty_signal_group(tty->group, (int)signo, true);
	return 0;
}

long pty_ioctl_master(struct file *file, uint32_t request, uint64_t argument)
{
	struct tty *tty = file->private;
	int32_t on;

	switch (request) {
	case TIOCGPTN:
		return put_number(argument, tty->number);
	case TIOCGPTLCK:
		return put_number(argument, tty->locked);
	case TIOCGPKT:
		return put_number(argument, tty->packet);
	case TIOCGPTPEER:
		return open_peer(tty, (uint32_t)argument);
	case TIOCSIG:
		return send_signal(tty, argument);
	case FIONREAD:
		return put_number(argument, MIN(tty->output.used, TTY_READ_MAX));
	case TIOCSPTLCK:
	case TIOCPKT:
		if (copy_from_user(&on, argument, sizeof(on)) < 0)
			return -EFAULT;
		if (request == TIOCPKT)
			return set_packet(tty, on);
		tty->locked = on;
		return 0;
	default:
		return common(file, tty, TTY_MASTER, request, argument);
	}
}

long pty_ioctl_slave(struct file *file, uint32_t request, uint64_t argument)
{
	struct tty *tty = tty_of(file->inode);

	if (!tty->master)
		return request == TIOCSPGRP ? -ENOTTY : -EIO;
	if (request == TIOCGPTPEER)
		return -EIO;
	if (request == FIONREAD)
		return put_number(argument, line_count(tty));
	return common(file, tty, TTY_SLAVE, request, argument);
}
