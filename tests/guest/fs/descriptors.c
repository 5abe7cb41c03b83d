// SPDX-License-Identifier: Apache-2.0
/* Descriptors: duplicates and their shared position, flags, limits, locks. */
#include "try.h"

#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

static void locks(int fd)
{
	int other = open("f", O_RDONLY);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 10 };

	TRY(flock(fd, LOCK_SH));
	TRY(flock(other, LOCK_SH | LOCK_NB));
	TRY(flock(fd, LOCK_EX | LOCK_NB));
	TRY(flock(other, LOCK_UN));
	TRY(flock(fd, LOCK_EX | LOCK_NB));
	TRY(flock(other, LOCK_SH | LOCK_NB));
	TRY(flock(fd, 77));
	TRY(flock(99, LOCK_SH));
	int copy = dup(fd);
	close(fd);
	TRY(flock(other, LOCK_SH | LOCK_NB));
	TRY(fcntl(copy, F_SETLK, &lock));
	TRY(fcntl(other, F_SETLK, &lock));
	TRY(fcntl(copy, F_GETLK, &lock));
	printf("lock type %d\n", lock.l_type == F_UNLCK);
	lock = (struct flock){ .l_type = 9 };
	TRY(fcntl(copy, F_SETLK, &lock));
	lock = (struct flock){ .l_type = F_RDLCK, .l_whence = 9 };
	TRY(fcntl(copy, F_SETLK, &lock));
	TRY(fcntl(copy, F_SETLK, (void *)8));
	close(copy);
	TRY(flock(other, LOCK_EX | LOCK_NB));
	close(other);
}

int main(void)
{
	char text[8] = "";
	struct rlimit limit;

	work_enter();
	make_file("f", "0123456789");
	int fd = open("f", O_RDWR), copy;
	printf("fd %d\n", fd);
	copy = (int)TRY(dup(fd));
	TRY(read(copy, text, 3));
	TRY(lseek(fd, 0, SEEK_CUR));
	TRY(dup2(fd, 10));
	TRY(dup2(fd, fd));
	TRY(dup2(99, 99));
	TRY(dup2(99, 5));
	TRY(dup2(fd, -1));
	TRY(dup3(fd, fd, 0));
	TRY(dup3(fd, 11, O_CLOEXEC));
	TRY(dup3(fd, 11, 1));
	TRY(fcntl(11, F_GETFD));
	TRY(fcntl(10, F_GETFD));
	TRY(fcntl(fd, F_DUPFD, 10));
	TRY(fcntl(fd, F_DUPFD_CLOEXEC, 10));
	TRY(fcntl(13, F_GETFD));
	TRY(fcntl(13, F_SETFD, 0));
	TRY(fcntl(13, F_GETFD));
	TRY(fcntl(fd, F_DUPFD, -1));
	TRY(fcntl(99, F_GETFD));
	TRY(fcntl(fd, 9999));
	printf("%o\n", fcntl(fd, F_GETFL));
	TRY(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK | O_CREAT | O_WRONLY));
	printf("%o %o\n", fcntl(copy, F_GETFL), fcntl(10, F_GETFL));
	TRY(ioctl(fd, FIONBIO, &(int){ 0 }));
	TRY(ioctl(fd, FIOCLEX));
	printf("%o %d\n", fcntl(copy, F_GETFL), fcntl(fd, F_GETFD));
	int left = -1;
	TRY(ioctl(fd, FIONREAD, &left));
	printf("left %d\n", left);
	TRY(ioctl(fd, TCGETS, text));
	TRY(ioctl(fd, 0x1234, text));
	TRY(ioctl(99, TCGETS, text));
	TRY(close(copy));
	TRY(close(copy));
	TRY(close(-1));
	TRY(open("f", O_RDONLY) == copy);
	TRY(syscall(SYS_close_range, 10, 5, 0));
	TRY(syscall(SYS_close_range, 10, 12, 4));
	TRY(fcntl(10, F_GETFD));
	TRY(syscall(SYS_close_range, 10, ~0u, 0));
	TRY(fcntl(10, F_GETFD));
	TRY(fcntl(13, F_GETFD));
	TRY(syscall(SYS_close_range, 10, 12, 8));
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = 20;
	TRY(setrlimit(RLIMIT_NOFILE, &limit));
	int last = -1, now;
	while ((now = dup(fd)) >= 0)
		last = now;
	printf("last %d %s\n", last, strerrorname_np(errno));
	TRY(open("f", O_RDONLY));
	TRY(dup2(fd, 20));
	TRY(fcntl(fd, F_DUPFD, 20));
	TRY(fcntl(fd, F_DUPFD, 19));
	close(7);
	TRY(open("f", O_RDONLY));
	syscall(SYS_close_range, copy, ~0u, 0);
	locks(fd);
	unlink("f");
	return 0;
}
