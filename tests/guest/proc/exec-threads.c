// SPDX-License-Identifier: Apache-2.0
/* execve(2) and exit(2) in a process of several threads; what the new program finds. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char *const *self_argv;

static void *sleep_long(void *unused)
{
	(void)unused;
	sleep(100);
	return NULL;
}

static void *spin(void *unused)
{
	volatile int forever = 1;

	(void)unused;
	while (forever)
		;
	return NULL;
}

static void *execute(void *unused)
{
	char pid[20];
	char *argv[] = { self_argv[0], (char *)"again", pid, NULL };

	(void)unused;
	snprintf(pid, sizeof(pid), "%d", getpid());
	usleep(10000);
	execv("/proc/self/exe", argv);
	abort();
}

static void *exit_group(void *unused)
{
	(void)unused;
	usleep(10000);
	exit(7);
}

static void *end_later(void *unused)
{
	(void)unused;
	usleep(30000);
	return NULL;
}

static void start(void *(*function)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, function, NULL))
		abort();
}

static void run(const char *what, void (*body)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		body();
		_exit(99);
	}
	waitpid(pid, &status, 0);
	printf("%s: %#x\n", what, (unsigned)status);
}

static void exec_by_thread(void)
{
	start(sleep_long);
	start(spin);
	start(execute);
	sleep(100);
}

static void exec_by_leader(void)
{
	start(sleep_long);
	start(spin);
	usleep(5000);
	execute(NULL);
}

static void exit_by_thread(void)
{
	start(sleep_long);
	start(spin);
	start(exit_group);
	sleep(100);
}

/* The leader's thread ends first: the process lives on, and ends with status 0. */
static void leader_first(void)
{
	start(end_later);
	syscall(SYS_exit, 5);
}

static void killed(void)
{
	start(sleep_long);
	start(spin);
	usleep(5000);
	abort();
}

int main(int argc, char **argv)
{
	self_argv = argv;
	if (argc == 3) {
		printf("again: same pid %d, leader %d\n", atoi(argv[2]) == getpid(),
		       getpid() == gettid());
		return 21;
	}
	setvbuf(stdout, NULL, _IONBF, 0);
	run("execve by a thread", exec_by_thread);
	run("execve by the leader", exec_by_leader);
	run("exit_group by a thread", exit_by_thread);
	run("the leader ends first", leader_first);
	run("a fatal signal", killed);
	return 0;
}
