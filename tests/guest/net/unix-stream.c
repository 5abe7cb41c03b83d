// SPDX-License-Identifier: Apache-2.0
/* AF_UNIX streams: pairs, ends, peeking, shutdown, urgent bytes, what poll says. */
#include "../fs/try.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>

static char big[300000];
static volatile int signals;

static void count(int signo)
{
	(void)signo;
	signals++;
}

static void show_poll(const char *what, int fd)
{
	struct pollfd p = { fd,
			    POLLIN | POLLOUT | POLLPRI | POLLRDNORM | POLLWRNORM | POLLWRBAND |
				    POLLRDBAND | POLLRDHUP,
			    0 };
	int n = poll(&p, 1, 0);

	printf("%s: %d %x\n", what, n, p.revents);
}

static void basics(void)
{
	int s[2], left = 0;
	struct stat st;
	char text[64] = "";

	TRY(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	show_poll("new", s[0]);
	TRY(write(s[0], "hello", 5));
	show_poll("data", s[1]);
	TRY(ioctl(s[1], FIONREAD, &left));
	printf("left %d\n", left);
	TRY(read(s[1], text, 2));
	TRY(recv(s[1], text, sizeof(text), MSG_PEEK));
	TRY(recv(s[1], text, sizeof(text), 0));
	printf("[%s]\n", text);
	TRY(recv(s[1], text, sizeof(text), MSG_DONTWAIT));
	TRY(read(s[1], text, 0));
	TRY(write(s[1], text, 0));
	TRY(send(s[1], text, 0, 0));
	TRY(recv(s[1], text, 0, MSG_DONTWAIT));
	TRY(lseek(s[1], 0, SEEK_CUR));
	TRY(pread(s[1], text, 1, 0));
	TRY(ftruncate(s[1], 0));
	TRY(fsync(s[1]));
	TRY(fstat(s[0], &st));
	printf("mode %o size %ld nlink %ld blksize %ld\n", st.st_mode, (long)st.st_size,
	       (long)st.st_nlink, (long)st.st_blksize);
	snprintf(text, sizeof(text), "/proc/self/fd/%d", s[0]);
	TRY(open(text, O_RDWR));
	struct iovec v[3] = { { "ab", 2 }, { "", 0 }, { "cde", 3 } };
	TRY(writev(s[0], v, 3));
	char x[2], y[10] = "";
	struct iovec w[2] = { { x, 1 }, { y, 9 } };
	TRY(readv(s[1], w, 2));
	printf("%c [%s]\n", x[0], y);
	TRY(send(s[0], (void *)8, 5, 0));
	TRY(write(s[0], "abc", 3));
	TRY(recv(s[1], (void *)8, 5, 0));
	TRY(recv(s[1], y, 9, MSG_DONTWAIT));
	TRY(send(-1, y, 1, 0));
	TRY(send(0, y, 1, 0));
	TRY(sendto(s[0], "x", 1, 0,
		   (struct sockaddr *)&(struct sockaddr_un){ .sun_family = AF_UNIX }, 20));
	close(s[0]), close(s[1]);
}

static void ends(void)
{
	int s[2];
	char text[16];

	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	write(s[0], "bye", 3);
	close(s[0]);
	show_poll("data and end", s[1]);
	TRY(recv(s[1], text, 16, 0));
	show_poll("end", s[1]);
	TRY(recv(s[1], text, 16, 0));
	TRY(send(s[1], "x", 1, MSG_NOSIGNAL));
	printf("signals %d\n", signals);
	TRY(send(s[1], "x", 1, 0));
	printf("signals %d\n", signals);
	TRY(write(s[1], "x", 0));
	close(s[1]);

	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	write(s[1], "unread", 6);
	write(s[0], "there", 5);
	close(s[1]);
	show_poll("reset", s[0]);
	TRY(recv(s[0], text, 16, 0));
	show_poll("after reset", s[0]);
	TRY(recv(s[0], text, 16, 0));
	close(s[0]);

	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	write(s[0], "there", 5);
	write(s[1], "unread", 6);
	close(s[1]);
	TRY(recv(s[0], text, 16, MSG_PEEK));
	int error = 0;
	socklen_t length = sizeof(error);
	TRY(getsockopt(s[0], SOL_SOCKET, SO_ERROR, &error, &length));
	printf("error %s\n", strerrorname_np(error));
	TRY(recv(s[0], text, 16, 0));
	TRY(recv(s[0], text, 16, 0));
	TRY(getpeername(s[0], (struct sockaddr *)big, &(socklen_t){ 100 }));
	close(s[0]);

	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	write(s[1], "unread", 6);
	close(s[1]);
	close(s[0]);
	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	write(s[0], "unread", 6);
	close(s[1]);
	TRY(send(s[0], "x", 1, 0));
	TRY(send(s[0], "x", 1, 0));
	close(s[0]);
	printf("signals %d\n", signals);
}

static void shutdowns(void)
{
	char text[16];

	for (int how = SHUT_RD; how <= SHUT_RDWR; how++) {
		int s[2];

		socketpair(AF_UNIX, SOCK_STREAM, 0, s);
		write(s[0], "ab", 2), write(s[1], "cd", 2);
		printf("how %d\n", how);
		TRY(shutdown(s[0], how));
		show_poll("here", s[0]), show_poll("there", s[1]);
		TRY(send(s[0], "x", 1, MSG_NOSIGNAL));
		TRY(send(s[1], "y", 1, MSG_NOSIGNAL));
		TRY(recv(s[0], text, 16, MSG_DONTWAIT));
		TRY(recv(s[1], text, 16, MSG_DONTWAIT));
		TRY(recv(s[0], text, 16, MSG_DONTWAIT));
		TRY(recv(s[1], text, 16, MSG_DONTWAIT));
		TRY(shutdown(s[0], how));
		close(s[0]);
		show_poll("closed", s[1]);
		close(s[1]);
	}
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	show_poll("unconnected", s);
	TRY(recv(s, text, 1, MSG_DONTWAIT));
	TRY(send(s, text, 1, 0));
	TRY(sendto(s, text, 1, 0, (struct sockaddr *)&(struct sockaddr_un){ .sun_family = AF_UNIX },
		   20));
	TRY(shutdown(s, SHUT_WR));
	TRY(shutdown(s, 3));
	TRY(shutdown(s, -1));
	show_poll("shut", s);
	close(s);
}

static long fill(int fd, size_t step)
{
	long total = 0;
	ssize_t n;

	while ((n = write(fd, big, step)) > 0)
		total += n;
	printf("full of %zu: %s %s\n", step, total > 50000 ? "much" : "little",
	       strerrorname_np(errno));
	return total;
}

static void buffers(void)
{
	int s[2], size;
	socklen_t length = sizeof(size);
	long total;

	socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s);
	for (size_t step = 1000; step <= sizeof(big); step *= 17) {
		total = fill(s[0], step);
		show_poll("full", s[0]);
		show_poll("other", s[1]);
		ssize_t n = read(s[1], big, 1000);
		show_poll("a little less", s[0]);
		total -= n;
		while ((n = read(s[1], big, 7777)) > 0)
			total -= n;
		printf("lost %ld\n", total);
		show_poll("empty", s[0]);
	}
	size = 5000;
	TRY(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)));
	getsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &size, &length);
	printf("%d\n", size);
	total = write(s[0], big, sizeof(big));
	printf("%s\n", total > 1000 && total < 30000 ? "some" : "?");
	TRY(write(s[0], big, sizeof(big)));
	close(s[0]), close(s[1]);
	/* Content, through partial reads and writes. */
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s);
	unsigned int in = 1, out = 1, bad = 0;
	for (int round = 0; round < 3000; round++) {
		char part[777];
		size_t n = (size_t)round * 31 % sizeof(part);
		unsigned int before = in;

		for (size_t i = 0; i < n; i++)
			part[i] = (char)((in = in * 1103515245 + 12345) >> 16);
		ssize_t put = write(s[0], part, n);
		if (put < (ssize_t)n) {
			in = before;
			for (ssize_t i = 0; i < put; i++)
				in = in * 1103515245 + 12345;
		}
		ssize_t got = read(s[1], part, (size_t)round * 57 % sizeof(part));
		for (ssize_t i = 0; i < got; i++)
			bad += part[i] != (char)((out = out * 1103515245 + 12345) >> 16);
	}
	printf("bad %u\n", bad);
	close(s[0]), close(s[1]);
}

