// SPDX-License-Identifier: Apache-2.0
/* Taking back what was typed: a character, a word, the line; and how that shows. */
#include "guest-runtime/fs/tty.h"

/* Letters and digits in ISO 8859-1, as Linux has them. */
static bool is_word(uint8_t byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= 'a' && byte <= 'z') || byte == '_' ||
	       (byte >= 0xc0 && byte != 0xd7 && byte != 0xf7);
}

void line_end_erasing(struct tty *tty)
{
	if (!tty->line.erasing)
		return;
	line_echo_raw(tty, '/');
	tty->line.erasing = false;
}

/* Back over a tab: it depends on what stands between it and the tab, or the start, before. */
static void show_tab(struct tty *tty)
{
	struct tty_line *line = &tty->line;
	uint32_t columns = 0, at = line->head;
	bool after_tab = false;

	while (at != line->canon && !after_tab) {
		uint8_t byte = *line_at(line, --at);

		if (byte == '\t')
			after_tab = true;
		else if (line_is_control(byte))
			columns += tty_lflag(tty, ECHOCTL) ? 2 : 0;
		else
			columns += !line_continues(tty, byte);
	}
	if (!after_tab)
		columns += line->canon_column;
	line_back(tty, 8 - columns % 8);
}

static void rub_out(struct tty *tty)
{
	line_echo_raw(tty, '\b');
	line_echo_raw(tty, ' ');
	line_echo_raw(tty, '\b');
}

/* The character of `length` bytes at head, which was taken back. */
static void show(struct tty *tty, uint32_t length, bool single)
{
	struct tty_line *line = &tty->line;
	uint8_t byte = *line_at(line, line->head);

	if (!tty_lflag(tty, ECHO))
		return;
	if (tty_lflag(tty, ECHOPRT)) {
		if (!line->erasing)
			line_echo_raw(tty, '\\');
		line->erasing = true;
		line_echo(tty, byte);
		for (uint32_t i = 1; i < length; i++) {
			line_echo_raw(tty, *line_at(line, line->head + i));
			line->column -= line->column > 0;
		}
	} else if (single && !tty_lflag(tty, ECHOE)) {
		line_echo(tty, tty->termios.c_cc[VERASE]);
	} else if (byte == '\t') {
		show_tab(tty);
	} else {
		if (line_is_control(byte) && tty_lflag(tty, ECHOCTL))
			rub_out(tty);
		if (!line_is_control(byte) || tty_lflag(tty, ECHOCTL))
			rub_out(tty);
	}
}

/* Takes back characters: one, a word, or all. */
static void take_back(struct tty *tty, bool single, bool word)
{
	struct tty_line *line = &tty->line;
	bool in_word = false;

	while (line->head != line->canon) {
		uint32_t at = line->head;
		uint8_t byte;

		do {
			byte = *line_at(line, --at);
		} while (line_continues(tty, byte) && at != line->canon);
		/* Half a character stays. */
		if (line_continues(tty, byte))
			break;
		if (word && in_word && !is_word(byte))
			break;
		in_word |= is_word(byte);
		uint32_t length = line->head - at;
		line->head = at;
		show(tty, length, single);
		if (single)
			break;
	}
	if (line->head == line->canon && tty_lflag(tty, ECHO))
		line_end_erasing(tty);
}

void line_erase(struct tty *tty, uint8_t byte)
{
	struct tty_line *line = &tty->line;
	bool single = tty_is(tty, byte, VERASE);
	bool word = !single && tty_is(tty, byte, VWERASE) && tty_lflag(tty, IEXTEN);
	bool shows = tty_lflag(tty, ECHO);

	if (line->head == line->canon)
		return;
	if (!single && !word &&
	    !(shows && tty_lflag(tty, ECHOK) && tty_lflag(tty, ECHOKE) && tty_lflag(tty, ECHOE))) {
		line->head = line->canon;
		if (!shows)
			return;
		line_end_erasing(tty);
		line_echo(tty, tty->termios.c_cc[VKILL]);
		if (tty_lflag(tty, ECHOK))
			line_echo_raw(tty, '\n');
		return;
	}
	take_back(tty, single, word);
}
