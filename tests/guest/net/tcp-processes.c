// SPDX-License-Identifier: Apache-2.0
/*
 * TCP between processes: servers with many clients, floods, a backlog that is
 * full, ends while somebody waits.
 */
#include "../fs/try.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

static char big[1000000];

#define ADDRESS(a) ((struct sockaddr *)&(a))

static int listener(int backlog, struct sockaddr_in *a)
{
	socklen_t length = sizeof(*a);
	int s = socket(AF_INET, SOCK_STREAM, 0);

	*a = (struct sockaddr_in){ .sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	bind(s, ADDRESS(*a), sizeof(*a));
	listen(s, backlog);
	getsockname(s, ADDRESS(*a), &length);
	return s;
}

static int join(const struct sockaddr_in *a)
{
	int s = socket(AF_INET, SOCK_STREAM, 0);

	return connect(s, ADDRESS(*a), sizeof(*a)) < 0 ? -1 : s;
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

static void flood(void)
{
	struct sockaddr_in a;
	int l = listener(1, &a);
	unsigned int sent = 0, got = 0;
	long total = 0;
	ssize_t n;

	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		int s = join(&a);

		for (int i = 0; i < 20; i++) {
			memset(big, i, sizeof(big));
			if (send(s, big, sizeof(big), 0) != sizeof(big))
				_exit(1);
		}
		shutdown(s, SHUT_WR);
		_exit(recv(s, big, 10, 0) == 4 ? 0 : 2);
	}
	int s = accept(l, NULL, NULL);
	while ((n = recv(s, big, 77777, 0)) > 0) {
		got = sum(got, big, n);
		total += n;
	}
	for (int i = 0; i < 20; i++) {
		memset(big, i, sizeof(big));
		sent = sum(sent, big, sizeof(big));
	}
	printf("flood: %ld %s\n", total, got == sent ? "same" : "differs");
	TRY(send(s, "done", 4, 0));
	reap(child);
	close(s), close(l);
}

static void echo(int s)
{
	char text[100];
	ssize_t n;

	while ((n = recv(s, text, sizeof(text), 0)) > 0)
		send(s, text, (size_t)n, 0);
	_exit(0);
}

/* A process for each connection. */
static void server(void)
{
	struct sockaddr_in a;
	int l = listener(2, &a);

	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		signal(SIGCHLD, SIG_IGN);
		for (int i = 0; i < 8; i++) {
			int s = accept(l, NULL, NULL);

			if (fork() == 0)
				echo(s);
			close(s);
		}
		_exit(0);
	}
	close(l);
	int s[8], good = 0;
	for (int i = 0; i < 8; i++)
		s[i] = join(&a);
	for (int round = 0; round < 20; round++)
		for (int i = 0; i < 8; i++) {
			char text[100], back[100];
			int n = snprintf(text, sizeof(text), "round %d of %d", round, i);

			send(s[i], text, (size_t)n, 0);
			good += recv(s[i], back, (size_t)n, MSG_WAITALL) == n &&
				memcmp(text, back, (size_t)n) == 0;
		}
	printf("good %d\n", good);
	for (int i = 0; i < 8; i++)
		close(s[i]);
	reap(child);
}

/* More who want to connect than the queue holds. */
static void full(void)
{
	struct sockaddr_in a;
	int l = listener(0, &a), n = 0;

	fflush(stdout);
	for (int i = 0; i < 2; i++)
		if (fork() == 0) {
			int s = join(&a);

			_exit(s >= 0 && send(s, "x", 1, 0) == 1 ? 0 : 1);
		}
	usleep(50000);
	struct timeval t = { 5, 0 };
	setsockopt(l, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	for (int i = 0; i < 2; i++) {
		int s = accept(l, NULL, NULL);

		n += recv(s, big, 1, 0) == 1;
		close(s);
	}
	printf("all of them: %d\n", n);
	for (int i = 0; i < 2; i++)
		reap(-1);
	close(l);
}

static void ended(void)
{
	struct sockaddr_in a;

	for (int how = 0; how < 4; how++) {
		int l = listener(1, &a);

		fflush(stdout);
		pid_t child = fork();
		if (child == 0) {
			int s = accept(l, NULL, NULL);
			struct linger linger = { 1, 0 };

			usleep(20000);
			if (how == 1)
				shutdown(s, SHUT_WR);
			if (how == 2)
				setsockopt(s, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
			_exit(how);
		}
		int s = join(&a);
		close(l);
		if (how == 3) {
			signal(SIGPIPE, SIG_IGN);
			/* The other does not read: it ends with a reset. */
			long total = 0;
			ssize_t n;

			while ((n = send(s, big, sizeof(big), 0)) > 0)
				total += n;
			printf("%s %s\n", total > 0 ? "some" : "none", strerrorname_np(errno));
		} else {
			TRY(recv(s, big, 1, 0));
			TRY(recv(s, big, 1, 0));
		}
		reap(child);
		close(s);
	}
	/* A listener that goes. */
	int l = listener(5, &a), s = join(&a);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		close(s);
		usleep(20000);
		_exit(0);
	}
	close(l);
	TRY(recv(s, big, 1, 0));
	TRY(recv(s, big, 1, 0));
	close(s);
	TRY(join(&a));
	reap(child);
}

int main(void)
{
	work_enter();
	flood();
	server();
	full();
	ended();
	return 0;
}
