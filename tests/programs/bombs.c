// SPDX-License-Identifier: Apache-2.0
/*
 * Takes as much of one thing as it gets, says what the end was, and that it can
 * still work afterwards: bombs WHAT.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *error_name(void)
{
	static const struct {
		int error;
		const char *name;
	} names[] = { { EAGAIN, "EAGAIN" }, { ENOMEM, "ENOMEM" },   { EMFILE, "EMFILE" },
		      { ENFILE, "ENFILE" }, { ENOBUFS, "ENOBUFS" }, { ENOSPC, "ENOSPC" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].error == errno)
			return names[i].name;
	return strerror(errno);
}

/* Forking works, and a child can have 10 MiB. */
static void works(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		char *memory = malloc(10 << 20);

		memset(memory, 1, 10 << 20);
		_exit(memory[5 << 20]);
	}
	waitpid(pid, &status, 0);
	printf("works afterwards: %d\n", pid > 0 && status == 0x100);
}

static void forks(void)
{
	static pid_t pids[100000];
	int count = 0;

	while (count < 100000 && (pids[count] = fork()) > 0)
		count++;
	if (count < 100000 && pids[count] == 0)
		for (;;)
			pause();
	printf("forks: %s, many: %d\n", error_name(), count > 50);
	for (int i = 0; i < count; i++)
		kill(pids[i], SIGKILL);
	while (wait(NULL) > 0)
		;
}

/* Children that nobody waits for. */
static void zombies(void)
{
	int count = 0;
	pid_t pid;

	while (count < 100000 && (pid = fork()) > 0)
		count++;
	if (count < 100000 && pid == 0)
		_exit(0);
	printf("zombies: %s, many: %d\n", error_name(), count > 50);
	while (wait(NULL) > 0)
		;
}

static void *rest(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void threads(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		pthread_attr_t attributes;
		pthread_t thread;
		int count = 0;

		pthread_attr_init(&attributes);
		pthread_attr_setstacksize(&attributes, 65536);
		while (!(errno = pthread_create(&thread, &attributes, rest, NULL)))
			count++;
		printf("threads: %s, many: %d\n", error_name(), count > 50);
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

/* Descriptors of many processes at a time. */
static void descriptors(void)
{
	int counts[2], total = 0, count;

	if (pipe(counts))
		abort();
	for (int i = 0; i < 20; i++) {
		if (fork())
			continue;
		for (count = 0; open("/dev/null", O_RDONLY) >= 0; count++)
			;
		int enough = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
		if (write(counts[1], &enough, sizeof(enough)) < 0)
			abort();
		pause();
	}
	for (int i = 0; i < 20 && read(counts[0], &count, sizeof(count)) > 0; i++)
		total += count;
	printf("descriptors: %d processes were told\n", total);
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	while (wait(NULL) > 0)
		;
	close(counts[0]);
	close(counts[1]);
}

static int fill(int fd)
{
	static char buffer[65536];

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (write(fd, buffer, sizeof(buffer)) > 0)
		;
	return errno;
}

/* Every pipe or socket full, in as many processes as there may be. */
static void buffers(int sockets)
{
	int status, ends[2];

	for (int i = 0; i < 30; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			while (!(sockets ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends)
					 : pipe(ends))) {
				if (!sockets)
					fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
				fill(ends[1]);
			}
			pause();
		}
	}
	sleep(2);
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	while (wait(&status) > 0)
		;
	printf("%s: all children have ended\n", sockets ? "sockets" : "pipes");
}

/* A child that takes all memory is killed, its parent is not. */
static void memory(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		for (;;) {
			char *more = malloc(1 << 20);

			if (more)
				memset(more, 1, 1 << 20);
		}
	waitpid(pid, &status, 0);
	printf("memory: signal %d\n", status & 0x7f);
}

static void files(void)
{
	static char buffer[65536];
	int fd = open("/tmp/all", O_CREAT | O_WRONLY | O_TRUNC, 0600);

	while (write(fd, buffer, sizeof(buffer)) > 0)
		;
	printf("files: %s\n", error_name());
	close(fd);
	unlink("/tmp/all");
}

/* Ends by a signal. */
#pragma GCC diagnostic ignored "-Winfinite-recursion"
static int deeper(volatile char *above)
{
	volatile char here[4096];

	here[0] = above[0];
	return deeper(here) + here[0];
}

static void recursion(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(deeper((volatile char *)"x"));
	waitpid(pid, &status, 0);
	printf("recursion: signal %d\n", status & 0x7f);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!strcmp(what, "forks"))
		forks();
	else if (!strcmp(what, "zombies"))
		zombies();
	else if (!strcmp(what, "threads"))
		threads();
	else if (!strcmp(what, "descriptors"))
		descriptors();
	else if (!strcmp(what, "pipes"))
		buffers(0);
	else if (!strcmp(what, "sockets"))
		buffers(1);
	else if (!strcmp(what, "memory"))
		memory();
	else if (!strcmp(what, "files"))
		files();
	else
		recursion();
	works();
	return 0;
}
