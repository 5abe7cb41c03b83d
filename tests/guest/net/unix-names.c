// SPDX-License-Identifier: Apache-2.0
/* Names of AF_UNIX sockets, listening, connecting and accepting with all that can be wrong. */
#include "../fs/try.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_un address;

static socklen_t name(const char *path)
{
	memset(&address, 0, sizeof(address));
	address.sun_family = AF_UNIX;
	strcpy(address.sun_path, path);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1);
}

#define ADDRESS ((struct sockaddr *)&address)

static int bind_to(int s, const char *path)
{
	return bind(s, ADDRESS, name(path));
}

static int join(int s, const char *path)
{
	return connect(s, ADDRESS, name(path));
}

/* An abstract name of n bytes. */
static socklen_t abstract(const char *bytes, size_t n)
{
	memset(&address, 0, sizeof(address));
	address.sun_family = AF_UNIX;
	memcpy(address.sun_path + 1, bytes, n);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n);
}

static void show_name(const char *what, int s, int (*get)(int, struct sockaddr *, socklen_t *))
{
	struct sockaddr_un a;
	socklen_t length = sizeof(a);

	memset(&a, 'x', sizeof(a));
	if (get(s, (struct sockaddr *)&a, &length) < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %u %d [%.*s]\n", what, length, a.sun_family,
		       (int)(length > 2 ? length - 2 : 0),
		       a.sun_path[0] ? a.sun_path : a.sun_path + 1);
}

static void kinds(void)
{
	int s[2];

	TRY(socket(AF_UNIX, SOCK_RDM, 0));
	TRY(socket(AF_UNIX, SOCK_STREAM, 2));
	TRY(socket(AF_UNIX, 77, 0));
	TRY(socket(AF_UNIX, 12, 0));
	TRY(socket(AF_UNIX, SOCK_STREAM | 0x100, 0));
	TRY(socket(-1, SOCK_STREAM, 0));
	TRY(socket(200, SOCK_STREAM, 0));
	TRY(socket(45, SOCK_STREAM, 0));
	TRY(socketpair(AF_UNIX, SOCK_STREAM, 0, (void *)8));
	TRY(socketpair(AF_UNIX, SOCK_STREAM | 0x100, 0, s));
	TRY(socketpair(AF_UNIX, SOCK_RAW, AF_UNIX, s));
	int type = 0, protocol = 7, domain = 0;
	getsockopt(s[0], SOL_SOCKET, SO_TYPE, &type, &(socklen_t){ 4 });
	getsockopt(s[0], SOL_SOCKET, SO_PROTOCOL, &protocol, &(socklen_t){ 4 });
	getsockopt(s[0], SOL_SOCKET, SO_DOMAIN, &domain, &(socklen_t){ 4 });
	printf("%d %d %d\n", type, protocol, domain);
	show_name("pair", s[0], getsockname);
	show_name("pair", s[0], getpeername);
	close(s[0]), close(s[1]);
	TRY(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, s));
	printf("%d %x\n", fcntl(s[0], F_GETFD), fcntl(s[1], F_GETFL));
	TRY(getsockname(0, ADDRESS, &(socklen_t){ 4 }));
	TRY(getsockname(99, ADDRESS, &(socklen_t){ 4 }));
	TRY(getsockname(s[0], ADDRESS, &(socklen_t){ -4 }));
	TRY(getsockname(s[0], (void *)8, &(socklen_t){ 4 }));
	TRY(getsockname(s[0], ADDRESS, (void *)8));
	TRY(fcntl(s[0], F_SETFL, O_APPEND));
	close(s[0]), close(s[1]);
	struct rlimit limit, few;
	getrlimit(RLIMIT_NOFILE, &limit);
	few = limit;
	few.rlim_cur = 4;
	setrlimit(RLIMIT_NOFILE, &few);
	TRY(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	TRY(socket(AF_UNIX, SOCK_STREAM, 0));
	TRY(socket(AF_UNIX, SOCK_STREAM, 0));
	TRY(accept(3, NULL, NULL));
	setrlimit(RLIMIT_NOFILE, &limit);
	close(3);
}

