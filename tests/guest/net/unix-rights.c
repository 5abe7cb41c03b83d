// SPDX-License-Identifier: Apache-2.0
/* Files and credentials through AF_UNIX sockets, with too little room, nested, and in cycles. */
#include "../fs/try.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

static union {
	char bytes[2000];
	struct cmsghdr header;
} control;

static char data[64];
static int next_fd; /* where new descriptors begin */

static ssize_t send_fds(int s, const int *fds, int count, const char *text, int flags)
{
	struct iovec v = { (void *)(uintptr_t)text, strlen(text) };
	struct msghdr m = { .msg_iov = &v,
			    .msg_iovlen = 1,
			    .msg_control = control.bytes,
			    .msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	memset(&control, 0, sizeof(control));
	*c = (struct cmsghdr){ CMSG_LEN(sizeof(int) * (size_t)count), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(c), fds, sizeof(int) * (size_t)count);
	return sendmsg(s, &m, flags);
}

static void show_fd(int fd)
{
	char text[32];
	struct stat st;

	lseek(fd, 0, SEEK_SET);
	ssize_t n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? read(fd, text, sizeof(text)) : 0;
	printf(" +%d(%o %d [%.*s])", fd - next_fd, fstat(fd, &st) == 0 ? st.st_mode & S_IFMT : 0,
	       fcntl(fd, F_GETFD), (int)n, text);
	close(fd);
}

static void take(int s, size_t room, size_t control_room, int flags)
{
	struct iovec v = { data, room };
	struct msghdr m = { .msg_iov = &v,
			    .msg_iovlen = 1,
			    .msg_control = control_room ? control.bytes : NULL,
			    .msg_controllen = control_room };
	memset(&control, 'z', sizeof(control));
	ssize_t n = recvmsg(s, &m, flags | MSG_DONTWAIT);

	if (n < 0) {
		printf("take: %s\n", strerrorname_np(errno));
		return;
	}
	printf("take: %zd [%.*s] flags %x control %zu", n, (int)n, data, m.msg_flags,
	       m.msg_controllen);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		printf(" {%zu %d %d", c->cmsg_len, c->cmsg_level, c->cmsg_type);
		size_t size = c->cmsg_len - CMSG_LEN(0);
		if (c->cmsg_type == SCM_RIGHTS)
			for (size_t i = 0; i < size / sizeof(int); i++) {
				int fd;

				memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
				show_fd(fd);
			}
		if (c->cmsg_type == SCM_CREDENTIALS && size >= sizeof(struct ucred)) {
			struct ucred u;

			memcpy(&u, CMSG_DATA(c), sizeof(u));
			printf(" %s %d %d",
			       u.pid == getpid() ? "me"
			       : u.pid		 ? "?"
						 : "0",
			       (int)u.uid, (int)u.gid);
		}
		printf("}");
	}
	printf("\n");
}

