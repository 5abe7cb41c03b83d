// SPDX-License-Identifier: Apache-2.0
/* RLIMIT_FSIZE and RLIMIT_NOFILE in all the calls that they bound. */
#include "try.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

static char text[8192];
static int signals;

static void count(int signo)
{
	(void)signo;
	signals++;
}

static void limit(int what, rlim_t value)
{
	struct rlimit l;

	getrlimit(what, &l);
	l.rlim_cur = value;
	setrlimit(what, &l);
}

static void sizes(void)
{
	int fd = open("f", O_CREAT | O_RDWR, 0600), ap = open("f", O_WRONLY | O_APPEND);
	int from = open("from", O_CREAT | O_RDWR, 0600), p[2];
	struct iovec v[2] = { { text, 700 }, { text, 700 } };

	write(from, text, 5000);
	pipe(p);
	write(p[1], text, 3000);
	limit(RLIMIT_FSIZE, 1000);
	TRY(pwrite(fd, text, 10, 995));
	TRY(pwrite(fd, text, 10, 1000));
	TRY(pwrite(fd, text, 0, 1000));
	TRY(pwrite(fd, text, 10, 5000));
	TRY(pwritev(fd, v, 2, 0));
	TRY(write(ap, text, 1));
	TRY(ftruncate(fd, 990));
	TRY(write(ap, text, 100));
	TRY(write(ap, text, 100));
	TRY(truncate("f", 1000));
	TRY(truncate("f", 1001));
	TRY(ftruncate(fd, 1001));
	TRY(ftruncate(fd, 0));
	TRY(fallocate(fd, 0, 0, 1000));
	TRY(fallocate(fd, 0, 0, 1001));
	TRY(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 5000));
	TRY(fallocate(fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 0, 5000));
	ftruncate(fd, 0);
	TRY(sendfile(fd, from, &(off_t){ 0 }, 5000));
	ftruncate(fd, 0);
	TRY(copy_file_range(from, &(off_t){ 0 }, fd, &(off_t){ 0 }, 900, 0));
	TRY(copy_file_range(from, &(off_t){ 0 }, fd, &(off_t){ 1000 }, 900, 0));
	ftruncate(fd, 0);
	TRY(splice(p[0], NULL, fd, &(off_t){ 0 }, 900, 0));
	TRY(splice(p[0], NULL, fd, &(off_t){ 1000 }, 900, 0));
	TRY(write(p[1], text, 2000));
	int fresh = memfd_create("m", 0);
	TRY(pwrite(fresh, text, 10, 1000));
	TRY(open("f", O_RDWR | O_TRUNC) >= 0);
	printf("signals %d\n", signals);
	/* Or stdout, a file, would end here. */
	limit(RLIMIT_FSIZE, RLIM_INFINITY);
	unlink("f"), unlink("from");
}

static void descriptors(void)
{
	struct pollfd many[64];
	sigset_t set;
	int p[2], last = -1, fd;

	sigemptyset(&set);
	limit(RLIMIT_NOFILE, 30);
	while ((fd = dup(0)) >= 0)
		last = fd;
	printf("last %d\n", last);
	TRY(open("/", O_RDONLY)), TRY(open("none", O_RDONLY)), TRY(open("new", O_CREAT, 0600));
	TRY(access("new", F_OK));
	TRY(pipe(p)), TRY(eventfd(0, 0)), TRY(epoll_create1(0)), TRY(inotify_init());
	TRY(timerfd_create(CLOCK_MONOTONIC, 0)), TRY(signalfd(-1, &set, 0));
	TRY(memfd_create("x", 0)), TRY(fcntl(0, F_DUPFD, 5)), TRY(fcntl(0, F_DUPFD, 30));
	TRY(dup2(0, 30)), TRY(dup3(0, 31, 0)), TRY(dup2(0, 29));
	close(last);
	TRY(pipe(p));
	TRY(dup(0) == last);
	memset(many, 0, sizeof(many));
	TRY(poll(many, 31, 0));
	TRY(poll(many, 30, 0));
	limit(RLIMIT_NOFILE, 5);
	TRY(read(last, text, 0) == 0);
	TRY(dup(last));
	close(3);
	TRY(dup(last));
	TRY(dup2(last, 5));
	limit(RLIMIT_NOFILE, 0);
	TRY(dup(0));
	TRY(dup2(0, 0));
	TRY(poll(many, 1, 0));
	limit(RLIMIT_NOFILE, 64);
	unlink("new");
}

int main(void)
{
	work_enter();
	signal(SIGXFSZ, count);
	sizes(), descriptors();
	return 0;
}
