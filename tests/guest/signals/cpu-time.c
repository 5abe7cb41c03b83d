// SPDX-License-Identifier: Apache-2.0
/* Timers and limits of CPU time: they go while the process computes, not while it sleeps. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000L

static volatile sig_atomic_t signals, last_code;

static void note(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	last_code = info->si_code;
	signals++;
}

static long cpu_ms(int clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000 + now.tv_nsec / MS;
}

static void compute(long ms)
{
	long end = cpu_ms(CLOCK_PROCESS_CPUTIME_ID) + ms;

	while (cpu_ms(CLOCK_PROCESS_CPUTIME_ID) < end)
		for (volatile int i = 0; i < 10000; i++)
			;
}

static void interval_timer(int which, int signo, const char *name)
{
	struct itimerval timer = { { 0, 0 }, { 0, 60000 } }, left;
	struct sigaction action = { .sa_sigaction = note, .sa_flags = SA_SIGINFO };
	struct timespec pause = { 0, 120 * MS };

	signals = 0;
	sigaction(signo, &action, NULL);
	printf("%s %d\n", name, setitimer(which, &timer, NULL));
	nanosleep(&pause, NULL);
	printf("after sleep %d\n", (int)signals);
	getitimer(which, &left);
	printf("left %d\n", left.it_value.tv_usec > 20000 && left.it_value.tv_usec <= 70000);
	compute(40);
	printf("early %d", (int)signals);
	compute(60);
	printf(" then %d code %d", (int)signals, last_code == SI_KERNEL);
	compute(80);
	getitimer(which, &left);
	printf(" once %d left %ld\n", (int)signals, left.it_value.tv_usec);
	timer.it_interval.tv_usec = timer.it_value.tv_usec = 20000;
	signals = 0;
	setitimer(which, &timer, NULL);
	compute(210);
	memset(&timer, 0, sizeof(timer));
	setitimer(which, &timer, &left);
	printf("interval %ld times %d\n", left.it_interval.tv_usec, signals >= 3 && signals <= 13);
}

static void *burn(void *argument)
{
	compute((long)argument);
	return NULL;
}

/* All threads make the process's clock go. */
static void threads(void)
{
	struct itimerval timer = { { 0, 0 }, { 0, 100000 } };
	pthread_t thread[4];

	signals = 0;
	setitimer(ITIMER_PROF, &timer, NULL);
	for (int i = 0; i < 4; i++)
		pthread_create(&thread[i], NULL, burn, (void *)150);
	for (int i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	printf("threads %d\n", (int)signals);
}

static void *sleep_on_cpu(void *argument)
{
	struct timespec span = { 0, 50 * MS };
	long before = cpu_ms(CLOCK_PROCESS_CPUTIME_ID);

	(void)argument;
	int error = clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, 0, &span, NULL);
	long took = cpu_ms(CLOCK_PROCESS_CPUTIME_ID) - before;
	printf("clock_nanosleep %d took %d\n", error, took >= 49 && took < 150);
	return NULL;
}

static void sleeping(void)
{
	struct timespec span = { 0, MS };
	pthread_t thread;

	pthread_create(&thread, NULL, sleep_on_cpu, NULL);
	compute(300);
	pthread_join(thread, NULL);
	errno = 0;
	printf("own clock %ld",
	       syscall(SYS_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &span, NULL));
	printf(" %s", strerror(errno));
	printf(" by number %ld", syscall(SYS_clock_nanosleep, -2, 0, &span, NULL));
	printf(" %s\n", strerror(errno));
}

static void limits(void)
{
	struct sigaction action = { .sa_sigaction = note, .sa_flags = SA_SIGINFO };
	struct rlimit limit = { 1, 3 };
	int status;

	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		signals = 0;
		sigaction(SIGXCPU, &action, NULL);
		setrlimit(RLIMIT_CPU, &limit);
		compute(900);
		printf("SIGXCPU %d", (int)signals);
		compute(300);
		getrlimit(RLIMIT_CPU, &limit);
		printf(" then %d code %d soft %ld\n", (int)signals, last_code == SI_KERNEL,
		       (long)limit.rlim_cur);
		fflush(stdout);
		compute(100000);
		_exit(1);
	}
	waitpid(child, &status, 0);
	printf("hard limit %d\n", WTERMSIG(status));
	fflush(stdout);
	if (fork() == 0) {
		limit = (struct rlimit){ 1, RLIM_INFINITY };
		setrlimit(RLIMIT_CPU, &limit);
		compute(100000);
	}
	wait(&status);
	printf("soft limit %d core %d\n", WTERMSIG(status), WCOREDUMP(status));
}

int main(void)
{
	interval_timer(ITIMER_VIRTUAL, SIGVTALRM, "virtual");
	interval_timer(ITIMER_PROF, SIGPROF, "prof");
	threads();
	sleeping();
	limits();
	return 0;
}
