// SPDX-License-Identifier: Apache-2.0
/* Handlers that break their own frame, or are no code at all: SIGSEGV, which can be handled. */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static int how;

static void on_fault(int signo, siginfo_t *info, void *context)
{
	(void)context;
	printf("signal %d code %d\n", signo, info->si_code);
	siglongjmp(back, 1);
}

static void handler(int signo, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	uint8_t *fpu = (uint8_t *)uc->uc_mcontext.fpregs;

	(void)signo;
	(void)info;
	switch (how) {
	case 0:
		uc->uc_mcontext.gregs[REG_RIP] = (greg_t)0x8000000000000000;
		break;
	case 1:
		uc->uc_mcontext.fpregs->mxcsr = 0xffffffff;
		break;
	case 2:
		uc->uc_mcontext.fpregs = (fpregset_t)8;
		break;
	case 3:
		memset(fpu + 512 + 8, 0xff, 16); /* XSAVE header */
		break;
	case 4:
		memset(fpu + 464, 0, 48); /* as if only FXSAVE's part were there */
		break;
	case 5:
		uc->uc_mcontext.gregs[REG_RSP] = (greg_t)0x8000000000000000;
		break;
	case 6:
		uc->uc_mcontext.gregs[REG_EFL] |= 0x100; /* single step */
		break;
	case 7:
		uc->uc_mcontext.fpregs = NULL; /* as at the program's start */
		break;
	}
}

static void on_refusal(int signo)
{
	siglongjmp(back, signo);
}

/*
 * CPUs refuse reserved bits of MXCSR (in a VM of a KVM in software that can be
 * SIGILL); QEMU's translator takes them.
 */
static int cpu_checks_mxcsr(void)
{
	const uint32_t bad = 0xffffffff, good = 0x1f80;
	struct sigaction before, illegal, action = { .sa_handler = on_refusal };
	int refused;

	sigaction(SIGSEGV, &action, &before);
	sigaction(SIGILL, &action, &illegal);
	refused = sigsetjmp(back, 1);
	if (!refused) {
		__asm__ volatile("ldmxcsr %0" : : "m"(bad));
		__asm__ volatile("ldmxcsr %0" : : "m"(good));
	}
	sigaction(SIGSEGV, &before, NULL);
	sigaction(SIGILL, &illegal, NULL);
	return refused;
}

int main(void)
{
	struct sigaction fault = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	static char stack[65536];
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaltstack(&alternate, NULL);
	sigaction(SIGSEGV, &fault, NULL);
	sigaction(SIGBUS, &fault, NULL);
	sigaction(SIGTRAP, &fault, NULL);
	sigaction(SIGUSR1, &action, NULL);
	for (how = 0; how < 8; how++) {
		if (how == 1 && !cpu_checks_mxcsr())
			continue;
		printf("%d: ", how);
		if (!sigsetjmp(back, 1)) {
			kill(getpid(), SIGUSR1);
			puts("went on");
		}
	}
	action.sa_sigaction = (void (*)(int, siginfo_t *, void *))0x8000000000000000;
	sigaction(SIGUSR1, &action, NULL);
	printf("no code: ");
	if (!sigsetjmp(back, 1))
		kill(getpid(), SIGUSR1);
	action.sa_sigaction = (void (*)(int, siginfo_t *, void *))16;
	sigaction(SIGUSR1, &action, NULL);
	printf("nothing there: ");
	if (!sigsetjmp(back, 1))
		kill(getpid(), SIGUSR1);
	return 0;
}