static void peeks(void)
{
	int s[2], offset = 2;
	char text[32];

	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	write(s[0], "abc", 3), write(s[0], "defg", 4), write(s[0], "hij", 3);
	TRY(recv(s[1], text, 5, MSG_PEEK));
	printf("%.5s\n", text);
	TRY(recv(s[1], text, 32, MSG_PEEK | MSG_TRUNC));
	TRY(setsockopt(s[1], SOL_SOCKET, SO_PEEK_OFF, &offset, sizeof(offset)));
	TRY(recv(s[1], text, 3, MSG_PEEK));
	printf("%.3s\n", text);
	TRY(recv(s[1], text, 3, MSG_PEEK));
	printf("%.3s\n", text);
	TRY(recv(s[1], text, 4, 0));
	printf("%.4s\n", text);
	TRY(recv(s[1], text, 2, MSG_PEEK));
	printf("%.2s\n", text);
	socklen_t length = sizeof(offset);
	TRY(getsockopt(s[1], SOL_SOCKET, SO_PEEK_OFF, &offset, &length));
	printf("offset %d\n", offset);
	TRY(recv(s[1], text, 6, MSG_WAITALL));
	TRY(recv(s[1], text, 6, MSG_PEEK | MSG_DONTWAIT));
	close(s[0]), close(s[1]);
}

