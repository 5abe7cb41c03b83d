// SPDX-License-Identifier: Apache-2.0
/* UDP on the loopback: addresses, connecting, what is lost, errors, options, what poll says. */
#include "../fs/try.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

static char big[70000];

static struct sockaddr_in at(const char *ip, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	inet_pton(AF_INET, ip, &a.sin_addr);
	return a;
}

#define ADDRESS(a) ((struct sockaddr *)&(a))

static void show_poll(const char *what, int fd)
{
	usleep(2000);
	struct pollfd p = {
		fd, POLLIN | POLLOUT | POLLPRI | POLLRDNORM | POLLWRNORM | POLLWRBAND | POLLRDHUP, 0
	};
	int n = poll(&p, 1, 0);

	printf("%s: %d %x\n", what, n, p.revents);
}

static int port_of(int s)
{
	struct sockaddr_in6 a = { 0 };
	socklen_t length = sizeof(a);

	if (getsockname(s, ADDRESS(a), &length) < 0)
		return -1;
	return ntohs(a.sin6_port);
}

static int bound(const char *ip, int *port)
{
	struct sockaddr_in a = at(ip, 0);
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	bind(s, ADDRESS(a), sizeof(a));
	*port = port_of(s);
	return s;
}

static void take(int s, size_t room, int flags, int port)
{
	struct sockaddr_storage from = { 0 };
	struct iovec v = { big, room };
	struct msghdr m = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &v, .msg_iovlen = 1
	};
	char ip[64] = "";

	usleep(1000);
	ssize_t n = recvmsg(s, &m, flags | MSG_DONTWAIT);
	if (n < 0) {
		printf("take: %s\n", strerrorname_np(errno));
		return;
	}
	if (from.ss_family == AF_INET)
		inet_ntop(AF_INET, &((struct sockaddr_in *)&from)->sin_addr, ip, sizeof(ip));
	else
		inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&from)->sin6_addr, ip, sizeof(ip));
	printf("take: %zd [%.*s] from %u %s %s flags %x\n", n, (int)(n < 8 ? n : 8), big,
	       m.msg_namelen, ip,
	       ntohs(((struct sockaddr_in *)&from)->sin_port) == port ? "right" : "wrong",
	       m.msg_flags);
}

static void basics(void)
{
	int a_port, b_port, left;
	int a = bound("127.0.0.1", &a_port), b = bound("0.0.0.0", &b_port),
	    c = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in to = at("127.0.0.1", a_port);

	show_poll("new", a);
	TRY(send(c, "x", 1, 0));
	TRY(sendto(c, "one", 3, 0, ADDRESS(to), sizeof(to)));
	TRY(sendto(b, "two", 3, 0, ADDRESS(to), sizeof(to)));
	TRY(sendto(b, "", 0, 0, ADDRESS(to), sizeof(to)));
	show_poll("data", a);
	TRY(ioctl(a, FIONREAD, &left));
	printf("left %d\n", left);
	take(a, 2, MSG_PEEK, port_of(c));
	take(a, 2, MSG_TRUNC, port_of(c));
	take(a, 20, 0, b_port);
	take(a, 20, 0, b_port);
	take(a, 20, 0, b_port);
	to = at("127.3.2.1", b_port);
	TRY(sendto(a, "three", 5, 0, ADDRESS(to), sizeof(to)));
	take(b, 20, 0, a_port);
	to = at("0.0.0.0", b_port);
	TRY(sendto(a, "four", 4, 0, ADDRESS(to), sizeof(to)));
	take(b, 20, 0, a_port);
	TRY(sendto(a, "x", 1, 0, ADDRESS(to), 8));
	to.sin_port = 0;
	TRY(sendto(a, "x", 1, 0, ADDRESS(to), sizeof(to)));
	to = at("127.0.0.1", b_port);
	to.sin_family = AF_UNIX;
	TRY(sendto(a, "x", 1, 0, ADDRESS(to), sizeof(to)));
	to = at("127.0.0.1", b_port);
	TRY(sendto(a, big, 65508, 0, ADDRESS(to), sizeof(to)));
	TRY(sendto(a, big, 65507, 0, ADDRESS(to), sizeof(to)));
	take(b, sizeof(big), 0, a_port);
	TRY(sendto(a, "x", 1, MSG_OOB, ADDRESS(to), sizeof(to)));
	TRY(recv(a, big, 1, MSG_OOB | MSG_DONTWAIT));
	TRY(recv(a, big, 1, MSG_ERRQUEUE));
	TRY(listen(a, 1));
	TRY(accept(a, NULL, NULL));
	TRY(shutdown(a, SHUT_WR));
	TRY(getpeername(a, ADDRESS(to), &(socklen_t){ 16 }));
	TRY(bind(a, ADDRESS(to), sizeof(to)));
	int d = socket(AF_INET, SOCK_DGRAM, 0);
	TRY(bind(d, ADDRESS(to), sizeof(to)));
	close(a), close(b), close(c), close(d);
}

