// SPDX-License-Identifier: Apache-2.0
/* The line discipline's output: what c_oflag makes of bytes, echoes, stopping. */
#include "guest-runtime/fs/tty.h"

#include <linux/poll.h>

#define DELETE 0x7f

bool line_is_control(uint8_t byte)
{
	return byte < ' ' || byte == DELETE;
}

bool line_continues(const struct tty *tty, uint8_t byte)
{
	return tty_iflag(tty, IUTF8) && (byte & 0xc0) == 0x80;
}

/* An echo that finds no room is lost, as in Linux. */
static void put(struct tty *tty, const void *bytes, uint32_t n)
{
	tty_queue_put(tty->line.stopped ? &tty->echoes : &tty->output, bytes, n);
	wait_queue_wake(&tty->queue[TTY_MASTER], POLLIN | POLLRDNORM);
}

static void put_byte(struct tty *tty, uint8_t byte)
{
	put(tty, &byte, 1);
}

static void new_line(struct tty *tty)
{
	struct tty_line *line = &tty->line;

	if (tty_oflag(tty, ONLRET | ONLCR))
		line->column = 0;
	line->canon_column = line->column;
	if (tty_oflag(tty, ONLCR))
		put(tty, "\r\n", 2);
	else
		put(tty, "\n", 1);
}

static void carriage_return(struct tty *tty)
{
	struct tty_line *line = &tty->line;

	if (tty_oflag(tty, ONOCR) && line->column == 0)
		return;
	if (!tty_oflag(tty, OCRNL) || tty_oflag(tty, ONLRET))
		line->canon_column = line->column = 0;
	put_byte(tty, tty_oflag(tty, OCRNL) ? '\n' : '\r');
}

static void tabulate(struct tty *tty)
{
	uint32_t spaces = 8 - tty->line.column % 8;

	tty->line.column += spaces;
	if ((tty->termios.c_oflag & TABDLY) == XTABS)
		put(tty, "        ", spaces);
	else
		put_byte(tty, '\t');
}

static uint8_t upper(uint8_t byte)
{
	bool lower = (byte >= 'a' && byte <= 'z') || (byte >= 0xdf && byte != 0xf7);

	return lower ? (uint8_t)(byte - 'a' + 'A') : byte;
}

uint8_t line_lower(uint8_t byte)
{
	bool upper = (byte >= 'A' && byte <= 'Z') || (byte >= 0xc0 && byte <= 0xde && byte != 0xd7);

	return upper ? (uint8_t)(byte - 'A' + 'a') : byte;
}

static void plain(struct tty *tty, uint8_t byte)
{
	if (byte == '\b' && tty->line.column > 0)
		tty->line.column--;
	if (!line_is_control(byte)) {
		byte = tty_oflag(tty, OLCUC) ? upper(byte) : byte;
		tty->line.column += !line_continues(tty, byte);
	}
	put_byte(tty, byte);
}

void line_output(struct tty *tty, uint8_t byte)
{
	if (!tty_oflag(tty, OPOST))
		put_byte(tty, byte);
	else if (byte == '\n')
		new_line(tty);
	else if (byte == '\r')
		carriage_return(tty);
	else if (byte == '\t')
		tabulate(tty);
	else
		plain(tty, byte);
}

void line_echo_raw(struct tty *tty, uint8_t byte)
{
	if (byte == 0xff) {
		put_byte(tty, byte);
		tty->line.column++;
	} else {
		line_output(tty, byte);
	}
}

void line_echo(struct tty *tty, uint8_t byte)
{
	if (tty_lflag(tty, ECHOCTL) && line_is_control(byte) && byte != '\t') {
		put_byte(tty, '^');
		put_byte(tty, byte ^ 0100);
		tty->line.column += 2;
	} else {
		line_echo_raw(tty, byte);
	}
}

void line_back(struct tty *tty, uint32_t columns)
{
	while (columns-- > 0) {
		put_byte(tty, '\b');
		if (tty->line.column > 0)
			tty->line.column--;
	}
}

void line_stop(struct tty *tty)
{
	if (tty->line.stopped)
		return;
	tty->line.stopped = true;
	pty_notify_packet(tty, TIOCPKT_STOP, TIOCPKT_START);
}

void line_start(struct tty *tty)
{
	uint8_t byte;

	if (!tty->line.stopped || tty->held[TTY_SLAVE])
		return;
	tty->line.stopped = false;
	pty_notify_packet(tty, TIOCPKT_START, TIOCPKT_STOP);
	while (tty_queue_take(&tty->echoes, &byte, 1))
		put_byte(tty, byte);
	wait_queue_wake(&tty->queue[TTY_SLAVE], POLLOUT | POLLWRNORM);
}
