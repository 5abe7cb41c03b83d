// SPDX-License-Identifier: Apache-2.0
/* Pseudo terminals: the line discipline's modes, ends that close, what ioctl and poll say. */
#include "try.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <termios.h>

static int master, slave;
static char name[64];
static char big[70000];
static volatile int signals[65];

static void count(int signo)
{
	signals[signo]++;
}

/* The kernel moves bytes between the ends when it has time. */
static void settle(void)
{
	usleep(3000);
}

static void show_bytes(const char *what, const char *bytes, ssize_t n)
{
	printf("%s: ", what);
	if (n < 0) {
		printf("%s\n", strerrorname_np(errno));
		return;
	}
	printf("%zd [", n);
	for (ssize_t i = 0; i < n && i < 200; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte < ' ' || byte >= 0x7f || byte == '\\')
			printf("\\x%02x", byte);
		else
			putchar(byte);
	}
	printf("]\n");
}

static void get(const char *what, int fd, size_t size)
{
	char text[8192];

	errno = 0;
	show_bytes(what, text, read(fd, text, size));
}

static void put(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		printf("write [%s]: %s\n", text, strerrorname_np(errno));
	settle();
}

/* Types text; shows what comes back, and what the slave's next reads give. */
static void type(const char *what, const char *text)
{
	put(master, text);
	printf("-- %s\n", what);
	get("echo", master, 4096);
	for (int i = 0; i < 4; i++) {
		int waiting = -1;

		ioctl(slave, FIONREAD, &waiting);
		printf("waiting %d ", waiting);
		get("slave", slave, 100);
		if (errno == EAGAIN)
			break;
	}
}

static void open_pair(void)
{
	master = posix_openpt(O_RDWR | O_NOCTTY);
	grantpt(master);
	unlockpt(master);
	ptsname_r(master, name, sizeof(name));
	slave = open(name, O_RDWR | O_NOCTTY);
	fcntl(master, F_SETFL, O_NONBLOCK);
	fcntl(slave, F_SETFL, O_NONBLOCK);
}

static void close_pair(void)
{
	close(slave);
	close(master);
}

static struct termios change(tcflag_t in_on, tcflag_t in_off, tcflag_t local_on, tcflag_t local_off)
{
	struct termios t;

