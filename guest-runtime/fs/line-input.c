// SPDX-License-Identifier: Apache-2.0
/* The line discipline's input: what becomes of each byte that is typed. */
#include "guest-runtime/fs/tty.h"

#include <asm/signal.h>
#include <linux/poll.h>

static void put(struct tty *tty, uint8_t byte)
{
	struct tty_line *line = &tty->line;

	line_mark(line, line->head, false);
	*line_at(line, line->head++) = byte;
}

/* A byte of the text. mapped: it is another one than was typed, and not shown as ^X. */
static void put_text(struct tty *tty, uint8_t byte, bool mapped)
{
	if (tty_lflag(tty, ECHO)) {
		line_end_erasing(tty);
		if (tty->line.canon == tty->line.head)
			tty->line.canon_column = tty->line.column;
		if (byte == '\n' && mapped)
			line_echo_raw(tty, byte);
		else
			line_echo(tty, byte);
	}
	if (byte == 0xff && tty_iflag(tty, PARMRK))
		put(tty, byte);
	put(tty, byte);
}

static void end_line(struct tty *tty, uint8_t byte)
{
	struct tty_line *line = &tty->line;

	put(tty, byte);
	line_mark(line, line->head - 1, true);
	line->canon = line->head;
	wait_queue_wake(&tty->queue[TTY_SLAVE], POLLIN | POLLRDNORM);
}

void line_flush(struct tty *tty)
{
	struct tty_line *line = &tty->line;

	line->tail = line->canon = line->head = 0;
	line->erasing = false;
	memset(line->marks, 0, sizeof(line->marks));
	pty_notify_packet(tty, TIOCPKT_FLUSHREAD, 0);
}

static bool is_flow_control(struct tty *tty, uint8_t byte)
{
	if (!tty_iflag(tty, IXON))
		return false;
	if (tty_is(tty, byte, VSTART))
		line_start(tty);
	else if (tty_is(tty, byte, VSTOP))
		line_stop(tty);
	else
		return false;
	return true;
}

static bool is_signal(struct tty *tty, uint8_t byte)
{
	int signo = tty_is(tty, byte, VINTR)   ? SIGINT
		    : tty_is(tty, byte, VQUIT) ? SIGQUIT
		    : tty_is(tty, byte, VSUSP) ? SIGTSTP
					       : 0;

	if (!tty_lflag(tty, ISIG) || signo == 0)
		return false;
	tty_signal_group(tty->group, signo, true);
	if (!tty_lflag(tty, NOFLSH)) {
		tty->echoes.used = 0;
		pty_flush_output(tty);
		tty->line.column = tty->line.old_column;
		tty->line.canon_column = tty->line.old_canon;
		line_flush(tty);
	}
	if (tty_iflag(tty, IXON))
		line_start(tty);
	if (tty_lflag(tty, ECHO))
		line_echo(tty, byte);
	return true;
}

static void reprint(struct tty *tty, uint8_t byte)
{
	struct tty_line *line = &tty->line;

	line_end_erasing(tty);
	line_echo(tty, byte);
	line_echo_raw(tty, '\n');
	for (uint32_t at = line->canon; at != line->head; at++)
		line_echo(tty, *line_at(line, at));
}

/* The bytes that edit or end a line. */
static bool is_editing(struct tty *tty, uint8_t byte)
{
	bool extended = tty_lflag(tty, IEXTEN), echo = tty_lflag(tty, ECHO);

	if (tty_is(tty, byte, VERASE) || tty_is(tty, byte, VKILL) ||
	    (extended && tty_is(tty, byte, VWERASE))) {
		line_erase(tty, byte);
	} else if (extended && tty_is(tty, byte, VLNEXT)) {
		tty->line.literal = true;
		if (echo)
			line_end_erasing(tty);
		if (echo && tty_lflag(tty, ECHOCTL)) {
			line_echo_raw(tty, '^');
			line_echo_raw(tty, '\b');
		}
	} else if (extended && echo && tty_is(tty, byte, VREPRINT)) {
		reprint(tty, byte);
	} else if (byte == '\n') {
		if (echo || tty_lflag(tty, ECHONL))
			line_echo_raw(tty, byte);
		end_line(tty, byte);
	} else if (tty_is(tty, byte, VEOF)) {
		end_line(tty, 0);
	} else if (tty_is(tty, byte, VEOL) || (extended && tty_is(tty, byte, VEOL2))) {
		if (echo && tty->line.canon == tty->line.head)
			tty->line.canon_column = tty->line.column;
		if (echo)
			line_echo(tty, byte);
		if (byte == 0xff && tty_iflag(tty, PARMRK))
			put(tty, byte);
		end_line(tty, byte);
	} else {
		return false;
	}
	return true;
}

static uint8_t fold(const struct tty *tty, uint8_t byte)
{
	if (tty_iflag(tty, ISTRIP))
		byte &= 0x7f;
	return tty_iflag(tty, IUCLC) && tty_lflag(tty, IEXTEN) ? line_lower(byte) : byte;
}

static void receive(struct tty *tty, uint8_t byte)
{
	byte = fold(tty, byte);
	if (tty->line.literal) {
		tty->line.literal = false;
		put_text(tty, byte, false);
		return;
	}
	if (is_flow_control(tty, byte) || is_signal(tty, byte))
		return;
	if (tty_iflag(tty, IXON) && tty_iflag(tty, IXANY))
		line_start(tty);
	if (byte == '\r' && tty_iflag(tty, IGNCR))
		return;
	uint8_t typed = byte;
	if (byte == '\r' && tty_iflag(tty, ICRNL))
		byte = '\n';
	else if (byte == '\n' && tty_iflag(tty, INLCR))
		byte = '\r';
	if (!tty_lflag(tty, ICANON) || !is_editing(tty, byte))
		put_text(tty, byte, byte != typed);
}

/* Room for one more byte, made if need be: a line that is too long loses its last one. */
static bool has_room(struct tty *tty)
{
	struct tty_line *line = &tty->line;
	uint32_t used = line->head - line->tail;
	uint32_t most = tty_iflag(tty, PARMRK) ? TTY_LINE_SIZE - 3 : TTY_LINE_SIZE - 1;

	if (used < most)
		return true;
	if (!tty_lflag(tty, ICANON) || line->canon != line->tail)
		return false;
	if (used > most)
		line->head--;
	return true;
}

/* Echoes come when all bytes are looked at: a signal takes back those of the bytes before it. */
void line_receive(struct tty *tty)
{
	uint32_t before = tty->input.used;
	uint8_t byte;

	tty->settled = MIN(tty->output.used, TTY_READ_MAX);
	tty->line.old_column = tty->line.column;
	tty->line.old_canon = tty->line.canon_column;
	while (tty->input.used > 0 && has_room(tty)) {
		tty_queue_take(&tty->input, &byte, 1);
		receive(tty, byte);
	}
	if (!tty_lflag(tty, ICANON) && tty->line.head != tty->line.tail)
		wait_queue_wake(&tty->queue[TTY_SLAVE], POLLIN | POLLRDNORM);
	if (tty->input.used < before)
		wait_queue_wake(&tty->queue[TTY_MASTER], POLLOUT | POLLWRNORM);
}
