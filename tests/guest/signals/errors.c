// SPDX-License-Identifier: Apache-2.0
/*
 * Errors of the system calls of signals themselves, in Linux's order of checks;
 * flags as they are kept.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define BAD ((void *)16)

struct action {
	unsigned long handler, flags, restorer, mask;
};

static void say(const char *what, long result)
{
	printf("%s: %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
}

int main(void)
{
	struct action action = { .flags = ~0ul }, old = { 0 };
	unsigned long mask = 0, seen;
	struct timespec time = { 0, 1000000000 };
	siginfo_t info;

	say("action size", syscall(SYS_rt_sigaction, 1, NULL, NULL, 4));
	say("action 0", syscall(SYS_rt_sigaction, 0, NULL, NULL, 8));
	say("action 65", syscall(SYS_rt_sigaction, 65, &action, NULL, 8));
	say("action 65 bad", syscall(SYS_rt_sigaction, 65, BAD, NULL, 8));
	say("action 9", syscall(SYS_rt_sigaction, SIGKILL, &action, NULL, 8));
	say("action 9 bad", syscall(SYS_rt_sigaction, SIGKILL, BAD, NULL, 8));
	say("action 9 old", syscall(SYS_rt_sigaction, SIGKILL, NULL, &old, 8));
	say("action old", syscall(SYS_rt_sigaction, SIGUSR1, NULL, BAD, 8));
	action.mask = ~0ul;
	say("action", syscall(SYS_rt_sigaction, SIGUSR1, &action, BAD, 8));
	say("action", syscall(SYS_rt_sigaction, SIGUSR1, NULL, &old, 8));
	printf("flags %lx mask %lx\n", old.flags, old.mask);
	mask = ~0ul;
	say("mask how", syscall(SYS_rt_sigprocmask, 7, &mask, NULL, 8));
	say("mask how none", syscall(SYS_rt_sigprocmask, 7, NULL, &seen, 8));
	say("mask how bad", syscall(SYS_rt_sigprocmask, 7, BAD, NULL, 8));
	say("mask size", syscall(SYS_rt_sigprocmask, 7, BAD, NULL, 16));
	say("mask", syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, BAD, 8));
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &seen, 8);
	printf("blocked %lx\n", seen);
	mask = 0;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, 8);
	say("pending size", syscall(SYS_rt_sigpending, &mask, 9));
	say("pending less", syscall(SYS_rt_sigpending, &mask, 4));
	say("pending bad", syscall(SYS_rt_sigpending, BAD, 8));
	say("wait size", syscall(SYS_rt_sigtimedwait, &mask, NULL, NULL, 4));
	say("wait bad", syscall(SYS_rt_sigtimedwait, BAD, NULL, BAD, 8));
	say("wait time bad", syscall(SYS_rt_sigtimedwait, &mask, NULL, BAD, 8));
	say("wait time", syscall(SYS_rt_sigtimedwait, &mask, NULL, &time, 8));
	time.tv_nsec = 0;
	say("wait", syscall(SYS_rt_sigtimedwait, &mask, &info, &time, 8));
	mask = 1ul << (SIGUSR2 - 1);
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, &mask, NULL, 8);
	raise(SIGUSR2);
	say("wait info", syscall(SYS_rt_sigtimedwait, &mask, BAD, &time, 8));
	say("wait again", syscall(SYS_rt_sigtimedwait, &mask, &info, &time, 8));
	say("suspend size", syscall(SYS_rt_sigsuspend, &mask, 4));
	say("suspend bad", syscall(SYS_rt_sigsuspend, BAD, 8));
	say("stack bad", syscall(SYS_sigaltstack, BAD, NULL));
	say("stack old", syscall(SYS_sigaltstack, NULL, BAD));
	say("restart", syscall(SYS_restart_syscall));
	return 0;
}
