// SPDX-License-Identifier: Apache-2.0
/* TCP on the loopback: names, connecting, ends, resets, options, what poll says. */
#include "../fs/try.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

static char big[3000000];
static volatile int signals;

static void count(int signo)
{
	(void)signo;
	signals++;
}

/* Replies on the loopback may take a moment. */
static void settle(void)
{
	usleep(3000);
}

static void show_poll(const char *what, int fd)
{
	settle();
	struct pollfd p = { fd,
			    POLLIN | POLLOUT | POLLPRI | POLLRDNORM | POLLWRNORM | POLLWRBAND |
				    POLLRDBAND | POLLRDHUP,
			    0 };
	int n = poll(&p, 1, 0);

	printf("%s: %d %x\n", what, n, p.revents);
}

static struct sockaddr_in at(const char *ip, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	inet_pton(AF_INET, ip, &a.sin_addr);
	return a;
}

#define ADDRESS(a) ((struct sockaddr *)&(a))

static int port_of(int s)
{
	struct sockaddr_in6 a = { 0 };
	socklen_t length = sizeof(a);

	if (getsockname(s, ADDRESS(a), &length) < 0)
		return -1;
	return ntohs(a.sin6_port);
}

static void show_name(const char *what, int s, int (*get)(int, struct sockaddr *, socklen_t *),
		      int port)
{
	struct sockaddr_storage a = { 0 };
	socklen_t length = sizeof(a);
	char text[64];

	if (get(s, ADDRESS(a), &length) < 0) {
		printf("%s: %s\n", what, strerrorname_np(errno));
		return;
	}
	const void *ip = a.ss_family == AF_INET ? (void *)&((struct sockaddr_in *)&a)->sin_addr
						: (void *)&((struct sockaddr_in6 *)&a)->sin6_addr;
	int its = ntohs(((struct sockaddr_in *)&a)->sin_port);
	printf("%s: %u %d %s %s\n", what, length, a.ss_family,
	       inet_ntop(a.ss_family, ip, text, sizeof(text)),
	       its == 0	     ? "no port"
	       : its == port ? "the port"
			     : "a port");
}

static int listener(const char *ip, int backlog, int *port)
{
	struct sockaddr_in a = at(ip, 0);
	int s = socket(AF_INET, SOCK_STREAM, 0);

	bind(s, ADDRESS(a), sizeof(a));
	listen(s, backlog);
	*port = port_of(s);
	return s;
}

/* Two ends of a connection. */
static void join(int s[2])
{
	int port, l = listener("127.0.0.1", 5, &port);
	struct sockaddr_in a = at("127.0.0.1", port);

	s[0] = socket(AF_INET, SOCK_STREAM, 0);
	connect(s[0], ADDRESS(a), sizeof(a));
	s[1] = accept(l, NULL, NULL);
	close(l);
}

