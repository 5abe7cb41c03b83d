// SPDX-License-Identifier: Apache-2.0
/* AF_UNIX datagrams and packets: boundaries, queues, connecting, errors, what poll says. */
#include "../fs/try.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
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
	struct pollfd p = { fd, POLLIN | POLLOUT | POLLPRI | POLLRDNORM | POLLWRNORM | POLLRDHUP,
			    0 };
	int n = poll(&p, 1, 0);

	printf("%s: %d %x\n", what, n, p.revents);
}

static socklen_t name(struct sockaddr_un *address, const char *path)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	strcpy(address->sun_path, path);
	return sizeof(*address);
}

static int bound(int type, const char *path)
{
	struct sockaddr_un address;
	int s = socket(AF_UNIX, type, 0);

	if (bind(s, (struct sockaddr *)&address, name(&address, path)) < 0)
		printf("bind %s: %s\n", path, strerrorname_np(errno));
	return s;
}

static int join(int s, const char *path)
{
	struct sockaddr_un address;

	return connect(s, (struct sockaddr *)&address, name(&address, path));
}

static ssize_t send_to(int s, const char *path, const void *data, size_t n)
{
	struct sockaddr_un address;

	return sendto(s, data, n, MSG_DONTWAIT, (struct sockaddr *)&address, name(&address, path));
}

static void take(int s, size_t room, int flags)
{
	struct sockaddr_un from = { 0 };
	struct iovec v = { big, room };
	struct msghdr m = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &v, .msg_iovlen = 1
	};
	ssize_t n = recvmsg(s, &m, flags | MSG_DONTWAIT);

	if (n < 0)
		printf("take: %s\n", strerrorname_np(errno));
	else
		printf("take: %zd [%.*s] from %u %s flags %x\n", n, (int)(n < 8 ? n : 8), big,
		       m.msg_namelen, m.msg_namelen > 2 ? from.sun_path : "", m.msg_flags);
}

static void pairs(int type)
{
	int s[2], left;
	char text[16];

	printf("type %d\n", type);
	TRY(socketpair(AF_UNIX, type, 0, s));
	show_poll("new", s[0]);
	TRY(send(s[0], "one", 3, 0));
	TRY(send(s[0], "", 0, 0));
	TRY(send(s[0], "three", 5, MSG_EOR));
	TRY(write(s[0], "four", 4));
	show_poll("data", s[1]);
	TRY(ioctl(s[1], FIONREAD, &left));
	printf("left %d\n", left);
	take(s[1], 2, MSG_PEEK);
	take(s[1], 2, 0);
	take(s[1], 9, 0);
	take(s[1], 2, MSG_TRUNC);
	TRY(read(s[1], text, 2));
	take(s[1], 9, 0);
	TRY(send(s[0], "x", 1, MSG_OOB));
	TRY(recv(s[1], text, 1, MSG_OOB));
	TRY(send(s[0], big, 212992, 0));
	TRY(send(s[0], big, 212961, MSG_DONTWAIT));
	TRY(send(s[0], big, 200000, MSG_DONTWAIT));
	TRY(send(s[0], big, 100000, MSG_DONTWAIT));
	show_poll("full", s[0]);
	TRY(send(s[0], big, 1, MSG_DONTWAIT));
	TRY(recv(s[1], big, sizeof(big), 0));
	TRY(recv(s[1], big, sizeof(big), MSG_DONTWAIT));
	TRY(recv(s[1], big, sizeof(big), MSG_DONTWAIT));
	show_poll("empty", s[0]);
	TRY(shutdown(s[0], SHUT_WR));
	show_poll("here", s[0]), show_poll("there", s[1]);
	TRY(send(s[0], "x", 1, 0));
	TRY(recv(s[1], text, 1, MSG_DONTWAIT));
	TRY(send(s[1], "x", 1, 0));
	printf("signals %d\n", signals);
	close(s[0]);
	show_poll("closed", s[1]);
	TRY(send(s[1], "x", 1, 0));
	TRY(send(s[1], "x", 1, 0));
	TRY(recv(s[1], text, 1, MSG_DONTWAIT));
	TRY(recv(s[1], text, 1, MSG_DONTWAIT));
	printf("signals %d\n", signals);
	close(s[1]);
	socketpair(AF_UNIX, type, 0, s);
	write(s[1], "unread", 6);
	close(s[1]);
	show_poll("peer gone", s[0]);
	TRY(recv(s[0], text, 16, MSG_DONTWAIT));
	TRY(recv(s[0], text, 16, MSG_DONTWAIT));
	close(s[0]);
	socketpair(AF_UNIX, type, 0, s);
	write(s[0], "unread", 6);
	close(s[1]);
	show_poll("reset", s[0]);
	TRY(send(s[0], "x", 1, MSG_DONTWAIT));
	TRY(send(s[0], "x", 1, MSG_DONTWAIT));
	TRY(recv(s[0], text, 16, MSG_DONTWAIT));
	close(s[0]);
	printf("signals %d\n", signals);
}