static void timeouts(void)
{
	int s[2];
	struct timeval t = { 0, 30000 }, before, after;
	char text[8];

	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	TRY(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)));
	TRY(setsockopt(s[0], SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t)));
	gettimeofday(&before, NULL);
	TRY(recv(s[0], text, 1, 0));
	gettimeofday(&after, NULL);
	timersub(&after, &before, &t);
	printf("%s\n", t.tv_sec == 0 && t.tv_usec >= 29000 ? "waited" : "no");
	write(s[1], "abc", 3);
	TRY(recv(s[0], text, 8, MSG_WAITALL));
	TRY(send(s[0], big, sizeof(big), 0) > 100000);
	TRY(send(s[0], big, sizeof(big), 0));
	t = (struct timeval){ -1, 0 };
	TRY(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)));
	TRY(recv(s[0], text, 1, 0));
	t = (struct timeval){ 0, 1000000 };
	TRY(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)));
	close(s[0]), close(s[1]);
}

static void urgent(void)
{
	int s[2], at = 7, on = 1;
	char text[16] = "";

	socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s);
	TRY(recv(s[1], text, 1, MSG_OOB));
	TRY(send(s[0], "abcd", 4, MSG_OOB));
	show_poll("urgent", s[1]);
	TRY(ioctl(s[1], SIOCATMARK, &at));
	printf("at %d\n", at);
	TRY(recv(s[1], text, 16, MSG_PEEK));
	TRY(recv(s[1], text, 16, 0));
	printf("%.3s\n", text);
	TRY(ioctl(s[1], SIOCATMARK, &at));
	printf("at %d\n", at);
	TRY(recv(s[1], text, 16, MSG_OOB | MSG_PEEK));
	TRY(recv(s[1], text, 16, MSG_OOB));
	printf("%c\n", text[0]);
	TRY(recv(s[1], text, 16, MSG_OOB));
	show_poll("taken", s[1]);
	TRY(recv(s[1], text, 16, 0));
	send(s[0], "xy", 2, MSG_OOB), send(s[0], "z", 1, 0);
	TRY(recv(s[1], text, 16, 0));
	TRY(recv(s[1], text, 16, 0));
	printf("%c\n", text[0]);
	TRY(recv(s[1], text, 16, 0));
	TRY(setsockopt(s[1], SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on)));
	send(s[0], "xy", 2, MSG_OOB), send(s[0], "z", 1, 0);
	TRY(recv(s[1], text, 16, MSG_OOB));
	TRY(recv(s[1], text, 16, 0));
	TRY(recv(s[1], text, 16, 0));
	TRY(recv(s[1], text, 16, 0));
	TRY(send(s[0], "", 0, MSG_OOB));
	close(s[0]), close(s[1]);
}

static void moved(void)
{
	int s[2], p[2], fd;
	char text[64] = "";
	off_t at = 1;

	make_file("f", "from a file");
	fd = open("f", O_RDONLY);
	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	pipe(p);
	TRY(sendfile(s[0], fd, NULL, 100));
	TRY(sendfile(s[0], fd, &at, 4));
	TRY(recv(s[1], text, 64, 0));
	printf("%s\n", text);
	write(s[0], "spliced", 7);
	TRY(splice(s[1], NULL, p[1], NULL, 100, 0));
	TRY(splice(p[0], NULL, s[1], NULL, 100, 0));
	memset(text, 0, sizeof(text));
	TRY(read(s[0], text, 64));
	printf("%s\n", text);
	TRY(splice(s[1], NULL, s[0], NULL, 1, 0));
	close(s[0]), close(s[1]), close(p[0]), close(p[1]), close(fd);
	unlink("f");
}

int main(void)
{
	work_enter();
	signal(SIGPIPE, count);
	basics();
	ends();
	shutdowns();
	buffers();
	peeks();
	timeouts();
	urgent();
	moved();
	return 0;
}
