// SPDX-License-Identifier: Apache-2.0
/* O_ASYNC: SIGIO and its like, to a process or a group, from pipes and sockets. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t count, last_code, last_fd, last_band;

static void on_signal(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	count++;
	last_code = info->si_code;
	last_fd = info->si_fd;
	last_band = (sig_atomic_t)info->si_band;
}

static void show(const char *what, long result)
{
	printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
}

static void put(int fd)
{
	if (write(fd, "x", 1) != 1)
		puts("write failed");
}

static void from(const char *what, int reader, int writer)
{
	int on = 1;

	count = 0;
	put(writer);
	printf("%s, off: %d\n", what, (int)count);
	show("F_SETOWN", fcntl(reader, F_SETOWN, getpid()));
	show("FIOASYNC", ioctl(reader, FIOASYNC, &on));
	printf("flag %d owner %d\n", !!(fcntl(reader, F_GETFL) & O_ASYNC),
	       fcntl(reader, F_GETOWN) == getpid());
	put(writer);
	printf("%s, on: %d code %s\n", what, count > 0,
	       last_code == SI_KERNEL ? "kernel" : "other");
	show("F_SETSIG", fcntl(reader, F_SETSIG, SIGRTMIN + 2));
	count = 0;
	put(writer);
	printf("%s, with a signal: %d code %d fd %s band %d\n", what, count > 0, (int)last_code,
	       last_fd == reader ? "right" : "wrong", !!(last_band & 1));
	fcntl(reader, F_SETFL, fcntl(reader, F_GETFL) & ~O_ASYNC);
	count = 0;
	put(writer);
	printf("%s, off again: %d\n", what, (int)count);
}

static void to_group(void)
{
	int ends[2], told[2], status;
	char byte;

	if (pipe(ends) || pipe(told))
		abort();
	pid_t pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		put(told[1]);
		for (;;)
			pause();
	}
	if (read(told[0], &byte, 1) != 1)
		abort();
	show("to a group", fcntl(ends[0], F_SETOWN, -pid));
	printf("owner %d\n", fcntl(ends[0], F_GETOWN) == -pid);
	fcntl(ends[0], F_SETFL, O_ASYNC);
	kill(pid, 0);
	signal(SIGIO, SIG_IGN);
	put(ends[1]);
	usleep(1000);
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	/* The child has the handler of its parent; SIGTERM ended it. */
	printf("child: %#x\n", status);
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	int ends[2], on = 1, file = open("/proc/self/exe", O_RDONLY);

	setvbuf(stdout, NULL, _IONBF, 0);
	sigaction(SIGIO, &action, NULL);
	sigaction(SIGRTMIN + 2, &action, NULL);
	if (pipe(ends))
		return 1;
	from("pipe", ends[0], ends[1]);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return 1;
	from("socket", ends[0], ends[1]);
	to_group();
	show("a regular file", ioctl(file, FIOASYNC, &on));
	show("to nobody", fcntl(ends[0], F_SETOWN, 30000));
	show("a bad signal", fcntl(ends[0], F_SETSIG, 65));
	return 0;
}
