// SPDX-License-Identifier: Apache-2.0
/* Pseudo terminals: opening, ends that close, what ioctl and poll say, sessions. */
#include "pty.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

static char big[16];
static volatile int signals[65];

static void count(int signo)
{
	signals[signo]++;
}

static void show_termios(const char *what, int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t) < 0) {
		printf("%s: %s\n", what, strerrorname_np(errno));
		return;
	}
	printf("%s: %x %x %x %x %d:", what, t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag, t.c_line);
	for (int i = 0; i < NCCS; i++)
		printf(" %d", t.c_cc[i]);
	printf(" speed %u %u\n", cfgetispeed(&t), cfgetospeed(&t));
}

static void opening(void)
{
	int lock = -1, number = -1;
	struct stat st;

	printf("== opening\n");
	master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	TRY(ioctl(master, TIOCGPTN, &number));
	TRY(ioctl(master, TIOCGPTLCK, &lock));
	printf("locked %d\n", lock);
	snprintf(name, sizeof(name), "/dev/pts/%d", number);
	TRY(open(name, O_RDWR | O_NOCTTY));
	TRY(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY));
	lock = 0;
	TRY(ioctl(master, TIOCSPTLCK, &lock));
	TRY(ioctl(master, TIOCGPTLCK, &lock));
	printf("locked %d\n", lock);
	TRY_OK(slave = open(name, O_RDWR | O_NOCTTY));
	TRY(stat(name, &st));
	printf("%o major %u same %d owner %d\n", st.st_mode & S_IFMT, major(st.st_rdev),
	       (int)minor(st.st_rdev) == number, st.st_uid == geteuid());
	printf("ttyname %d ptsname %d\n", strcmp(ttyname(slave), name),
	       strcmp(ptsname(master), name));
	printf("isatty %d %d\n", isatty(slave), isatty(master));
	int peer = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	printf("peer %d: %s, cloexec %d flags %x\n", peer >= 0,
	       peer >= 0 ? strcmp(ttyname(peer), name) ? "other" : "same" : "",
	       fcntl(peer, F_GETFD), fcntl(peer, F_GETFL));
	close(peer);
	printf("flags %x %x\n", fcntl(master, F_GETFL), fcntl(slave, F_GETFL));
	TRY(lseek(slave, 0, SEEK_SET));
	TRY(pread(slave, big, 1, 0));
	TRY(ioctl(slave, TIOCGPTN, &number));
	TRY(ioctl(slave, TIOCSPTLCK, &lock));
	TRY(ioctl(slave, TIOCGPTPEER, O_RDWR));
	TRY(ioctl(slave, TIOCEXCL));
	TRY(ioctl(slave, TIOCNXCL));
	int second = posix_openpt(O_RDWR), other = -1;
	ioctl(second, TIOCGPTN, &other);
	printf("another pair: %d, another number: %d\n", second >= 0, other != number);
	close(second);
	close_pair();
	TRY(access(name, F_OK));
}

