// SPDX-License-Identifier: Apache-2.0
/* An ignored, blocked SIGSEGV still ends the program. */
#include <signal.h>
#include <stdio.h>

int main(void)
{
	sigset_t all;

	puts("before");
	fflush(stdout);
	signal(SIGSEGV, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	*(volatile int *)8 = 1;
	puts("after");
	return 0;
}
