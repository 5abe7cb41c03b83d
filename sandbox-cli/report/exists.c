// SPDX-License-Identifier: Apache-2.0
/*
 * The child that looks. It comes with the first question; one that does not
 * answer in time is left to its fate, and a few are tried in a run (I12).
 */
#include "sandbox-cli/report/exists.h"
#include "policy/policy.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MS    250
#define CHILDREN_MAX 4

static struct {
	pid_t pid; /* 0: none */
	int fd;	   /* of questions and answers */
	int tried;
} child;

static _Noreturn void answer_all(int fd)
{
	char path[PATH_MAX];
	ssize_t length;

	/* The caller's pipes must not stay open for our sake. */
	syscall(SYS_close_range, 0, fd - 1, 0);
	syscall(SYS_close_range, fd + 1, ~0u, 0);
	while ((length = recv(fd, path, sizeof(path) - 1, 0)) > 0) {
		char there;

		path[length] = '\0';
		there = policy_exists(path) != 0;
		if (send(fd, &there, sizeof(there), MSG_NOSIGNAL) < 0)
			break;
	}
	_exit(0);
}

static int start(void)
{
	int ends[2];

	if (child.pid)
		return 1;
	if (child.tried++ >= CHILDREN_MAX || /* I12 */
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return 0;
	child.pid = fork();
	if (child.pid == 0)
		answer_all(ends[1]);
	close(ends[1]);
	child.fd = ends[0];
	if (child.pid > 0)
		return 1;
	close(child.fd);
	child.pid = 0;
	return 0;
}

static int is_answered(void)
{
	struct pollfd poll_fd = { .fd = child.fd, .events = POLLIN };
	int n;

	do
		n = poll(&poll_fd, 1, ANSWER_MS);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

int exists_ask(const char *path)
{
	char there;

	if (!start())
		return 0;
	if (send(child.fd, path, strlen(path), MSG_NOSIGNAL) > 0 && is_answered() &&
	    recv(child.fd, &there, sizeof(there), 0) == sizeof(there))
		return there != 0;
	kill(child.pid, SIGKILL);
	waitpid(child.pid, NULL, WNOHANG);
	close(child.fd);
	child.pid = 0;
	return 0;
}

void exists_end(void)
{
	if (!child.pid)
		return;
	close(child.fd);
	waitpid(child.pid, NULL, 0); /* it waits for questions, of which there are no more */
	child.pid = 0;
}