static void connected(void)
{
	int a_port, b_port, c_port, error;
	int a = bound("127.0.0.1", &a_port), b = bound("127.0.0.1", &b_port),
	    c = bound("127.0.0.1", &c_port);
	struct sockaddr_in to = at("127.0.0.1", b_port), gone = at("127.0.0.1", c_port);
	socklen_t length = sizeof(error);

	TRY(connect(a, ADDRESS(to), sizeof(to)));
	TRY(send(a, "hello", 5, 0));
	take(b, 20, 0, a_port);
	to = at("127.0.0.1", a_port);
	TRY(sendto(b, "from b", 6, 0, ADDRESS(to), sizeof(to)));
	TRY(sendto(c, "from c", 6, 0, ADDRESS(to), sizeof(to)));
	take(a, 20, 0, b_port);
	take(a, 20, 0, b_port);
	TRY(sendto(a, "to c", 4, 0, ADDRESS(gone), sizeof(gone)));
	take(c, 20, 0, a_port);
	TRY(connect(a, ADDRESS(gone), sizeof(gone)));
	close(c);
	/* Nobody is there any more. */
	TRY(send(a, "x", 1, 0));
	show_poll("refused", a);
	TRY(send(a, "x", 1, 0));
	TRY(send(a, "x", 1, 0));
	usleep(2000);
	take(a, 20, 0, b_port);
	take(a, 20, 0, b_port);
	send(a, "x", 1, 0);
	usleep(2000);
	TRY(getsockopt(a, SOL_SOCKET, SO_ERROR, &error, &length));
	printf("error %s\n", strerrorname_np(error));
	TRY(sendto(b, "x", 1, 0, ADDRESS(gone), sizeof(gone)));
	show_poll("not told", b);
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	TRY(connect(a, &none, sizeof(none)));
	TRY(send(a, "x", 1, 0));
	printf("port %s\n", port_of(a) == a_port ? "kept" : "lost");
	TRY(connect(a, ADDRESS(to), sizeof(to)));
	TRY(send(a, "self", 4, 0));
	take(a, 20, 0, a_port);
	TRY(shutdown(a, SHUT_RD));
	show_poll("no reading", a);
	TRY(recv(a, big, 1, MSG_DONTWAIT));
	TRY(recv(a, big, 1, 0));
	TRY(shutdown(a, SHUT_WR));
	TRY(send(a, "x", 1, 0));
	show_poll("nothing", a);
	close(a), close(b);
	c = socket(AF_INET, SOCK_DGRAM, 0);
	to = at("127.0.0.1", 9);
	TRY(connect(c, ADDRESS(to), sizeof(to)));
	struct sockaddr_in name = { 0 };
	length = sizeof(name);
	getsockname(c, ADDRESS(name), &length);
	printf("%s %s\n", inet_ntoa(name.sin_addr), name.sin_port ? "a port" : "none");
	TRY(connect(c, &none, sizeof(none)));
	getsockname(c, ADDRESS(name), &length);
	printf("%s\n", inet_ntoa(name.sin_addr));
	close(c);
}

