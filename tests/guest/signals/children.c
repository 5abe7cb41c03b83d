// SPDX-License-Identifier: Apache-2.0
/*
 * What parents and children tell each other: SIGCHLD, who is not waited for,
 * death signals, orphaned groups.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static sigset_t set;

static void take(const char *what, int signo, pid_t child)
{
	const struct timespec wait = { 5, 0 };
	siginfo_t info = { 0 };
	int got = sigtimedwait(&set, &info, &wait);

	printf("%s: %d code %d child %d uid %d status %d times %d\n", what, got == signo,
	       info.si_code, info.si_pid == child, info.si_uid == getuid(), info.si_status,
	       info.si_utime >= 0 && info.si_stime >= 0);
}

static void nothing(const char *what)
{
	const struct timespec wait = { 0, 20000000 };
	int got = sigtimedwait(&set, NULL, &wait);

	printf("%s: %s\n", what, got < 0 ? strerror(errno) : "a signal");
}

static void ends(void)
{
	const int signals[] = { SIGKILL, SIGTERM, SIGABRT, SIGSEGV, SIGRTMAX };
	pid_t child = fork();

	if (child == 0)
		_exit(5);
	take("exit", SIGCHLD, child);
	printf("waits %d\n", wait(NULL) == child);
	for (int i = 0; i < 5; i++) {
		int status;

		child = fork();
		if (child == 0)
			for (;;)
				pause();
		kill(child, signals[i]);
		take("signal", SIGCHLD, child);
		wait(&status);
		printf("status %x\n", (unsigned)status);
	}
	child = (pid_t)syscall(SYS_clone, SIGUSR1, NULL, NULL, NULL, NULL);
	if (child == 0)
		_exit(6);
	take("exit signal", SIGUSR1, child);
	printf("waits %d", waitpid(child, NULL, 0) == child);
	printf(" with __WCLONE %d\n", waitpid(child, NULL, __WCLONE) == child);
	child = (pid_t)syscall(SYS_clone, 0, NULL, NULL, NULL, NULL);
	if (child == 0)
		_exit(6);
	nothing("no exit signal");
	printf("waits %d\n", waitpid(child, NULL, __WALL) == child);
}

/* Not waited for: the wait ends when all are gone. */
static void unloved(const char *what, void (*handle)(int), int flags)
{
	struct sigaction action = { .sa_handler = handle, .sa_flags = flags };
	int status;

	sigaction(SIGCHLD, &action, NULL);
	for (int i = 0; i < 3; i++)
		if (fork() == 0) {
			usleep(5000);
			_exit(1);
		}
	pid_t got = wait(&status);
	printf("%s: wait %d %s\n", what, got, strerror(errno));
	errno = 0;
	const struct timespec now = { 0, 0 };
	printf("signal %d\n", sigtimedwait(&set, NULL, &now) == SIGCHLD);
	signal(SIGCHLD, SIG_DFL);
}

static void noted(int signo)
{
	(void)signo;
}

static void death(void)
{
	int ready[2], out[2];
	char text[100] = "";
	ssize_t n;

	pipe(ready);
	pipe(out);
	pid_t child = fork();
	if (child == 0) {
		pid_t grandchild = fork();

		if (grandchild == 0) {
			siginfo_t info = { 0 };
			pid_t parent = getppid();
			int asked = 0;

			prctl(PR_SET_PDEATHSIG, SIGUSR2);
			prctl(PR_GET_PDEATHSIG, &asked);
			pid_t great = fork();
			if (great == 0) {
				prctl(PR_GET_PDEATHSIG, &asked);
				_exit(asked);
			}
			int status;
			waitpid(great, &status, 0);
			write(ready[1], "x", 1);
			sigwaitinfo(&set, &info);
			if (info.si_signo == SIGCHLD)
				sigwaitinfo(&set, &info);
			n = snprintf(text, sizeof(text),
				     "asked %d inherited %d got %d code %d by %d\n",
				     asked == SIGUSR2, WEXITSTATUS(status),
				     info.si_signo == SIGUSR2, info.si_code, info.si_pid == parent);
			write(out[1], text, (size_t)n);
			_exit(0);
		}
		read(ready[0], text, 1);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	n = read(out[0], text, sizeof(text) - 1);
	printf("death: %.*s", (int)n, text);
	const struct timespec now = { 0, 0 };
	sigtimedwait(&set, NULL, &now);
}

/* A group with a stopped member loses the last who could make it go on: SIGHUP and SIGCONT. */
static void orphaned(void)
{
	int ready[2], out[2];
	char text[100] = "";
	ssize_t n;

	pipe(ready);
	pipe(out);
	pid_t child = fork();
	if (child == 0) {
		pid_t grandchild;

		setpgid(0, 0);
		signal(SIGCHLD, SIG_DFL);
		grandchild = fork();
		if (grandchild == 0) {
			sigset_t more;
			siginfo_t info;
			int hup, cont;

			setpgid(0, 0);
			sigemptyset(&more);
			sigaddset(&more, SIGHUP);
			sigaddset(&more, SIGCONT);
			sigprocmask(SIG_BLOCK, &more, NULL);
			raise(SIGSTOP);
			hup = sigwaitinfo(&more, &info);
			cont = sigwaitinfo(&more, &info);
			n = snprintf(text, sizeof(text), "got %d %d code %d", hup == SIGHUP,
				     cont == SIGCONT, info.si_code);
			/* Nobody is left: this has no effect. */
			raise(SIGTSTP);
			raise(SIGTTIN);
			n += snprintf(text + n, sizeof(text) - (size_t)n, " goes on\n");
			write(out[1], text, (size_t)n);
			_exit(0);
		}
		int status;
		waitpid(grandchild, &status, WUNTRACED);
		_exit(WIFSTOPPED(status));
	}
	int status;
	waitpid(child, &status, 0);
	printf("stopped %d\n", WEXITSTATUS(status));
	n = read(out[0], text, sizeof(text) - 1);
	printf("orphaned: %.*s", (int)n, text);
	const struct timespec now = { 0, 0 };
	sigtimedwait(&set, NULL, &now);
}

static void *spin(void *argument)
{
	volatile int *turns = argument;

	for (;;)
		++*turns;
	return NULL;
}

static void *killer(void *argument)
{
	usleep(5000);
	if (argument)
		__asm__ volatile("ud2");
	kill(getpid(), SIGTERM);
	return NULL;
}

/* One thread is hit, all end. */
static void together(long fault)
{
	static volatile int turns;
	int status;
	pid_t child = fork();

	if (child == 0) {
		pthread_t thread;

		sigprocmask(SIG_UNBLOCK, &set, NULL);
		for (int i = 0; i < 3; i++)
			pthread_create(&thread, NULL, spin, (void *)&turns);
		pthread_create(&thread, NULL, killer, (void *)fault);
		for (;;)
			pause();
	}
	waitpid(child, &status, 0);
	printf("together %d\n", WTERMSIG(status));
	const struct timespec now = { 0, 0 };
	sigtimedwait(&set, NULL, &now);
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	ends();
	unloved("ignored", SIG_IGN, 0);
	unloved("SA_NOCLDWAIT", SIG_DFL, SA_NOCLDWAIT);
	unloved("with a handler", noted, SA_NOCLDWAIT);
	death();
	orphaned();
	together(0);
	together(1);
	return 0;
}