static void named(void)
{
	int a = bound(SOCK_DGRAM, "a"), b = bound(SOCK_DGRAM, "b"),
	    c = socket(AF_UNIX, SOCK_DGRAM, 0);
	int queued = 0;

	TRY(send(a, "x", 1, 0));
	TRY(send_to(a, "b", "to b", 4));
	TRY(send_to(c, "b", "from nobody", 11));
	take(b, 100, 0), take(b, 100, 0), take(b, 100, 0);
	TRY(send_to(c, "nowhere", "x", 1));
	TRY(join(c, "a"));
	show_poll("c", c);
	TRY(send(c, "hello", 5, 0));
	TRY(send_to(c, "b", "other", 5));
	take(a, 100, 0), take(b, 100, 0);
	TRY(join(a, "b"));
	TRY(send_to(b, "a", "not its peer", 12));
	take(a, 100, 0);
	TRY(send(c, "not its peer", 12, 0));
	TRY(join(c, "a"));
	TRY(join(b, "a"));
	TRY(send(a, "1", 1, 0));
	TRY(send(b, "2", 1, 0));
	TRY(join(b, "b"));
	take(b, 100, 0);
	TRY(send(b, "self", 4, 0));
	take(b, 100, 0);
	TRY(recv(a, big, 1, MSG_DONTWAIT));
	TRY(recv(a, big, 1, MSG_DONTWAIT));
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	TRY(connect(b, &none, sizeof(none)));
	TRY(connect(b, &none, 1));
	TRY(getpeername(b, (struct sockaddr *)big, &(socklen_t){ 100 }));
	TRY(connect(a, &none, sizeof(none)));
	while (send_to(c, "a", "x", 1) == 1)
		queued++;
	printf("queued %d %s\n", queued, strerrorname_np(errno));
	TRY(join(c, "a"));
	show_poll("peer full", c);
	int e = epoll_create1(0);
	struct epoll_event event = { .events = EPOLLOUT | EPOLLET };
	epoll_ctl(e, EPOLL_CTL_ADD, c, &event);
	TRY(epoll_wait(e, &event, 1, 0));
	take(a, 10, 0);
	TRY(epoll_wait(e, &event, 1, 0));
	TRY(epoll_wait(e, &event, 1, 0));
	show_poll("one less", c);
	close(a);
	TRY(epoll_wait(e, &event, 1, 0));
	show_poll("gone", c);
	TRY(send(c, "x", 1, 0));
	TRY(send(c, "x", 1, 0));
	TRY(send_to(b, "a", "x", 1));
	close(e), close(b), close(c);
	unlink("a"), unlink("b");
}

