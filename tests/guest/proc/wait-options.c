// SPDX-License-Identifier: Apache-2.0
/* wait4(2) and waitid(2): every option, what they tell, and who may be waited for. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static pid_t child(int status)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(status);
	return pid;
}

static pid_t sleeper(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

static void show(const char *what, long result)
{
	printf("%s: %s\n", what, result < 0 ? strerror(errno) : result ? "one" : "none");
}

static void show_info(const char *what, int result, const siginfo_t *info, pid_t pid)
{
	if (result < 0)
		printf("%s: %s\n", what, strerror(errno));
	else
		printf("%s: signo %d code %d status %d pid %s\n", what, info->si_signo,
		       info->si_code, info->si_status,
		       info->si_pid == pid ? "right"
		       : info->si_pid	   ? "wrong"
					   : "0");
}

static void errors(void)
{
	int status;

	show("wait4 without children", wait4(-1, &status, 0, NULL));
	show("wait4 of a stranger", wait4(1, &status, 0, NULL));
	show("wait4 with a bad option", wait4(-1, &status, 0x100, NULL));
	show("wait4 of INT_MIN", wait4((pid_t)0x80000000, &status, 0, NULL));
	show("waitid without a kind of event", waitid(P_ALL, 0, NULL, WNOHANG));
	show("waitid of pid 0", waitid(P_PID, 0, NULL, WEXITED));
	show("waitid with a bad type", waitid((idtype_t)99, 0, NULL, WEXITED));
	show("waitid of a bad pidfd", waitid((idtype_t)P_PIDFD, 99, NULL, WEXITED));
	pid_t pid = child(0);
	show("a bad address", wait4(pid, (int *)8, 0, NULL));
	show("has reaped it all the same", wait4(pid, &status, 0, NULL));
}

static void statuses(void)
{
	static const int codes[] = { 0, 1, 42, 127, 128, 255, 256, 300 };
	/* Those that do not end a process by default. */
	static const char harmless[] = { SIGSTOP, SIGTSTP, SIGTTIN,  SIGTTOU, SIGCONT,
					 SIGCHLD, SIGURG,  SIGWINCH, 0 };
	struct rusage usage;
	int status;

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		pid_t pid = child(codes[i]);
		pid_t got = wait4(pid, &status, 0, &usage);

		printf("exit %d: %s status %#x\n", codes[i], got == pid ? "right" : "wrong",
		       (unsigned)status);
	}
	for (int signo = 1; signo < 32; signo++) {
		if (strchr(harmless, signo))
			continue;
		pid_t pid = sleeper();

		kill(pid, signo);
		waitpid(pid, &status, 0);
		printf("signal %d: status %#x\n", signo, (unsigned)status & 0x7f);
	}
}

static void infos(void)
{
	siginfo_t info;
	pid_t pid = child(7);

	memset(&info, 0xff, sizeof(info));
	show_info("WNOWAIT", waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), &info, pid);
	show_info("again", waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), &info, pid);
	show_info("taken", waitid(P_ALL, 0, &info, WEXITED), &info, pid);
	show_info("gone", waitid(P_PID, (id_t)pid, &info, WEXITED), &info, pid);
	pid = sleeper();
	memset(&info, 0, sizeof(info));
	show_info("WNOHANG", waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG), &info, pid);
	printf("waitpid WNOHANG: %d\n", waitpid(pid, NULL, WNOHANG));
	kill(pid, SIGKILL);
	show_info("killed", waitid(P_PGID, (id_t)getpgrp(), &info, WEXITED), &info, pid);
	pid = child(9);
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	show_info("pidfd", waitid((idtype_t)P_PIDFD, (id_t)fd, &info, WEXITED), &info, pid);
	close(fd);
	pid = sleeper();
	fd = (int)syscall(SYS_pidfd_open, pid, O_NONBLOCK);
	show_info("pidfd that does not block", waitid((idtype_t)P_PIDFD, (id_t)fd, &info, WEXITED),
		  &info, pid);
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	show_info("pidfd of a reaped one", waitid((idtype_t)P_PIDFD, (id_t)fd, &info, WEXITED),
		  &info, pid);
	close(fd);
}

/* __WCLONE waits for children whose end is told by another signal than SIGCHLD. */
static void clones(void)
{
	int status;
	pid_t pid = (pid_t)syscall(SYS_clone, 0, NULL, NULL, NULL, NULL);

	if (pid == 0)
		_exit(3);
	show("plain wait", waitpid(pid, &status, WNOHANG));
	show("__WCLONE", waitpid(pid, &status, __WCLONE));
	signal(SIGUSR1, SIG_IGN);
	pid = (pid_t)syscall(SYS_clone, SIGUSR1, NULL, NULL, NULL, NULL);
	if (pid == 0)
		_exit(4);
	show("__WALL", waitpid(pid, &status, __WALL));
	printf("status %#x\n", (unsigned)status);
}

/* Killed while it is stopped, and nobody has asked: it has ended, and was never stopped. */
static void stopped_and_killed(void)
{
	int status;

	for (int continued = 0; continued < 2; continued++) {
		pid_t pid = sleeper();

		kill(pid, SIGSTOP);
		usleep(20000);
		if (continued)
			kill(pid, SIGCONT);
		kill(pid, SIGKILL);
		show("stopped and killed", waitpid(pid, &status, WUNTRACED | WCONTINUED));
		printf("status %#x\n", (unsigned)status);
		show("once", waitpid(pid, &status, WUNTRACED | WCONTINUED));
	}
}

static pid_t children[2], other_tid;

static void *other_thread(void *argument)
{
	int ready[2];
	siginfo_t info;
	char byte;

	other_tid = gettid();

	show("another thread's, alone", waitpid(children[0], NULL, __WNOTHREAD | WNOHANG));
	show("another thread's", waitpid(children[0], NULL, WNOHANG));
	children[1] = child(0);
	waitid(P_PID, (id_t)children[1], &info, WEXITED | WNOWAIT);
	show("its own", waitpid(-1, NULL, __WNOTHREAD | WNOHANG));
	if (pipe(ready))
		return NULL;
	children[1] = fork();
	if (children[1] == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (write(ready[1], "x", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	show("it is ready", (pid_t)read(ready[0], &byte, 1));
	return argument;
}

/* Children are a thread's; the others of the process inherit them when it ends. */
static void threads(void)
{
	pthread_t thread;
	int status = 0;

	children[0] = sleeper();
	pthread_create(&thread, NULL, other_thread, NULL);
	pthread_join(thread, NULL);
	/* It has let go of its children when nobody can signal it any more. */
	while (syscall(SYS_tgkill, getpid(), other_tid, 0) == 0)
		usleep(1000);
	printf("inherited: %d", waitpid(children[1], &status, __WNOTHREAD) == children[1]);
	printf(", told of the thread's death: %#x\n", (unsigned)status);
	kill(children[0], SIGKILL);
	show("own", waitpid(children[0], NULL, __WNOTHREAD));
}

static void ignored(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT };
	pid_t pid;

	signal(SIGCHLD, SIG_IGN);
	pid = child(5);
	show("a child of one that ignores SIGCHLD", waitpid(pid, NULL, 0));
	sigaction(SIGCHLD, &action, NULL);
	pid = child(6);
	show("and with SA_NOCLDWAIT", waitpid(pid, NULL, 0));
	signal(SIGCHLD, SIG_DFL);
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	errors();
	statuses();
	infos();
	clones();
	stopped_and_killed();
	threads();
	ignored();
	return 0;
}
