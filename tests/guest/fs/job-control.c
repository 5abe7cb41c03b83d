// SPDX-License-Identifier: Apache-2.0
/*
 * What a shell does: jobs that are stopped for using the terminal from the
 * background, by Ctrl-Z or on their own, and that go on; jobs that are orphaned.
 */
#include "pty.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>

static void say_status(const char *what, pid_t pid, int options)
{
	int status = -1;
	pid_t got = waitpid(pid, &status, options);

	if (got != pid)
		printf("%s: %s\n", what, got == 0 ? "nothing" : strerrorname_np(errno));
	else if (WIFSTOPPED(status))
		printf("%s: stopped by %s\n", what, sigabbrev_np(WSTOPSIG(status)));
	else if (WIFCONTINUED(status))
		printf("%s: continued\n", what);
	else if (WIFSIGNALED(status))
		printf("%s: killed by %s\n", what, sigabbrev_np(WTERMSIG(status)));
	else
		printf("%s: exited with %d\n", what, WEXITSTATUS(status));
}

static pid_t job(void (*does)(void), bool foreground)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		if (foreground)
			tcsetpgrp(slave, getpid());
		signal(SIGTTOU, SIG_DFL);
		does();
		fflush(stdout);
		_exit(7);
	}
	setpgid(pid, pid);
	if (foreground)
		tcsetpgrp(slave, pid);
	return pid;
}

static void continue_job(pid_t pid, bool foreground)
{
	tcsetpgrp(slave, foreground ? pid : getpgrp());
	kill(-pid, SIGCONT);
}

static void reads(void)
{
	char text[64];
	ssize_t n = read(slave, text, sizeof(text));

	show_bytes("job", text, n);
}

static void writes(void)
{
	TRY(write(slave, "x", 1));
}

static void sets(void)
{
	struct termios t;

	tcgetattr(slave, &t);
	TRY(tcsetattr(slave, TCSADRAIN, &t));
}

static void takes(void)
{
	TRY(tcsetpgrp(slave, getpgrp()));
	printf("has it %d\n", tcgetpgrp(slave) == getpgrp());
}

/* Twice into the background: in the foreground it ends at last. */
static void uses_in_background(const char *what, void (*does)(void))
{
	pid_t pid = job(does, false);

	printf("-- %s\n", what);
	say_status("first", pid, WUNTRACED);
	continue_job(pid, false);
	say_status("second", pid, WUNTRACED);
	continue_job(pid, true);
	usleep(20000);
	if (does == reads)
		put(master, "a line\n");
	say_status("third", pid, WUNTRACED);
	tcsetpgrp(slave, getpgrp());
}

static void background(void)
{
	struct termios t;

	printf("== in the background\n");
	uses_in_background("reads", reads);
	uses_in_background("sets", sets);
	uses_in_background("takes the terminal", takes);
	pid_t pid = job(writes, false);
	say_status("writes", pid, WUNTRACED);
	tcgetattr(slave, &t);
	t.c_lflag |= TOSTOP;
	tcsetattr(slave, TCSANOW, &t);
	uses_in_background("writes with TOSTOP", writes);
	t.c_lflag &= ~(tcflag_t)TOSTOP;
	tcsetattr(slave, TCSANOW, &t);
}

static void pauses(void)
{
	for (;;)
		pause();
}

/* Two processes. */
static void pipeline(void)
{
	pid_t pid = fork();

	if (pid == 0)
		pauses();
	int status;
	while (waitpid(pid, &status, 0) < 0)
		;
	printf("second of the job: %x\n", status);
	signal(WTERMSIG(status), SIG_DFL);
	raise(WTERMSIG(status));
}

static void ignores(void)
{
	signal(SIGINT, SIG_IGN);
	pipeline();
}