static void kinds(void)
{
	int s;

	TRY(socket(AF_INET, SOCK_SEQPACKET, 0));
	TRY(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
	TRY(socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP));
	TRY(socket(AF_INET, SOCK_STREAM, 300));
	TRY(socket(AF_INET, SOCK_STREAM, -1));
	TRY(socketpair(AF_INET, SOCK_STREAM, 0, (int[2]){ 0 }));
	TRY(s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
	show_poll("new", s);
	show_name("new", s, getsockname, 0);
	show_name("new", s, getpeername, 0);
	TRY(recv(s, big, 1, MSG_DONTWAIT));
	TRY(send(s, big, 1, MSG_DONTWAIT | MSG_NOSIGNAL));
	TRY(send(s, big, 1, 0));
	printf("signals %d\n", signals);
	TRY(shutdown(s, SHUT_WR));
	TRY(accept(s, NULL, NULL));
	close(s);
	s = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in a = at("127.0.0.1", 0);
	TRY(bind(s, ADDRESS(a), 8));
	a.sin_family = AF_INET6;
	TRY(bind(s, ADDRESS(a), sizeof(a)));
	a.sin_family = AF_UNSPEC;
	TRY(bind(s, ADDRESS(a), sizeof(a)));
	a = at("127.9.8.7", 0);
	TRY(bind(s, ADDRESS(a), sizeof(a)));
	show_name("bound", s, getsockname, 0);
	TRY(bind(s, ADDRESS(a), sizeof(a)));
	int port = port_of(s), other = socket(AF_INET, SOCK_STREAM, 0);
	a = at("127.9.8.7", port);
	TRY(bind(other, ADDRESS(a), sizeof(a)));
	a = at("0.0.0.0", port);
	TRY(bind(other, ADDRESS(a), sizeof(a)));
	a = at("127.0.0.1", port);
	TRY(connect(other, ADDRESS(a), sizeof(a)));
	a = at("127.9.8.6", port);
	TRY(bind(other, ADDRESS(a), sizeof(a)));
	TRY(listen(s, 5));
	show_poll("listens", s);
	TRY(recv(s, big, 1, MSG_DONTWAIT));
	TRY(send(s, big, 1, MSG_DONTWAIT | MSG_NOSIGNAL));
	TRY(connect(s, ADDRESS(a), sizeof(a)));
	close(s), close(other);
}

static void connecting(void)
{
	int port, l = listener("0.0.0.0", 5, &port), s = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in a = at("127.0.0.1", port);
	socklen_t length = sizeof(a);

	show_name("listener", l, getsockname, port);
	TRY(connect(s, ADDRESS(a), 8));
	a.sin_family = 77;
	TRY(connect(s, ADDRESS(a), sizeof(a)));
	a = at("127.1.2.3", port);
	TRY(connect(s, ADDRESS(a), sizeof(a)));
	show_name("connected", s, getsockname, port);
	show_name("connected", s, getpeername, port);
	TRY(connect(s, ADDRESS(a), sizeof(a)));
	int c;
	TRY(accept4(l, ADDRESS(a), &length, SOCK_NONBLOCK) < 0);
	printf("%u %d %s\n", length, a.sin_family, ntohs(a.sin_port) == port_of(s) ? "same" : "?");
	close(s);
	a = at("0.0.0.0", port);
	s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	TRY(connect(s, ADDRESS(a), sizeof(a)));
	show_poll("begun", s);
	int error = -1;
	length = sizeof(error);
	TRY(getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &length));
	printf("error %d\n", error);
	TRY(connect(s, ADDRESS(a), sizeof(a)));
	TRY(connect(s, ADDRESS(a), sizeof(a)));
	show_name("connected", s, getpeername, port);
	close(s);
	close(l);
	settle();
	/* Nobody listens. */
	s = socket(AF_INET, SOCK_STREAM, 0);
	a = at("127.0.0.1", port);
	TRY(connect(s, ADDRESS(a), sizeof(a)));
	show_name("refused", s, getsockname, port);
	show_poll("refused", s);
	TRY(connect(s, ADDRESS(a), sizeof(a)));
	close(s);
	s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	TRY(connect(s, ADDRESS(a), sizeof(a)));
	show_poll("refused", s);
	TRY(getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &length));
	printf("error %s\n", strerrorname_np(error));
	show_poll("told", s);
	TRY(connect(s, ADDRESS(a), sizeof(a)));
	show_poll("again", s);
	TRY(connect(s, ADDRESS(a), sizeof(a)));
	settle();
	TRY(send(s, "x", 1, MSG_NOSIGNAL));
	TRY(send(s, "x", 1, MSG_NOSIGNAL));
	close(s);
	/* To itself, by its own listener; and taken apart. */
	l = listener("127.0.0.1", 5, &port);
	s = socket(AF_INET, SOCK_STREAM, 0);
	a = at("127.0.0.1", port);
	connect(s, ADDRESS(a), sizeof(a));
	c = accept(l, NULL, NULL);
	a.sin_family = AF_UNSPEC;
	TRY(connect(s, ADDRESS(a), sizeof(a)));
	show_poll("apart", s);
	show_name("apart", s, getsockname, 0);
	show_poll("other", c);
	TRY(recv(c, big, 1, 0));
	TRY(recv(c, big, 1, 0));
	a.sin_family = AF_INET;
	TRY(connect(s, ADDRESS(a), sizeof(a)));
	close(c);
	c = accept(l, NULL, NULL);
	TRY(send(s, "again", 5, 0));
	TRY(recv(c, big, 10, 0));
	TRY(shutdown(l, SHUT_RD));
	show_poll("shut", l);
	TRY(accept(l, NULL, NULL));
	close(s), close(c), close(l);
}

