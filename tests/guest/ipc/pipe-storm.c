// SPDX-License-Identifier: Apache-2.0
/*
 * A chain of processes that move a stream from pipe to pipe, each in its own
 * ways and sizes: what comes out at the end is what went in.
 */
#include "../fs/try.h"

#include <poll.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define STAGES 5
#define TOTAL  3000000

static char buffer[150000];
static unsigned int seed;

static unsigned int below(unsigned int n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % n;
}

static unsigned char content(size_t at)
{
	return (unsigned char)(at * 131 + at / 257 + at / 65537);
}

static size_t size(void)
{
	static const unsigned int sizes[] = { 1, 10, 100, 4095, 4096, 4097, 10000, 65536, 150000 };

	return 1 + below(sizes[below(9)]);
}

static void fail(const char *what)
{
	printf("%s: %s\n", what, strerrorname_np(errno));
	fflush(stdout);
	_exit(1);
}

static void wait_for(int fd, short events)
{
	struct pollfd p = { fd, events, 0 };

	if (poll(&p, 1, 10000) != 1)
		fail("poll");
}

static void write_all(int fd, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t put;

		if (below(3) == 0 && n - done > 1) {
			struct iovec v[2] = { { buffer + done, (n - done) / 2 },
					      { buffer + done + (n - done) / 2,
						n - done - (n - done) / 2 } };
			put = writev(fd, v, 2);
		} else {
			put = write(fd, buffer + done, n - done);
		}
		if (put < 0 && errno == EAGAIN)
			wait_for(fd, POLLOUT);
		else if (put < 0)
			fail("write");
		else
			done += (size_t)put;
	}
}

/* 0: the end. */
static size_t move(int in, int out)
{
	size_t n = size();
	ssize_t got;

	switch (below(4)) {
	case 0:
		got = splice(in, NULL, out, NULL, n, 0);
		break;
	case 1: { /* what tee shows is read, too */
		int p[2];

		pipe(p);
		got = tee(in, p[1], n > 4096 ? 4096 : n, 0);
		if (got > 0 && (read(p[0], buffer, (size_t)got) != got ||
				read(in, buffer, (size_t)got) != got))
			fail("tee");
		close(p[0]), close(p[1]);
		if (got > 0)
			write_all(out, (size_t)got);
		break;
	}
	default:
		got = read(in, buffer, n);
		if (got > 0)
			write_all(out, (size_t)got);
	}
	if (got < 0 && errno == EAGAIN) {
		wait_for(in, POLLIN);
		wait_for(out, POLLOUT);
		return 1;
	}
	if (got < 0)
		fail("move");
	return (size_t)got;
}

static void stage(int in, int out, int number)
{
	seed = (unsigned int)number * 7919;
	if (number == 2)
		fcntl(in, F_SETFL, O_NONBLOCK);
	if (number == 3)
		fcntl(out, F_SETFL, O_NONBLOCK);
	if (number == 4)
		fcntl(out, F_SETPIPE_SZ, 4096);
	while (move(in, out) > 0)
		;
	_exit(0);
}

static void source(int out)
{
	seed = 1;
	for (size_t at = 0; at < TOTAL;) {
		size_t n = size();

		n = n > TOTAL - at ? TOTAL - at : n;
		for (size_t i = 0; i < n; i++)
			buffer[i] = (char)content(at + i);
		write_all(out, n);
		at += n;
	}
	_exit(0);
}

int main(void)
{
	size_t at = 0, wrong = 0;
	int in, p[2], status;
	ssize_t n;

	work_enter();
	pipe(p);
	if (fork() == 0)
		source(p[1]);
	close(p[1]);
	in = p[0];
	for (int i = 1; i <= STAGES; i++) {
		pipe(p);
		if (fork() == 0) {
			close(p[0]);
			stage(in, p[1], i);
		}
		close(in), close(p[1]);
		in = p[0];
	}
	seed = 99;
	while ((n = read(in, buffer, size())) > 0)
		for (ssize_t i = 0; i < n; i++, at++)
			wrong += (unsigned char)buffer[i] != content(at);
	printf("%zu bytes, %zu wrong\n", at, wrong);
	for (int i = 0; i <= STAGES; i++) {
		wait(&status);
		printf("%d ", status);
	}
	printf("\n");
	return 0;
}
