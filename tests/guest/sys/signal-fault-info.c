// SPDX-License-Identifier: Apache-2.0
/* What handlers of faults are told: address, code, trap number, and how they can go on. */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static char *page;
static volatile int zero;

static void handler(int signo, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	greg_t *r = uc->uc_mcontext.gregs;
	char *address = info->si_addr;
	int known = address == page || address == (char *)r[REG_RIP] || address == (char *)16;

	printf("signal %d code %d address %s trap %lld error %lld cs %llx\n", signo, info->si_code,
	       known	  ? "right"
	       : !address ? "none"
			  : "wrong",
	       (long long)r[REG_TRAPNO], (long long)r[REG_ERR], (long long)r[REG_CSGSFS] & 0xffff);
	siglongjmp(back, 1);
}

#define TRY(what) \
	do { \
		if (!sigsetjmp(back, 1)) { \
			what; \
			puts("no signal"); \
		} \
	} while (0)

int main(void)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (unsigned int i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &action, NULL);
	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	TRY(*(volatile char *)page);
	TRY(*(volatile char *)page = 1);
	TRY(*(volatile char *)16 = 1);
	TRY((void)*(volatile char *)16);
	mprotect(page, 4096, PROT_NONE);
	TRY((void)*(volatile char *)page);
	munmap(page, 4096);
	TRY((void)*(volatile char *)page);
	TRY(__asm__ volatile("ud2"));
	TRY(__asm__ volatile("int3"));
	TRY(__asm__ volatile("hlt"));
	TRY(__asm__ volatile("xor %%edx, %%edx\n\tdivl %0" : : "m"(zero), "a"(1) : "edx"));
	TRY((void)*(volatile char *)0x8000000000000000);
	unsigned int mxcsr = 0x1f80 & ~0x200u;
	double quotient;
	TRY(__asm__ volatile(
		"ldmxcsr %1; pxor %0, %0; divsd %0, %0; cvtsi2sd %2, %0; pxor %%xmm7, %%xmm7; "
		"divsd %%xmm7, %0"
		: "=&x"(quotient)
		: "m"(mxcsr), "r"(5)
		: "xmm7"));
	return 0;
}
