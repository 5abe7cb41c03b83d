// SPDX-License-Identifier: Apache-2.0
/* setpgid, setsid, getpgid, getsid: of oneself, of children, of strangers, and their errors. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRY(call) show(#call, call)

static int gate[2], told[2];

static void show(const char *what, long result)
{
	if (result < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %s\n", what, result ? "some" : "0");
}

/* A child that does something, says so and lives until wait_for(). */
static pid_t child(void (*does)(void))
{
	pipe(gate);
	pipe(told);
	fflush(stdout);
	pid_t pid = fork();

	if (pid == 0) {
		char byte;

		close(gate[1]);
		does();
		fflush(stdout);
		write(told[1], "x", 1);
		read(gate[0], &byte, 1);
		_exit(0);
	}
	char byte;
	close(told[1]);
	read(told[0], &byte, 1);
	close(told[0]);
	close(gate[0]);
	return pid;
}

static void end(pid_t pid)
{
	int status;

	close(gate[1]);
	waitpid(pid, &status, 0);
	printf("ended %x\n", status);
}

static void nothing(void)
{
}

static void leads_session(void)
{
	TRY(setsid() == getpid() ? 0 : -1);
	printf("leader: group %d session %d\n", getpgrp() == getpid(), getsid(0) == getpid());
	TRY(setsid());
	TRY(setpgid(0, 0));
	TRY(setpgid(0, getppid()));
}

static void leads_group(void)
{
	TRY(setpgid(0, 0));
	TRY(setpgid(0, 0));
	TRY(setsid());
	printf("group %d\n", getpgid(0) == getpid());
}

static void executes(void)
{
	char text[16], gate_text[16];

	snprintf(text, sizeof(text), "%d", told[1]);
	snprintf(gate_text, sizeof(gate_text), "%d", gate[0]);
	execl("/proc/self/exe", "groups", text, gate_text, NULL);
	printf("execl: %s\n", strerrorname_np(errno));
}

static void own_child(void)
{
	pid_t a = child(nothing);

	printf("== a child\n");
	printf("inherited %d %d\n", getpgid(a) == getpgrp(), getsid(a) == getsid(0));
	TRY(setpgid(a, -1));
	TRY(setpgid(-1, 0));
	TRY(setpgid(a, 0));
	printf("moved %d\n", getpgid(a) == a);
	TRY(setpgid(a, getpgrp()));
	printf("back %d\n", getpgid(a) == getpgrp());
	TRY(setpgid(a, getppid() == 0 ? 99999999 : 99999998));
	end(a);
	TRY(setpgid(a, 0));
	TRY(getpgid(a));
	TRY(getsid(a));
}

static void other_kinds(void)
{
	printf("== leads a session\n");
	pid_t a = child(leads_session);
	printf("%d %d\n", getpgid(a) == a, getsid(a) == a);
	TRY(setpgid(a, 0));
	TRY(setpgid(0, a));
	end(a);
	printf("== leads a group\n");
	a = child(leads_group);
	TRY(setpgid(0, a));
	printf("joined %d\n", getpgrp() == a);
	end(a);
	printf("still its group %d\n", getpgrp() == a);
	TRY(setpgid(0, 0));
	printf("own %d\n", getpgrp() == getpid());
	printf("== executes\n");
	a = child(executes);
	TRY(setpgid(a, a));
	TRY(setpgid(a, 0));
	printf("unmoved %d\n", getpgid(a) == getpgrp());
	end(a);
}

static pid_t grandchild_pid;

static void has_child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		usleep(300000);
		_exit(0);
	}
	FILE *f = fopen("/proc/self/comm", "r");
	fclose(f);
	write(told[1], &pid, sizeof(pid));
}

static void strangers(void)
{
	printf("== strangers\n");
	pipe(gate);
	pipe(told);
	fflush(stdout);
	pid_t a = fork();
	if (a == 0) {
		has_child();
		pause();
	}
	read(told[0], &grandchild_pid, sizeof(grandchild_pid));
	TRY(setpgid(grandchild_pid, 0));
	TRY(setpgid(getppid(), 0));
	printf("%d %d\n", getpgid(grandchild_pid) == getpgrp(),
	       getsid(grandchild_pid) == getsid(0));
	TRY(getpgid(99999999));
	TRY(getsid(-1));
	kill(a, SIGKILL);
	waitpid(a, NULL, 0);
}

/* A zombie can be moved and asked. */
static void zombies(void)
{
	siginfo_t info;

	printf("== a zombie\n");
	fflush(stdout);
	pid_t a = fork();
	if (a == 0)
		_exit(0);
	waitid(P_PID, (id_t)a, &info, WEXITED | WNOWAIT);
	printf("%d %d\n", getpgid(a) == getpgrp(), getsid(a) == getsid(0));
	TRY(setpgid(a, 0));
	printf("%d\n", getpgid(a) == a);
	TRY(kill(-a, 0));
	TRY(setpgid(0, a));
	printf("%d\n", getpgrp() == a);
	TRY(waitpid(-a, NULL, 0));
	TRY(kill(-a, 0));
	TRY(setpgid(0, 0));
	TRY(kill(-a, 0));
}

/* A group's number is in use while the group has others: its leader cannot start a session. */
static void session_of_a_group(void)
{
	printf("== setsid with a group of that number\n");
	fflush(stdout);
	pid_t a = fork();
	if (a == 0) {
		setpgid(0, 0);
		pid_t b = fork();
		if (b == 0) {
			usleep(100000);
			_exit(0);
		}
		TRY(setpgid(0, getppid()));
		printf("not its leader any more %d\n", getpgrp() != getpid());
		TRY(setsid());
		waitpid(b, NULL, 0);
		TRY(setsid());
		fflush(stdout);
		_exit(0);
	}
	waitpid(a, NULL, 0);
}

static void *thread(void *arg)
{
	(void)arg;
	pid_t tid = (pid_t)syscall(SYS_gettid);

	printf("tid %d\n", tid != getpid());
	printf("%d %d\n", getpgid(tid) == getpgrp(), getsid(tid) == getsid(0));
	TRY(setpgid(tid, 0));
	TRY(setpgid(0, tid));
	TRY(setpgid(0, 0));
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t t;

	if (argc == 3) {
		char byte;

		write(atoi(argv[1]), "x", 1);
		close(atoi(argv[1]));
		read(atoi(argv[2]), &byte, 1);
		return 0;
	}
	/*
	 * Natively it may lead nothing, inside it leads its session: a child of
	 * its own makes both equal.
	 */
	pid_t pid = fork();
	if (pid) {
		int status;

		waitpid(pid, &status, 0);
		return WEXITSTATUS(status);
	}
	setsid();
	fflush(stdout);
	pid = fork();
	if (pid) {
		waitpid(pid, NULL, 0);
		fflush(stdout);
		_exit(0);
	}
	TRY(setpgid(0, 0));
	own_child();
	other_kinds();
	strangers();
	zombies();
	session_of_a_group();
	printf("== a thread\n");
	pthread_create(&t, NULL, thread, NULL);
	pthread_join(t, NULL);
	return 0;
}
