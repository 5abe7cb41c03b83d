// SPDX-License-Identifier: Apache-2.0
/* abort() ends as SIGABRT even when its handler returns. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static void handler(int signo)
{
	printf("handler %d\n", signo);
	fflush(stdout);
}

int main(void)
{
	signal(SIGABRT, handler);
	abort();
}