static void settings(void)
{
	struct winsize size = { 24, 80, 1, 2 }, got;
	struct termios t;
	int value = -1;

	printf("== settings\n");
	open_pair();
	show_termios("first", slave);
	show_termios("of the master", master);
	TRY(ioctl(slave, TIOCGWINSZ, &got));
	printf("%d %d %d %d\n", got.ws_row, got.ws_col, got.ws_xpixel, got.ws_ypixel);
	TRY(ioctl(master, TIOCSWINSZ, &size));
	TRY(ioctl(slave, TIOCGWINSZ, &got));
	printf("%d %d %d %d\n", got.ws_row, got.ws_col, got.ws_xpixel, got.ws_ypixel);
	tcgetattr(slave, &t);
	cfmakeraw(&t);
	cfsetspeed(&t, B115200);
	t.c_cflag = (t.c_cflag & ~(tcflag_t)CSIZE) | CS7 | PARENB;
	TRY(tcsetattr(slave, TCSADRAIN, &t));
	show_termios("raw", slave);
	TRY(tcsetattr(master, TCSAFLUSH, &t));
	TRY(ioctl(slave, TIOCGETD, &value));
	printf("discipline %d\n", value);
	TRY(ioctl(slave, TIOCOUTQ, &value));
	printf("out %d\n", value);
	TRY(ioctl(slave, TIOCGPGRP, &value));
	TRY(ioctl(slave, TIOCGSID, &value));
	TRY(ioctl(slave, TIOCSPGRP, &value));
	TRY(ioctl(slave, TIOCNOTTY));
	TRY(ioctl(master, TIOCGSID, &value));
	TRY(ioctl(master, TIOCGPGRP, &value));
	printf("group %d\n", value);
	TRY(ioctl(slave, TCSBRK, 0));
	TRY(ioctl(slave, TCSBRK, 1));
	TRY(ioctl(slave, TCSBRKP, 0));
	TRY(ioctl(slave, TCFLSH, 3));
	TRY(ioctl(slave, TCXONC, 4));
	TRY(ioctl(slave, TIOCMGET, &value));
	TRY(ioctl(slave, 0x5499, &value));
	TRY(ioctl(slave, TCGETS, 8));
	TRY(ioctl(slave, TCSETS, 8));
	close_pair();
}

static void closing(void)
{
	printf("== closing\n");
	open_pair();
	show_poll("master", master);
	show_poll("slave", slave);
	put(slave, "last words");
	close(slave);
	show_poll("master, slave closed", master);
	get("what was left", master, 100);
	get("then", master, 100);
	show_poll("master, read", master);
	TRY(write(master, "for the next\n", 13));
	slave = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
	poll(&(struct pollfd){ master, POLLIN, 0 }, 1, 1000); /* for the echo */
	show_poll("opened again", master);
	get("the next", slave, 100);
	get("echo", master, 100);
	get("no end any more", master, 100);
	close(master);
	show_poll("slave, master closed", slave);
	get("slave", slave, 100);
	TRY(write(slave, "x", 1));
	int value;
	TRY(ioctl(slave, TIOCGWINSZ, &value));
	TRY(ioctl(slave, TIOCSPGRP, &value));
	TRY(isatty(slave));
	TRY(access(name, F_OK));
	close(slave);
	master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	get("never opened", master, 10);
	TRY(write(master, "x\n", 2));
	settle();
	get("echo of it", master, 10);
	close(master);
}

static void waiting(void)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET }, got;

	printf("== waiting\n");
	open_pair();
	int set = epoll_create1(0);
	TRY(epoll_ctl(set, EPOLL_CTL_ADD, slave, &event));
	TRY(epoll_wait(set, &got, 1, 0));
	put(master, "abc");
	TRY(epoll_wait(set, &got, 1, 0));
	put(master, "\n");
	TRY(epoll_wait(set, &got, 1, 100));
	TRY(epoll_wait(set, &got, 1, 0));
	put(master, "d\n");
	TRY(epoll_wait(set, &got, 1, 100));
	close(set);
	fcntl(slave, F_SETFL, 0);
	get("first", slave, 100);
	get("second", slave, 100);
	struct sigaction action = { .sa_handler = count };
	sigaction(SIGALRM, &action, NULL);
	ualarm(20000, 0);
	get("interrupted", slave, 100);
	get("echo", master, 100);
	fcntl(master, F_SETFL, 0);
	ualarm(20000, 0);
	get("master interrupted", master, 100);
	close_pair();
}

/* The terminal goes while somebody reads: he is told of an error, who comes later of the end. */
static void left_waiting(void)
{
	printf("== left waiting\n");
	open_pair();
	fflush(stdout);
	if (fork() == 0) {
		close(master);
		fcntl(slave, F_SETFL, 0);
		get("waiting", slave, 10);
		get("later", slave, 10);
		fflush(stdout);
		_exit(0);
	}
	usleep(50000);
	close_pair();
	wait(NULL);
}

