/* SPDX-License-Identifier: Apache-2.0 */
/* For the programs about pseudo terminals: a pair, what goes in and what comes out. */
#ifndef TESTS_GUEST_FS_PTY_H
#define TESTS_GUEST_FS_PTY_H

#include "try.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

static int master, slave;
static char name[64];

/* The kernel moves bytes between the ends when it has time. */
static inline void settle(void)
{
	usleep(20000); /* Linux passes bytes on by a worker, which a busy machine keeps waiting */
}

static inline void show_bytes(const char *what, const char *bytes, ssize_t n)
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

static inline void get(const char *what, int fd, size_t size)
{
	char text[8192];

	errno = 0;
	show_bytes(what, text, read(fd, text, size));
}

static inline void put(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		printf("write [%s]: %s\n", text, strerrorname_np(errno));
	settle();
}

/* Types text; shows what comes back, and what the slave's next reads give. */
static inline void type(const char *what, const char *text)
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

static inline void open_pair(void)
{
	master = posix_openpt(O_RDWR | O_NOCTTY);
	grantpt(master);
	unlockpt(master);
	ptsname_r(master, name, sizeof(name));
	slave = open(name, O_RDWR | O_NOCTTY);
	fcntl(master, F_SETFL, O_NONBLOCK);
	fcntl(slave, F_SETFL, O_NONBLOCK);
}

static inline void close_pair(void)
{
	close(slave);
	close(master);
}

static inline struct termios change(tcflag_t in_on, tcflag_t in_off, tcflag_t local_on,
				    tcflag_t local_off)
{
	struct termios t;

	tcgetattr(slave, &t);
	t.c_iflag = (t.c_iflag | in_on) & ~in_off;
	t.c_lflag = (t.c_lflag | local_on) & ~local_off;
	tcsetattr(slave, TCSANOW, &t);
	return t;
}

static inline void show_poll(const char *what, int fd)
{
	struct pollfd p = { fd, POLLIN | POLLOUT | POLLPRI | POLLRDNORM | POLLWRNORM, 0 };
	int n = poll(&p, 1, 0);

	printf("%s: %d %x\n", what, n, p.revents);
}

static inline void raw(int least, int tenths)
{
	struct termios t;

	tcgetattr(slave, &t);
	cfmakeraw(&t);
	t.c_cc[VMIN] = (cc_t)least;
	t.c_cc[VTIME] = (cc_t)tenths;
	tcsetattr(slave, TCSANOW, &t);
}

#endif