static void lost(void)
{
	int s[2];

	socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
	write(s[0], "1", 1), write(s[0], "2", 1);
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	TRY(connect(s[1], &none, sizeof(none)));
	show_poll("told", s[0]);
	TRY(write(s[0], "3", 1));
	TRY(write(s[0], "3", 1));
	TRY(write(s[1], "3", 1));
	take(s[1], 1, 0), take(s[1], 1, 0);
	close(s[0]), close(s[1]);
	socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
	TRY(shutdown(s[0], SHUT_RD));
	show_poll("no reading", s[0]), show_poll("peer", s[1]);
	TRY(write(s[1], "3", 1));
	TRY(recv(s[0], big, 1, MSG_DONTWAIT));
	TRY(recv(s[0], big, 1, 0));
	TRY(shutdown(s[0], SHUT_WR));
	show_poll("nothing", s[0]);
	TRY(listen(s[0], 1));
	TRY(accept(s[0], NULL, NULL));
	close(s[0]), close(s[1]);
}

static void packets(void)
{
	int l = bound(SOCK_SEQPACKET, "l"), c = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);

	TRY(join(c, "l"));
	TRY(send(c, "x", 1, 0));
	TRY(recv(c, big, 1, 0));
	show_poll("idle", c);
	TRY(listen(l, 0));
	TRY(join(c, "l"));
	show_poll("listener", l);
	TRY(send_to(c, "nowhere", "early", 5));
	int a = accept4(l, NULL, NULL, SOCK_NONBLOCK);
	take(a, 10, 0);
	TRY(send(a, "answer", 6, 0));
	take(c, 3, 0);
	take(c, 3, 0);
	close(a);
	TRY(recv(c, big, 1, 0));
	show_poll("end", c);
	close(c), close(l);
	unlink("l");
}

static void many(void)
{
	struct mmsghdr m[5];
	struct iovec v[5];
	char text[5][8] = { "a", "bb", "ccc", "dddd", "eeeee" };
	int s[2];

	socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
	memset(m, 0, sizeof(m));
	for (int i = 0; i < 5; i++) {
		v[i] = (struct iovec){ text[i], (size_t)i + 1 };
		m[i].msg_hdr.msg_iov = &v[i];
		m[i].msg_hdr.msg_iovlen = 1;
	}
	TRY(sendmmsg(s[0], m, 5, 0));
	for (int i = 0; i < 5; i++)
		printf("%u ", m[i].msg_len), v[i].iov_len = 3;
	printf("\n");
	TRY(recvmmsg(s[1], m, 3, 0, NULL));
	TRY(recvmmsg(s[1], m + 3, 2, MSG_WAITFORONE, NULL));
	for (int i = 0; i < 5; i++)
		printf("%u %x %.3s\n", m[i].msg_len, m[i].msg_hdr.msg_flags, text[i]);
	TRY(recvmmsg(s[1], m, 3, MSG_DONTWAIT, NULL));
	m[1].msg_hdr.msg_iovlen = 5000;
	TRY(sendmmsg(s[0], m, 2, 0));
	TRY(sendmmsg(s[0], m + 1, 2, 0));
	TRY(sendmmsg(s[0], m, 0, 0));
	TRY(sendmmsg(-1, m, 0, 0));
	struct timespec t = { 0, 20000000 };
	TRY(recvmmsg(s[1], m, 1, 0, &t));
	TRY(recvmmsg(s[1], m, 1, MSG_DONTWAIT, &(struct timespec){ 0, -1 }));
	TRY(sendmsg(s[0], (void *)8, 0));
	m[0].msg_hdr.msg_iov = (void *)8;
	TRY(sendmsg(s[0], &m[0].msg_hdr, 0));
	TRY(recvmsg(s[1], &m[0].msg_hdr, MSG_DONTWAIT));
	close(s[0]), close(s[1]);
}

int main(void)
{
	work_enter();
	signal(SIGPIPE, count);
	pairs(SOCK_DGRAM);
	pairs(SOCK_SEQPACKET);
	named();
	lost();
	packets();
	many();
	return 0;
}
