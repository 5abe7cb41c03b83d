// SPDX-License-Identifier: Apache-2.0
/* Masks, pending signals, queues, their order, and the flags of sigaction. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void handler(int signo, siginfo_t *info, void *context)
{
	sigset_t now;

	(void)context;
	sigprocmask(SIG_BLOCK, NULL, &now);
	printf("handled %d code %d value %d from me %d; blocked: itself %d, USR2 %d\n",
	       signo - (signo >= 34 ? SIGRTMIN - 34 : 0), info->si_code,
	       info->si_code == SI_QUEUE ? info->si_value.sival_int : 0,
	       info->si_pid == getpid() && info->si_uid == getuid(), sigismember(&now, signo),
	       sigismember(&now, SIGUSR2));
}

static void set(int signo, int flags, int also)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags };

	if (also)
		sigaddset(&action.sa_mask, also);
	sigaction(signo, &action, NULL);
}

int main(void)
{
	struct sigaction old;
	sigset_t mask, pending;
	union sigval value;

	setvbuf(stdout, NULL, _IOLBF, 0);
	set(SIGUSR1, 0, SIGUSR2);
	set(SIGUSR2, SA_NODEFER, 0);
	set(SIGTERM, SA_RESETHAND, 0);
	set(SIGRTMIN, 0, 0);
	set(SIGRTMIN + 1, 0, 0);
	raise(SIGUSR1);
	raise(SIGUSR2);
	kill(getpid(), SIGTERM);
	sigaction(SIGTERM, NULL, &old);
	printf("reset %d\n", old.sa_handler == SIG_DFL);

	sigfillset(&mask);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	sigprocmask(SIG_BLOCK, NULL, &mask);
	printf("kill blockable %d\n", sigismember(&mask, SIGKILL) || sigismember(&mask, SIGSTOP));
	for (int i = 0; i < 3; i++) {
		value.sival_int = i;
		sigqueue(getpid(), SIGRTMIN + 1, value);
		sigqueue(getpid(), SIGRTMIN, value);
		kill(getpid(), SIGUSR1);
	}
	sigpending(&pending);
	printf("pending %d %d %d\n", sigismember(&pending, SIGUSR1),
	       sigismember(&pending, SIGRTMIN), sigismember(&pending, SIGUSR2));
	sigemptyset(&mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);

	sigaddset(&mask, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	raise(SIGCHLD);
	signal(SIGCHLD, SIG_IGN);
	sigpending(&pending);
	printf("ignored is dropped %d\n", !sigismember(&pending, SIGCHLD));
	printf("kill 0 %d, others %d, bad %d, STOP %d\n", kill(getpid(), 0),
	       kill(999999, 0) && errno == ESRCH, kill(getpid(), 65) && errno == EINVAL,
	       sigaction(SIGKILL, &old, NULL) && errno == EINVAL);
	return 0;
}
