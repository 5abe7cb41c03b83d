// SPDX-License-Identifier: Apache-2.0
/*
 * Terminals of sessions with several process groups: who is in the foreground,
 * what the background may do, who loses the terminal and is told.
 */
#include "pty.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>

static volatile int signals[65];
static struct {
	pid_t pid;
	int gate[2];
} listeners[8];
static int listener_count;

static void count(int signo)
{
	signals[signo]++;
}

static void handle(int signo)
{
	struct sigaction action = { .sa_handler = count };

	sigaction(signo, &action, NULL);
}

static void show_signals(const char *who)
{
	printf("%s:", who);
	for (int i = 1; i < 65; i++)
		if (signals[i] && i != SIGCHLD)
			printf(" %s", sigabbrev_np(i));
	printf("\n");
	memset((void *)signals, 0, sizeof(signals));
}

static void handle_all(void)
{
	static const int all[] = { SIGINT, SIGQUIT, SIGTSTP,  SIGTTIN, SIGTTOU,
				   SIGHUP, SIGCONT, SIGWINCH, SIGUSR1 };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		handle(all[i]);
	memset((void *)signals, 0, sizeof(signals));
}

/* Runs in a child, to its end. */
static void in_child(void (*does)(void), bool own_group)
{
	fflush(stdout);
	pid_t pid = fork();

	if (pid == 0) {
		if (own_group)
			setpgid(0, 0);
		does();
		fflush(stdout);
		_exit(0);
	}
	int status;
	while (waitpid(pid, &status, 0) < 0)
		;
	if (status)
		printf("child: status %x\n", status);
}

/* A child that counts signals, and shows them when it is told to. */
static pid_t listener(const char *who, bool own_group)
{
	int *gate = listeners[listener_count].gate;
	int ready[2];
	char byte;

	pipe(ready);
	pipe(gate);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		close(gate[1]);
		close(master);
		if (own_group)
			setpgid(0, 0);
		write(ready[1], "x", 1);
		while (read(gate[0], &byte, 1) < 0)
			;
		show_signals(who);
		int tty = open("/dev/tty", O_RDWR);
		printf("%s: /dev/tty %s\n", who, tty < 0 ? strerrorname_np(errno) : "is there");
		fflush(stdout);
		_exit(0);
	}
	read(ready[0], &byte, 1);
	close(ready[0]);
	close(ready[1]);
	close(gate[0]);
	listeners[listener_count++].pid = pid;
	return pid;
}

static void tell(pid_t pid)
{
	settle();
	for (int i = 0; i < listener_count; i++)
		if (listeners[i].pid == pid)
			write(listeners[i].gate[1], "x", 1);
	while (waitpid(pid, NULL, 0) < 0)
		;
}

/* A session of its own with this terminal. */
static void in_session(void (*does)(void))
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		setsid();
		open_pair();
		ioctl(slave, TIOCSCTTY, 0);
		fcntl(slave, F_SETFL, 0);
		handle_all();
		does();
		fflush(stdout);
		_exit(0);
	}
	int status;
	waitpid(pid, &status, 0);
	if (status)
		printf("session: status %x\n", status);
}

static void leads_other_session(void)
{
	int value;

	setsid();
	printf("-- another session\n");
	TRY(open("/dev/tty", O_RDWR));
	TRY(tcgetpgrp(slave));
	TRY(tcgetsid(slave));
	TRY(tcsetpgrp(slave, getpgrp()));
	TRY(ioctl(slave, TIOCSCTTY, 0));
	TRY(ioctl(slave, TIOCNOTTY));
	TRY(ioctl(master, TIOCGSID, &value));
	printf("from the master: %d\n", value == getppid());
	TRY(tcsetattr(slave, TCSANOW, &(struct termios){ .c_lflag = ICANON | ISIG }));
	int again = open(name, O_RDWR);
	printf("opened %d, not ours: ", again >= 0);
	TRY(open("/dev/tty", O_RDWR));
}

