// SPDX-License-Identifier: Apache-2.0
/*
 * A measured program: what processes cost in here. Prints nanoseconds for one
 * round, the median of all first, then the tenth and ninetieth percentile.
 *   processes fork       fork, exit, wait
 *   processes exec       fork, execve of this static program, exit, wait
 *   processes pipe       a byte to another process and back, through two pipes
 */
#include "tests/bench/samples.h"

#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS	    400
#define PIPE_ROUNDS 50 /* in each of ROUNDS: shorter than what the clock costs to read */

static char *self;
static int there[2], back[2];

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void child(int execute)
{
	char *argv[] = { self, "end", NULL };
	pid_t pid = fork();

	if (pid == 0) {
		if (execute)
			execv(self, argv);
		_exit(execute);
	}
	int status;
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status) {
		perror("processes");
		exit(1);
	}
}

static void answer(void)
{
	char byte;

	while (read(there[0], &byte, 1) == 1)
		if (write(back[1], &byte, 1) != 1)
			_exit(1);
	_exit(0);
}

static void start_answering(void)
{
	if (pipe(there) || pipe(back)) {
		perror("processes: pipe");
		exit(1);
	}
	if (fork() == 0) {
		close(there[1]);
		answer();
	}
	close(there[0]);
}

static void ping_pong(void)
{
	char byte = 0;

	for (unsigned i = 0; i < PIPE_ROUNDS; i++) {
		if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1) {
			perror("processes: pipe");
			exit(1);
		}
	}
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";
	static struct samples s;
	int pipes = !strcmp(what, "pipe");

	if (!strcmp(what, "end"))
		return 0;
	if (!pipes && strcmp(what, "fork") != 0 && strcmp(what, "exec") != 0) {
		fprintf(stderr, "usage: processes fork|exec|pipe\n");
		return 2;
	}
	self = argv[0];
	if (pipes)
		start_answering();
	for (unsigned i = 0; i < ROUNDS; i++) {
		double start = now_ns();

		if (pipes)
			ping_pong();
		else
			child(!strcmp(what, "exec"));
		samples_add(&s, (now_ns() - start) / (pipes ? PIPE_ROUNDS : 1));
	}
	qsort(s.values, s.count, sizeof(*s.values), samples_compare);
	printf("%.1f %.1f %.1f\n", samples_at(&s, 50), samples_at(&s, 10), samples_at(&s, 90));
	return 0;
}
