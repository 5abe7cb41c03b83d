// SPDX-License-Identifier: Apache-2.0
/* One run of a contestant: started with vfork's cost, timed, and all of it waited for. */
#include "tests/bench/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static unsigned limit;
static volatile sig_atomic_t late;

static void ring(int number)
{
	late = number;
}

int child_init(unsigned limit_seconds)
{
	struct sigaction action = { .sa_handler = ring }; /* not SA_RESTART: wait4() must return */

	limit = limit_seconds;
	return sigaction(SIGALRM, &action, NULL) || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

/* The alarm rings again each second: what the killed ones leave behind is ours at the next. */
static void set_alarm(unsigned seconds)
{
	const struct itimerval timer = { .it_value.tv_sec = seconds,
					 .it_interval.tv_sec = seconds ? 1 : 0 };

	setitimer(ITIMER_REAL, &timer, NULL);
}

static void kill_children(pid_t first)
{
	char name[64];
	FILE *list;
	int pid;

	snprintf(name, sizeof(name), "/proc/self/task/%d/children", getpid());
	list = fopen(name, "re");
	if (!list) {
		kill(first, SIGKILL);
		return;
	}
	while (fscanf(list, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	fclose(list);
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Waits for pid, or for all that are left with -1; the status is the last one's. */
static int wait_for(pid_t pid, pid_t first)
{
	int status = 0;
	pid_t ended;

	do {
		ended = wait4(pid, &status, 0, NULL);
		if (ended < 0 && errno == EINTR && late)
			kill_children(first);
	} while (ended < 0 ? errno == EINTR : pid < 0);
	return status;
}

static void read_pipe(int fd, char *text, size_t size)
{
	ssize_t got = read(fd, text, size - 1);

	text[got > 0 ? got : 0] = '\0';
}

static void explain(struct child_run *run, int status, const char *complaint)
{
	int at;

	if (late)
		at = snprintf(run->why, sizeof(run->why), "no end within %u s", limit);
	else if (WIFSIGNALED(status))
		at = snprintf(run->why, sizeof(run->why), "signal %d", WTERMSIG(status));
	else
		at = snprintf(run->why, sizeof(run->why), "exit status %d", WEXITSTATUS(status));
	if (*complaint)
		snprintf(run->why + at, sizeof(run->why) - (size_t)at, ": %s", complaint);
	for (char *c = run->why; *c; c++) {
		if (*c == '\n')
			*c = '\0';
		else if ((unsigned char)*c < ' ' || *c == '|' || *c == 0x7f)
			*c = ' ';
		if (!*c)
			break;
	}
}

static pid_t start(char *const *argv, const int *out, const int *complaints, int *error)
{
	posix_spawn_file_actions_t actions;
	pid_t pid = 0;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (out)
		posix_spawn_file_actions_adddup2(&actions, out[1], 1);
	else
		posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, complaints[1], 2);
	*error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static int measure(char *const *argv, const int *out, const int *complaints, struct child_run *run)
{
	char complaint[200];
	double begun;
	int status, error;
	pid_t pid;

	late = 0;
	set_alarm(limit);
	begun = now_ns();
	pid = start(argv, out, complaints, &error);
	if (error) {
		snprintf(run->why, sizeof(run->why), "cannot start: %s", strerror(error));
		set_alarm(0);
		return -1;
	}
	status = wait_for(pid, pid);
	run->exit_ns = now_ns() - begun;
	wait_for(-1, pid);
	run->gone_ns = now_ns() - begun;
	set_alarm(0);
	if (out)
		read_pipe(out[0], run->output, sizeof(run->output));
	if (!status && !late)
		return 0;
	read_pipe(complaints[0], complaint, sizeof(complaint));
	explain(run, status, complaint);
	return -1;
}

int child_run(char *const *argv, int keep_output, struct child_run *run)
{
	int ends[4] = { -1, -1, -1, -1 }, result = -1;

	memset(run, 0, sizeof(*run));
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) || pipe2(ends + 2, O_CLOEXEC | O_NONBLOCK))
		snprintf(run->why, sizeof(run->why), "cannot make a pipe: %s", strerror(errno));
	else
		result = measure(argv, keep_output ? ends : NULL, ends + 2, run);
	for (int i = 0; i < 4; i++)
		if (ends[i] >= 0)
			close(ends[i]);
	return result;
}
