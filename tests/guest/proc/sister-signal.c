// SPDX-License-Identifier: Apache-2.0
/*
 * CLONE_PARENT: the sister's end tells with the signal of who made her,
 * whatever clone(2) was asked for.
 */
#include "../fs/try.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

static volatile sig_atomic_t got[2];

static void count(int signo)
{
	got[signo == SIGUSR1]++;
}

int main(void)
{
	int status;

	signal(SIGCHLD, count);
	signal(SIGUSR1, count);
	if (fork() == 0) {
		if (syscall(SYS_clone, CLONE_PARENT | SIGUSR1, NULL, NULL, NULL, NULL) == 0)
			syscall(SYS_exit_group, 5);
		_exit(0);
	}
	for (int i = 0; i < 2; i++) {
		while (waitpid(-1, &status, __WALL) < 0)
			;
		printf("ended %s\n",
		       WEXITSTATUS(status) == 5 || WEXITSTATUS(status) == 0 ? "well" : "badly");
	}
	printf("SIGCHLD %d, SIGUSR1 %d\n", got[0] > 0, got[1] > 0);
	return 0;
}
