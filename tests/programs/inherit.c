// SPDX-License-Identifier: Apache-2.0
/* What a program has from its caller, and what it does with its streams as its argument says. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int state(void)
{
	fprintf(stderr, "umask %03o, ignored", umask(0));
	for (int number = 1; number < NSIG; number++) {
		struct sigaction action;

		if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
			fprintf(stderr, " %d", number);
	}
	for (int fd = 0; fd < 3; fd++)
		fprintf(stderr, ", %d: %o", fd, (unsigned int)fcntl(fd, F_GETFL));
	fprintf(stderr, "\n");
	return 0;
}

static void say(const char *what, long result)
{
	fprintf(stderr, "%s: %ld%s%s\n", what, result, result < 0 ? " " : "",
		result < 0 ? strerror(errno) : "");
}

/* Standard input without data: not to block is EAGAIN, then the end or an error is what it is. */
static int nonblocking_read(void)
{
	char byte;
	int flags = fcntl(0, F_GETFL);

	fcntl(0, F_SETFL, flags | O_NONBLOCK);
	say("without data", read(0, &byte, 1));
	fcntl(0, F_SETFL, flags & ~O_NONBLOCK);
	say("with data", read(0, &byte, 1));
	say("at the end", read(0, &byte, 1));
	say("still", read(0, &byte, 1));
	return 0;
}

/* Fills standard output, a pipe that nobody reads yet. */
static int nonblocking_write(void)
{
	static char bytes[1 << 20];
	long total = 0, n;

	fcntl(1, F_SETFL, fcntl(1, F_GETFL) | O_NONBLOCK);
	while ((n = write(1, bytes, sizeof(bytes))) > 0)
		total += n;
	say("full", n);
	say("took", total);
	return 0;
}

static int many_segments(void)
{
	static char bytes[1024][37];
	static struct iovec vector[1025];

	for (int i = 0; i < 1024; i++) {
		memset(bytes[i], 'a' + i % 26, sizeof(bytes[i]));
		vector[i] = (struct iovec){ bytes[i], (size_t)(i % 38) };
	}
	say("writev", writev(1, vector, 1024));
	say("too many", writev(1, vector, 1025));
	return 0;
}

static int wrong_way(void)
{
	char byte = 0;

	say("write to input", write(0, &byte, 1));
	say("read from output", read(1, &byte, 1));
	return 0;
}

/* SIGPIPE is an error when it is ignored. */
static int broken_pipe(void)
{
	struct pollfd output = { 1, POLLOUT, 0 };

	signal(SIGPIPE, SIG_IGN);
	while (!(output.revents & POLLERR) && poll(&output, 1, 5000) == 1)
		usleep(1000);
	say("write", write(1, "x", 1));
	signal(SIGPIPE, SIG_DFL);
	say("write", write(1, "x", 1));
	return 0;
}

static const struct {
	const char *name;
	int (*act)(void);
} acts[] = {
	{ "state", state },
	{ "nonblocking-read", nonblocking_read },
	{ "nonblocking-write", nonblocking_write },
	{ "many-segments", many_segments },
	{ "wrong-way", wrong_way },
	{ "broken-pipe", broken_pipe },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(acts) / sizeof(*acts); i++)
		if (!strcmp(argv[1], acts[i].name))
			return acts[i].act();
	return 99;
}
