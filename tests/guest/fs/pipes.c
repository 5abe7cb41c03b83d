// SPDX-License-Identifier: Apache-2.0
/* Pipes: capacity, atomic writes, ends that close, packets, what poll says. */
#include "try.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/sendfile.h>

static char big[200000];
static volatile int signals;

static void count(int signo)
{
	(void)signo;
	signals++;
}

static void show_poll(const char *what, int fd)
{
	struct pollfd p = { fd, POLLIN | POLLOUT | POLLPRI | POLLRDNORM | POLLWRNORM, 0 };
	int n = poll(&p, 1, 0);

	printf("%s: %d %x\n", what, n, p.revents);
}

static long fill(int fd, size_t step)
{
	long total = 0;
	ssize_t n;

	while ((n = write(fd, big, step)) > 0)
		total += n;
	printf("full of %zu after %ld: %s\n", step, total, strerrorname_np(errno));
	return total;
}

static void drain(int fd)
{
	while (read(fd, big, sizeof(big)) > 0)
		;
	printf("drained: %s\n", errno == EAGAIN ? "EAGAIN" : "?");
}

static void capacity(void)
{
	int p[2], left = 0;

	pipe2(p, O_NONBLOCK);
	fill(p[1], 1000);
	TRY(ioctl(p[0], FIONREAD, &left));
	printf("left %d\n", left);
	show_poll("full, write end", p[1]);
	TRY(read(p[0], big, 4000));
	TRY(write(p[1], big, 500));
	TRY(read(p[0], big, 96));
	show_poll("one slot free", p[1]);
	TRY(write(p[1], big, 4096));
	TRY(write(p[1], big, 1));
	drain(p[0]);
	fill(p[1], 1), drain(p[0]), fill(p[1], 4096), drain(p[0]), fill(p[1], 5000), drain(p[0]);
	TRY(write(p[1], big, sizeof(big)));
	TRY(fcntl(p[1], F_GETPIPE_SZ));
	TRY(fcntl(p[1], F_SETPIPE_SZ, 4096));
	TRY(fcntl(p[1], F_SETPIPE_SZ, 100000));
	TRY(write(p[1], big, sizeof(big)));
	drain(p[0]);
	TRY(fcntl(p[0], F_SETPIPE_SZ, 1));
	TRY(fcntl(p[0], F_SETPIPE_SZ, 0));
	fill(p[1], 100), drain(p[0]);
	TRY(fcntl(p[0], F_SETPIPE_SZ, -1));
	close(p[0]), close(p[1]);
}

static void ends(void)
{
	int p[2];

	TRY(pipe(p));
	TRY(write(p[0], "x", 1));
	TRY(read(p[1], big, 1));
	TRY(read(p[0], big, 0));
	TRY(write(p[1], big, 0));
	TRY(write(p[1], "hello", 5));
	TRY(read(p[0], big, 2));
	show_poll("data", p[0]);
	close(p[1]);
	show_poll("data and end", p[0]);
	TRY(read(p[0], big, 100));
	show_poll("end", p[0]);
	TRY(read(p[0], big, 100));
	close(p[0]);
	pipe(p);
	close(p[0]);
	show_poll("broken", p[1]);
	TRY(write(p[1], "x", 1));
	TRY(write(p[1], "x", 0));
	printf("signals %d\n", signals);
	close(p[1]);
	TRY(pipe2(p, O_APPEND));
	TRY(pipe2(p, O_CLOEXEC | O_NONBLOCK));
	printf("%d %d\n", fcntl(p[0], F_GETFD), fcntl(p[1], F_GETFL) & O_NONBLOCK);
	TRY(pipe2((void *)8, 0));
	TRY(lseek(p[0], 0, SEEK_CUR));
	TRY(pread(p[0], big, 1, 0));
	TRY(pwrite(p[1], big, 1, 0));
	TRY(ftruncate(p[1], 0));
	TRY(fsync(p[1]));
	TRY(fallocate(p[1], 0, 0, 1));
	TRY(posix_fadvise(p[0], 0, 0, 0) == ESPIPE);
	struct stat st;
	fstat(p[0], &st);
	printf("%o %ld %d %ld\n", st.st_mode, (long)st.st_size, (int)st.st_nlink,
	       (long)st.st_blksize);
	char name[64], target[64] = "";
	snprintf(name, sizeof(name), "/proc/self/fd/%d", p[0]);
	readlink(name, target, sizeof(target) - 1);
	printf("%.6s\n", target);
	TRY(write(p[1], (void *)8, 10));
	TRY(write(p[1], "abc", 3));
	TRY(read(p[0], (void *)8, 10));
	TRY(read(p[0], big, 10));
	TRY(ioctl(p[0], TCGETS, big));
	close(p[0]), close(p[1]);
}