static void groups(void)
{
	int value = 0;

	printf("== groups\n");
	printf("%d %d\n", tcgetpgrp(slave) == getpgrp(), tcgetsid(slave) == getsid(0));
	pid_t same = listener("same", false), other = listener("other", true);
	TRY(tcsetpgrp(slave, -1));
	TRY(tcsetpgrp(slave, 32767));
	TRY(tcsetpgrp(slave, getppid()));
	TRY(ioctl(slave, TIOCSPGRP, 8));
	TRY(tcsetpgrp(slave, same));
	printf("number of a process: %d\n", tcgetpgrp(slave) == same);
	/* Now all are in the background. */
	signal(SIGTTOU, SIG_IGN);
	TRY(tcsetpgrp(slave, other));
	printf("other %d\n", tcgetpgrp(slave) == other);
	put(master, "\003");
	TRY(ioctl(master, TIOCGPGRP, &value));
	printf("from the master: %d\n", value == other);
	TRY(ioctl(master, TIOCSWINSZ, &(struct winsize){ 3, 4, 0, 0 }));
	TRY(ioctl(slave, TIOCSWINSZ, &(struct winsize){ 5, 6, 0, 0 }));
	TRY(tcsetpgrp(slave, getpgrp()));
	put(master, "\034");
	in_child(leads_other_session, false);
	show_signals("leader");
	tell(same);
	tell(other);
	printf("the group is gone: ");
	TRY(tcsetpgrp(slave, other));
	TRY(ioctl(slave, TIOCSETD, &(int){ 99 }));
}

static void uses_terminal(void)
{
	struct termios t;

	handle_all();
	printf("background %d\n", tcgetpgrp(slave) != getpgrp());
	get("read", slave, 10);
	get("read of nothing", slave, 0);
	TRY(write(slave, "bg", 2));
	TRY(tcgetattr(slave, &t));
	TRY(tcsetattr(slave, TCSANOW, &t));
	TRY(tcsetattr(slave, TCSAFLUSH, &t));
	TRY(tcsetattr(master, TCSANOW, &t));
	TRY(ioctl(slave, TCSETS, 8));
	TRY(tcflush(slave, TCIFLUSH));
	TRY(tcflush(slave, 77));
	TRY(tcflow(slave, TCOON));
	TRY(tcdrain(slave));
	TRY(tcsendbreak(slave, 0));
	TRY(ioctl(slave, TIOCSETD, &(int){ 0 }));
	TRY(ioctl(slave, TIOCSWINSZ, &(struct winsize){ 7, 8, 0, 0 }));
	TRY(tcsetpgrp(slave, -1));
	TRY(tcsetpgrp(slave, 32767));
	TRY(tcsetpgrp(slave, getpgrp()));
	show_signals("caught");
	t.c_lflag |= TOSTOP;
}

static void ignores(void)
{
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	get("read", slave, 10);
	TRY(write(slave, "bg", 2));
	TRY(tcsetattr(slave, TCSANOW, &(struct termios){ .c_lflag = ICANON | TOSTOP | ISIG }));
	TRY(write(slave, "bg", 2));
	TRY(tcflush(slave, TCIFLUSH));
}

static void blocks(void)
{
	sigset_t set, pending;

	sigemptyset(&set);
	sigaddset(&set, SIGTTIN);
	sigaddset(&set, SIGTTOU);
	sigprocmask(SIG_BLOCK, &set, NULL);
	handle_all();
	get("read", slave, 10);
	TRY(write(slave, "bg", 2));
	TRY(tcflush(slave, TCIFLUSH));
	TRY(sigpending(&pending));
	printf("pending %d %d\n", sigismember(&pending, SIGTTIN), sigismember(&pending, SIGTTOU));
}

static void stopped_output(void)
{
	handle_all();
	TRY(write(slave, "bg", 2));
	signal(SIGTTOU, SIG_IGN);
	TRY(write(slave, "bg", 2));
	show_signals("caught");
}

/* Its parent is gone, and with it who could make the group go on. */
static void orphan(void)
{
	int done[2];
	char byte;

	pipe(done);
	pid_t pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		pid = fork();
		if (pid > 0)
			_exit(0);
		while (getppid() != 1)
			usleep(1000);
		get("read", slave, 10);
		TRY(tcflush(slave, TCIFLUSH));
		TRY(write(slave, "bg", 2));
		TRY(tcsetpgrp(slave, getpgrp()));
		fflush(stdout);
		write(done[1], "x", 1);
		_exit(0);
	}
	while (waitpid(pid, NULL, 0) < 0)
		;
	read(done[0], &byte, 1);
}

static void background(void)
{
	printf("== background\n");
	printf("-- catches\n");
	in_child(uses_terminal, true);
	printf("-- blocks\n");
	in_child(blocks, true);
	printf("-- ignores\n");
	in_child(ignores, true);
	printf("-- TOSTOP\n");
	in_child(stopped_output, true);
	printf("-- an orphan\n");
	fflush(stdout);
	orphan();
	show_signals("leader");
}

