// SPDX-License-Identifier: Apache-2.0
/*
 * Byte-range locks. Those of a process do not conflict with its own, so open
 * files, whose locks do, look at them.
 */
#include "try.h"

#include <signal.h>
#include <sys/file.h>

static int probe;

static int lock(int fd, int how, int type, int whence, off_t start, off_t length)
{
	struct flock l = {
		.l_type = (short)type, .l_whence = (short)whence, .l_start = start, .l_len = length
	};

	return fcntl(fd, how, &l);
}

/* All locks that another open file meets, in order of their start. */
static void show(const char *what)
{
	off_t at = 0;

	printf("%s:", what);
	for (;;) {
		struct flock best = { .l_type = F_UNLCK }, l;

		/* What is found first need not start first. */
		for (off_t end = 0;; end = best.l_start - at) {
			l = (struct flock){ .l_type = F_WRLCK, .l_start = at, .l_len = end };
			if (fcntl(probe, F_OFD_GETLK, &l) < 0 || l.l_type == F_UNLCK)
				break;
			best = l;
			if (l.l_start <= at)
				break;
		}
		if (best.l_type == F_UNLCK)
			break;
		printf(" %c%ld+%ld%s", best.l_type == F_RDLCK ? 'r' : 'w', (long)best.l_start,
		       (long)best.l_len,
		       best.l_pid == -1		? "f"
		       : best.l_pid == getpid() ? "p"
						: "?");
		if (best.l_len == 0)
			break;
		at = best.l_start + best.l_len;
	}
	printf("\n");
}

static void ranges(int fd)
{
	TRY(lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 10, 10));
	show("one");
	lock(fd, F_SETLK, F_RDLCK, SEEK_SET, 12, 3), show("split");
	lock(fd, F_SETLK, F_RDLCK, SEEK_SET, 15, 5), show("joined");
	lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 12, 8), show("whole again");
	lock(fd, F_SETLK, F_UNLCK, SEEK_SET, 13, 1), show("hole");
	lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 100, 0), show("to the end");
	lock(fd, F_SETLK, F_UNLCK, SEEK_SET, 200, 0), show("bounded");
	lock(fd, F_SETLK, F_UNLCK, SEEK_SET, 0, 0), show("none");
	lseek(fd, 50, SEEK_SET);
	TRY(lock(fd, F_SETLK, F_WRLCK, SEEK_CUR, -10, 5)), show("around");
	TRY(lock(fd, F_SETLK, F_WRLCK, SEEK_END, -1, 3)), show("end");
	TRY(lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 30, -10)), show("backwards");
	lock(fd, F_SETLK, F_UNLCK, SEEK_SET, 0, 0);
	for (int i = 20; i > 0; i -= 2)
		lock(fd, F_SETLK, F_RDLCK, SEEK_SET, i * 10, 5);
	show("many");
	lock(fd, F_SETLK, F_RDLCK, SEEK_SET, 0, 1000), show("merged");
	lock(fd, F_SETLK, F_UNLCK, SEEK_SET, 0, 0);
}

