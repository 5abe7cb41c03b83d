// SPDX-License-Identifier: Apache-2.0
/* Options of AF_UNIX sockets: what can be set, what is told, in what size. */
#include "../fs/try.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>

static void get(int s, int level, int name, socklen_t room)
{
	union {
		char bytes[200];
		int number[2];
	} value;
	socklen_t length = room;

	memset(&value, 0x55, sizeof(value));
	if (getsockopt(s, level, name, &value, &length) < 0)
		printf("get %d %d room %u: %s\n", level, name, room, strerrorname_np(errno));
	else
		printf("get %d %d room %u: length %u, %x %x\n", level, name, room, length,
		       value.number[0], value.number[1]);
}

static void set(int s, int name, int value)
{
	if (setsockopt(s, SOL_SOCKET, name, &value, sizeof(value)) < 0)
		printf("set %d to %d: %s\n", name, value, strerrorname_np(errno));
	else
		get(s, SOL_SOCKET, name, 4);
}

static void numbers(int type)
{
	static const int names[] = { SO_DEBUG,		 SO_REUSEADDR,	SO_TYPE,	SO_ERROR,
				     SO_DONTROUTE,	 SO_BROADCAST,	SO_SNDBUF,	SO_RCVBUF,
				     SO_KEEPALIVE,	 SO_OOBINLINE,	SO_NO_CHECK,	SO_PRIORITY,
				     SO_REUSEPORT,	 SO_PASSCRED,	SO_RCVLOWAT,	SO_SNDLOWAT,
				     SO_TIMESTAMP,	 SO_ACCEPTCONN, SO_PROTOCOL,	SO_DOMAIN,
				     SO_PEEK_OFF,	 SO_RXQ_OVFL,	SO_TIMESTAMPNS, SO_MARK,
				     SO_SELECT_ERR_QUEUE };
	int s = socket(AF_UNIX, type, 0);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		get(s, SOL_SOCKET, names[i], 4);
		get(s, SOL_SOCKET, names[i], 2);
		get(s, SOL_SOCKET, names[i], 20);
		if (names[i] != SO_DEBUG && names[i] != SO_MARK) {
			set(s, names[i], 3);
			set(s, names[i], 0);
		}
	}
	for (int value = -1; value < 10000000; value = value * 9 + 10) {
		set(s, SO_SNDBUF, value);
		set(s, SO_RCVBUF, value);
	}
	set(s, SO_RCVLOWAT, -5);
	set(s, SO_PEEK_OFF, -1);
	set(s, SO_PRIORITY, 6);
	close(s);
}

static void shapes(void)
{
	int s = socket(AF_UNIX, SOCK_STREAM, 0), value = 1;
	struct linger l = { 1, 5 };
	struct timeval t = { 5, 500000 };

	TRY(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &value, 3));
	TRY(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &value, (socklen_t)-1));
	TRY(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (void *)8, 4));
	TRY(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &value, 400));
	TRY(setsockopt(s, SOL_SOCKET, 1000, &value, 4));
	TRY(setsockopt(s, 6, 1, &value, 4));
	TRY(setsockopt(s, 0, 1, &value, 4));
	TRY(setsockopt(99, SOL_SOCKET, SO_KEEPALIVE, &value, 4));
	TRY(setsockopt(0, SOL_SOCKET, SO_KEEPALIVE, &value, 4));
	get(s, 6, 1, 4);
	get(s, SOL_SOCKET, 1000, 4);
	TRY(getsockopt(s, SOL_SOCKET, SO_TYPE, &value, (void *)8));
	TRY(getsockopt(s, SOL_SOCKET, SO_TYPE, (void *)8, &(socklen_t){ 4 }));
	TRY(getsockopt(s, SOL_SOCKET, SO_TYPE, &value, &(socklen_t){ -4 }));
	TRY(setsockopt(s, SOL_SOCKET, SO_LINGER, &l, sizeof(l)));
	TRY(setsockopt(s, SOL_SOCKET, SO_LINGER, &l, 4));
	get(s, SOL_SOCKET, SO_LINGER, 8);
	get(s, SOL_SOCKET, SO_LINGER, 4);
	TRY(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)));
	TRY(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &t, 8));
	get(s, SOL_SOCKET, SO_RCVTIMEO, 16);
	get(s, SOL_SOCKET, SO_SNDTIMEO, 16);
	get(s, SOL_SOCKET, SO_PEERNAME, 16);
	get(s, SOL_SOCKET, SO_PEERGROUPS, 16);
	get(s, SOL_SOCKET, SO_COOKIE, 4);
	close(s);
	int pair[2];
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	get(pair[0], SOL_SOCKET, SO_PEERNAME, 2);
	get(pair[0], SOL_SOCKET, SO_PEERNAME, 16);
	get(pair[0], SOL_SOCKET, SO_PEERCRED, 0);
	socklen_t length = 0;
	int r = getsockopt(pair[0], SOL_SOCKET, SO_PEERGROUPS, &value, &length);
	printf("groups %s\n",
	       getgroups(0, NULL) == (int)length / 4 && (r == 0) == (length == 0) ? "ok" : "?");
	close(pair[0]), close(pair[1]);
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	bind(s, (struct sockaddr *)&a, 2);
	listen(s, 1);
	get(s, SOL_SOCKET, SO_ACCEPTCONN, 4);
	TRY(ioctl(s, FIONREAD, &value));
	close(s);
}

static void ioctls(void)
{
	int s[2], value = 1;
	struct termios t;

	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	TRY(ioctl(s[0], FIONBIO, &value));
	printf("%x\n", fcntl(s[0], F_GETFL));
	TRY(recv(s[0], &value, 1, 0));
	TRY(tcgetattr(s[0], &t));
	TRY(ioctl(s[0], TIOCGWINSZ, &t));
	TRY(ioctl(s[0], FIOGETOWN, &value));
	printf("%d\n", value);
	value = getpid();
	TRY(ioctl(s[0], SIOCSPGRP, &value));
	value = 0;
	TRY(ioctl(s[0], SIOCGPGRP, &value));
	printf("%s\n", value == getpid() && fcntl(s[0], F_GETOWN) == value ? "own" : "?");
	TRY(ioctl(s[0], SIOCOUTQ, &value));
	printf("%d\n", value);
	send(s[0], "abc", 3, 0);
	TRY(ioctl(s[0], SIOCOUTQ, &value));
	printf("%d\n", value > 0);
	TRY(ioctl(s[1], SIOCINQ, &value));
	printf("%d\n", value);
	TRY(ioctl(s[0], SIOCINQ, (void *)8));
	TRY(ioctl(s[0], 0x1234, &value));
	close(s[0]), close(s[1]);
}

int main(void)
{
	work_enter();
	numbers(SOCK_STREAM);
	numbers(SOCK_DGRAM);
	shapes();
	ioctls();
	return 0;
}