	tcgetattr(slave, &t);
	t.c_iflag = (t.c_iflag | in_on) & ~in_off;
	t.c_lflag = (t.c_lflag | local_on) & ~local_off;
	tcsetattr(slave, TCSANOW, &t);
	return t;
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

static void show_poll(const char *what, int fd)
{
	struct pollfd p = { fd, POLLIN | POLLOUT | POLLPRI | POLLRDNORM | POLLWRNORM, 0 };
	int n = poll(&p, 1, 0);

	printf("%s: %d %x\n", what, n, p.revents);
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

static void canonical(void)
{
	printf("== canonical\n");
	open_pair();
	type("line", "hello\n");
	type("carriage return", "hello\r");
	type("no line yet", "abc");
	type("rest", "def\n");
	type("two lines", "one\ntwo\n");
	type("erase", "abx\177c\n");
	type("erase at start", "\177\177a\n");
	type("kill", "nothing\025all\n");
	type("word", "one two three\027\0274\n");
	type("word with signs", "a-b_c,.\027x\n");
	type("control", "a\001b\033c\n");
	type("erase control", "a\001\177b\n");
	type("tab", "a\tb\n");
	type("erase tab", "ab\t\177c\t\001\t\177\177d\n");
	type("literal", "a\026\003b\026\n\n");
	type("reprint", "abc\022d\n");
	type("end of file", "\004");
	type("end in the middle", "abc\004");
	type("end behind a line", "abc\n\004x\n");
	type("bytes above", "\xc3\xa4\xff\177\n");
	put(master, "abcdef\n");
	get("part", slave, 3);
	get("rest", slave, 100);
	put(master, "abc\004def\n");
	get("all to the end", slave, 3);
	get("behind it", slave, 100);
	get("echo", master, 4096);
	TRY(read(slave, big, 0));
	struct termios t = change(IUTF8, 0, 0, 0);
	type("a character of two bytes", "x\xc3\xa4\177y\n");
	t.c_cc[VEOL] = ';';
	t.c_cc[VEOL2] = '!';
	t.c_cc[VERASE] = 0;
	tcsetattr(slave, TCSANOW, &t);
	type("other ends", "a;b!c\177d\n");
	close_pair();
}

static void echoing(void)
{
	printf("== echo\n");
	open_pair();
	change(0, 0, 0, ECHO);
	type("none", "ab\177c\001\025d\n");
	change(0, 0, ECHONL, 0);
	type("only newline", "ab\n");
	change(0, 0, ECHO, ECHOE);
	type("no ECHOE", "ab\177c\n");
	change(0, 0, ECHOE, ECHOKE);
	type("no ECHOKE", "ab\025c\n");
	change(0, 0, 0, ECHOK);
	type("nor ECHOK", "ab\025c\n");
	change(0, 0, ECHOK | ECHOKE | ECHOPRT, ECHOCTL);
	type("ECHOPRT, no ECHOCTL", "abc\177\177d\001\177e\n");
	change(0, 0, 0, ECHOPRT);
	type("no ECHOCTL", "a\001\177\033b\n");
	change(0, 0, ECHOCTL, IEXTEN);
	type("no IEXTEN", "a b\027\026\022\n");
	close_pair();
}

static void input_flags(void)
{
	printf("== input flags\n");
	open_pair();
	change(0, ICRNL, 0, 0);
	type("no ICRNL", "a\rb\n");
	change(INLCR, 0, 0, 0);
	type("INLCR", "a\nb\r");
	type("end it", "\004");
	change(IGNCR, INLCR, 0, 0);
	type("IGNCR", "a\r\rb\n");
	change(ISTRIP, IGNCR, 0, 0);
	type("ISTRIP", "\xe1\xe2\n");
	change(IUCLC, ISTRIP, 0, 0);
	type("IUCLC", "ABc\n");
	change(0, IUCLC, 0, 0);
	put(master, "\023");
	errno = 0;
	printf("stopped: %zd %s\n", write(slave, "x", 1), strerrorname_np(errno));
	show_poll("stopped", slave);
	type("typed while stopped", "ab\n");
	put(master, "\021");
	get("after start", master, 100);
	show_poll("started", slave);
	TRY(tcflow(slave, TCOOFF));
	TRY(write(slave, "x", 1));
	TRY(tcflow(slave, TCOON));
	TRY(write(slave, "y", 1));
	settle();
	get("after TCOON", master, 100);
	TRY(tcflow(slave, TCIOFF));
	TRY(tcflow(slave, TCION));
	settle();
	get("TCIOFF, TCION", master, 100);
	change(0, IXON, 0, 0);
	type("no IXON", "\023\021\n");
	close_pair();
}

static void output(tcflag_t flags, const char *what)
{
	struct termios t;

	tcgetattr(slave, &t);
	t.c_oflag = flags;
	tcsetattr(slave, TCSANOW, &t);
	put(slave, "\ra\tb\nc\rd\b\xc3\xa4\te\r\r\n");
	get(what, master, 4096);
}

static void output_flags(void)
{
	printf("== output flags\n");
	open_pair();
	output(0, "none");
	output(OPOST, "OPOST");
	output(OPOST | ONLCR, "ONLCR");
	output(OPOST | OCRNL, "OCRNL");
	output(OPOST | ONOCR, "ONOCR");
	output(OPOST | ONLRET, "ONLRET");
	output(OPOST | OLCUC | XTABS, "OLCUC XTABS");
	output(OPOST | ONLCR | ONOCR | OCRNL | XTABS, "many");
	close_pair();
}

static void raw(int least, int tenths)
{
	struct termios t;

	tcgetattr(slave, &t);
	cfmakeraw(&t);
	t.c_cc[VMIN] = (cc_t)least;
	t.c_cc[VTIME] = (cc_t)tenths;
	tcsetattr(slave, TCSANOW, &t);
}

static void raw_mode(void)
{
	printf("== raw\n");
	open_pair();
	raw(1, 0);
	type("raw", "a\003\r\n\177\004\xff");
	put(master, "abc");
	get("one byte", slave, 1);
	get("others", slave, 9);
	raw(3, 0);
	put(master, "ab");
	show_poll("two of three", slave);
	get("two of three", slave, 9);
	put(master, "abc");
	show_poll("three of three", slave);
	get("three", slave, 9);
	fcntl(slave, F_SETFL, 0);
	raw(0, 0);
	get("nothing, at once", slave, 9);
	raw(0, 1);
	get("nothing, after a tenth", slave, 9);
	put(master, "z");
	get("something", slave, 9);
	raw(5, 1);
	put(master, "ab");
	get("two, and a tenth", slave, 9);
	raw(2, 0);
	put(master, "abc");
	get("least 2", slave, 9);
	fcntl(slave, F_SETFL, O_NONBLOCK);
	raw(1, 0);
	put(master, "abc");
	change(0, 0, ICANON, 0);
	get("raw bytes become a line", slave, 100);
	put(master, "xyz");
	change(0, 0, 0, ICANON);
	get("and back", slave, 100);
	put(master, "gone");
	TRY(tcflush(slave, TCIFLUSH));
	get("flushed", slave, 100);
	put(slave, "there");
	TRY(tcflush(slave, TCOFLUSH));
	get("not flushed any more", master, 100);
	put(slave, "gone");
	TRY(tcflush(master, TCIFLUSH));
	get("flushed by the master", master, 100);
	close_pair();
}

static void long_lines(void)
{
	int waiting = -1;

	printf("== long\n");
	open_pair();
	change(0, 0, 0, ECHO);
	memset(big, 'a', sizeof(big));
	printf("%zd\n", write(master, big, 5000));
	settle();
	put(master, "b\n");
	ioctl(slave, FIONREAD, &waiting);
	printf("waiting %d\n", waiting);
	static char got[8192];
	ssize_t n = read(slave, got, sizeof(got));
	printf("line of %zd, end [%c%d]\n", n, got[n - 2], got[n - 1]);
	raw(1, 0);
	printf("raw %zd\n", write(master, big, 6000));
	settle();
	ioctl(slave, FIONREAD, &waiting);
	printf("waiting %d\n", waiting);
	long total = 0;
	while ((n = read(slave, got, sizeof(got))) > 0) {
		total += n;
		settle();
	}
	printf("got %ld\n", total);
	n = write(slave, big, sizeof(big));
	printf("much, but not all: %d\n", n >= 8192 && n < 20000);
	show_poll("full", slave);
	for (total = 0; (n = read(master, got, sizeof(got))) > 0; total += n)
		settle();
	printf("as much came: %d, %s\n", total >= 8192, strerrorname_np(errno));
	show_poll("empty", slave);
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
	settle();
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
	canonical();
	echoing();
	input_flags();
	output_flags();
	raw_mode();
	long_lines();
	closing();
	waiting();
	packets();
	sessions();
	return 0;
}
