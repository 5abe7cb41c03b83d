// SPDX-License-Identifier: Apache-2.0
/* What a process keeps over execve(2), and what it loses. The second time it tells. */
#include "../fs/try.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

static void handler(int signo)
{
	(void)signo;
}

static void prepare(void)
{
	static char stack[65536];
	const stack_t alternative = { .ss_sp = stack, .ss_size = sizeof(stack) };
	const struct rlimit files = { 200, 300 };
	sigset_t set;

	signal(SIGUSR1, handler);
	signal(SIGUSR2, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_SETMASK, &set, NULL);
	raise(SIGTERM);
	sigaltstack(&alternative, NULL);
	dup2(0, 10);
	dup3(0, 11, O_CLOEXEC);
	fcntl(10, F_SETFD, 0);
	umask(027);
	chdir("/usr");
	setrlimit(RLIMIT_NOFILE, &files);
	prctl(PR_SET_NAME, "renamed");
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	nice(3);
	mmap((void *)0x10000000, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void signals(void)
{
	struct sigaction action;
	stack_t stack;
	sigset_t set;

	for (int signo = 1; signo <= 31; signo++) {
		if (sigaction(signo, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
			printf("signal %d: %s, flags %x\n", signo,
			       action.sa_handler == SIG_IGN ? "ignored" : "caught",
			       (unsigned)action.sa_flags & ~0x04000000u);
	}
	sigprocmask(SIG_SETMASK, NULL, &set);
	for (int signo = 1; signo <= 64; signo++)
		if (sigismember(&set, signo) == 1)
			printf("blocked %d\n", signo);
	sigpending(&set);
	for (int signo = 1; signo <= 64; signo++)
		if (sigismember(&set, signo) == 1)
			printf("pending %d\n", signo);
	sigaltstack(NULL, &stack);
	printf("alternative stack: %s\n", stack.ss_flags & SS_DISABLE ? "none" : "there");
}

static void tell(char **argv, pid_t pid)
{
	char text[256];
	struct rlimit files;

	for (int i = 0; argv[i]; i++)
		printf("argv[%d] = %s\n", i, i ? argv[i] : "(the program)");
	for (int i = 0; environ[i]; i++)
		printf("%s\n", environ[i]);
	signals();
	printf("10: %d, 11: %d\n", fcntl(10, F_GETFD), fcntl(11, F_GETFD));
	printf("umask %03o, directory %s, nice %d\n", umask(0), getcwd(text, sizeof(text)),
	       getpriority(PRIO_PROCESS, 0));
	getrlimit(RLIMIT_NOFILE, &files);
	printf("files %lu of %lu\n", files.rlim_cur, files.rlim_max);
	prctl(PR_GET_NAME, text);
	printf("name %s, dumpable %d, no new privileges %d\n", text, prctl(PR_GET_DUMPABLE),
	       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	printf("the same process: %d\n", getpid() == pid);
	printf("old mapping: %d\n", msync((void *)0x10000000, 4096, MS_ASYNC));
}

int main(int argc, char **argv)
{
	char pid[32];

	(void)argc;
	if (getenv("PID")) {
		pid_t was = atoi(getenv("PID"));

		unsetenv("PID");
		tell(argv, was);
		return 0;
	}
	sprintf(pid, "PID=%d", getpid());
	prepare();
	char *const arguments[] = { argv[0], "first", "", "with blanks", NULL };
	char *const environment[] = { "A=1", pid, "EMPTY=", "B=two words", NULL };

	execve("/proc/self/exe", arguments, environment);
	perror("execve");
	return 1;
}
