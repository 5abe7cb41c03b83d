// SPDX-License-Identifier: Apache-2.0
/*
 * Nobody starves: threads and processes that compute beside those that sleep,
 * talk, and compute, too.
 */
#include "futex.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/time.h>

static volatile int stop;
static volatile unsigned long spun;
static volatile sig_atomic_t alarms;

static void *spin(void *argument)
{
	(void)argument;
	while (!stop)
		spun++;
	return NULL;
}

static void sleeps(void)
{
	struct timespec from;
	int late = 0;

	for (int i = 0; i < 20; i++) {
		clock_gettime(CLOCK_MONOTONIC, &from);
		usleep(5000);
		late += since_ms(&from) > 50;
	}
	printf("often late: %d\n", late > 10);
}

static void on_alarm(int signo)
{
	(void)signo;
	alarms++;
}

/* The process's alarm, while nobody makes a system call. */
static void timers(void)
{
	struct itimerval timer = { { 0, 5000 }, { 0, 5000 } }, off = { 0 };

	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &timer, NULL);
	while (alarms < 5)
		;
	setitimer(ITIMER_REAL, &off, NULL);
	printf("alarms\n");
}

static void talks(void)
{
	int to[2], from[2];
	char c = 1;

	if (pipe(to) || pipe(from))
		return;
	pid_t child = fork();
	if (!child) {
		while (read(to[0], &c, 1) == 1 && c)
			if (write(from[1], &c, 1) != 1)
				break;
		_exit(0);
	}
	for (int i = 0; i < 100; i++)
		if (write(to[1], &c, 1) != 1 || read(from[0], &c, 1) != 1)
			return;
	c = 0;
	if (write(to[1], &c, 1) == 1)
		waitpid(child, NULL, 0);
	printf("talked\n");
}

static void polls(void)
{
	struct pollfd fd = { .fd = 0, .events = POLLIN };

	printf("polled %d\n", poll(&fd, 1, 30) >= 0);
}

/* What each of two computes within the same span. */
static double ratio(int nice_value, int policy)
{
	unsigned long *n = shared_page();

	for (int i = 0; i < 2; i++)
		if (!fork()) {
			const struct sched_param none = { 0 };
			struct timespec from;
			cpu_set_t set;

			CPU_ZERO(&set);
			CPU_SET(0, &set);
			sched_setaffinity(0, sizeof(set), &set);
			if (i) {
				setpriority(PRIO_PROCESS, 0, nice_value);
				sched_setscheduler(0, policy, &none);
			}
			clock_gettime(CLOCK_MONOTONIC, &from);
			while (since_ms(&from) < 400)
				n[i * 64]++;
			_exit(0);
		}
	while (wait(NULL) > 0)
		;
	return (double)n[0] / (double)(n[64] ? n[64] : 1);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	pthread_t thread = start(spin, NULL);

	sleeps();
	timers();
	talks();
	polls();
	stop = 1;
	pthread_join(thread, NULL);
	printf("spun %d\n", spun > 1000);
	double equal = ratio(0, SCHED_OTHER), nicer = ratio(10, SCHED_OTHER);
	double idle = ratio(0, SCHED_IDLE);
	printf("equal %d\n", equal > 0.5 && equal < 2);
	printf("nice counts %d, idle counts more %d\n", nicer > 1.8, idle > 4);
	return 0;
}
