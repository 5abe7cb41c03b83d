// SPDX-License-Identifier: Apache-2.0
/* Signals that do nothing by default do nothing; a real-time signal ends the program. */
#include <signal.h>
#include <stdio.h>

int main(void)
{
	raise(SIGCHLD);
	raise(SIGURG);
	raise(SIGWINCH);
	raise(SIGCONT);
	puts("still here");
	fflush(stdout);
	raise(SIGRTMAX);
	return 0;
}