static void files(int type)
{
	int s[2], fds[300];

	printf("type %d\n", type);
	socketpair(AF_UNIX, type, 0, s);
	int a = open("a", O_RDONLY), b = open("b", O_RDONLY);
	next_fd = b + 1;
	TRY(send_fds(s[0], (int[]){ a }, 1, "one", 0));
	TRY(send_fds(s[0], (int[]){ b, a, s[0] }, 3, "three", 0));
	TRY(send(s[0], "plain", 5, 0));
	take(s[1], 2, 200, MSG_PEEK);
	take(s[1], 2, 200, 0);
	take(s[1], 60, 200, MSG_CMSG_CLOEXEC);
	take(s[1], 60, 200, 0);
	take(s[1], 60, 200, 0);
	for (size_t room = 0; room <= 32; room += 4) {
		send_fds(s[0], (int[]){ b, a }, 2, "cut", 0);
		take(s[1], 60, room, 0);
	}
	send_fds(s[0], (int[]){ b, a }, 2, "read", 0);
	TRY(read(s[1], data, 60));
	send_fds(s[0], (int[]){ b, a }, 2, "recv", 0);
	TRY(recv(s[1], data, 60, 0));
	TRY(send_fds(s[0], (int[]){ a, 99 }, 2, "bad", 0));
	TRY(send_fds(s[0], (int[]){ -1 }, 1, "bad", 0));
	TRY(send_fds(s[0], fds, 0, "none", 0));
	take(s[1], 60, 200, 0);
	for (int i = 0; i < 300; i++)
		fds[i] = a;
	TRY(send_fds(s[0], fds, 254, "too many", 0));
	TRY(send_fds(s[0], fds, 253, "many", 0));
	struct rlimit limit, few;
	getrlimit(RLIMIT_NOFILE, &limit);
	few = limit;
	few.rlim_cur = (rlim_t)next_fd + 2;
	setrlimit(RLIMIT_NOFILE, &few);
	take(s[1], 60, 2000, 0);
	setrlimit(RLIMIT_NOFILE, &limit);
	TRY(send_fds(s[0], (int[]){ a }, 1, "", 0));
	take(s[1], 60, 200, 0);
	int path = open("a", O_PATH);
	next_fd = path + 1;
	TRY(send_fds(s[0], (int[]){ path }, 1, "path", 0));
	take(s[1], 60, 200, 0);
	close(path);
	/* A closed file lives on in the queue; with the queue it goes. */
	int p[2];
	pipe(p);
	TRY(send_fds(s[0], &p[1], 1, "end", 0));
	close(p[1]);
	TRY(fcntl(p[0], F_SETFL, O_NONBLOCK));
	TRY(read(p[0], data, 1));
	close(s[1]);
	TRY(read(p[0], data, 1));
	close(s[0]), close(p[0]), close(a), close(b);
}

static void wrong(void)
{
	int s[2];
	struct iovec v = { "x", 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control.bytes };

	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	control.header = (struct cmsghdr){ CMSG_LEN(4), SOL_SOCKET, 77 };
	m.msg_controllen = CMSG_SPACE(4);
	TRY(sendmsg(s[0], &m, 0));
	control.header = (struct cmsghdr){ CMSG_LEN(4), 77, 77 };
	TRY(sendmsg(s[0], &m, 0));
	control.header = (struct cmsghdr){ 15, SOL_SOCKET, SCM_RIGHTS };
	TRY(sendmsg(s[0], &m, 0));
	control.header = (struct cmsghdr){ 100, SOL_SOCKET, SCM_RIGHTS };
	TRY(sendmsg(s[0], &m, 0));
	m.msg_controllen = 8;
	TRY(sendmsg(s[0], &m, 0));
	m.msg_controllen = 1 << 20;
	TRY(sendmsg(s[0], &m, 0));
	m.msg_controllen = 1ul << 40;
	TRY(sendmsg(s[0], &m, 0));
	m.msg_controllen = 24;
	m.msg_control = (void *)8;
	TRY(sendmsg(s[0], &m, 0));
	m = (struct msghdr){ .msg_iov = &v, .msg_iovlen = 1025 };
	TRY(sendmsg(s[0], &m, 0));
	m.msg_iovlen = 1;
	m.msg_name = (void *)8, m.msg_namelen = 16;
	TRY(sendmsg(s[0], &m, 0));
	m.msg_namelen = (socklen_t)-1;
	TRY(sendmsg(s[0], &m, 0));
	close(s[0]), close(s[1]);
}

static ssize_t send_ids(int s, pid_t pid, uid_t uid, gid_t gid)
{
	struct iovec v = { "ids", 3 };
	struct msghdr m = { .msg_iov = &v,
			    .msg_iovlen = 1,
			    .msg_control = control.bytes,
			    .msg_controllen = CMSG_SPACE(sizeof(struct ucred)) };
	struct ucred ids = { pid, uid, gid };

	memset(&control, 0, sizeof(control));
	control.header = (struct cmsghdr){ CMSG_LEN(sizeof(ids)), SOL_SOCKET, SCM_CREDENTIALS };
	memcpy(CMSG_DATA(&control.header), &ids, sizeof(ids));
	return sendmsg(s, &m, 0);
}

