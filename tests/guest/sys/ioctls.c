// SPDX-License-Identifier: Apache-2.0
/* Requests and questions that any descriptor gets: ioctl, fcntl, fstatfs, poll, seek. */
#include "../fs/try.h"

#include <linux/fs.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/statfs.h>
#include <sys/timerfd.h>
#include <termios.h>

static void ask(const char *what, int fd)
{
	struct pollfd p = { fd, POLLIN | POLLOUT | POLLPRI | POLLRDNORM | POLLWRNORM | POLLRDHUP,
			    0 };
	struct statfs fs = { 0 };
	struct termios termios;
	struct stat st;
	int zero = 0, one = 1, value = -1;
	char text[8];

	printf("== %s\n", what);
	TRY(poll(&p, 1, 0));
	printf("%x\n", p.revents);
	/* Kernels differ in how an epoll file refuses what is not its own. */
	if (strcmp(what, "epoll") != 0) {
		TRY(ioctl(fd, TCGETS, &termios));
		TRY(ioctl(fd, TIOCGWINSZ, text));
		TRY(ioctl(fd, FIONREAD, &value));
		TRY(ioctl(fd, 0xdead, &value));
	}
	TRY(ioctl(fd, FIONBIO, &one));
	printf("%x\n", fcntl(fd, F_GETFL) & O_NONBLOCK);
	TRY(ioctl(fd, FIONBIO, &zero));
	TRY(ioctl(fd, FIONBIO, (void *)8));
	TRY(ioctl(fd, FIOASYNC, &zero));
	TRY(ioctl(fd, FIOCLEX)), TRY(fcntl(fd, F_GETFD));
	TRY(ioctl(fd, FIONCLEX)), TRY(fcntl(fd, F_GETFD));
	TRY(fcntl(fd, F_SETFL, O_NONBLOCK | O_APPEND));
	printf("%x\n", fcntl(fd, F_GETFL) & (O_NONBLOCK | O_APPEND));
	fcntl(fd, F_SETFL, 0);
	TRY(fcntl(fd, F_GETPIPE_SZ) > 0);
	TRY(fcntl(fd, 5000, 0));
	TRY(fcntl(fd, F_SETLEASE, 77));
	TRY(ftruncate(fd, 0) < 0 ? -1 : 0);
	TRY(fdatasync(fd));
	TRY(fchdir(fd));
	TRY(fstat(fd, &st));
	printf("%o\n", st.st_mode & S_IFMT);
	TRY(fstatfs(fd, &fs));
	TRY(syscall(SYS_getdents64, fd, text, 0));
	TRY(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0);
}

int main(void)
{
	int p[2], timer = timerfd_create(CLOCK_MONOTONIC, 0);
	sigset_t set;

	work_enter();
	make_file("f", "x");
	sigemptyset(&set);
	pipe(p);
	ask("directory", open(".", O_RDONLY));
	ask("file", open("f", O_RDWR));
	ask("read end", p[0]);
	ask("write end", p[1]);
	ask("eventfd", eventfd(0, 0));
	ask("timerfd", timer);
	ask("signalfd", signalfd(-1, &set, 0));
	ask("epoll", epoll_create1(0));
	ask("inotify", inotify_init());
	ask("null", open("/dev/null", O_RDWR));
	unlink("f");
	return 0;
}
