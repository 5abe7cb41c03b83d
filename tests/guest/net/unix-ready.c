// SPDX-License-Identifier: Apache-2.0
/* AF_UNIX and epoll: levels and edges of data, room, connections and ends. */
#include "../fs/try.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>

static char big[300000];

static void show(const char *what, int e)
{
	struct epoll_event events[4];
	int n = epoll_wait(e, events, 4, 0);

	printf("%s:", what);
	for (int i = 0; i < n; i++)
		printf(" %d=%x", events[i].data.fd, events[i].events);
	printf(" (%d)\n", n);
}

static void add(int e, int fd, int as, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = as };

	if (epoll_ctl(e, EPOLL_CTL_ADD, fd, &event) < 0)
		printf("add: %s\n", strerrorname_np(errno));
}

static void edges(int type)
{
	int s[2], e = epoll_create1(0);

	printf("edges of %d\n", type);
	socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, s);
	add(e, s[0], 0, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
	show("new", e);
	show("again", e);
	write(s[1], "a", 1);
	show("data", e);
	show("again", e);
	write(s[1], "b", 1);
	show("more data", e);
	read(s[0], big, 1);
	show("read one", e);
	write(s[0], "c", 1);
	show("wrote", e);
	read(s[1], big, 1);
	show("it was read", e);
	while (write(s[0], big, 1000) > 0)
		;
	show("full", e);
	while (read(s[1], big, 1000) > 0)
		;
	show("empty", e);
	shutdown(s[1], SHUT_WR);
	show("no more", e);
	shutdown(s[1], SHUT_RD);
	show("nor that", e);
	close(s[1]);
	show("closed", e);
	close(s[0]), close(e);
}

static void levels(int type)
{
	int s[2], e = epoll_create1(0);

	printf("levels of %d\n", type);
	socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, s);
	add(e, s[0], 0, EPOLLIN | EPOLLRDHUP);
	add(e, s[1], 1, EPOLLOUT);
	show("new", e);
	write(s[1], "ab", 2), write(s[1], "c", 1);
	show("data", e);
	read(s[0], big, 1);
	show("a rest", e);
	read(s[0], big, 9), read(s[0], big, 9);
	show("nothing", e);
	while (write(s[1], big, 1000) > 0)
		;
	show("full", e);
	read(s[0], big, 1000), read(s[0], big, 1000);
	show("a little less", e);
	while (read(s[0], big, 1000) > 0)
		;
	show("empty", e);
	close(s[1]);
	show("closed", e);
	close(s[0]), close(e);
}

static void listening(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "l" };
	int l = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), e = epoll_create1(0), c[3];

	add(e, l, 0, EPOLLIN | EPOLLOUT);
	show("idle", e);
	bind(l, (struct sockaddr *)&address, sizeof(address));
	listen(l, 5);
	show("listens", e);
	for (int i = 0; i < 3; i++) {
		c[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		add(e, c[i], i + 1, EPOLLIN | EPOLLOUT | EPOLLET);
		connect(c[i], (struct sockaddr *)&address, sizeof(address));
	}
	show("three", e);
	show("three again", e);
	int a = accept(l, NULL, NULL);
	show("two", e);
	close(a);
	show("one was closed", e);
	close(l);
	show("none listens", e);
	for (int i = 0; i < 3; i++)
		close(c[i]);
	close(e);
	unlink("l");
}

/* As many events as there are, in one call. */
static void many(void)
{
	static struct epoll_event events[1000];
	int s[400][2], e = epoll_create1(0);

	for (int i = 0; i < 400; i++) {
		socketpair(AF_UNIX, SOCK_STREAM, 0, s[i]);
		add(e, s[i][0], i, EPOLLOUT);
	}
	printf("%d\n", epoll_wait(e, events, 1000, 0));
	printf("%d\n", epoll_wait(e, events, 300, 0));
	for (int i = 0; i < 400; i++)
		close(s[i][0]), close(s[i][1]);
	printf("%d\n", epoll_wait(e, events, 1000, 0));
	close(e);
}

static void selects(void)
{
	int s[2];
	struct timeval t = { 0, 0 };
	fd_set in, out, except;

	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	for (int round = 0; round < 3; round++) {
		FD_ZERO(&in);
		FD_ZERO(&out);
		FD_ZERO(&except);
		FD_SET(s[0], &in);
		FD_SET(s[0], &out);
		FD_SET(s[0], &except);
		int n = select(s[0] + 1, &in, &out, &except, &t);
		printf("select %d: %d %d %d\n", n, !!FD_ISSET(s[0], &in), !!FD_ISSET(s[0], &out),
		       !!FD_ISSET(s[0], &except));
		if (round == 0)
			send(s[1], "x", 1, MSG_OOB);
		else
			close(s[1]);
	}
	close(s[0]);
}

int main(void)
{
	work_enter();
	signal(SIGPIPE, SIG_IGN);
	edges(SOCK_STREAM);
	edges(SOCK_DGRAM);
	edges(SOCK_SEQPACKET);
	levels(SOCK_STREAM);
	levels(SOCK_DGRAM);
	levels(SOCK_SEQPACKET);
	listening();
	many();
	selects();
	return 0;
}