static void errors(int fd, int ro, int wo)
{
	struct flock l = { .l_type = F_UNLCK };

	TRY(lock(ro, F_SETLK, F_WRLCK, SEEK_SET, 0, 0));
	TRY(lock(wo, F_SETLK, F_RDLCK, SEEK_SET, 0, 0));
	TRY(lock(ro, F_OFD_SETLK, F_WRLCK, SEEK_SET, 0, 0));
	TRY(lock(fd, F_SETLK, 77, SEEK_SET, 0, 0));
	TRY(lock(fd, F_SETLK, F_RDLCK, 9, 0, 0));
	TRY(lock(fd, F_SETLK, F_RDLCK, SEEK_SET, -1, 0));
	TRY(lock(fd, F_SETLK, F_RDLCK, SEEK_SET, 5, -6));
	TRY(lock(fd, F_SETLK, F_RDLCK, SEEK_SET, LONG_MAX, 2));
	TRY(lock(fd, F_SETLK, F_RDLCK, SEEK_SET, LONG_MAX, 1));
	TRY(lock(fd, F_SETLK, F_RDLCK, SEEK_END, LONG_MAX, 1));
	TRY(lock(fd, F_GETLK, F_UNLCK, SEEK_SET, 0, 0));
	TRY(lock(99, F_SETLK, F_RDLCK, SEEK_SET, 0, 0));
	TRY(fcntl(fd, F_SETLK, (void *)8));
	TRY(fcntl(99, F_SETLK, (void *)8));
	l = (struct flock){ .l_type = F_RDLCK, .l_pid = 1 };
	TRY(fcntl(fd, F_OFD_SETLK, &l));
	TRY(fcntl(fd, F_OFD_GETLK, &l));
	int path = open("f", O_PATH);
	TRY(lock(path, F_SETLK, F_RDLCK, SEEK_SET, 0, 0));
	TRY(flock(path, LOCK_SH));
	close(path);
	TRY(lock(fd, F_SETLK, F_UNLCK, SEEK_SET, 0, 0));
}

static void tick(int signo)
{
	(void)signo;
}

static void owners(int fd)
{
	int a = open("f", O_RDWR), b = open("f", O_RDWR);

	TRY(lock(a, F_OFD_SETLK, F_WRLCK, SEEK_SET, 0, 10));
	TRY(lock(b, F_OFD_SETLK, F_WRLCK, SEEK_SET, 5, 10));
	TRY(lock(b, F_OFD_SETLK, F_RDLCK, SEEK_SET, 9, 1));
	TRY(lock(b, F_OFD_SETLK, F_WRLCK, SEEK_SET, 10, 10));
	TRY(lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 0, 1));
	TRY(lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 20, 1));
	show("three owners");
	int copy = dup(a);
	close(a);
	show("a copy keeps");
	close(copy);
	show("last close");
	ualarm(20000, 0);
	TRY(lock(fd, F_SETLKW, F_WRLCK, SEEK_SET, 0, 100));
	ualarm(20000, 0);
	TRY(lock(b, F_OFD_SETLKW, F_WRLCK, SEEK_SET, 0, 100));
	TRY(lock(b, F_OFD_SETLK, F_UNLCK, SEEK_SET, 0, 0));
	TRY(lock(fd, F_SETLKW, F_RDLCK, SEEK_SET, 0, 100));
	show("read");
	TRY(lock(b, F_OFD_SETLK, F_RDLCK, SEEK_SET, 0, 0));
	TRY(lock(b, F_OFD_SETLK, F_WRLCK, SEEK_SET, 0, 0));
	close(b);
	/* Any descriptor of the file that goes takes the process's locks along. */
	show("kept");
	close(open("f", O_RDONLY));
	show("gone");
	lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 0, 100);
	copy = open("f", O_RDONLY);
	dup2(0, copy);
	show("gone by dup2");
	close(copy);
	TRY(flock(fd, LOCK_EX));
	TRY(lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 0, 100));
	b = open("f", O_RDWR);
	ualarm(20000, 0);
	TRY(flock(b, LOCK_SH));
	TRY(flock(fd, LOCK_UN));
	TRY(flock(b, LOCK_SH));
	close(b);
}

int main(void)
{
	struct sigaction action = { .sa_handler = tick };

	work_enter();
	make_file("f", "0123456789");
	sigaction(SIGALRM, &action, NULL);
	int fd = open("f", O_RDWR), ro = open("f", O_RDONLY), wo = open("f", O_WRONLY);
	probe = open("f", O_RDWR);
	ranges(fd), errors(fd, ro, wo), owners(fd);
	TRY(fcntl(fd, F_GETLEASE));
	TRY(fcntl(fd, F_GETOWN));
	TRY(fcntl(fd, F_SETOWN, getpid()));
	TRY(fcntl(fd, F_GETOWN) == getpid());
	unlink("f");
	return 0;
}
