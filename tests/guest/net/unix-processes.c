// SPDX-License-Identifier: Apache-2.0
/* AF_UNIX between processes: waiting on both sides, files and credentials across, ends, signals. */
#include "../fs/try.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>

static char big[400000];

static socklen_t name(struct sockaddr_un *address, const char *path)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	strcpy(address->sun_path, path);
	return sizeof(*address);
}

static int join(int s, const char *path)
{
	struct sockaddr_un address;

	return connect(s, (struct sockaddr *)&address, name(&address, path));
}

static int listener(const char *path, int type, int backlog)
{
	struct sockaddr_un address;
	int s = socket(AF_UNIX, type, 0);

	bind(s, (struct sockaddr *)&address, name(&address, path));
	listen(s, backlog);
	return s;
}

static void reap(pid_t child)
{
	int status;

	waitpid(child, &status, 0);
	printf("child: %s %d\n", WIFEXITED(status) ? "exit" : "signal",
	       WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	fflush(stdout);
}

static unsigned int sum(unsigned int to, const char *bytes, ssize_t n)
{
	for (ssize_t i = 0; i < n; i++)
		to = to * 31 + (unsigned char)bytes[i];
	return to;
}

/* Much more than fits, at both ends with blocking calls. */
static void flood(int type, size_t step)
{
	int s[2];
	unsigned int sent = 0, got = 0;
	long total = 0;

	fflush(stdout);
	socketpair(AF_UNIX, type, 0, s);
	pid_t child = fork();
	if (child == 0) {
		close(s[1]);
		for (int i = 0; i < 100; i++) {
			memset(big, i, step);
			if (send(s[0], big, step, 0) != (ssize_t)step)
				_exit(1);
		}
		_exit(0);
	}
	close(s[0]);
	ssize_t n;
	while ((type != SOCK_DGRAM || total < (long)step * 100) &&
	       (n = recv(s[1], big, type == SOCK_STREAM ? 3333 : sizeof(big), 0)) > 0) {
		got = sum(got, big, n);
		total += n;
	}
	for (int i = 0; i < 100; i++) {
		memset(big, i, step);
		sent = sum(sent, big, (ssize_t)step);
	}
	printf("flood %d: %ld %s\n", type, total, got == sent ? "same" : "differs");
	reap(child);
	close(s[1]);
}

static void server(int type)
{
	int l = listener("l", type, 1), round;
	pid_t children[5];

	fflush(stdout);
	for (int i = 0; i < 5; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			char text[32];
			int s = socket(AF_UNIX, type, 0);

			if (join(s, "l") < 0)
				_exit(1);
			snprintf(text, sizeof(text), "child %d", i);
			send(s, text, strlen(text), 0);
			ssize_t n = recv(s, text, sizeof(text), 0);
			_exit(n == 7 && memcmp(text, "welcome", 7) == 0 ? 10 + i : 2);
		}
	}
	int seen[5] = { 0 };
	for (round = 0; round < 5; round++) {
		char text[32] = "";
		struct ucred ids;
		int s = accept(l, NULL, NULL);

		usleep(2000);
		recv(s, text, sizeof(text), 0);
		getsockopt(s, SOL_SOCKET, SO_PEERCRED, &ids, &(socklen_t){ sizeof(ids) });
		int which = text[6] - '0';
		if (which >= 0 && which < 5)
			seen[which] = ids.pid == children[which];
		send(s, "welcome", 7, 0);
		close(s);
	}
	printf("seen %d%d%d%d%d\n", seen[0], seen[1], seen[2], seen[3], seen[4]);
	for (int i = 0; i < 5; i++)
		reap(children[i]);
	close(l);
	unlink("l");
}

static void pass(void)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr header;
	} control;
	int s[2], on = 1;
	struct iovec v = { big, 10 };
	struct msghdr m = { .msg_iov = &v,
			    .msg_iovlen = 1,
			    .msg_control = control.bytes,
			    .msg_controllen = CMSG_SPACE(sizeof(int)) };

	fflush(stdout);
	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	setsockopt(s[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	pid_t child = fork();
	if (child == 0) {
		int p[2], fd;

		make_file("passed", "text of the child");
		fd = open("passed", O_RDWR);
		lseek(fd, 8, SEEK_SET);
		control.header = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
		sendmsg(s[1], &m, 0);
		close(fd);
		/* A pipe of which only the parent has the reading end. */
		pipe(p);
		memcpy(CMSG_DATA(&control.header), &p[0], sizeof(fd));
		sendmsg(s[1], &m, 0);
		close(p[0]);
		write(p[1], "through the pipe", 16);
		_exit(3);
	}
	close(s[1]);
	for (int i = 0; i < 2; i++) {
		m.msg_controllen = sizeof(control);
		memset(&control, 0, sizeof(control));
		TRY(recvmsg(s[0], &m, 0));
		for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
			struct ucred ids;
			char text[32] = "";
			int fd;

			if (c->cmsg_type == SCM_CREDENTIALS) {
				memcpy(&ids, CMSG_DATA(c), sizeof(ids));
				printf("from %s\n", ids.pid == child ? "the child" : "?");
				continue;
			}
			memcpy(&fd, CMSG_DATA(c), sizeof(fd));
			TRY(read(fd, text, sizeof(text)));
			printf("[%s]\n", text);
			close(fd);
		}
	}
	reap(child);
	TRY(recv(s[0], big, 1, 0));
	close(s[0]);
	unlink("passed");
}