static void packets(void)
{
	int p[2];

	TRY(pipe2(p, O_DIRECT | O_NONBLOCK));
	TRY(write(p[1], big, 10)), TRY(write(p[1], big, 20)), TRY(write(p[1], big, 5000));
	TRY(read(p[0], big, 4)), TRY(read(p[0], big, 100)), TRY(read(p[0], big, 10000));
	TRY(read(p[0], big, 10000)), TRY(read(p[0], big, 10000));
	TRY(fcntl(p[1], F_SETFL, O_NONBLOCK));
	TRY(write(p[1], big, 10)), TRY(write(p[1], big, 20));
	TRY(read(p[0], big, 100));
	close(p[0]), close(p[1]);
}

static void interrupted(void)
{
	int p[2];

	pipe(p);
	struct sigaction action = { .sa_handler = count };
	sigaction(SIGALRM, &action, NULL);
	ualarm(20000, 0);
	TRY(read(p[0], big, 1));
	ualarm(20000, 0);
	TRY(write(p[1], big, sizeof(big)));
	ualarm(20000, 0);
	TRY(write(p[1], big, sizeof(big)));
	ualarm(20000, 0);
	struct pollfd fd = { p[1], POLLOUT, 0 };
	TRY(poll(&fd, 1, -1));
	fd_set set;
	FD_ZERO(&set);
	FD_SET(p[1], &set);
	TRY(select(p[1] + 1, NULL, &set, NULL, &(struct timeval){ 0, 1000 }));
	printf("%d\n", FD_ISSET(p[1], &set));
	printf("signals %d\n", signals);
	close(p[0]), close(p[1]);
}

static void fifos(void)
{
	struct stat st;

	TRY(mkfifo("fifo", 0640));
	TRY(mkfifo("fifo", 0640));
	stat("fifo", &st);
	printf("%o %ld\n", st.st_mode, (long)st.st_size);
	TRY(open("fifo", O_WRONLY | O_NONBLOCK));
	int r = (int)TRY(open("fifo", O_RDONLY | O_NONBLOCK));
	show_poll("no writer yet", r);
	TRY(read(r, big, 1));
	int w = (int)TRY(open("fifo", O_WRONLY));
	TRY(read(r, big, 1));
	TRY(write(w, "named", 5));
	close(w);
	show_poll("writer gone", r);
	TRY(read(r, big, 10));
	TRY(read(r, big, 10));
	close(r);
	int rw = (int)TRY(open("fifo", O_RDWR));
	TRY(write(rw, "kept", 4));
	r = (int)TRY(open("fifo", O_RDONLY));
	TRY(read(r, big, 10));
	close(r), close(rw);
	ualarm(20000, 0);
	TRY(open("fifo", O_RDONLY));
	ualarm(20000, 0);
	TRY(open("fifo", O_WRONLY));
	TRY(open("fifo", O_RDONLY | O_DIRECTORY));
	TRY(truncate("fifo", 0));
	TRY(rename("fifo", "other"));
	TRY(unlink("other"));
}

static void nodes(void)
{
	struct stat st;

	TRY(mknod("plain", 0644, 0));
	TRY(mknod("plain2", S_IFREG | 0600, 7));
	TRY(mknod("dir", S_IFDIR | 0755, 0));
	TRY(mknod("link", S_IFLNK | 0755, 0));
	TRY(mknod("odd", 0150000, 0));
	TRY(mknod("plain", S_IFREG | 0600, 0));
	TRY(mknod("sock", S_IFSOCK | 0666, 0));
	TRY(open("sock", O_RDONLY));
	TRY(mknod("missing/x", S_IFIFO, 0));
	TRY(mknod("", S_IFIFO, 0));
	TRY(mknod("slash/", S_IFREG, 0));
	TRY(mknodat(99, "x", S_IFIFO, 0));
	TRY(mknod((void *)8, S_IFIFO, 0));
	TRY(stat("plain2", &st));
	printf("%o %ld\n", st.st_mode, (long)st.st_rdev);
	TRY(stat("sock", &st));
	printf("%o\n", st.st_mode);
	unlink("plain"), unlink("plain2"), unlink("sock");
}

int main(void)
{
	int p[2];

	work_enter();
	signal(SIGPIPE, count);
	capacity(), ends(), packets(), interrupted(), fifos(), nodes();
	make_file("f", "through a pipe");
	int fd = open("f", O_RDONLY);
	pipe(p);
	TRY(sendfile(p[1], fd, NULL, 100));
	TRY(read(p[0], big, 100));
	TRY(sendfile(fd, p[0], NULL, 100));
	TRY(sendfile(p[1], p[0], NULL, 100));
	unlink("f");
	return 0;
}
