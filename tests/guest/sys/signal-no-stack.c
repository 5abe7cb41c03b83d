// SPDX-License-Identifier: Apache-2.0
/* A handler without a usable stack, and one that is no address: SIGSEGV ends the program. */
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static void handler(int signo)
{
	(void)signo;
}

int main(void)
{
	signal(SIGUSR1, handler);
	puts("before");
	fflush(stdout);
	__asm__ volatile("xor %%esp, %%esp\n\tmov $39, %%eax\n\tsyscall\n\tmov %%eax, %%edi\n\t"
			 "mov $10, %%esi\n\tmov $62, %%eax\n\tsyscall\n\tud2"
			 :
			 :
			 : "memory");
	return 0;
}
