// SPDX-License-Identifier: Apache-2.0
/* The line discipline of pseudo terminals: editing, echo, flags, raw mode, what is too long. */
#include "pty.h"

static char big[70000];

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
	type("a newline is only text", "a\026\n\022b\n");
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
	type("IUCLC above", "\xc3\xd7\xdf\n");
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
	change(0, 0, 0, ICANON);
	put(master, "ab\026");
	change(0, 0, ICANON, 0);
	tcflush(slave, TCIFLUSH);
	put(master, "c\026");
	tcflush(slave, TCIFLUSH);
	type("literal behind a flush", "\022d\n");
	write(master, "ab", 3);
	settle();
	change(0, 0, 0, ICANON);
	change(0, 0, ICANON, 0);
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

int main(void)
{
	setvbuf(stdout, NULL, _IOFBF, 65536);
	canonical();
	echoing();
	input_flags();
	output_flags();
	raw_mode();
	long_lines();
	return 0;
}
