// SPDX-License-Identifier: Apache-2.0
/* Signals when a file becomes ready: O_ASYNC, F_SETOWN, F_SETSIG, FIOASYNC, SIGURG. */
#include "../fs/try.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

static volatile sig_atomic_t io, urgent, queued, code, fd_told, band;

static void on_io(int signo)
{
	if (signo == SIGIO)
		io++;
	else
		urgent++;
}

static void on_queued(int signo, siginfo_t *info, void *context)
{
	(void)signo, (void)context;
	queued++;
	code = info->si_code;
	fd_told = info->si_fd;
	band = (int)info->si_band;
}

static void show(const char *what)
{
	printf("%s: io %d urgent %d queued %d\n", what, io > 0, urgent > 0, queued > 0);
	io = urgent = queued = 0;
}

static void sockets(void)
{
	int s[2], on = 1;
	char text[8];

	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	TRY(fcntl(s[0], F_GETOWN));
	TRY(fcntl(s[0], F_GETSIG));
	write(s[1], "x", 1);
	show("not asked for");
	TRY(fcntl(s[0], F_SETFL, O_ASYNC));
	printf("%x\n", fcntl(s[0], F_GETFL));
	write(s[1], "x", 1);
	show("nobody owns it");
	TRY(fcntl(s[0], F_SETOWN, getpid()));
	printf("%d\n", fcntl(s[0], F_GETOWN) == getpid());
	write(s[1], "x", 1);
	show("data");
	read(s[0], text, 8);
	TRY(fcntl(s[0], F_SETSIG, SIGRTMIN));
	TRY(fcntl(s[0], F_GETSIG) == SIGRTMIN);
	write(s[1], "x", 1);
	show("queued");
	printf("code %d fd %d band %x\n", code, fd_told == s[0], band);
	TRY(fcntl(s[0], F_SETSIG, 65));
	TRY(fcntl(s[0], F_SETSIG, 0));
	send(s[1], "u", 1, MSG_OOB);
	show("urgent");
	TRY(fcntl(s[0], F_SETOWN, 99999999));
	TRY(fcntl(s[0], F_SETOWN, -getpgrp()));
	printf("%d\n", fcntl(s[0], F_GETOWN) == -getpgrp());
	write(s[1], "x", 1);
	show("group");
	struct f_owner_ex owner = { F_OWNER_TID, gettid() };
	TRY(fcntl(s[0], F_SETOWN_EX, &owner));
	write(s[1], "x", 1);
	show("thread");
	owner.type = 7;
	TRY(fcntl(s[0], F_SETOWN_EX, &owner));
	TRY(fcntl(s[0], F_GETOWN_EX, &owner));
	printf("%d %d\n", owner.type, owner.pid == gettid());
	TRY(fcntl(s[0], F_SETFL, 0));
	write(s[1], "x", 1);
	show("no more");
	TRY(ioctl(s[0], FIOASYNC, &on));
	printf("%x\n", fcntl(s[0], F_GETFL));
	close(s[1]);
	show("closed");
	close(s[0]);
	show("itself");
}

static void others(void)
{
	int p[2], on = 1, fd;
	char text[8];

	pipe(p);
	TRY(fcntl(p[0], F_SETOWN, getpid()));
	TRY(ioctl(p[0], FIOASYNC, &on));
	write(p[1], "x", 1);
	show("pipe");
	int copy = dup(p[0]);
	close(p[0]);
	read(copy, text, 8);
	write(p[1], "x", 1);
	show("its copy");
	close(copy), close(p[1]);
	make_file("f", "x");
	fd = open("f", O_RDWR);
	TRY(ioctl(fd, FIOASYNC, &on));
	TRY(fcntl(fd, F_SETFL, O_ASYNC));
	printf("%x\n", fcntl(fd, F_GETFL) & O_ASYNC);
	close(fd);
	unlink("f");
}

/* For another process. */
static void far(void)
{
	int s[2], status;

	socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		for (int i = 0; i < 200 && !io; i++)
			usleep(5000);
		_exit(io ? 5 : 6);
	}
	TRY(fcntl(s[0], F_SETOWN, child));
	TRY(fcntl(s[0], F_SETFL, O_ASYNC));
	write(s[1], "x", 1);
	waitpid(child, &status, 0);
	printf("child %d\n", WEXITSTATUS(status));
	printf("%d\n", fcntl(s[0], F_GETOWN));
	show("here");
	close(s[0]), close(s[1]);
}

int main(void)
{
	struct sigaction act = { .sa_sigaction = on_queued, .sa_flags = SA_SIGINFO };

	work_enter();
	setpgid(0, 0);
	signal(SIGIO, on_io), signal(SIGURG, on_io);
	sigaction(SIGRTMIN, &act, NULL);
	sockets();
	others();
	far();
	return 0;
}
