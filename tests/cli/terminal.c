// SPDX-License-Identifier: Apache-2.0
/*
 * The caller's terminal under --tty: its mode comes back whatever happens, and
 * what is typed arrives.
 */
#include "sandbox-cli/run/terminal.h"
#include "common/err.h"
#include "hv/hv.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static int master, saved_input, saved_output;
static struct hv_outside *news;
static struct terminal terminal;
static struct boot_tty tty;
static struct termios before;

/*
 * Standard input and output are a terminal of 33 rows and 77 columns, whose
 * erase character is #.
 */
static int setup(void **state)
{
	const struct winsize size = { .ws_row = 33, .ws_col = 77 };
	int slave;

	(void)state;
	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0 || grantpt(master) || unlockpt(master))
		return -1;
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || tcgetattr(slave, &before))
		return -1;
	before.c_cc[VERASE] = '#';
	tcsetattr(slave, TCSANOW, &before);
	ioctl(slave, TIOCSWINSZ, &size);
	saved_input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 20);
	saved_output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 20);
	dup2(slave, STDIN_FILENO);
	dup2(slave, STDOUT_FILENO);
	close(slave);
	news = hv_outside_share();
	return news ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	dup2(saved_input, STDIN_FILENO);
	dup2(saved_output, STDOUT_FILENO);
	close(saved_input);
	close(saved_output);
	if (master >= 0)
		close(master);
	return 0;
}

static void take(void)
{
	struct err e = { 0 };

	assert_int_equal(terminal_open(&terminal, &tty, news, &e), 0);
}

static struct termios mode(void)
{
	struct termios now;

	assert_int_equal(tcgetattr(master, &now), 0);
	return now;
}

static int is_raw(void)
{
	struct termios now = mode();

	return !(now.c_lflag & (ICANON | ECHO | ISIG)) && !(now.c_oflag & OPOST);
}

static int is_as_before(void)
{
	struct termios now = mode();

	return now.c_lflag == before.c_lflag && now.c_iflag == before.c_iflag &&
	       now.c_oflag == before.c_oflag && now.c_cflag == before.c_cflag &&
	       memcmp(now.c_cc, before.c_cc, sizeof(now.c_cc)) == 0;
}

/* Within two seconds. */
static int comes_back(void)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	for (int i = 0; i < 200 && !is_as_before(); i++)
		nanosleep(&pause, NULL);
	return is_as_before();
}

static void raw_and_back(void **state)
{
	(void)state;
	take();
	assert_true(is_raw());
	terminal_close(&terminal);
	assert_true(is_as_before());
	terminal_close(&terminal); /* once more is no harm */
}

static void the_guest_learns_it_all(void **state)
{
	const struct winsize larger = { .ws_row = 60, .ws_col = 200 };

	(void)state;
	take();
	assert_int_equal(tty.flags, BOOT_TTY | BOOT_TTY_INPUT | BOOT_TTY_TERMIOS);
	assert_int_equal(tty.rows, 33);
	assert_int_equal(tty.columns, 77);
	assert_memory_equal(tty.termios, &before, BOOT_TERMIOS); /* not the raw mode */
	assert_int_equal(atomic_load(&news->window), 33 << 16 | 77);
	ioctl(master, TIOCSWINSZ, &larger);
	terminal_resize(&terminal);
	assert_int_equal(atomic_load(&news->window), 60 << 16 | 200);
	terminal_close(&terminal);
}

static void without_a_terminal(void **state)
{
	struct pollfd poll;
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	int error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 20);

	(void)state;
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		dup2(nothing, fd);
	take();
	dup2(error, STDERR_FILENO);
	assert_int_equal(tty.flags, BOOT_TTY);
	assert_int_equal(tty.rows, 24);
	assert_int_equal(tty.columns, 80);
	assert_int_equal(terminal.from_us, -1); /* the monitor reads its own standard input */
	terminal_poll(&terminal, &poll);
	assert_int_equal(poll.fd, -1);
	terminal_close(&terminal);
	close(nothing);
	close(error);
}