static void keys(void)
{
	printf("== keys\n");
	pid_t pid = job(pauses, true);
	usleep(20000);
	put(master, "\032");
	say_status("Ctrl-Z", pid, WUNTRACED);
	tcsetpgrp(slave, getpgrp());
	continue_job(pid, true);
	say_status("fg", pid, WCONTINUED);
	put(master, "\032");
	say_status("Ctrl-Z again", pid, WUNTRACED);
	continue_job(pid, false);
	say_status("bg", pid, WCONTINUED);
	put(master, "\003");
	usleep(20000);
	say_status("Ctrl-C is for others", pid, WUNTRACED | WNOHANG);
	kill(-pid, SIGKILL);
	say_status("killed", pid, 0);
	pid = job(ignores, true);
	usleep(20000);
	put(master, "\003");
	usleep(20000);
	say_status("Ctrl-C ignored", pid, WUNTRACED | WNOHANG);
	put(master, "\034");
	say_status("Ctrl-\\", pid, WUNTRACED);
	tcsetpgrp(slave, getpgrp());
}

/* A read that Ctrl-Z interrupts goes on when the job does. */
static void interrupted(void)
{
	printf("== a read that is stopped\n");
	pid_t pid = job(reads, true);
	usleep(20000);
	put(master, "half");
	put(master, "\032");
	say_status("stopped", pid, WUNTRACED);
	tcsetpgrp(slave, getpgrp());
	put(master, "typed meanwhile\n");
	continue_job(pid, true);
	say_status("read", pid, 0);
	tcsetpgrp(slave, getpgrp());
}

static void shows_hangup(int signo)
{
	const char *text = signo == SIGHUP ? "hang-up\n" : "continued\n";

	write(STDOUT_FILENO, text, strlen(text));
}

/* Its parent ends while it is stopped: SIGHUP, and it goes on. */
static void orphans(void)
{
	printf("== a stopped job is orphaned\n");
	fflush(stdout);
	int told[2];
	char byte;
	pipe(told);
	pid_t pid = fork();
	if (pid == 0) {
		pid_t stopped = fork();

		if (stopped == 0) {
			struct sigaction action = { .sa_handler = shows_hangup };

			setpgid(0, 0);
			sigfillset(&action.sa_mask);
			sigaction(SIGHUP, &action, NULL);
			raise(SIGSTOP);
			write(STDOUT_FILENO, "goes on\n", 8);
			_exit(0);
		}
		waitpid(stopped, NULL, WUNTRACED);
		_exit(0);
	}
	close(told[1]);
	waitpid(pid, NULL, 0);
	read(told[0], &byte, 1);
	close(told[0]);
}

/* Nobody would continue an orphan: it is not stopped by SIGTSTP, but by SIGSTOP. */
static void orphan_stops(void)
{
	printf("== an orphan is stopped\n");
	fflush(stdout);
	int told[2];
	char byte;
	pipe(told);
	pid_t middle = fork();
	if (middle == 0) {
		pid_t parent = getpid(), pid = fork();

		if (pid > 0)
			_exit(0);
		setpgid(0, 0);
		while (getppid() == parent)
			usleep(1000);
		raise(SIGTSTP);
		raise(SIGTTIN);
		raise(SIGTTOU);
		write(STDOUT_FILENO, "not stopped\n", 12);
		pid = fork();
		if (pid == 0) {
			kill(getppid(), SIGSTOP);
			usleep(50000);
			write(STDOUT_FILENO, "continues it\n", 13);
			kill(getppid(), SIGCONT);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
		write(STDOUT_FILENO, "done\n", 5);
		_exit(0);
	}
	close(told[1]);
	waitpid(middle, NULL, 0);
	read(told[0], &byte, 1);
	close(told[0]);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOFBF, 65536);
	/* The shell: a session leader, whose parent is in another session. */
	pid_t pid = fork();
	if (pid) {
		int status;

		waitpid(pid, &status, 0);
		return status;
	}
	setsid();
	open_pair();
	ioctl(slave, TIOCSCTTY, 0);
	fcntl(slave, F_SETFL, 0);
	signal(SIGTTOU, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	background();
	keys();
	interrupted();
	orphans();
	orphan_stops();
	return 0;
}