static void lost(void)
{
	int port, b_port, n = 0, small = 3000;
	int a = bound("127.0.0.1", &port), b = bound("127.0.0.1", &b_port);
	struct sockaddr_in to = at("127.0.0.1", port);

	TRY(setsockopt(a, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)));
	for (int i = 0; i < 100; i++)
		n += sendto(b, big, 1000, 0, ADDRESS(to), sizeof(to)) == 1000;
	printf("sent %d\n", n);
	for (n = 0; recv(a, big, sizeof(big), MSG_DONTWAIT) == 1000; n++)
		;
	printf("some are lost: %d\n", n > 1 && n < 20);
	close(a), close(b);
}

static void reuse(int type, int option)
{
	int s[3], on = 1;
	struct sockaddr_in a = at("127.0.0.1", 0);

	printf("type %d option %d\n", type, option);
	for (int i = 0; i < 3; i++) {
		s[i] = socket(AF_INET, type, 0);
		if (i < 2)
			setsockopt(s[i], SOL_SOCKET, option, &on, sizeof(on));
		TRY(bind(s[i], ADDRESS(a), sizeof(a)));
		a.sin_port = htons((uint16_t)port_of(s[0]));
	}
	if (type == SOCK_STREAM)
		for (int i = 0; i < 2; i++)
			TRY(listen(s[i], 1));
	for (int i = 0; i < 3; i++)
		close(s[i]);
}

