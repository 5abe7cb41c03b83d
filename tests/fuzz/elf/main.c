// SPDX-License-Identifier: Apache-2.0
/*
 * main SEED ROUNDS PROGRAM...: executes broken copies of the programs: from
 * /t (memory), /rw (a file of the host, which is mapped from there), or a
 * memfd. Says each round's seed: main SEED 1 PROGRAM... is that round. Only
 * inside a sandbox: it kills all processes that there are.
 */
#include "tests/fuzz/elf/mutate.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUN_MS	100 /* after it a program is killed */
#define REAP_MS 5000

static uint8_t file[FILE_MAX];

static size_t load(const char *path)
{
	int fd = open(path, O_RDONLY);
	ssize_t size = read(fd, file, sizeof(file));

	close(fd);
	if (size <= 0) {
		perror(path);
		exit(2);
	}
	return (size_t)size;
}

/* Puts the file somewhere; a descriptor for a memfd, else -1 and a path. */
static int put(uint64_t *state, size_t size, const char **path)
{
	static const char *const paths[] = { "/t/x", "/rw/x", "" };
	int fd;

	*path = paths[pick(state, 3)];
	if (**path) {
		unlink(*path);
		fd = open(*path, O_CREAT | O_WRONLY | O_EXCL, 0755);
	} else {
		fd = (int)syscall(SYS_memfd_create, "x", 0);
	}
	if (fd < 0 || write(fd, file, size) != (ssize_t)size) {
		printf("%s: errno %d\n", *path, errno);
		exit(5);
	}
	if (!**path)
		return fd;
	close(fd);
	return -1;
}

static _Noreturn void run(int fd, const char *path)
{
	char *const argv[] = { "x", "argument", NULL }, *const envp[] = { "A=b", NULL };
	int null = open("/dev/null", O_RDWR);

	for (int i = 0; i < 3; i++)
		dup2(null, i);
	if (fd >= 0)
		syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH);
	else
		execve(path, argv, envp);
	_exit(126);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits until no child is left; false when they do not end although they were killed. */
static bool end_all(void)
{
	int64_t start = now_ms();

	for (;;) {
		pid_t pid = waitpid(-1, NULL, WNOHANG | __WALL);

		if (pid < 0 && errno == ECHILD)
			return true;
		if (pid > 0)
			continue;
		if (now_ms() - start > RUN_MS)
			kill(-1, SIGKILL);
		if (now_ms() - start > REAP_MS)
			return false;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
}

static void one_round(uint64_t seed, char **programs, int count)
{
	uint64_t state = (seed + 1) * 0x9e3779b97f4a7c15 | 1;
	size_t size = load(programs[pick(&state, (uint64_t)count)]);
	const char *path;

	size = mutate(&state, file, size);
	int fd = put(&state, size, &path);
	pid_t pid = fork();

	if (pid == 0)
		run(fd, path);
	if (pid < 0 || !end_all()) {
		printf("round %lu: %s\n", seed, pid < 0 ? "fork" : "a killed process does not end");
		exit(3);
	}
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	struct utsname name;
	sigset_t all;

	if (argc < 4 || uname(&name) || strcmp(name.nodename, "sandbox") != 0) {
		fputs("usage: main SEED ROUNDS PROGRAM..., only inside a sandbox\n", stderr);
		return 2;
	}
	memset(&all, 0xff, sizeof(all));
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, 8);
	syscall(SYS_prctl, 36, 1, 0, 0, 0); /* PR_SET_CHILD_SUBREAPER */
	personality(ADDR_NO_RANDOMIZE);

	uint64_t seed = strtoull(argv[1], NULL, 0);
	for (int i = 0; i < atoi(argv[2]); i++, seed++) {
		printf("round %lu\n", seed);
		fflush(stdout);
		one_round(seed, argv + 3, argc - 3);
	}
	printf("done\n");
	return 0;
}
