// SPDX-License-Identifier: Apache-2.0
/* Dropping, stopping and starting what passes through a terminal. */
#include "guest-runtime/fs/tty.h"

#include <asm/signal.h>
#include <linux/poll.h>

static long flush(struct tty *tty, enum tty_side side, uint64_t which)
{
	bool in = which != TCOFLUSH, out = which != TCIFLUSH;

	if (which > TCIOFLUSH)
		return -EINVAL;
	if (side == TTY_SLAVE) {
		if (in) {
			tty->input.used = 0;
			line_flush(tty);
			wait_queue_wake(&tty->queue[TTY_MASTER], POLLOUT | POLLWRNORM);
		}
		if (out) {
			tty->settled = TTY_READ_MAX;
			pty_flush_output(tty);
		}
		return 0;
	}
	if (in) {
		tty->output.used = 0;
		wait_queue_wake(&tty->queue[TTY_SLAVE], POLLOUT | POLLWRNORM);
	}
	if (out)
		tty->input.used = 0;
	return 0;
}

static void hold(struct tty *tty, enum tty_side side, bool on)
{
	tty->held[side] = on;
	if (side == TTY_MASTER && !on)
		wait_queue_wake(&tty->queue[side], POLLOUT | POLLWRNORM);
	else if (side == TTY_SLAVE && on)
		line_stop(tty);
	else if (side == TTY_SLAVE)
		line_start(tty);
}

/* Tells the other side to stop or go on, by the character for that. */
static void send(struct tty *tty, enum tty_side side, uint8_t byte)
{
	struct tty_queue *queue = side == TTY_SLAVE ? &tty->output : &tty->input;

	if (byte == 0)
		return;
	tty_queue_put(queue, &byte, 1);
	if (side == TTY_MASTER)
		line_receive(tty);
	else
		wait_queue_wake(&tty->queue[TTY_MASTER], POLLIN | POLLRDNORM);
}

static long control(struct tty *tty, enum tty_side side, uint64_t what)
{
	switch (what) {
	case TCOOFF:
	case TCOON:
		if (tty->held[side] != (what == TCOOFF))
			hold(tty, side, what == TCOOFF);
		return 0;
	case TCIOFF:
	case TCION:
		send(tty, side, tty->termios.c_cc[what == TCIOFF ? VSTOP : VSTART]);
		return 0;
	default:
		return -EINVAL;
	}
}

static bool is_known(uint32_t request)
{
	switch (request) {
	case TCFLSH:
	case TCXONC:
	case TCSBRK:
	case TCSBRKP:
	case TIOCSBRK:
	case TIOCCBRK:
		return true;
	default:
		return false;
	}
}

long tty_flow_ioctl(struct tty *tty, enum tty_side side, uint32_t request, uint64_t argument)
{
	long error = side == TTY_SLAVE && is_known(request) ? tty_check(tty, SIGTTOU) : 0;

	if (error)
		return error;
	switch (request) {
	case TCFLSH:
		return flush(tty, side, argument);
	case TCXONC:
		return control(tty, side, argument);
	case TCSBRK: /* there is no line to break, and output needs no time */
	case TCSBRKP:
	case TIOCSBRK:
	case TIOCCBRK:
		return 0;
	default:
		return -ENOTTY;
	}
}