static void v6(void)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 }, to, name = { 0 };
	struct sockaddr_in v4;
	socklen_t length = sizeof(name);
	int s = socket(AF_INET6, SOCK_DGRAM, 0), c = socket(AF_INET6, SOCK_DGRAM, 0),
	    d = socket(AF_INET, SOCK_DGRAM, 0);
	int on = 1;

	any.sin6_addr = in6addr_any;
	TRY(bind(s, ADDRESS(any), 20));
	TRY(bind(s, ADDRESS(any), sizeof(any)));
	int port = port_of(s);
	to = any;
	to.sin6_port = htons((uint16_t)port);
	to.sin6_addr = in6addr_loopback;
	TRY(sendto(c, "six", 3, 0, ADDRESS(to), sizeof(to)));
	take(s, 20, 0, port_of(c));
	v4 = at("127.0.0.1", port);
	TRY(sendto(d, "four", 4, 0, ADDRESS(v4), sizeof(v4)));
	take(s, 20, 0, port_of(d));
	inet_pton(AF_INET6, "::ffff:127.0.0.1", &to.sin6_addr);
	TRY(sendto(c, "mapped", 6, 0, ADDRESS(to), sizeof(to)));
	take(s, 20, 0, port_of(c));
	TRY(sendto(c, "plain", 5, 0, ADDRESS(v4), sizeof(v4)));
	take(s, 20, 0, port_of(c));
	TRY(bind(d, ADDRESS(v4), sizeof(v4)));
	int e = socket(AF_INET, SOCK_DGRAM, 0);
	TRY(bind(e, ADDRESS(v4), sizeof(v4)));
	close(s);
	s = socket(AF_INET6, SOCK_DGRAM, 0);
	TRY(setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)));
	any.sin6_port = htons((uint16_t)port);
	TRY(bind(s, ADDRESS(any), sizeof(any)));
	TRY(bind(e, ADDRESS(v4), sizeof(v4)));
	TRY(sendto(s, "x", 1, 0, ADDRESS(to), sizeof(to)));
	TRY(sendto(s, "x", 1, 0, ADDRESS(v4), sizeof(v4)));
	to.sin6_addr = in6addr_any;
	TRY(connect(c, ADDRESS(to), sizeof(to)));
	getsockname(c, ADDRESS(name), &length);
	char text[64];
	printf("%u %s\n", length, inet_ntop(AF_INET6, &name.sin6_addr, text, sizeof(text)));
	TRY(connect(c, ADDRESS(v4), sizeof(v4)));
	getpeername(c, ADDRESS(name), &length);
	printf("%u %s\n", length, inet_ntop(AF_INET6, &name.sin6_addr, text, sizeof(text)));
	close(s), close(c), close(d), close(e);
	/* TCP of both kinds to a listener of IPv6. */
	s = socket(AF_INET6, SOCK_STREAM, 0);
	any.sin6_port = 0;
	bind(s, ADDRESS(any), sizeof(any));
	listen(s, 5);
	v4 = at("127.0.0.1", port_of(s));
	c = socket(AF_INET, SOCK_STREAM, 0);
	TRY(connect(c, ADDRESS(v4), sizeof(v4)));
	length = sizeof(name);
	d = accept(s, ADDRESS(name), &length);
	printf("%u %s %s\n", length, inet_ntop(AF_INET6, &name.sin6_addr, text, sizeof(text)),
	       ntohs(name.sin6_port) == port_of(c) ? "right" : "wrong");
	getsockname(d, ADDRESS(name), &length);
	printf("%s\n", inet_ntop(AF_INET6, &name.sin6_addr, text, sizeof(text)));
	TRY(send(c, "abc", 3, 0));
	TRY(recv(d, big, 9, 0));
	close(c), close(d);
	c = socket(AF_INET6, SOCK_STREAM, 0);
	to.sin6_port = htons((uint16_t)port_of(s));
	to.sin6_addr = in6addr_loopback;
	TRY(connect(c, ADDRESS(v4), sizeof(v4)));
	TRY(connect(c, ADDRESS(to), sizeof(to)));
	d = accept(s, NULL, NULL);
	TRY(send(d, "abcd", 4, 0));
	TRY(recv(c, big, 9, 0));
	close(c), close(d), close(s);
	for (int level = IPPROTO_IP; level <= IPPROTO_IPV6; level += IPPROTO_IPV6) {
		static const int names[] = { IPV6_V6ONLY, IPV6_UNICAST_HOPS, IPV6_RECVPKTINFO,
					     IPV6_TCLASS, 250 };

		s = socket(AF_INET6, SOCK_DGRAM, 0);
		for (size_t i = 0; level && i < sizeof(names) / sizeof(names[0]); i++) {
			int value = 1, r = setsockopt(s, level, names[i], &value, sizeof(value));
			printf("%d: %s ", names[i], r < 0 ? strerrorname_np(errno) : "ok");
			value = -9, length = sizeof(value);
			r = getsockopt(s, level, names[i], &value, &length);
			printf("%s %d\n", r < 0 ? strerrorname_np(errno) : "ok", value);
		}
		close(s);
	}
}

static void packet_info(void)
{
	union {
		char bytes[200];
		struct cmsghdr header;
	} control;
	int port, on = 1, s = bound("0.0.0.0", &port), c = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in to = at("127.4.5.6", port);
	struct iovec v = { big, 10 };
	struct msghdr m = { .msg_iov = &v,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };

	TRY(setsockopt(s, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)));
	TRY(setsockopt(s, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)));
	TRY(sendto(c, "x", 1, 0, ADDRESS(to), sizeof(to)));
	TRY(recvmsg(s, &m, 0));
	for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); h; h = CMSG_NXTHDR(&m, h)) {
		printf("%zu %d %d\n", h->cmsg_len, h->cmsg_level, h->cmsg_type);
		if (h->cmsg_level == IPPROTO_IP) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(h), sizeof(info));
			printf("%d %s\n", info.ipi_ifindex, inet_ntoa(info.ipi_addr));
		}
	}
	close(s), close(c);
}

int main(void)
{
	work_enter();
	signal(SIGPIPE, SIG_IGN);
	basics();
	connected();
	lost();
	reuse(SOCK_DGRAM, SO_REUSEADDR);
	reuse(SOCK_DGRAM, SO_REUSEPORT);
	reuse(SOCK_STREAM, SO_REUSEADDR);
	reuse(SOCK_STREAM, SO_REUSEPORT);
	v6();
	packet_info();
	return 0;
}
