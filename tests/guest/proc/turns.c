// SPDX-License-Identifier: Apache-2.0
/* Threads and processes that compute and never ask take turns, also while an alarm is far away. */
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int *flags; /* shared with the child */

static void *answer(void *mine)
{
	volatile int *flag = mine;

	flag[1] = 1;
	while (!flag[0])
		;
	return NULL;
}

/* Each computes until the other has had a turn. */
static void ask(volatile int *flag)
{
	while (!flag[1])
		;
	flag[0] = 1;
}

static void threads(volatile int *flag)
{
	pthread_t thread;

	pthread_create(&thread, NULL, answer, (void *)flag);
	ask(flag);
	pthread_join(thread, NULL);
}

static void processes(volatile int *flag)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		answer((void *)flag);
		_exit(7);
	}
	ask(flag);
	waitpid(pid, &status, 0);
	printf("exit %d\n", WEXITSTATUS(status));
}

int main(void)
{
	flags = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	alarm(1000);
	threads(flags);
	puts("two threads, an alarm far away");
	processes(flags + 2);
	printf("%d\n", alarm(0) > 900);
	threads(flags + 4);
	puts("two threads");
	processes(flags + 6);
	return 0;
}
