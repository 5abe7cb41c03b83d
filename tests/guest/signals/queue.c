// SPDX-License-Identifier: Apache-2.0
/*
 * Queues: real-time signals in order and by number, limits, several at once,
 * and what execve keeps.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void note(int signo, siginfo_t *info, void *context)
{
	static volatile int depth;
	sigset_t mask;

	(void)context;
	sigprocmask(SIG_BLOCK, NULL, &mask);
	printf("%*sin %d value %d code %d blocked %d%d%d\n", depth++, "",
	       signo - (signo > 31 ? SIGRTMIN - 100 : 0), info->si_value.sival_int, info->si_code,
	       sigismember(&mask, SIGUSR1), sigismember(&mask, SIGUSR2),
	       sigismember(&mask, SIGRTMIN));
	depth--;
}

static void queue(int signo, int value)
{
	if (sigqueue(getpid(), signo, (union sigval){ .sival_int = value }))
		printf("signal %d value %d: %s\n", signo > 31 ? 100 + signo - SIGRTMIN : signo,
		       value, strerror(errno));
}

static void in_order(sigset_t *all)
{
	static const int order[] = { 3, 1, 2, 1, 3, 1 };

	sigprocmask(SIG_BLOCK, all, NULL);
	for (int i = 0; i < 6; i++)
		queue(SIGRTMIN + order[i], i);
	queue(SIGUSR2, 10);
	queue(SIGUSR1, 11);
	queue(SIGUSR1, 12);
	raise(SIGHUP);
	syscall(SYS_tkill, gettid(), SIGUSR2);
	sigprocmask(SIG_UNBLOCK, all, NULL);
	printf("-- one at a time\n");
	sigprocmask(SIG_BLOCK, all, NULL);
	for (int i = 0; i < 6; i++)
		queue(SIGRTMIN + order[i], i);
	queue(SIGUSR1, 20);
	siginfo_t info;
	const struct timespec now = { 0, 0 };
	int got;
	while ((got = sigtimedwait(all, &info, &now)) > 0)
		printf("took %d value %d\n", got > 31 ? got - SIGRTMIN + 100 : got,
		       info.si_value.sival_int);
	printf("%s\n", strerror(errno));
	sigprocmask(SIG_UNBLOCK, all, NULL);
}

static void limited(sigset_t *all)
{
	struct rlimit limit = { 3, 3 };
	siginfo_t info;
	const struct timespec now = { 0, 0 };
	int got;

	/* As somebody who has nothing pending elsewhere. */
	setuid(54321);
	sigprocmask(SIG_BLOCK, all, NULL);
	setrlimit(RLIMIT_SIGPENDING, &limit);
	for (int i = 0; i < 5; i++)
		queue(SIGRTMIN, i);
	printf("kill %d\n", kill(getpid(), SIGRTMIN + 1));
	printf("tkill %ld\n", syscall(SYS_tkill, gettid(), SIGRTMIN + 2));
	queue(SIGUSR1, 6);
	printf("kill %d\n", kill(getpid(), SIGUSR2));
	while ((got = sigtimedwait(all, &info, &now)) > 0)
		printf("took %d code %d pid %d value %d\n", got > 31 ? got - SIGRTMIN + 100 : got,
		       info.si_code, info.si_pid == getpid() ? 1 : info.si_pid,
		       info.si_value.sival_int);
	timer_t timer;
	for (int i = 0; i < 5; i++) {
		int error = timer_create(CLOCK_REALTIME, NULL, &timer);
		printf("timer %d %s\n", error, error ? strerror(errno) : "");
	}
	fflush(stdout);
}

/* Ignored ones go, also from the queue; blocked ones stay, though ignored by default. */
static void ignored(sigset_t *all)
{
	sigset_t pending;

	sigprocmask(SIG_BLOCK, all, NULL);
	raise(SIGUSR1);
	queue(SIGRTMIN, 1);
	kill(getpid(), SIGCHLD);
	sigset_t child;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	kill(getpid(), SIGCHLD);
	sigpending(&pending);
	printf("pending %d %d %d\n", sigismember(&pending, SIGUSR1),
	       sigismember(&pending, SIGRTMIN), sigismember(&pending, SIGCHLD));
	signal(SIGUSR1, SIG_IGN);
	signal(SIGRTMIN, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigpending(&pending);
	printf("pending %d %d %d\n", sigismember(&pending, SIGUSR1),
	       sigismember(&pending, SIGRTMIN), sigismember(&pending, SIGCHLD));
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGCHLD);
	sigpending(&pending);
	printf("pending %d %d\n", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGCHLD));
	sigprocmask(SIG_UNBLOCK, &child, NULL);
	sigpending(&pending);
	printf("pending %d %d\n", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGCHLD));
}

static void report(void)
{
	sigset_t pending, mask;
	struct sigaction action;
	stack_t stack;

	sigpending(&pending);
	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (int signo = 1; signo < 16; signo++) {
		sigaction(signo, NULL, &action);
		printf("%d: pending %d blocked %d %s flags %x mask %d\n", signo,
		       sigismember(&pending, signo), sigismember(&mask, signo),
		       action.sa_handler == SIG_IGN   ? "ignored"
		       : action.sa_handler == SIG_DFL ? "default"
						      : "caught",
		       (unsigned)action.sa_flags & ~0x04000000u,
		       sigismember(&action.sa_mask, SIGUSR1));
	}
	sigaltstack(NULL, &stack);
	printf("stack %d flags %d\n", stack.ss_sp != NULL, stack.ss_flags);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_sigaction = note, .sa_flags = SA_SIGINFO };
	sigset_t all;
	int status;

	if (argc > 1) {
		report();
		return 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigemptyset(&all);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);
	sigaddset(&all, SIGHUP);
	sigaddset(&all, SIGUSR1);
	sigaddset(&all, SIGUSR2);
	for (int i = 0; i < 4; i++) {
		sigaction(SIGRTMIN + i, &action, NULL);
		sigaddset(&all, SIGRTMIN + i);
	}
	in_order(&all);
	if (fork() == 0) {
		limited(&all);
		_exit(0);
	}
	wait(&status);
	if (fork() == 0) {
		ignored(&all);
		_exit(0);
	}
	wait(&status);
	static char stack[65536];
	sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof(stack) }, NULL);
	sigprocmask(SIG_BLOCK, &all, NULL);
	signal(SIGINT, SIG_IGN);
	raise(SIGUSR1);
	kill(getpid(), SIGUSR2);
	execl("/proc/self/exe", argv[0], "again", NULL);
	return 1;
}