static void ends(void)
{
	int s[2], error;
	socklen_t length = sizeof(error);

	join(s);
	show_poll("new", s[0]);
	TRY(send(s[0], "hello", 5, 0));
	TRY(recv(s[1], big, 3, 0));
	TRY(recv(s[1], big, 10, MSG_PEEK));
	TRY(recv(s[1], big, 10, 0));
	TRY(recv(s[1], big, 10, MSG_DONTWAIT));
	send(s[0], "bye", 3, 0);
	close(s[0]);
	show_poll("data and end", s[1]);
	TRY(recv(s[1], big, 10, 0));
	TRY(recv(s[1], big, 10, 0));
	show_poll("end", s[1]);
	TRY(send(s[1], "x", 1, 0));
	show_poll("sent", s[1]);
	TRY(send(s[1], "x", 1, MSG_NOSIGNAL));
	TRY(send(s[1], "x", 1, 0));
	TRY(recv(s[1], big, 10, 0));
	printf("signals %d\n", signals);
	show_name("peer", s[1], getpeername, 0);
	close(s[1]);

	join(s);
	send(s[1], "unread", 6, 0), send(s[0], "there", 5, 0);
	settle();
	close(s[0]);
	show_poll("reset", s[1]);
	TRY(recv(s[1], big, 10, 0));
	TRY(recv(s[1], big, 10, 0));
	TRY(recv(s[1], big, 10, 0));
	TRY(send(s[1], "x", 1, MSG_NOSIGNAL));
	close(s[1]);

	join(s);
	struct linger l = { 1, 0 };
	setsockopt(s[0], SOL_SOCKET, SO_LINGER, &l, sizeof(l));
	close(s[0]);
	settle();
	TRY(getsockopt(s[1], SOL_SOCKET, SO_ERROR, &error, &length));
	printf("error %s\n", strerrorname_np(error));
	TRY(send(s[1], "x", 1, 0));
	TRY(shutdown(s[1], SHUT_WR));
	close(s[1]);
	printf("signals %d\n", signals);

	for (int how = SHUT_RD; how <= SHUT_RDWR; how++) {
		join(s);
		printf("how %d\n", how);
		send(s[0], "ab", 2, 0), send(s[1], "cd", 2, 0);
		settle();
		TRY(shutdown(s[0], how));
		show_poll("here", s[0]), show_poll("there", s[1]);
		TRY(send(s[0], "x", 1, MSG_NOSIGNAL));
		TRY(send(s[1], "y", 1, MSG_NOSIGNAL));
		settle();
		TRY(recv(s[0], big, 16, MSG_DONTWAIT));
		TRY(recv(s[1], big, 16, MSG_DONTWAIT));
		TRY(recv(s[0], big, 16, MSG_DONTWAIT));
		TRY(recv(s[1], big, 16, MSG_DONTWAIT));
		TRY(shutdown(s[1], SHUT_WR));
		show_poll("here", s[0]), show_poll("there", s[1]);
		close(s[0]), close(s[1]);
	}
}

