// SPDX-License-Identifier: Apache-2.0
/* The alternate stack: used, reported, guarded, and left again; a stack overflow handled on it. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

static char *stack;
static size_t size;
static sigjmp_buf back;

static void handler(int signo, siginfo_t *info, void *context)
{
	char here;
	stack_t now, other = { .ss_sp = stack, .ss_size = size };
	ucontext_t *uc = context;

	(void)info;
	sigaltstack(NULL, &now);
	printf("signal %d on it %d flags %d, saved size %d, change %s\n", signo,
	       &here > stack && &here < stack + size, now.ss_flags, uc->uc_stack.ss_size == size,
	       sigaltstack(&other, NULL) && errno == EPERM ? "refused" : "done");
	if (signo == SIGSEGV)
		siglongjmp(back, 1);
	if (signo == SIGUSR1)
		raise(SIGUSR2);
}

__attribute__((noinline)) static int overflow(int depth)
{
	volatile char room[4096];

	room[0] = (char)depth;
	return depth < 0 ? 0 : overflow(depth + 1) + room[0];
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t st, small = { .ss_sp = &st, .ss_size = 100 };

	setvbuf(stdout, NULL, _IOLBF, 0);
	size = 65536;
	stack = malloc(size);
	st = (stack_t){ .ss_sp = stack, .ss_size = size };
	printf("small %d\n", sigaltstack(&small, NULL) && errno == ENOMEM);
	printf("set %d\n", sigaltstack(&st, NULL));
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	raise(SIGUSR1);
	if (!sigsetjmp(back, 1))
		printf("%d\n", overflow(0));
	sigaltstack(NULL, &st);
	printf("after: flags %d same %d\n", st.ss_flags, st.ss_sp == stack && st.ss_size == size);
	st.ss_flags = SS_DISABLE;
	sigaltstack(&st, NULL);
	sigaltstack(NULL, &st);
	printf("disabled: flags %d size %zu\n", st.ss_flags, st.ss_size);
	printf("minimum is told %d\n", getauxval(AT_MINSIGSTKSZ) >= 1000);
	return 0;
}