static void no_output_no_terminal(void **state)
{
	struct err e = { 0 };
	int path = open("/dev/null", O_PATH | O_CLOEXEC);

	(void)state;
	dup2(path, STDOUT_FILENO);
	close(path);
	assert_int_equal(terminal_open(&terminal, &tty, news, &e), -EBADF);
	assert_string_equal(e.what, "--tty: standard output is closed");
	terminal_close(&terminal);
	assert_true(is_as_before());
}

/* What terminal_pump() has moved until there is nothing to poll for. */
static size_t typed(char *out, size_t size)
{
	ssize_t n;

	for (;;) {
		struct pollfd fd;

		terminal_poll(&terminal, &fd);
		if (poll(&fd, 1, 100) <= 0)
			break;
		terminal_pump(&terminal);
		if (terminal.to_guest < 0)
			break;
	}
	fcntl(terminal.from_us, F_SETFL, O_NONBLOCK);
	n = read(terminal.from_us, out, size);
	return n < 0 ? 0 : (size_t)n;
}

static void every_byte_arrives(void **state)
{
	static const char keys[] = "ls\r\003\032\021\023\004\177\377\0x";
	char out[64];

	(void)state;
	take();
	assert_int_equal(write(master, keys, sizeof(keys)), sizeof(keys));
	assert_int_equal(typed(out, sizeof(out)), sizeof(keys));
	assert_memory_equal(out, keys, sizeof(keys));
	terminal_close(&terminal);
}

static void what_does_not_fit_waits(void **state)
{
	static char many[TERMINAL_CHUNK], out[1 << 16];
	size_t sent = 0, got = 0;

	(void)state;
	memset(many, 'm', sizeof(many));
	take();
	fcntl(terminal.to_guest, F_SETPIPE_SZ, 4096);
	while (sent < 10 * sizeof(many)) {
		assert_int_equal(write(master, many, sizeof(many)), sizeof(many));
		sent += sizeof(many);
		if (sent % (4 * sizeof(many)) == 0)
			got += typed(out, sizeof(out));
	}
	while (got < sent) {
		size_t more = typed(out, sizeof(out));

		assert_true(more > 0);
		got += more;
	}
	assert_int_equal(got, sent);
	terminal_close(&terminal);
}

static void a_hang_up_is_the_end(void **state)
{
	char byte;

	(void)state;
	take();
	close(master);
	master = -1;
	assert_true(terminal_pump(&terminal));
	assert_int_equal(terminal.to_guest, -1);
	assert_int_equal(read(terminal.from_us, &byte, 1), 0);
	terminal_close(&terminal);
}

static void stopping_gives_it_back(void **state)
{
	(void)state;
	take();
	terminal_leave(&terminal);
	assert_true(is_as_before());
	terminal_return(&terminal);
	assert_true(is_raw());
	terminal_close(&terminal);
	assert_true(is_as_before());
}

/* A launcher that is killed while it has the terminal; `change` is done to it before. */
static void kill_a_launcher(void (*change)(void))
{
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		take();
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_true(is_raw());
	change();
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	close(ready[1]);
}

static void nothing_else(void)
{
}

static void as_a_shell_reads_lines(void)
{
	struct termios now = mode();

	now.c_oflag |= OPOST | ONLCR;
	assert_int_equal(tcsetattr(master, TCSANOW, &now), 0);
}

static void a_guard_stays_behind(void **state)
{
	const struct timespec pause = { .tv_nsec = 200000000 };

	(void)state;
	kill_a_launcher(nothing_else);
	assert_true(comes_back());
	kill_a_launcher(as_a_shell_reads_lines);
	nanosleep(&pause, NULL);
	assert_false(is_as_before());
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(raw_and_back),	    TEST(the_guest_learns_it_all),
		TEST(without_a_terminal),   TEST(no_output_no_terminal),
		TEST(every_byte_arrives),   TEST(what_does_not_fit_waits),
		TEST(a_hang_up_is_the_end), TEST(stopping_gives_it_back),
		TEST(a_guard_stays_behind),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
