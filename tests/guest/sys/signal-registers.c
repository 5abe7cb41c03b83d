// SPDX-License-Identifier: Apache-2.0
/* A handler changes the interrupted registers; the red zone and all others survive. */
#include <signal.h>
#include <stdio.h>
#include <ucontext.h>
#include <unistd.h>

static void handler(int signo, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)signo;
	(void)info;
	uc->uc_mcontext.gregs[REG_RIP] += 2; /* past UD2 */
	uc->uc_mcontext.gregs[REG_RBX] = 0x1234;
	uc->uc_mcontext.gregs[REG_EFL] |= 1;
	sigaddset(&uc->uc_sigmask, SIGUSR1);
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	unsigned long rbx = 0, red = 0, r12 = 0, rcx = 0, r11 = 0;
	unsigned char carry = 0;
	sigset_t mask;

	sigaction(SIGILL, &action, NULL);
	__asm__ volatile("movq $0x77, -8(%%rsp)\n\tmov $0x55, %%r12d\n\tmov $0x66, %%ecx\n\t"
			 "mov $0x99, %%r11d\n\tclc\n\tud2\n\tsetc %[c]\n\tmov -8(%%rsp), %[red]"
			 : "=b"(rbx), [red] "=&r"(red), [c] "=&q"(carry)
			 :
			 : "r12", "rcx", "r11", "memory", "cc");
	__asm__ volatile("mov $0x55, %%r12d\n\tmov $0x66, %%ecx\n\tmov $0x99, %%r11d\n\tud2\n\t"
			 "mov %%r12, %0\n\tmov %%rcx, %1\n\tmov %%r11, %2"
			 : "=&r"(r12), "=&r"(rcx), "=&r"(r11)
			 :
			 : "rbx", "r12", "rcx", "r11", "cc");
	sigprocmask(SIG_BLOCK, NULL, &mask);
	printf("rbx %lx red zone %lx carry %d r12 %lx rcx %lx r11 %lx mask %d\n", rbx, red, carry,
	       r12, rcx, r11, sigismember(&mask, SIGUSR1));
	return 0;
}
