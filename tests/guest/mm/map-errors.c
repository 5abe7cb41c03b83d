// SPDX-License-Identifier: Apache-2.0
/* mmap(2) and munmap(2) with wrong arguments: which error, and which of two. */
#include "probe.h"

static void *map(uint64_t address, uint64_t length, uint64_t prot, uint64_t flags, int fd,
		 uint64_t offset)
{
	return (void *)syscall(SYS_mmap, address, length, prot, flags, fd, offset);
}

int main(void)
{
	probe_start();
	work_enter();
	make_file("file", "text");
	int ro = open("file", O_RDONLY), wo = open("file", O_WRONLY), rw = open("file", O_RDWR);
	int dir = open(".", O_RDONLY), path = open("file", O_PATH);
	int null = open("/dev/null", O_RDWR);
	int pipes[2];
	char *page = must_map(PAGE, RW, ANON);

	pipe(pipes);
	MAP(map(0, 0, PROT_READ, ANON, -1, 0));
	MAP(map(0, 0, PROT_READ, ANON, -1, 1));
	MAP(map(0, PAGE, PROT_READ, ANON, -1, 1));
	MAP(map(0, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0));
	MAP(map(0, PAGE, PROT_READ, MAP_ANONYMOUS | 3, -1, 0));
	MAP(map(0, PAGE, PROT_READ, MAP_ANONYMOUS | 4, -1, 0));
	MAP(map(0, PAGE, PROT_READ, MAP_ANONYMOUS | 0xf, -1, 0));
	MAP(map(0, 1ul << 47, PROT_READ, ANON, -1, 0));
	MAP(map(0, ~0ul, PROT_READ, ANON, -1, 0));
	MAP(map(0, ~0ul - PAGE, PROT_READ, ANON, -1, 0));
	MAP(map(0, PAGE, PROT_READ, MAP_PRIVATE, -1, 0));
	MAP(map(0, 0, PROT_READ, MAP_PRIVATE, -1, 0));
	MAP(map(0, PAGE, PROT_READ, MAP_PRIVATE, 999, 0));
	MAP(map(0, PAGE, PROT_READ, MAP_PRIVATE, path, 0));
	MAP(map(0, PAGE, PROT_READ, MAP_PRIVATE, wo, 0));
	MAP(map(0, PAGE, PROT_WRITE, MAP_SHARED, wo, 0));
	MAP(map(0, PAGE, PROT_READ, MAP_SHARED, ro, 0));
	MAP(map(0, PAGE, RW, MAP_SHARED, ro, 0));
	MAP(map(0, PAGE, RW, MAP_PRIVATE, ro, 0));
	MAP(map(0, PAGE, RW, MAP_SHARED, rw, 0));
	MAP(map(0, PAGE, RW, MAP_SHARED_VALIDATE, rw, 0));
	MAP(map(0, PAGE, RW, MAP_SHARED_VALIDATE | 0x4000000, rw, 0));
	MAP(map(0, PAGE, RW, MAP_SHARED | 0x4000000, rw, 0));
	MAP(map(0, PAGE, RW, MAP_SHARED_VALIDATE | 0x4000000, ro, 0));
	MAP(map(0, PAGE, PROT_READ, MAP_PRIVATE | MAP_GROWSDOWN, rw, 0));
	MAP(map(0, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0));
	MAP(map(0, PAGE, PROT_READ, MAP_PRIVATE, rw, 0xfffffffffffff000));
	MAP(map(0, 2 * PAGE, PROT_READ, MAP_PRIVATE, rw, 0xfffffffffffff000));
	MAP(map(0, PAGE, PROT_READ, MAP_PRIVATE, dir, 0));
	MAP(map(0, PAGE, RW, MAP_SHARED, dir, 0));
	MAP(map(0, PAGE, PROT_READ, MAP_PRIVATE, pipes[0], 0));
	MAP(map(0, PAGE, PROT_READ, MAP_PRIVATE, pipes[1], 0));
	MAP(map(0, PAGE, PROT_READ, MAP_PRIVATE, null, 0));
	MAP(map(1, PAGE, PROT_READ, ANON, -1, 0));
	MAP(map((uint64_t)page + 1, PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0));
	MAP(map((uint64_t)page, PAGE, PROT_READ, ANON | MAP_FIXED_NOREPLACE, -1, 0));
	MAP(map((uint64_t)page - PAGE / 2, PAGE, PROT_READ, ANON | MAP_FIXED_NOREPLACE, -1, 0));
	MAP(map(1ul << 47, PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0));
	MAP(map(1ul << 47, PAGE, PROT_READ, ANON, -1, 0));
	MAP(map(0x8000000000000000, PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0));
	MAP(map(0xfffffffffffff000, PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0));
	MAP(map(0, PAGE, 0xffffffff, ANON, -1, 0));
	MAP(map(0, 2ul << 20, RW, ANON | MAP_HUGETLB, -1, 0));
	MAP(map(0, PAGE, RW, MAP_PRIVATE | MAP_HUGETLB, rw, 0));
	MAP(map(0, PAGE, RW, MAP_PRIVATE | MAP_HUGETLB, 999, 0));
	MAP(map(0, 1ul << 44, RW, ANON, -1, 0));
	MAP(map(0, 1ul << 44, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0));

	TRY(munmap(page + 1, PAGE));
	TRY(munmap(page, 0));
	TRY(munmap(page, ~0ul));
	TRY(munmap((void *)(1ul << 47), PAGE));
	TRY(munmap((void *)0x8000000000000000, PAGE));
	TRY(munmap((void *)PAGE, PAGE));
	TRY(munmap(page, 1));
	printf("after munmap: %s\n", touch_read(page));
	TRY(munmap(page, 1));
	unlink("file");
	return 0;
}
