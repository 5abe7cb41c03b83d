// SPDX-License-Identifier: Apache-2.0
/* setitimer and alarm: errors, what is left, what fork and execve leave of them. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t alarms;
static siginfo_t last;

static void note(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	last = *info;
	alarms++;
}

static void say(const char *what, long result)
{
	printf("%s: %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
}

int main(int argc, char **argv)
{
	struct itimerval timer = { { 0, 0 }, { 0, 1000000 } }, left = { 0 };
	struct sigaction action = { .sa_sigaction = note, .sa_flags = SA_SIGINFO };

	sigaction(SIGALRM, &action, NULL);
	if (argc > 1) {
		getitimer(ITIMER_REAL, &left);
		printf("after execve %d\n", left.it_value.tv_sec > 0);
		return 0;
	}
	say("which", setitimer(9, &timer, NULL));
	timer.it_value.tv_usec = 999999;
	say("which", setitimer(9, &timer, NULL));
	say("which", getitimer((__itimer_which_t)9, &left));
	say("place", syscall(SYS_getitimer, ITIMER_PROF, 16L));
	say("place", syscall(SYS_setitimer, ITIMER_REAL, 16L, NULL));
	timer.it_value.tv_usec = -1;
	say("negative", setitimer(ITIMER_VIRTUAL, &timer, NULL));
	timer = (struct itimerval){ { 5, 0 }, { 10, 0 } };
	say("set", setitimer(ITIMER_REAL, &timer, NULL));
	say("null", syscall(SYS_setitimer, ITIMER_REAL, NULL, &left));
	printf("was %ld every %ld\n", (left.it_value.tv_sec + 1) / 10, left.it_interval.tv_sec);
	getitimer(ITIMER_REAL, &left);
	printf("off %ld every %ld\n", left.it_value.tv_sec, left.it_interval.tv_sec);
	timer = (struct itimerval){ { 5, 0 }, { 0, 0 } };
	setitimer(ITIMER_REAL, &timer, NULL);
	getitimer(ITIMER_REAL, &left);
	printf("off %ld every %ld\n", left.it_value.tv_sec, left.it_interval.tv_sec);
	setitimer(ITIMER_PROF, &timer, NULL);
	getitimer(ITIMER_PROF, &left);
	printf("off %ld every %ld\n", left.it_value.tv_sec, left.it_interval.tv_sec);
	printf("alarm %u %u\n", alarm(100), alarm(0));
	timer = (struct itimerval){ { 0, 0 }, { 0, 20000 } };
	setitimer(ITIMER_REAL, &timer, NULL);
	pause();
	printf("alarms %d code %d pid %d uid %u\n", (int)alarms, last.si_code == SI_KERNEL,
	       last.si_pid, last.si_uid);
	alarm(50);
	fflush(stdout);
	if (fork() == 0) {
		getitimer(ITIMER_REAL, &left);
		printf("child %ld\n", left.it_value.tv_sec);
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	execl("/proc/self/exe", argv[0], "again", NULL);
	return 1;
}
