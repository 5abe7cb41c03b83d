// SPDX-License-Identifier: Apache-2.0
/*
 * Alternate stacks: SS_AUTODISARM, flags as they are told, threads and
 * children, and frames one on the other.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1u << 31)
#endif

static char stacks[2][65536];
static int depth;

static int on(const char *stack, const void *here)
{
	return (const char *)here >= stack && (const char *)here < stack + sizeof(stacks[0]);
}

static void say_stack(const char *what)
{
	stack_t now;

	sigaltstack(NULL, &now);
	printf("%s: %s size %zu flags %x\n", what,
	       !now.ss_sp		? "none"
	       : now.ss_sp == stacks[0] ? "first"
	       : now.ss_sp == stacks[1] ? "second"
					: "other",
	       now.ss_size, (unsigned)now.ss_flags);
}

static void set(const char *what, char *stack, size_t size, unsigned flags)
{
	stack_t new = { .ss_sp = stack, .ss_size = size, .ss_flags = (int)flags };
	int result = sigaltstack(&new, NULL);

	printf("set %s: %d %s\n", what, result, result ? strerror(errno) : "");
}

static void handler(int signo, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	int here = depth++;

	(void)info;
	printf("%d in %d on first %d second %d saved %s flags %x\n", here, signo,
	       on(stacks[0], &here), on(stacks[1], &here),
	       uc->uc_stack.ss_sp == stacks[0] ? "first" : "other",
	       (unsigned)uc->uc_stack.ss_flags);
	say_stack("inside");
	if (signo == SIGUSR1) {
		set("second", stacks[1], sizeof(stacks[1]), 0);
		raise(SIGUSR2);
		say_stack("after");
	}
	depth--;
}

static void *thread(void *argument)
{
	(void)argument;
	say_stack("thread");
	set("second", stacks[1], sizeof(stacks[1]), 0);
	raise(SIGUSR2);
	return NULL;
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	pthread_t id;
	int status;

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);
	action.sa_flags = SA_SIGINFO;
	sigaction(SIGHUP, &action, NULL);
	say_stack("at first");
	set("off", NULL, 0, SS_DISABLE);
	raise(SIGUSR2);
	set("small", stacks[0], 2047, 0);
	set("least", stacks[0], 2048, 0);
	set("mode 4", stacks[0], 65536, 4);
	set("onstack", stacks[0], 65536, SS_ONSTACK);
	say_stack("onstack");
	set("both", stacks[0], 65536, SS_ONSTACK | SS_AUTODISARM);
	say_stack("both");
	set("first", stacks[0], sizeof(stacks[0]), 0);
	raise(SIGUSR1);
	raise(SIGHUP);
	set("first, disarmed", stacks[0], sizeof(stacks[0]), SS_AUTODISARM);
	raise(SIGUSR1);
	say_stack("then");
	pthread_create(&id, NULL, thread, NULL);
	pthread_join(id, NULL);
	if (fork() == 0) {
		say_stack("child");
		_exit(0);
	}
	wait(&status);
	if (vfork() == 0) {
		say_stack("vfork's child"); /* NOLINT(clang-analyzer-unix.Vfork) */
		_exit(0);
	}
	wait(&status);
	set("off", stacks[0], 10, SS_DISABLE);
	say_stack("off");
	raise(SIGUSR2);
	set("off, disarmed", stacks[0], 10, SS_DISABLE | SS_AUTODISARM);
	say_stack("off");
	return 0;
}
