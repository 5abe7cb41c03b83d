// SPDX-License-Identifier: Apache-2.0
/* What programs read from a line: whole lines, or bytes as they come. */
#include "guest-runtime/fs/tty.h"

#define STEP 256

/* No byte of the text, but the end that VEOF made. */
static bool is_end(struct tty_line *line, uint32_t position)
{
	return line_marked(line, position) && *line_at(line, position) == 0;
}

bool line_available(const struct tty *tty, bool poll)
{
	const struct tty_line *line = &tty->line;
	const uint8_t *cc = tty->termios.c_cc;
	uint32_t least = poll && cc[VTIME] == 0 && cc[VMIN] ? cc[VMIN] : 1;

	if (tty_lflag(tty, ICANON))
		return line->canon != line->tail;
	return line->head - line->tail >= least;
}

uint32_t line_count(const struct tty *tty)
{
	const struct tty_line *line = &tty->line;
	uint32_t count = 0;

	if (!tty_lflag(tty, ICANON))
		return line->head - line->tail;
	for (uint32_t at = line->tail; at != line->canon; at++)
		count += !line_marked(line, at) || line->bytes[at % TTY_LINE_SIZE] != 0;
	return count;
}

/* Up to STEP bytes of the line; *ended: its end was among them. */
static uint32_t take_line(struct tty_line *line, uint8_t *to, size_t most, bool *ended)
{
	uint32_t n = 0;

	*ended = false;
	while (n < most && line->tail != line->canon && !*ended) {
		*ended = line_marked(line, line->tail);
		if (!is_end(line, line->tail))
			to[n++] = *line_at(line, line->tail);
		line_mark(line, line->tail++, false);
	}
	return n;
}

static uint32_t take_bytes(struct tty_line *line, uint8_t *to, size_t most)
{
	uint32_t n = 0;

	while (n < most && line->tail != line->head)
		to[n++] = *line_at(line, line->tail++);
	return n;
}

long line_read(struct tty *tty, struct uio *uio)
{
	struct tty_line *line = &tty->line;
	uint8_t bytes[STEP];
	bool ended = false;
	long total = 0;

	while (uio->left > 0 && !ended && line_available(tty, false)) {
		size_t most = MIN(uio->left, sizeof(bytes));
		uint32_t n = tty_lflag(tty, ICANON) ? take_line(line, bytes, most, &ended)
						    : take_bytes(line, bytes, most);

		long got = n > 0 ? uio_fill(uio, bytes, n) : 0;
		if (got < 0)
			return total ? total : got;
		total += got;
	}
	/* A buffer that is filled to the last byte takes the end behind it, too. */
	if (tty_lflag(tty, ICANON) && !ended && line->tail != line->canon &&
	    is_end(line, line->tail))
		line_mark(line, line->tail++, false);
	if (!tty_lflag(tty, ICANON))
		line->canon = line->tail;
	return total;
}

void line_change_mode(struct tty *tty)
{
	struct tty_line *line = &tty->line;

	memset(line->marks, 0, sizeof(line->marks));
	line->canon = line->tail;
	if (tty_lflag(tty, ICANON) && line->head != line->tail) {
		line->canon = line->head;
		line_mark(line, line->head - 1, true);
	}
	line->erasing = line->literal = false;
}