static void on_alarm(int signo)
{
	(void)signo;
}

static void interrupted(int flags)
{
	struct sigaction act = { .sa_handler = on_alarm, .sa_flags = flags };
	struct itimerval soon = { { 0, 0 }, { 0, 20000 } };
	struct timeval t = { 0, 100000 };
	int s[2];

	printf("%s\n", flags ? "with SA_RESTART" : "without");
	sigaction(SIGALRM, &act, NULL);
	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	if (!flags) {
		setitimer(ITIMER_REAL, &soon, NULL);
		TRY(recv(s[0], big, 1, 0));
	}
	/* With a timeout it is never begun again. */
	setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	setitimer(ITIMER_REAL, &soon, NULL);
	TRY(recv(s[0], big, 1, 0));
	TRY(recv(s[0], big, 1, 0));
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		usleep(60000);
		write(s[1], "later", 5);
		_exit(0);
	}
	t.tv_usec = 0;
	setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	setitimer(ITIMER_REAL, &soon, NULL);
	TRY(recv(s[0], big, 5, 0));
	reap(child);
	close(s[0]), close(s[1]);
}

/* What one process does ends the wait of another. */
static void ended(void)
{
	int s[2];

	for (int how = 0; how < 5; how++) {
		fflush(stdout);
		socketpair(AF_UNIX, how < 4 ? SOCK_STREAM : SOCK_SEQPACKET, 0, s);
		pid_t child = fork();
		if (child == 0) {
			close(s[0]);
			usleep(20000);
			if (how == 1)
				shutdown(s[1], SHUT_WR);
			if (how == 2)
				shutdown(s[1], SHUT_RD);
			if (how == 3)
				usleep(20000);
			_exit(how);
		}
		close(s[1]);
		struct pollfd p = { s[0], POLLIN | POLLRDHUP, 0 };
		if (how == 3) {
			signal(SIGPIPE, SIG_IGN);
			TRY(send(s[0], big, sizeof(big), 0) > 100000);
			TRY(send(s[0], big, sizeof(big), 0));
			signal(SIGPIPE, SIG_DFL);
		} else {
			int n = poll(&p, 1, 2000);

			printf("poll %d %x\n", n, p.revents & POLLIN);
			TRY(recv(s[0], big, 1, 0));
		}
		close(s[0]);
		reap(child);
	}
	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		close(s[1]);
		usleep(50000);
		write(s[0], "x", 1);
		_exit(9);
	}
	close(s[0]), close(s[1]);
	reap(child);
}

/* A datagram socket that takes its time, and more than one who sends to it. */
static void crowd(void)
{
	struct sockaddr_un address;
	int s = socket(AF_UNIX, SOCK_DGRAM, 0), count = 0, total = 0;

	bind(s, (struct sockaddr *)&address, name(&address, "d"));
	fflush(stdout);
	for (int i = 0; i < 4; i++)
		if (fork() == 0) {
			int c = socket(AF_UNIX, SOCK_DGRAM, 0), bad = 0;

			join(c, "d");
			for (int j = 0; j < 50; j++)
				bad += send(c, &j, sizeof(j), 0) != sizeof(j);
			_exit(bad);
		}
	int j;
	while (count < 200 && recv(s, &j, sizeof(j), 0) == sizeof(j)) {
		total += j;
		if (++count % 40 == 0)
			usleep(5000);
	}
	printf("count %d total %d\n", count, total);
	for (int i = 0; i < 4; i++)
		reap(-1);
	close(s);
	unlink("d");
}

int main(void)
{
	work_enter();
	flood(SOCK_STREAM, 50000);
	flood(SOCK_DGRAM, 5000);
	flood(SOCK_SEQPACKET, 50000);
	server(SOCK_STREAM);
	server(SOCK_SEQPACKET);
	pass();
	interrupted(0);
	interrupted(SA_RESTART);
	ended();
	crowd();
	return 0;
}