static void paths(void)
{
	int a = socket(AF_UNIX, SOCK_STREAM, 0), b = socket(AF_UNIX, SOCK_STREAM, 0);
	struct stat st;

	show_name("unbound", a, getsockname);
	show_name("unbound", a, getpeername);
	TRY(listen(a, 5));
	TRY(bind(a, ADDRESS, 1));
	TRY(bind(a, ADDRESS, 200));
	TRY(bind(a, ADDRESS, -1));
	TRY(bind(a, (void *)8, 20));
	name("x");
	address.sun_family = AF_INET;
	TRY(bind(a, ADDRESS, 10));
	TRY(bind_to(a, "no/such/place"));
	make_file("file", "");
	TRY(bind_to(a, "file"));
	TRY(bind_to(a, "file/below"));
	TRY(bind_to(a, "."));
	TRY(bind_to(a, "slash/"));
	umask(027);
	TRY(bind_to(a, "s"));
	umask(022);
	TRY(stat("s", &st));
	printf("mode %o\n", st.st_mode);
	show_name("bound", a, getsockname);
	TRY(bind_to(a, "s"));
	TRY(bind_to(a, "t"));
	TRY(access("t", F_OK));
	TRY(bind_to(b, "s"));
	TRY(open("s", O_RDWR));
	TRY(open("s", O_RDONLY));
	int path = TRY(open("s", O_PATH));
	TRY(fstat(path, &st));
	close(path);
	TRY(join(b, "s"));
	TRY(join(b, "nothing"));
	TRY(join(b, "file"));
	TRY(join(b, "."));
	TRY(connect(b, ADDRESS, 2));
	TRY(listen(a, 5));
	int d = socket(AF_UNIX, SOCK_DGRAM, 0);
	TRY(join(d, "s"));
	close(d);
	TRY(join(a, "s"));
	TRY(join(b, "s"));
	TRY(join(b, "s"));
	TRY(bind_to(b, "late"));
	TRY(listen(b, 1));
	show_name("connected", b, getsockname);
	show_name("connected", b, getpeername);
	socklen_t length = sizeof(address);
	int c = TRY(accept(a, ADDRESS, &length));
	printf("from %u %s\n", length, address.sun_path);
	show_name("accepted", c, getsockname);
	show_name("accepted", c, getpeername);
	TRY(rename("s", "u"));
	close(c), close(b);
	b = socket(AF_UNIX, SOCK_STREAM, 0);
	TRY(join(b, "s"));
	TRY(link("u", "v"));
	TRY(join(b, "v"));
	unlink("u");
	close(b);
	b = socket(AF_UNIX, SOCK_STREAM, 0);
	TRY(symlink("v", "w"));
	TRY(join(b, "w"));
	close(b);
	close(a);
	b = socket(AF_UNIX, SOCK_STREAM, 0);
	TRY(join(b, "v"));
	TRY(bind_to(b, "v"));
	TRY(unlink("v"));
	TRY(bind_to(b, "v"));
	close(b);
	unlink("v"), unlink("w"), unlink("late"), unlink("file"), unlink("s");
	/* The longest path. */
	char path108[109];
	memset(path108, 'p', 108);
	path108[108] = 0;
	memset(&address, 0, sizeof(address));
	address.sun_family = AF_UNIX;
	memcpy(address.sun_path, path108, 108);
	a = socket(AF_UNIX, SOCK_DGRAM, 0);
	TRY(bind(a, ADDRESS, sizeof(address)));
	length = 200;
	char room[200];
	TRY(getsockname(a, (struct sockaddr *)room, &length));
	printf("length %u\n", length);
	TRY(unlink(path108));
	close(a);
	a = socket(AF_UNIX, SOCK_DGRAM, 0);
	fchmod(a, 0700);
	TRY(bind_to(a, "m"));
	TRY(stat("m", &st));
	printf("mode %o\n", st.st_mode);
	close(a), unlink("m");
}

