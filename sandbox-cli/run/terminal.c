// SPDX-License-Identifier: Apache-2.0
/* The caller's terminal in raw mode, and the bytes that are typed there. */
#include "sandbox-cli/run/terminal.h"
#include "common/err.h"
#include "hv/hv.h"
#include "sandbox-cli/run/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define USUAL_ROWS    24
#define USUAL_COLUMNS 80

void terminal_none(struct terminal *t)
{
	*t = (struct terminal){ .input = -1, .to_guest = -1, .from_us = -1, .guard = -1 };
}

/* Of the terminal that the output goes to, or else the input comes from. */
static struct winsize window(void)
{
	static const int streams[] = { STDOUT_FILENO, STDIN_FILENO, STDERR_FILENO };
	struct winsize size = { 0 };

	for (size_t i = 0; i < sizeof(streams) / sizeof(*streams); i++)
		if (ioctl(streams[i], TIOCGWINSZ, &size) == 0)
			break;
	if (!size.ws_row)
		size.ws_row = USUAL_ROWS;
	if (!size.ws_col)
		size.ws_col = USUAL_COLUMNS;
	return size;
}

void terminal_resize(struct terminal *t)
{
	struct winsize size = window();

	if (t->outside)
		atomic_store(&t->outside->window, (uint32_t)size.ws_row << 16 | size.ws_col);
}

/* A background process that changes the mode would be stopped, and would change the shell's. */
static int in_foreground(const struct terminal *t)
{
	pid_t group = tcgetpgrp(t->input);

	return group < 0 || group == getpgrp();
}

static void make_raw(struct terminal *t)
{
	struct termios raw = t->saved;

	cfmakeraw(&raw);
	t->raw = tcsetattr(t->input, TCSANOW, &raw) == 0;
}

void terminal_leave(struct terminal *t)
{
	if (t->raw && in_foreground(t))
		tcsetattr(t->input, TCSANOW, &t->saved);
	t->raw = 0;
}

/* The shell may have given it another mode meanwhile, which is then the one to leave it in. */
void terminal_return(struct terminal *t)
{
	if (t->input < 0 || !in_foreground(t))
		return;
	make_raw(t);
	terminal_resize(t);
}

static int take(struct terminal *t, struct boot_tty *tty, struct err *e)
{
	int ends[2];

	_Static_assert(offsetof(struct termios, c_cc) + NCCS >= BOOT_TERMIOS,
		       "the kernel's form is a part of the library's");
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(e, ERR_SANDBOX, errno, "cannot make a pipe: %s", strerror(errno));
	t->from_us = ends[0];
	t->to_guest = ends[1];
	if (fcntl(t->to_guest, F_SETFL, O_NONBLOCK) < 0)
		return err_set(e, ERR_SANDBOX, errno, "cannot use a pipe: %s", strerror(errno));
	t->guard = guard_start(t->input, &t->saved);
	if (t->guard < 0)
		return err_set(e, ERR_SANDBOX, errno, "cannot start the terminal's guard: %s",
			       strerror(errno));
	make_raw(t);
	if (!t->raw)
		return err_set(e, ERR_SANDBOX, errno,
			       "--tty: cannot change the mode of the terminal: %s",
			       strerror(errno));
	tty->flags |= BOOT_TTY_INPUT | BOOT_TTY_TERMIOS;
	memcpy(tty->termios, &t->saved, BOOT_TERMIOS);
	return 0;
}

int terminal_open(struct terminal *t, struct boot_tty *tty, struct hv_outside *outside,
		  struct err *e)
{
	struct winsize size = window();

	terminal_none(t);
	t->outside = outside;
	terminal_resize(t);
	*tty = (struct boot_tty){ .flags = BOOT_TTY, .rows = size.ws_row, .columns = size.ws_col };
	if (fcntl(STDOUT_FILENO, F_GETFL) & O_PATH) {
		err_set(e, ERR_SANDBOX, EBADF, "--tty: standard output is closed");
		err_hint(e, "the terminal's output goes there");
		return -EBADF;
	}
	if (tcgetattr(STDIN_FILENO, &t->saved) < 0)
		return 0;
	t->input = STDIN_FILENO;
	return take(t, tty, e);
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void terminal_forked(struct terminal *t)
{
	close_end(&t->from_us);
}

void terminal_close(struct terminal *t)
{
	terminal_leave(t);
	if (t->guard >= 0)
		guard_dismiss(t->guard);
	t->guard = -1;
	close_end(&t->from_us);
	close_end(&t->to_guest);
	t->input = -1;
}

void terminal_poll(const struct terminal *t, struct pollfd *poll)
{
	if (t->to_guest < 0)
		*poll = (struct pollfd){ .fd = -1 };
	else if (t->count)
		*poll = (struct pollfd){ .fd = t->to_guest, .events = POLLOUT };
	else
		*poll = (struct pollfd){ .fd = t->input, .events = POLLIN };
}

int terminal_pump(struct terminal *t)
{
	ssize_t n;

	if (!t->count) {
		n = read(t->input, t->typed, sizeof(t->typed));
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			return 0;
		if (n <= 0) { /* hung up: the guest sees the end of its input */
			close_end(&t->to_guest);
			return 1;
		}
		t->first = 0;
		t->count = (size_t)n;
	}
	n = write(t->to_guest, t->typed + t->first, t->count);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		close_end(&t->to_guest); /* nobody reads any more */
	if (n <= 0)
		return 0;
	t->first += (size_t)n;
	t->count -= (size_t)n;
	return 1;
}
