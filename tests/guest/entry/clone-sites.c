// SPDX-License-Identifier: Apache-2.0
/*
 * Children and threads that a rewritten system-call site makes, also in the
 * very call that has it rewritten.
 */
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 100
#define STACK  65536

/* As syscall(2) of C libraries: the instruction behind SYSCALL moves. */
long site(long number, long first, long second);
__asm__(".pushsection .text\n.balign 16\nsite:\n"
	"mov %rdi,%rax; mov %rsi,%rdi; mov %rdx,%rsi; xor %edx,%edx; xor %r10d,%r10d\n"
	"syscall\ncmp $0xfffffffffffff001,%rax; jae 1f; ret\n"
	"1: mov $-1,%rax; ret\n.popsection");

/*
 * The same, another site, for a child that shares its parent's memory: with a
 * stack that returns to child_ends().
 */
long site_of_thread(long flags, void *stack);
__asm__(".pushsection .text\n.balign 16\nsite_of_thread:\n"
	"push $56; pop %rax; xor %edx,%edx; xor %r10d,%r10d\n"
	"syscall\ncmp $0xfffffffffffff001,%rax; jae 1f; ret\n"
	"1: mov $-1,%rax; ret\n.popsection");

static volatile int ended;

static void child_ends(void)
{
	ended++;
	_exit(3);
}

static int forks(void)
{
	int right = 0, status;

	for (int i = 0; i < ROUNDS; i++) {
		long pid = site(SYS_clone, SIGCHLD, 0);

		if (pid == 0)
			_exit(5);
		right += waitpid((pid_t)pid, &status, 0) == pid && status == 5 << 8;
	}
	return right;
}

static int clones(void)
{
	uint64_t *stack = malloc(STACK);
	int right = 0, status;

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t *top = stack + STACK / sizeof(*stack) - 2;

		*top = (uint64_t)child_ends;
		long pid = site_of_thread(CLONE_VM | SIGCHLD, top);
		right += waitpid((pid_t)pid, &status, 0) == pid && status == 3 << 8;
	}
	free(stack);
	return right;
}

int main(void)
{
	printf("forks %d\n", forks());
	int cloned = clones();

	printf("clones %d ended %d\n", cloned, ended);
	return 0;
}