static void credentials(int type)
{
	int s[2], on = 1;
	struct ucred ids = { 0 };
	socklen_t length = sizeof(ids);

	printf("type %d\n", type);
	socketpair(AF_UNIX, type, 0, s);
	TRY(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &ids, &length));
	printf("%s %d %d\n", ids.pid == getpid() ? "me" : "?", (int)ids.uid, (int)ids.gid);
	TRY(send(s[0], "before", 6, 0));
	TRY(send_ids(s[0], getpid(), getuid(), getgid()));
	take(s[1], 60, 200, 0);
	TRY(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
	TRY(send(s[0], "after", 5, 0));
	TRY(send_ids(s[0], getpid(), getuid(), getgid()));
	take(s[1], 60, 200, 0);
	take(s[1], 60, 200, 0);
	take(s[1], 60, 200, 0);
	TRY(send_fds(s[0], s, 2, "both", 0));
	take(s[1], 60, 200, 0);
	TRY(send(s[0], "cut", 3, 0));
	take(s[1], 60, 20, 0);
	TRY(send(s[0], "no room", 7, 0));
	take(s[1], 60, 0, 0);
	TRY(send_ids(s[0], getpid(), (uid_t)-1, 0));
	close(s[0]), close(s[1]);
	int unconnected = socket(AF_UNIX, type, 0);
	ids = (struct ucred){ 1, 1, 1 };
	TRY(getsockopt(unconnected, SOL_SOCKET, SO_PEERCRED, &ids, &length));
	printf("%d %d %d\n", ids.pid, (int)ids.uid, (int)ids.gid);
	close(unconnected);
}

/* Sockets that are in their own queues: nothing outside has them, then nothing has. */
static void cycles(void)
{
	int p[2], s[2], t[2];

	pipe2(p, O_NONBLOCK);
	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	socketpair(AF_UNIX, SOCK_DGRAM, 0, t);
	TRY(send_fds(s[0], (int[]){ s[1], p[1] }, 2, "self", 0));
	TRY(send_fds(t[0], (int[]){ t[1], s[0] }, 2, "self and other", 0));
	TRY(send_fds(s[1], (int[]){ t[0] }, 1, "back", 0));
	close(p[1]), close(s[0]), close(s[1]);
	TRY(read(p[0], data, 1));
	TRY(send_fds(t[1], (int[]){ t[0] }, 1, "x", 0));
	close(t[0]), close(t[1]);
	/* Whatever socket is closed next may find it. */
	for (int i = 0; i < 50; i++) {
		close(socket(AF_UNIX, SOCK_STREAM, 0));
		if (read(p[0], data, 1) == 0)
			break;
		usleep(10000);
	}
	TRY(read(p[0], data, 1));
	close(p[0]);
	/* A long chain, one in the queue of the next. */
	pipe2(p, O_NONBLOCK);
	int last = p[1], bad = 0;
	for (int i = 0; i < 900; i++) {
		if (socketpair(AF_UNIX, SOCK_DGRAM, 0, s) < 0 ||
		    send_fds(s[0], &last, 1, "x", 0) != 1)
			bad++;
		close(last), close(s[0]);
		last = s[1];
	}
	printf("bad %d\n", bad);
	TRY(read(p[0], data, 1));
	close(last);
	for (int i = 0; i < 50 && read(p[0], data, 1) < 0; i++)
		usleep(10000);
	TRY(read(p[0], data, 1));
	close(p[0]);
}

static void times(void)
{
	int s[2], on = 1;
	struct iovec v = { data, 10 };
	struct msghdr m = {
		.msg_iov = &v, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = 200
	};
	struct timeval t, now;

	socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
	TRY(setsockopt(s[1], SOL_SOCKET, SO_TIMESTAMP, &on, sizeof(on)));
	send(s[0], "x", 1, 0);
	TRY(recvmsg(s[1], &m, 0));
	printf("%zu %d %d\n", control.header.cmsg_len, control.header.cmsg_level,
	       control.header.cmsg_type);
	memcpy(&t, CMSG_DATA(&control.header), sizeof(t));
	gettimeofday(&now, NULL);
	printf("%s\n", now.tv_sec - t.tv_sec < 3 ? "now" : "?");
	close(s[0]), close(s[1]);
}

int main(void)
{
	work_enter();
	signal(SIGPIPE, SIG_IGN);
	make_file("a", "file a"), make_file("b", "file b");
	files(SOCK_STREAM);
	files(SOCK_DGRAM);
	files(SOCK_SEQPACKET);
	wrong();
	credentials(SOCK_STREAM);
	credentials(SOCK_DGRAM);
	cycles();
	times();
	unlink("a"), unlink("b");
	return 0;
}