static void packets(void)
{
	int on = 1;

	printf("== packets\n");
	open_pair();
	TRY(ioctl(master, TIOCPKT, &on));
	TRY(ioctl(slave, TIOCPKT, &on));
	put(slave, "data");
	get("data", master, 100);
	tcflow(slave, TCOOFF);
	show_poll("status", master);
	get("stopped", master, 100);
	tcflow(slave, TCOON);
	get("started", master, 100);
	tcflush(slave, TCIFLUSH);
	get("flushed", master, 100);
	change(0, IXON, 0, 0);
	get("no flow control", master, 100);
	get("nothing", master, 100);
	on = 0;
	TRY(ioctl(master, TIOCPKT, &on));
	close_pair();
}

static void sessions(void)
{
	struct sigaction action = { .sa_handler = count };
	struct winsize size = { 1, 2, 0, 0 };
	int value = -1;

	printf("== sessions\n");
	/* One that has no terminal: a session of its own, if it does not lead one already. */
	setsid();
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGQUIT, &action, NULL);
	sigaction(SIGTSTP, &action, NULL);
	sigaction(SIGWINCH, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGCONT, &action, NULL);
	TRY(open("/dev/tty", O_RDWR));
	open_pair();
	type("not of this session", "\003\034\032a\n");
	printf("%d %d %d\n", signals[SIGINT], signals[SIGQUIT], signals[SIGTSTP]);
	TRY(ioctl(slave, TIOCSCTTY, 0));
	TRY(ioctl(slave, TIOCSCTTY, 0));
	TRY(ioctl(slave, TIOCGSID, &value));
	printf("session %d\n", value == getsid(0));
	TRY(ioctl(slave, TIOCGPGRP, &value));
	printf("group %d\n", value == getpgrp());
	TRY(ioctl(master, TIOCGPGRP, &value));
	printf("group %d\n", value == getpgrp());
	TRY(ioctl(slave, TIOCSPGRP, &value));
	value = -1;
	TRY(ioctl(slave, TIOCSPGRP, &value));
	value = 99999999;
	TRY(ioctl(slave, TIOCSPGRP, &value));
	int tty = open("/dev/tty", O_RDWR);
	printf("/dev/tty %d\n", tty >= 0);
	put(tty, "by tty\n");
	get("master", master, 100);
	close(tty);
	type("interrupt", "abc\003d\n");
	type("quit", "abc\034d\n");
	type("suspend", "abc\032d\n");
	change(0, 0, NOFLSH, 0);
	type("NOFLSH", "abc\003d\n");
	change(0, 0, 0, ISIG);
	type("no ISIG", "abc\003d\n");
	printf("%d %d %d\n", signals[SIGINT], signals[SIGQUIT], signals[SIGTSTP]);
	TRY(ioctl(master, TIOCSWINSZ, &size));
	TRY(ioctl(master, TIOCSWINSZ, &size));
	printf("window %d\n", signals[SIGWINCH]);
	TRY(ioctl(master, TIOCSIG, SIGINT));
	TRY(ioctl(master, TIOCSIG, SIGTERM));
	printf("%d\n", signals[SIGINT]);
	TRY(ioctl(slave, TIOCNOTTY));
	printf("hangups %d\n", signals[SIGHUP]);
	TRY(open("/dev/tty", O_RDWR));
	close(slave);
	slave = open(name, O_RDWR);
	tty = open("/dev/tty", O_RDWR);
	printf("by opening: %d\n", tty >= 0);
	close(tty);
	close(master);
	printf("hangups %d\n", signals[SIGHUP]);
	TRY(open("/dev/tty", O_RDWR));
	close(slave);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOFBF, 65536);
	opening();
	settings();
	closing();
	waiting();
	left_waiting();
	packets();
	sessions();
	return 0;
}
