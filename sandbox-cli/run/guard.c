// SPDX-License-Identifier: Apache-2.0
/* Waits for the end of sandbox-run, whatever that is, in a session of its own. */
#include "sandbox-cli/run/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The flags that raw mode is about; a shell that reads lines has others. */
static int is_raw(const struct termios *now, const struct termios *saved)
{
	struct termios raw = *saved;

	cfmakeraw(&raw);
	return now->c_iflag == raw.c_iflag && now->c_oflag == raw.c_oflag &&
	       now->c_lflag == raw.c_lflag;
}

static _Noreturn void stand_guard(int pipe, int terminal, const struct termios *saved)
{
	struct termios now;
	sigset_t all;
	char dismissed;
	ssize_t n;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid(); /* what ends the others of the group does not end this */
	/* The caller's pipes must not stay open for our sake. */
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fd != terminal)
			close(fd);
	if (pipe > STDERR_FILENO + 1)
		syscall(SYS_close_range, STDERR_FILENO + 1, pipe - 1, 0);
	syscall(SYS_close_range, pipe + 1, ~0u, 0);
	do
		n = read(pipe, &dismissed, 1);
	while (n < 0 && errno == EINTR);
	if (n == 0 && tcgetattr(terminal, &now) == 0 && is_raw(&now, saved))
		tcsetattr(terminal, TCSANOW, saved);
	_exit(0);
}

int guard_start(int terminal, const struct termios *saved)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(ends[1]);
		stand_guard(ends[0], terminal, saved);
	}
	close(ends[0]);
	if (pid < 0) {
		close(ends[1]);
		return -1;
	}
	return ends[1];
}

void guard_dismiss(int guard)
{
	/* The guard may be gone: then there is nobody to tell. */
	sigset_t set, before;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	sigprocmask(SIG_BLOCK, &set, &before);
	if (write(guard, "", 1) < 0) {
		const struct timespec now = { 0 };

		sigtimedwait(&set, NULL, &now);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(guard);
}
