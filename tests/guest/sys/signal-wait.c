// SPDX-License-Identifier: Apache-2.0
/*
 * Waiting for signals: sigsuspend, pause, sigwaitinfo, sigtimedwait, and calls
 * that alarms interrupt.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int alarms;

static void handler(int signo)
{
	alarms += signo == SIGALRM;
}

static void arm(int ms)
{
	struct itimerval timer = { .it_value = { .tv_usec = ms * 1000 } };

	setitimer(ITIMER_REAL, &timer, NULL);
}

int main(void)
{
	struct sigaction action = { .sa_handler = handler };
	struct timespec span = { .tv_nsec = 20000000 }, left = { 0 }, second = { .tv_sec = 5 };
	struct itimerval timer = { { 0, 15000 }, { 0, 15000 } }, old;
	siginfo_t info;
	sigset_t set, none;

	sigaction(SIGALRM, &action, NULL);
	arm(30);
	printf("pause %d\n", pause() == -1 && errno == EINTR);
	arm(30);
	printf("sleep %d", nanosleep(&second, &left) == -1 && errno == EINTR);
	printf(" left %d\n", left.tv_sec == 4 && left.tv_nsec > 800000000);
	sigemptyset(&none);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	arm(30);
	printf("suspend %d", sigsuspend(&none) == -1 && errno == EINTR);
	sigprocmask(SIG_BLOCK, NULL, &none);
	printf(" mask is back %d\n", sigismember(&none, SIGALRM));
	printf("timeout %d\n", sigtimedwait(&set, &info, &span) == -1 && errno == EAGAIN);
	raise(SIGUSR1);
	printf("waited %d", sigwaitinfo(&set, &info));
	printf(" code %d\n", info.si_code);
	arm(30);
	printf("waited %d", sigwaitinfo(&set, &info));
	printf(" code %d\n", info.si_code);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	printf("alarms %d\n", alarms);
	setitimer(ITIMER_REAL, &timer, NULL);
	for (alarms = 0; alarms < 3;)
		pause();
	timer.it_value.tv_usec = 0;
	setitimer(ITIMER_REAL, &timer, &old);
	printf("periodic %d interval %ld\n", alarms, (long)old.it_interval.tv_usec);
	alarm(100);
	printf("alarm left %u", alarm(1));
	printf(" %u\n", alarm(0));
	arm(30);
	alarms = 0;
	while (!alarms)
		getppid(); /* system calls only */
	signal(SIGALRM, SIG_DFL);
	fflush(stdout);
	alarm(1);
	for (;;)
		pause(); /* ends as killed by SIGALRM */
}
