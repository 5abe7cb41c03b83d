// SPDX-License-Identifier: Apache-2.0
/* read, write and their kin: positions, holes, bad buffers, limits. */
#include "try.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/uio.h>

static char big[300000];

static void holes(void)
{
	int fd = open("sparse", O_CREAT | O_RDWR, 0600);

	TRY(pwrite(fd, "x", 1, 1 << 20));
	TRY(pwrite(fd, "y", 1, (3l << 30) + 5));
	TRY(lseek(fd, 0, SEEK_END));
	TRY(lseek(fd, 0, SEEK_DATA));
	TRY(lseek(fd, 0, SEEK_HOLE));
	TRY(lseek(fd, (1 << 20) + 1, SEEK_HOLE));
	TRY(lseek(fd, 2 << 20, SEEK_DATA));
	TRY(lseek(fd, 3l << 31, SEEK_DATA));
	TRY(lseek(fd, -1, SEEK_HOLE));
	char text[4] = "abc";
	TRY(pread(fd, text, 3, 5000));
	printf("%d %d %d\n", text[0], text[1], text[2]);
	TRY(ftruncate(fd, 4097));
	TRY(lseek(fd, 0, SEEK_DATA));
	TRY(ftruncate(fd, 1l << 40));
	TRY(pwrite(fd, "z", 1, (1l << 40) - 1));
	TRY(ftruncate(fd, 0));
	close(fd);
	unlink("sparse");
}

static void vectors(int fd)
{
	char a[4] = "", b[8] = "";
	struct iovec v[3] = { { a, 3 }, { NULL, 0 }, { b, 5 } };

	TRY(pwrite(fd, "hello vectors", 13, 0));
	TRY(preadv(fd, v, 3, 2));
	printf("[%s][%s]\n", a, b);
	TRY(preadv2(fd, v, 3, 0, 0x4000));
	lseek(fd, 1, SEEK_SET);
	TRY(preadv2(fd, v, 3, -1, 0));
	printf("[%s][%s] at %ld\n", a, b, (long)lseek(fd, 0, SEEK_CUR));
	TRY(readv(fd, v, -1));
	TRY(readv(fd, v, 1025));
	TRY(readv(fd, v, 0));
	v[1].iov_len = (size_t)-1;
	TRY(readv(fd, v, 3));
	v[1] = (struct iovec){ (void *)8, 5 };
	lseek(fd, 0, SEEK_SET);
	TRY(readv(fd, v, 3));
	TRY(writev(fd, v, 3));
	TRY(readv(fd, (void *)8, 3));
	TRY(preadv(fd, v, 1, -1));
}

static void faults(int fd)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(page + 4096, 4096);
	memset(page, 'p', 4096);
	TRY(pwrite(fd, page + 4090, 100, 0));
	TRY(pwrite(fd, big, 300, 0));
	TRY(pread(fd, page + 4090, 100, 0));
	TRY(pread(fd, (void *)8, 10, 0));
	TRY(pwrite(fd, (void *)8, 10, 0));
	TRY(pread(fd, (void *)-4096l, 10, 0));
	TRY(pread(99, (void *)8, 10, 0));
	TRY(pread(99, (void *)8, 10, -1));
	TRY(read(fd, (void *)8, 0));
}

int main(void)
{
	work_enter();
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * 7 + i / 1000);
	int fd = open("f", O_CREAT | O_RDWR, 0600), ro = open("f", O_RDONLY);
	int wo = open("f", O_WRONLY), ap = open("f", O_WRONLY | O_APPEND);
	TRY(write(fd, big, sizeof(big)));
	static char back[sizeof(big)];
	TRY(pread(fd, back, sizeof(back), 0));
	printf("same %d\n", !memcmp(big, back, sizeof(big)));
	memset(back, 0, sizeof(back));
	size_t at = 0;
	for (ssize_t n; (n = read(ro, back + at, 777)) > 0;)
		at += (size_t)n;
	printf("small reads %zu same %d\n", at, !memcmp(big, back, sizeof(big)));
	TRY(write(ap, "append", 6));
	TRY(lseek(ap, 0, SEEK_CUR));
	TRY(lseek(fd, 0, SEEK_END));
	TRY(pwrite(ap, "more", 4, 0));
	TRY(lseek(fd, 0, SEEK_END));
	TRY(write(ro, "x", 1));
	TRY(read(wo, back, 1));
	TRY(read(wo, (void *)8, 1));
	TRY(read(99, back, 1));
	TRY(lseek(fd, -5, SEEK_CUR));
	TRY(lseek(fd, -1, SEEK_SET));
	TRY(lseek(fd, LONG_MAX, SEEK_END));
	TRY(lseek(fd, 0, 9));
	TRY(lseek(fd, 400000, SEEK_SET));
	TRY(read(fd, back, 10));
	TRY(ftruncate(ro, 5));
	TRY(ftruncate(fd, -1));
	TRY(ftruncate(fd, 5));
	TRY(truncate("f", 3));
	TRY(truncate("f", -3));
	TRY(truncate(".", 3));
	TRY(truncate("missing", 3));
	TRY(truncate("f/", 3));
	TRY(ftruncate(fd, 10));
	memset(back, 'q', 16);
	TRY(pread(fd, back, 16, 0));
	printf("zeroes %d %d\n", back[3], back[9]);
	vectors(fd), faults(fd), holes();
	signal(SIGXFSZ, SIG_IGN);
	struct rlimit limit = { 1000, RLIM_INFINITY };
	setrlimit(RLIMIT_FSIZE, &limit);
	lseek(fd, 0, SEEK_SET);
	TRY(write(fd, big, 1500));
	TRY(write(fd, big, 1));
	TRY(ftruncate(fd, 1001));
	TRY(ftruncate(fd, 1000));
	/* Or stdout, a file, would end here. */
	limit.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_FSIZE, &limit);
	unlink("f");
	return 0;
}
