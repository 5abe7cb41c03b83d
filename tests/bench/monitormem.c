// SPDX-License-Identifier: Apache-2.0
/*
 * The memory that a running sandbox costs the host beside the guest's own.
 *   monitormem ROUNDS SANDBOX-RUN PROGRAM
 * PROGRAM prints a line and waits for the end of its input. Prints lines as
 * startbench does, in bytes: monitor, launcher and guest.
 */
#include "tests/bench/footprint.h"
#include "tests/bench/samples.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define START_MS 10000

extern char **environ;

struct sandbox {
	pid_t launcher, monitor;
	int input, output;
};

static struct samples monitor, launcher, guest;

static pid_t child_of(pid_t parent)
{
	char name[64];
	FILE *list;
	int pid;

	snprintf(name, sizeof(name), "/proc/%d/task/%d/children", parent, parent);
	list = fopen(name, "re");
	if (!list)
		return 0;
	if (fscanf(list, "%d", &pid) != 1)
		pid = 0;
	fclose(list);
	return pid;
}

static int start(struct sandbox *s, char **argv, char why[200])
{
	posix_spawn_file_actions_t actions;
	int in[2], out[2], error;

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC)) {
		snprintf(why, 200, "cannot make a pipe");
		return -1;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in[0], 0);
	posix_spawn_file_actions_adddup2(&actions, out[1], 1);
	error = posix_spawnp(&s->launcher, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(in[0]);
	close(out[1]);
	s->input = in[1];
	s->output = out[0];
	if (error)
		snprintf(why, 200, "cannot start %s: %s", argv[0], strerror(error));
	return error ? -1 : 0;
}

static int look(struct sandbox *s, char why[200])
{
	const struct timespec moment = { .tv_nsec = 20000000 }; /* it is on its way to its read */
	struct pollfd poll_output = { .fd = s->output, .events = POLLIN };
	struct footprint f;
	char byte;

	if (poll(&poll_output, 1, START_MS) < 1 || read(s->output, &byte, 1) != 1) {
		snprintf(why, 200, "the program did not start");
		return -1;
	}
	nanosleep(&moment, NULL);
	s->monitor = child_of(s->launcher);
	if (!s->monitor) {
		snprintf(why, 200, "the launcher has no monitor process");
		return -1;
	}
	if (footprint_monitor(s->monitor, &f, why))
		return -1;
	samples_add(&monitor, (double)f.own);
	samples_add(&guest, (double)(f.ram + f.window));
	if (footprint_all(s->launcher, &f, why))
		return -1;
	samples_add(&launcher, (double)f.own);
	return 0;
}

static int measure(char **argv, char why[200])
{
	struct sandbox s = { 0 };
	int result, status = 0;

	if (start(&s, argv, why))
		return -1;
	result = look(&s, why);
	close(s.input);
	if (result)
		kill(s.launcher, SIGKILL);
	waitpid(s.launcher, &status, 0);
	close(s.output);
	if (result || !status)
		return result;
	snprintf(why, 200, "the program ended with wait status 0x%x", (unsigned)status);
	return -1;
}

static void print(const char *measure_name, struct samples *s, const char *why)
{
	printf("%s\tsandbox-run\t", measure_name);
	if (*why)
		printf("failed\t%s\n", why);
	else
		samples_print(s, stdout);
}

int main(int argc, char **argv)
{
	long rounds = argc > 3 ? strtol(argv[1], NULL, 10) : 0;
	char why[200] = "";

	if (rounds < 1) {
		fprintf(stderr, "usage: monitormem ROUNDS SANDBOX-RUN PROGRAM\n");
		return 2;
	}
	while (rounds-- && !measure(argv + 2, why))
		;
	print("monitor", &monitor, why);
	print("launcher", &launcher, why);
	print("guest", &guest, why);
	return 0;
}
