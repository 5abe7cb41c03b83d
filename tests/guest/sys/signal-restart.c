// SPDX-License-Identifier: Apache-2.0
/* A call that a handler interrupts is made again with SA_RESTART, and fails without. */
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static volatile int alarms;
static int word = 1;

static void handler(int signo)
{
	(void)signo;
	if (++alarms == 2)
		word = 2; /* made again, the call will see it */
}

static const char *wait_for(int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
	struct itimerval timer = { { 0, 20000 }, { 0, 20000 } }, off = { 0 };

	alarms = 0;
	word = 1;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	long result = syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0);
	int error = errno;
	setitimer(ITIMER_REAL, &off, NULL);
	return !result ? "0" : error == EINTR ? "EINTR" : error == EAGAIN ? "EAGAIN" : "other";
}

int main(void)
{
	printf("restart %s", wait_for(SA_RESTART));
	printf(" after %d\n", alarms);
	printf("no restart %s", wait_for(0));
	printf(" after %d\n", alarms);
	return 0;
}