static void flow(void)
{
	int s[2];
	long total = 0;
	ssize_t n;

	join(s);
	ioctl(s[0], FIONBIO, &(int){ 1 }), ioctl(s[1], FIONBIO, &(int){ 1 });
	for (int i = 0; i < 100; i++, settle())
		while ((n = send(s[0], big, 50000, 0)) > 0)
			total += n;
	printf("%s %s\n", total > 100000 ? "much" : "little", strerrorname_np(errno));
	show_poll("full", s[0]);
	for (int i = 0; i < 100 && total > 0; i++, settle())
		while ((n = recv(s[1], big, sizeof(big), 0)) > 0)
			total -= n;
	printf("left %ld\n", total);
	show_poll("empty", s[0]);
	TRY(send(s[0], "0123456789", 10, MSG_MORE));
	TRY(send(s[0], "0123456789", 10, 0));
	settle();
	int left;
	TRY(ioctl(s[1], FIONREAD, &left));
	printf("left %d\n", left);
	TRY(recv(s[1], NULL, 5, MSG_TRUNC));
	TRY(recv(s[1], big, 3, MSG_TRUNC));
	TRY(recv(s[1], big, 30, MSG_WAITALL));
	TRY(sendto(s[0], "to", 2, 0, (void *)big, 5));
	settle();
	struct sockaddr_in a = at("1.2.3.4", 5);
	socklen_t length = sizeof(a);
	TRY(recvfrom(s[1], big, 9, 0, ADDRESS(a), &length));
	printf("%u\n", length);
	struct timeval t = { 0, 20000 };
	ioctl(s[1], FIONBIO, &(int){ 0 });
	setsockopt(s[1], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	TRY(recv(s[1], big, 1, 0));
	int low = 4;
	setsockopt(s[0], IPPROTO_TCP, TCP_NODELAY, &low, sizeof(low));
	TRY(setsockopt(s[1], SOL_SOCKET, SO_RCVLOWAT, &low, sizeof(low)));
	send(s[0], "abc", 3, 0);
	show_poll("too little", s[1]);
	send(s[0], "d", 1, 0);
	show_poll("enough", s[1]);
	close(s[0]), close(s[1]);
}

static void urgent(void)
{
	int s[2], mark = 7;

	join(s);
	TRY(recv(s[1], big, 1, MSG_OOB));
	send(s[0], "ab", 2, 0);
	TRY(send(s[0], "cd", 2, MSG_OOB));
	send(s[0], "ef", 2, 0);
	show_poll("urgent", s[1]);
	TRY(recv(s[1], big, 9, 0));
	TRY(ioctl(s[1], SIOCATMARK, &mark));
	printf("mark %d\n", mark);
	TRY(recv(s[1], big, 9, MSG_OOB));
	printf("%c\n", big[0]);
	TRY(recv(s[1], big, 9, MSG_OOB));
	show_poll("taken", s[1]);
	TRY(recv(s[1], big, 9, 0));
	printf("%.2s\n", big);
	close(s[0]), close(s[1]);
}

static void options(void)
{
	static const int names[][2] = {
		{ IPPROTO_TCP, TCP_NODELAY },
		{ IPPROTO_TCP, TCP_CORK },
		{ IPPROTO_TCP, TCP_KEEPIDLE },
		{ IPPROTO_TCP, TCP_KEEPINTVL },
		{ IPPROTO_TCP, TCP_KEEPCNT },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT },
		{ IPPROTO_TCP, TCP_SYNCNT },
		{ IPPROTO_TCP, TCP_LINGER2 },
		{ IPPROTO_IP, IP_TOS },
		{ IPPROTO_IP, IP_TTL },
		{ IPPROTO_IP, IP_RECVERR },
		{ IPPROTO_IP, IP_FREEBIND },
		{ IPPROTO_IP, IP_PKTINFO },
		{ SOL_SOCKET, SO_SNDBUF },
		{ SOL_SOCKET, SO_RCVBUF },
		{ SOL_SOCKET, SO_KEEPALIVE },
		{ SOL_SOCKET, SO_REUSEADDR },
		{ SOL_SOCKET, SO_REUSEPORT },
		{ SOL_SOCKET, SO_PASSCRED },

		{ SOL_SOCKET, SO_PROTOCOL },
		{ SOL_SOCKET, SO_DOMAIN },
		{ SOL_SOCKET, SO_TYPE },
		{ IPPROTO_IPV6, IPV6_V6ONLY },
		{ IPPROTO_TCP, 99 },
		{ IPPROTO_IP, 199 },
		{ 99, 1 },
	};
	int s = socket(AF_INET, SOCK_STREAM, 0), value;
	socklen_t length;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		value = -7, length = sizeof(value);
		int r = getsockopt(s, names[i][0], names[i][1], &value, &length);
		printf("%d %d: %s %d\n", names[i][0], names[i][1],
		       r < 0 ? strerrorname_np(errno) : "ok", value);
		if (names[i][0] == SOL_SOCKET &&
		    (names[i][1] == SO_PASSCRED || names[i][1] == SO_PEEK_OFF))
			continue;
		value = 3;
		r = setsockopt(s, names[i][0], names[i][1], &value, sizeof(value));
		getsockopt(s, names[i][0], names[i][1], &value, &length);
		printf("set: %s %d\n", r < 0 ? strerrorname_np(errno) : "ok", value);
	}
	char name[16] = "";
	length = sizeof(name);
	TRY(getsockopt(s, IPPROTO_TCP, TCP_CONGESTION, name, &length));
	struct tcp_info info;
	length = sizeof(info);
	TRY(getsockopt(s, IPPROTO_TCP, TCP_INFO, &info, &length));
	printf("%d\n", info.tcpi_state);
	close(s);
}

int main(void)
{
	work_enter();
	signal(SIGPIPE, count);
	kinds();
	connecting();
	ends();
	flow();
	urgent();
	options();
	return 0;
}
