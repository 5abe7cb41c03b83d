// SPDX-License-Identifier: Apache-2.0
/* SIGKILL cannot be escaped. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	puts("before");
	fflush(stdout);
	kill(getpid(), SIGKILL);
	puts("after");
	return 0;
}
