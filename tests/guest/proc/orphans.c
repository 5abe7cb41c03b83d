// SPDX-License-Identifier: Apache-2.0
/* Orphans: who becomes their parent, what they are told, and that nobody stays a zombie. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int tube[2];

static void say(const char *text)
{
	if (write(tube[1], text, strlen(text)) < 0)
		abort();
}

static void hear(const char *what)
{
	char text[100] = "";
	size_t used = 0;

	while (used < sizeof(text) - 1 && read(tube[0], text + used, 1) == 1 && text[used] != '\n')
		used++;
	printf("%s: %s", what, text);
}

static void wait_for_parent(pid_t old)
{
	while (getppid() == old)
		usleep(1000);
}

static void on_signal(int signo)
{
	say(signo == SIGUSR1 ? "told, " : "wrong signal, ");
}

/* A grandchild whose parent ends. */
static void orphan(const char *what, int death_signal)
{
	pid_t pid = fork(), me = getpid();

	if (pid == 0) {
		pid_t parent = getpid();

		if (fork() == 0) {
			signal(SIGUSR1, on_signal);
			prctl(PR_SET_PDEATHSIG, death_signal);
			wait_for_parent(parent);
			say(getppid() == me ? "a child of mine\n" : "a child of init\n");
			_exit(3);
		}
		usleep(20000);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	hear(what);
}

static void subreaper(void)
{
	int status, is = 0;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_GET_CHILD_SUBREAPER, &is);
	orphan("with a subreaper", 0);
	pid_t pid = wait(&status);
	printf("subreaper %d, reaped: %d, status %d\n", is, pid > 0, WEXITSTATUS(status));
	if (fork() == 0) {
		prctl(PR_GET_CHILD_SUBREAPER, &is);
		_exit(is);
	}
	wait(&status);
	printf("is inherited: %d\n", WEXITSTATUS(status));
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* A zombie that its parent leaves behind. */
static void left_zombie(void)
{
	pid_t pid = fork(), zombie = 0;

	if (pid == 0) {
		zombie = fork();
		if (zombie == 0)
			_exit(1);
		usleep(20000);
		if (write(tube[1], &zombie, sizeof(zombie)) < 0)
			abort();
		_exit(kill(zombie, 0) == 0 ? 0 : 1);
	}
	int status;
	waitpid(pid, &status, 0);
	if (read(tube[0], &zombie, sizeof(zombie)) < 0)
		abort();
	printf("a zombie can be signalled: %d\n", WEXITSTATUS(status) == 0);
	/* Who takes over the children reaps it: init, or a subreaper. */
	printf("and reaped by the next parent: %d, %d\n", waitpid(zombie, &status, 0) == zombie,
	       WEXITSTATUS(status));
	printf("then it is gone: %d\n", kill(zombie, 0) < 0 && errno == ESRCH);
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	if (pipe(tube))
		return 1;
	orphan("an orphan", 0);
	orphan("an orphan with a death signal", SIGUSR1);
	subreaper();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	left_zombie();
	return 0;
}