static void abstracts(void)
{
	char unique[32];
	int a = socket(AF_UNIX, SOCK_STREAM, 0), b = socket(AF_UNIX, SOCK_STREAM, 0);
	int d = socket(AF_UNIX, SOCK_DGRAM, 0), c;
	int n = snprintf(unique, sizeof(unique), "try-%d", getpid());

	TRY(bind(a, ADDRESS, abstract(unique, (size_t)n)));
	TRY(bind(b, ADDRESS, abstract(unique, (size_t)n)));
	TRY(bind(d, ADDRESS, abstract(unique, (size_t)n)));
	TRY(connect(b, ADDRESS, abstract(unique, (size_t)n)));
	TRY(listen(a, 3));
	TRY(connect(b, ADDRESS, abstract(unique, (size_t)n + 1)));
	TRY(connect(b, ADDRESS, abstract(unique, (size_t)n)));
	c = accept(a, NULL, NULL);
	TRY(send(b, "x", 1, 0));
	TRY(recv(c, unique, 1, 0));
	unique[0] = 't';
	close(a);
	a = socket(AF_UNIX, SOCK_STREAM, 0);
	TRY(bind(a, ADDRESS, abstract(unique, (size_t)n)));
	close(a), close(b), close(c), close(d);
	a = socket(AF_UNIX, SOCK_STREAM, 0);
	memset(&address, 0, sizeof(address));
	address.sun_family = AF_UNIX;
	TRY(bind(a, ADDRESS, 2));
	socklen_t length = sizeof(address);
	TRY(getsockname(a, ADDRESS, &length));
	printf("length %u, %d, digits %zu\n", length, address.sun_path[0],
	       strspn(address.sun_path + 1, "0123456789abcdef"));
	TRY(bind(a, ADDRESS, 2));
	close(a);
}

static void backlogs(int type)
{
	int l = socket(AF_UNIX, type, 0), s[20], made = 0;

	TRY(bind_to(l, "l"));
	TRY(listen(l, 2));
	for (int i = 0; i < 20; i++) {
		s[i] = socket(AF_UNIX, type | SOCK_NONBLOCK, 0);
		if (join(s[i], "l") == 0)
			made++;
		else if (made == i)
			printf("after %d: %s\n", made, strerrorname_np(errno));
	}
	TRY(send(s[0], "early", 5, 0));
	TRY(listen(l, 4));
	TRY(join(s[10], "l"));
	struct pollfd p = { l, POLLIN, 0 };
	printf("poll %d %x\n", poll(&p, 1, 0), p.revents);
	int a = accept4(l, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	char text[8];
	TRY(recv(a, text, 8, 0));
	TRY(accept4(l, NULL, NULL, 1));
	TRY(accept(a, NULL, NULL));
	TRY(send(s[1], "x", 1, 0));
	TRY(recv(l, text, 8, 0));
	TRY(send(l, text, 8, 0));
	close(l);
	TRY(recv(s[1], text, 8, 0));
	TRY(recv(s[1], text, 8, 0));
	TRY(recv(s[0], text, 8, 0));
	TRY(join(s[11], "l"));
	for (int i = 0; i < 20; i++)
		close(s[i]);
	close(a);
	unlink("l");
	l = socket(AF_UNIX, type | SOCK_NONBLOCK, 0);
	TRY(bind_to(l, "l"));
	TRY(accept(l, NULL, NULL));
	TRY(listen(l, -1));
	TRY(accept(l, NULL, NULL));
	TRY(shutdown(l, SHUT_RD));
	TRY(accept(l, NULL, NULL));
	a = socket(AF_UNIX, type, 0);
	TRY(join(a, "l"));
	close(l), close(a);
	unlink("l");
}

static void bad_places(void)
{
	int a = socket(AF_UNIX, SOCK_STREAM, 0);

	TRY(bind_to(a, "/proc/s"));
	TRY(bind_to(a, "/proc/self/s"));
	close(a);
}

int main(void)
{
	work_enter();
	signal(SIGPIPE, SIG_IGN);
	kinds();
	paths();
	abstracts();
	backlogs(SOCK_STREAM);
	backlogs(SOCK_SEQPACKET);
	bad_places();
	return 0;
}
