// SPDX-License-Identifier: Apache-2.0
/*
 * Lives and ends of threads: leaders that go first, programs that end or
 * execute while others wait, forks, and bombs.
 */
#include "futex.h"

#include <sys/prctl.h>
#include <sys/resource.h>

static int blocked_pipe[2];
static volatile int started;

static void *blocks(void *argument)
{
	uint32_t word = 0;
	char c;

	__atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
	switch ((long)argument) {
	case 0:
		futex(&word, FUTEX_WAIT, 0, NULL, NULL, 0);
		break;
	case 1:
		if (read(blocked_pipe[0], &c, 1) < 0)
			break;
		break;
	case 2:
		sleep(1000);
		break;
	case 3:
		for (;;)
			;
	case 4:
		waitpid(-1, NULL, 0);
		break;
	}
	return NULL;
}

static void start_all(void)
{
	started = 0;
	if (pipe(blocked_pipe))
		return;
	for (long i = 0; i < 5; i++)
		start(blocks, (void *)i);
	while (started < 5)
		usleep(1000);
}

static void *exits_group(void *argument)
{
	(void)argument;
	exit(42);
}

static void *executes(void *argument)
{
	(void)argument;
	prctl(PR_SET_NAME, "not-the-leader");
	execl("/proc/self/exe", "lives", "executed", NULL);
	return NULL;
}

static void *outlives(void *argument)
{
	(void)argument;
	usleep(30000);
	printf("leader gone, still pid %d tid %d\n", getpid() == *(pid_t *)argument,
	       gettid() != getpid());
	fflush(stdout);
	syscall(SYS_exit, 9);
	return NULL;
}

static void *returns(void *argument)
{
	return argument;
}

/* A child that does f(), and how it ended. */
static void child(const char *what, void (*f)(void))
{
	int status;

	fflush(stdout);
	pid_t pid = fork();
	if (!pid) {
		alarm(20);
		f();
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	printf("%s: %x\n", what, status);
}

static void group_ends(void)
{
	start_all();
	exit(5);
}

static void other_ends_group(void)
{
	start_all();
	start(exits_group, NULL);
	for (;;)
		pause();
}

static void is_killed(void)
{
	start_all();
	kill(getpid(), SIGKILL);
}

static void faults(void)
{
	start_all();
	*(volatile int *)16 = 1;
}

static void other_executes(void)
{
	start_all();
	printf("before %d\n", getpid() == gettid());
	fflush(stdout);
	start(executes, NULL);
	for (;;)
		pause();
}

static void leader_executes(void)
{
	start_all();
	execl("/proc/self/exe", "lives", "executed", NULL);
}

static void leader_goes(void)
{
	static pid_t pid;

	pid = getpid();
	start(outlives, &pid);
	syscall(SYS_exit, 3);
}

static void *leaves(void *argument)
{
	usleep(20000);
	syscall(SYS_exit, (int)(long)argument);
	return NULL;
}

/* The last to go tells the status. */
static void status_of_last(void)
{
	start(leaves, (void *)7);
	syscall(SYS_exit, 3);
}

static void forks_among_threads(void)
{
	start_all();
	fflush(stdout);
	pid_t pid = fork();
	int status;

	if (!pid) {
		/* Alone, and able to make threads of its own. */
		void *result;

		pthread_join(start(returns, (void *)11), &result);
		_exit((int)(long)result);
	}
	waitpid(pid, &status, __WALL);
	printf("forked %d\n", WEXITSTATUS(status));
}

static volatile int steps;

static void *steps_on(void *argument)
{
	(void)argument;
	for (;;) {
		steps++;
		usleep(1000);
	}
	return NULL;
}

static void vforks(void)
{
	start(steps_on, NULL);
	pid_t pid = vfork();
	int status;

	if (!pid) {
		execl("/proc/self/exe", "lives", "wait", NULL);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	int before = steps;
	pid = vfork();
	if (!pid) {
		/* Threads other than the caller go on meanwhile. */
		while (steps < before + 3)
			;
		_exit(2);
	}
	waitpid(pid, &status, 0);
	printf("vforked %d\n", WEXITSTATUS(status));
}

static void many(void)
{
	long sum = 0;

	for (int round = 0; round < 20; round++) {
		pthread_t threads[50];
		void *result;

		for (long i = 0; i < 50; i++)
			threads[i] = start(returns, (void *)i);
		for (int i = 0; i < 50; i++) {
			pthread_join(threads[i], &result);
			sum += (long)result;
		}
	}
	printf("many %ld\n", sum);
}

static void *stays(void *argument)
{
	(void)argument;
	for (;;)
		pause();
	return NULL;
}

/* Up to the limit there is, and then as before. */
static void bomb(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	int error = 0;
	long n = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 65536);
	for (; n < 6000 && !error; n++)
		error = pthread_create(&thread, &attr, stays, NULL);
	printf("bomb %d\n", n > 100 && (!error || error == EAGAIN || error == ENOMEM));
}

static void after_bomb(void)
{
	many();
}

static void detached(void)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (int i = 0; i < 200; i++)
		if (pthread_create(&thread, &attr, returns, NULL))
			abort();
	syscall(SYS_exit, 0);
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		char name[16];

		prctl(PR_GET_NAME, name);
		if (!strcmp(argv[1], "executed"))
			printf("%s alone %d %s\n", argv[1], getpid() == gettid(), name);
		return 0;
	}
	child("exit while others wait", group_ends);
	child("exit by another", other_ends_group);
	child("killed", is_killed);
	child("fault", faults);
	child("execve by another", other_executes);
	child("execve by the leader", leader_executes);
	child("leader goes", leader_goes);
	child("last status", status_of_last);
	child("fork", forks_among_threads);
	child("vfork", vforks);
	child("many", many);
	child("bomb", bomb);
	child("after", after_bomb);
	child("detached", detached);
	return 0;
}
