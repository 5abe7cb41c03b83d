// SPDX-License-Identifier: Apache-2.0
/*
 * Sending: kill, tkill, tgkill, sigqueue and pidfds; errors in Linux's order,
 * and what siginfo tells.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static siginfo_t last;
static volatile sig_atomic_t count;
static volatile pid_t last_tid;

static void note(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	last = *info;
	last_tid = gettid();
	count++;
}

static void say(const char *what, long result)
{
	printf("%s: %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
}

static const char *code_name(int code)
{
	static const struct {
		int code;
		const char *name;
	} names[] = { { SI_USER, "USER" },   { SI_QUEUE, "QUEUE" },   { SI_TKILL, "TKILL" },
		      { SI_TIMER, "TIMER" }, { SI_KERNEL, "KERNEL" }, { SI_MESGQ, "MESGQ" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].code == code)
			return names[i].name;
	return "other";
}

static void said(const char *what, long result)
{
	printf("%s: %ld signals %d signo %d code %s mine %d value %d\n", what, result, (int)count,
	       last.si_signo, code_name(last.si_code),
	       last.si_pid == getpid() && last.si_uid == getuid(), last.si_value.sival_int);
	count = 0;
	memset(&last, 0, sizeof(last));
}

static siginfo_t make_info(int signo, int code, int value)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = signo;
	info.si_code = code;
	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value.sival_int = value;
	return info;
}

static void to_self(void)
{
	siginfo_t info;
	pid_t self = getpid();

	said("kill", kill(self, SIGUSR1));
	said("kill group", kill(0, SIGUSR1));
	said("kill own group", kill(-self, SIGUSR1));
	said("raise", raise(SIGUSR1));
	said("tkill", syscall(SYS_tkill, self, SIGUSR1));
	said("tgkill", syscall(SYS_tgkill, self, self, SIGUSR1));
	said("sigqueue", sigqueue(self, SIGUSR1, (union sigval){ .sival_int = 42 }));
	said("sigqueue", sigqueue(self, SIGRTMIN, (union sigval){ .sival_int = 43 }));
	info = make_info(SIGUSR1, SI_USER, 7);
	said("as if by kill", syscall(SYS_rt_sigqueueinfo, self, SIGUSR1, &info));
	info = make_info(SIGUSR1, SI_KERNEL, 8);
	said("as if by the kernel", syscall(SYS_rt_sigqueueinfo, self, SIGUSR1, &info));
	info = make_info(SIGUSR2, SI_MESGQ, 9);
	said("other number", syscall(SYS_rt_tgsigqueueinfo, self, self, SIGUSR1, &info));
	info = make_info(SIGUSR1, -50, 9);
	said("unknown", syscall(SYS_rt_sigqueueinfo, self, SIGUSR1, &info));
	((char *)&info)[100] = 1;
	say("unknown and more", syscall(SYS_rt_sigqueueinfo, self, SIGUSR1, &info));
}

static void errors(pid_t child)
{
	siginfo_t info = make_info(SIGUSR1, SI_QUEUE, 1);
	const pid_t gone = 30000;

	say("kill gone", kill(gone, 0));
	say("kill gone 99", kill(gone, 99));
	say("kill 65", kill(child, 65));
	say("kill -1", kill(child, -1));
	say("kill 0", kill(child, 0));
	say("kill group gone", kill(-gone, SIGUSR1));
	say("kill group 99", kill(-gone, 99));
	say("kill least", syscall(SYS_kill, 0x80000000, 0));
	say("tkill 0", syscall(SYS_tkill, 0, SIGUSR1));
	say("tkill gone", syscall(SYS_tkill, gone, SIGUSR1));
	say("tkill 99", syscall(SYS_tkill, child, 99));
	say("tgkill 0", syscall(SYS_tgkill, 0, child, 0));
	say("tgkill -1", syscall(SYS_tgkill, child, -1, 0));
	say("tgkill other", syscall(SYS_tgkill, getpid(), child, 0));
	say("tgkill gone 99", syscall(SYS_tgkill, getpid(), gone, 99));
	say("queue null", syscall(SYS_rt_sigqueueinfo, child, SIGUSR1, NULL));
	say("queue gone", syscall(SYS_rt_sigqueueinfo, gone, SIGUSR1, &info));
	say("queue 99", syscall(SYS_rt_sigqueueinfo, child, 99, &info));
	say("queue 0", syscall(SYS_rt_sigqueueinfo, child, 0, &info));
	info.si_code = SI_USER;
	say("not queue", syscall(SYS_rt_sigqueueinfo, child, SIGUSR1, &info));
	info.si_code = SI_TKILL;
	say("not queue", syscall(SYS_rt_tgsigqueueinfo, child, child, SIGUSR1, &info));
	say("tgqueue 0", syscall(SYS_rt_tgsigqueueinfo, 0, 0, 99, &info));
}

static void by_pidfd(pid_t child)
{
	siginfo_t info = make_info(SIGUSR1, SI_QUEUE, 55);
	int self_fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	int fd = (int)syscall(SYS_pidfd_open, child, 0), status;

	said("pidfd", syscall(SYS_pidfd_send_signal, self_fd, SIGUSR1, NULL, 0));
	said("pidfd info", syscall(SYS_pidfd_send_signal, self_fd, SIGUSR1, &info, 0));
	say("pidfd other", syscall(SYS_pidfd_send_signal, self_fd, SIGUSR2, &info, 0));
	info.si_code = SI_USER;
	say("pidfd user", syscall(SYS_pidfd_send_signal, fd, SIGUSR1, &info, 0));
	said("pidfd user", syscall(SYS_pidfd_send_signal, self_fd, SIGUSR1, &info, 0));
	say("pidfd null", syscall(SYS_pidfd_send_signal, fd, SIGUSR1, 16L, 0));
	say("pidfd flags", syscall(SYS_pidfd_send_signal, fd, 0, NULL, 64));
	say("pidfd 99", syscall(SYS_pidfd_send_signal, fd, 99, NULL, 0));
	say("pidfd bad", syscall(SYS_pidfd_send_signal, 77, 0, NULL, 0));
	say("pidfd none", syscall(SYS_pidfd_send_signal, 1, 0, NULL, 0));
	int directory = open("/proc/self", O_DIRECTORY);
	said("directory", syscall(SYS_pidfd_send_signal, directory, SIGUSR1, NULL, 0));
	int task = openat(directory, "task", O_DIRECTORY);
	say("other directory", syscall(SYS_pidfd_send_signal, task, 0, NULL, 0));
	say("pidfd 0", syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
	say("pidfd TERM", syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
	poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, -1);
	say("zombie", syscall(SYS_pidfd_send_signal, fd, SIGUSR1, NULL, 0));
	say("zombie", kill(child, SIGKILL));
	say("zombie", syscall(SYS_tgkill, child, child, 0));
	waitpid(child, &status, 0);
	printf("killed by %d\n", WTERMSIG(status));
	say("reaped", syscall(SYS_pidfd_send_signal, fd, SIGUSR1, NULL, 0));
	say("reaped", kill(child, 0));
	close(fd);
}

static volatile pid_t tid;
static int pipes[2];

static void *wait_here(void *argument)
{
	char byte;

	tid = gettid();
	write(pipes[1], "x", 1);
	while (*(volatile int *)argument == 0)
		usleep(1000);
	return read(pipes[0], &byte, 0) ? NULL : argument;
}

/* By its number a thread gets it, by its process's the first that does not block it. */
static void to_threads(void)
{
	pthread_t thread;
	sigset_t set;
	int over = 0;
	char byte;

	pipe(pipes);
	pthread_create(&thread, NULL, wait_here, &over);
	read(pipes[0], &byte, 1);
	long result = syscall(SYS_tgkill, getpid(), tid, SIGUSR1);
	/* The other thread's turn may come later. */
	for (int i = 0; i < 1000 && count == 0; i++)
		usleep(1000);
	said("tgkill thread", result);
	printf("there %d\n", last_tid == tid);
	count = 0;
	kill(getpid(), SIGUSR1);
	printf("here %d %d\n", last_tid == getpid(), (int)count);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGUSR1);
	for (int i = 0; i < 100 && count < 2; i++)
		usleep(1000);
	printf("there %d %d\n", last_tid == tid, (int)count);
	kill(tid, SIGUSR1);
	for (int i = 0; i < 100 && count < 3; i++)
		usleep(1000);
	printf("by its number %d %d\n", last_tid == tid, (int)count);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	over = 1;
	pthread_join(thread, NULL);
	/* It is joined a moment before its number goes. */
	for (int i = 0; i < 1000 && syscall(SYS_tgkill, getpid(), tid, 0) == 0; i++)
		usleep(1000);
	say("ended", syscall(SYS_tgkill, getpid(), tid, 0));
}

static void *block_and_end(void *argument)
{
	(void)argument;
	raise(SIGUSR2);
	kill(getpid(), SIGUSR1);
	return NULL;
}

/* A signal that one thread leaves behind is the others'. */
static void left_behind(void)
{
	pthread_t thread;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	count = 0;
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	pthread_create(&thread, NULL, block_and_end, NULL);
	pthread_join(thread, NULL);
	printf("left behind %d", (int)count);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	printf(" taken %d here %d\n", (int)count, last_tid == getpid());
}

static void all_others(void)
{
	int status;

	fflush(stdout);
	if (fork() == 0) {
		/* kill(-1) in a world of its own would end the tests' own: only its errors. */
		say("all 99", kill(-1, 99));
		fflush(stdout);
		_exit(0);
	}
	wait(&status);
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = note, .sa_flags = SA_SIGINFO | SA_RESTART };

	setpgid(0, 0);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGRTMIN, &action, NULL);
	signal(SIGUSR2, SIG_IGN);
	to_self();
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		signal(SIGUSR1, SIG_IGN);
		for (;;)
			pause();
	}
	usleep(20000);
	errors(child);
	by_pidfd(child);
	to_threads();
	left_behind();
	all_others();
	return 0;
}