static void lets_go(void)
{
	TRY(ioctl(slave, TIOCNOTTY));
	TRY(ioctl(slave, TIOCNOTTY));
	TRY(open("/dev/tty", O_RDWR));
	TRY(tcgetpgrp(slave));
	TRY(ioctl(slave, TIOCSCTTY, 0));
}

static void letting_go(void)
{
	printf("== letting go\n");
	in_child(lets_go, false);
	printf("still there: %d\n", open("/dev/tty", O_RDWR) >= 0);
	pid_t same = listener("same", false), other = listener("other", true);
	signal(SIGTTOU, SIG_IGN);
	TRY(tcsetpgrp(slave, other));
	TRY(ioctl(slave, TIOCNOTTY));
	show_signals("leader");
	TRY(tcgetsid(slave));
	tell(same);
	tell(other);
	TRY(ioctl(slave, TIOCSCTTY, 0));
	printf("again: %d\n", tcgetpgrp(slave) == getpgrp());
}

static void hanging_up(void)
{
	printf("== the master is closed\n");
	pid_t same = listener("same", false), other = listener("other", true);
	signal(SIGTTOU, SIG_IGN);
	TRY(tcsetpgrp(slave, other));
	/* All have it open: the last close is here. */
	show_signals("leader");
	tell(same);
	close(master);
	settle();
	show_signals("leader");
	get("read", slave, 10);
	TRY(write(slave, "x", 1));
	TRY_OK(tcgetpgrp(slave));
	TRY_OK(open("/dev/tty", O_RDWR));
	kill(other, SIGKILL);
}

/* Nobody has the slave open: that takes the terminal from nobody. */
static void last_close(void)
{
	printf("== the slave is closed\n");
	fcntl(slave, F_SETFD, FD_CLOEXEC);
	int tty = open("/dev/tty", O_RDWR);
	TRY(close(slave));
	int other = open("/dev/tty", O_RDWR);
	printf("one is open: %d %d\n", tty >= 0, other >= 0);
	close(tty);
	close(other);
	int value = -1;
	TRY_OK(open("/dev/tty", O_RDWR));
	printf("session %d\n", ioctl(master, TIOCGSID, &value) == 0 && value == getsid(0));
	slave = open(name, O_RDWR);
	printf("opened %d: ", slave >= 0);
	TRY_OK(open("/dev/tty", O_RDWR));
	TRY(ioctl(slave, TIOCSCTTY, 0));
	TRY_OK(open("/dev/tty", O_RDWR));
}

static void master_side(void)
{
	printf("== requests to the master\n");
	TRY(ioctl(slave, TIOCNOTTY));
	TRY(ioctl(master, TIOCSCTTY, 0));
	int tty = open("/dev/tty", O_RDWR);
	printf("/dev/tty %d %d\n", tty >= 0, tcgetpgrp(slave) == getpgrp());
	TRY(ioctl(master, TIOCNOTTY));
	int group = getpgrp();
	TRY(ioctl(master, TIOCSPGRP, &group));
}

static int results[2];

static bool hung_up;

static void leader_ends(void)
{
	pid_t survivor = listener("foreground", true);

	signal(SIGTTOU, SIG_IGN);
	tcsetpgrp(slave, survivor);
	listener("background", true);
	/* Lets the others go on, one after the other, when the leader is gone. */
	pid_t leader = getpid();
	int ready[2];
	char byte;
	pipe(ready);
	if (fork() == 0) {
		close(master);
		write(ready[1], "x", 1);
		setpgid(0, 0);
		handle_all();
		while (getppid() == leader)
			usleep(1000);
		usleep(20000);
		write(listeners[0].gate[1], "x", 1);
		usleep(50000);
		write(listeners[1].gate[1], "x", 1);
		_exit(0);
	}
	read(ready[0], &byte, 1);
	if (hung_up)
		close(master);
}

/* SIGHUP for the foreground; who is left has no terminal. */
static void ends(void)
{
	char rest[256];

	printf("== the leader ends%s\n", hung_up ? ", its terminal is gone" : "");
	pipe(results);
	in_session(leader_ends);
	/* All that was started has its write end: its end is theirs. */
	close(results[1]);
	while (read(results[0], rest, sizeof(rest)) > 0)
		;
	close(results[0]);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOFBF, 65536);
	in_session(groups);
	in_session(background);
	in_session(letting_go);
	in_session(hanging_up);
	in_session(last_close);
	in_session(master_side);
	ends();
	hung_up = true;
	listener_count = 0;
	ends();
	return 0;
}
