// SPDX-License-Identifier: Apache-2.0
/* madvise(2): what is dropped, what stays, what is refused. */
#include "probe.h"

#include <sys/mman.h>

static long advise(uint64_t address, uint64_t length, int advice)
{
	return syscall(SYS_madvise, address, length, advice);
}

static char *filled(size_t pages, int flags, int fd)
{
	char *at = mmap(NULL, pages * PAGE, RW, flags, fd, 0);

	for (size_t i = 0; i < pages; i++)
		memset(at + i * PAGE, 'A' + (int)i % 26, PAGE);
	return at;
}

static void table(const char *what, char *at)
{
	printf("%s:", what);
	for (int advice = -1; advice < 30; advice++) {
		/* What only newer or differently built kernels know is left out. */
		if (advice == MADV_MERGEABLE || advice == MADV_UNMERGEABLE ||
		    advice == MADV_HUGEPAGE || advice == MADV_NOHUGEPAGE || advice == 25)
			continue;
		long result = advise((uint64_t)at, 2 * PAGE, advice);
		printf(" %d=%s", advice, result ? strerrorname_np(errno) : "ok");
	}
	printf("\n");
}

static void dropped(void)
{
	char *at = filled(16, ANON, -1);

	TRY(madvise(at + 4 * PAGE, 4 * PAGE, MADV_DONTNEED));
	printf("%c %d %d %c\n", at[3 * PAGE], at[4 * PAGE], at[8 * PAGE - 1], at[8 * PAGE]);
	at[5 * PAGE] = 'n';
	printf("used again: %c %d\n", at[5 * PAGE], at[6 * PAGE]);
	TRY(madvise(at, 3, MADV_DONTNEED));
	printf("whole pages: %d %d\n", at[0], at[PAGE - 1]);
	munmap(at + 10 * PAGE, PAGE);
	TRY(madvise(at + 9 * PAGE, 4 * PAGE, MADV_DONTNEED));
	printf("around a hole: %d %d %c\n", at[9 * PAGE], at[11 * PAGE], at[13 * PAGE]);
	mprotect(at + 14 * PAGE, PAGE, PROT_READ);
	TRY(madvise(at + 14 * PAGE, PAGE, MADV_DONTNEED));
	printf("read-only: %d\n", at[14 * PAGE]);
	TRY(madvise(at + 15 * PAGE, PAGE, MADV_FREE));
	printf("free: %d\n", at[15 * PAGE] == 0 || at[15 * PAGE] == 'P');
	at[15 * PAGE] = 'q';
	printf("then written: %c\n", at[15 * PAGE]);
	size_t length = 16ul << 20;
	char *large = must_map(length, RW, ANON);
	memset(large, 1, length);
	TRY(madvise(large + PAGE, length - 3 * PAGE, MADV_DONTNEED));
	size_t sum = 0;
	for (size_t i = 0; i < length; i += PAGE)
		sum += (size_t)large[i];
	printf("left: %zu\n", sum);
}

static void files(void)
{
	work_enter();
	int fd = open("file", O_CREAT | O_RDWR, 0600);
	ftruncate(fd, 8 * PAGE);
	char *shared = filled(8, MAP_SHARED, fd);
	char *private = mmap(NULL, 8 * PAGE, RW, MAP_PRIVATE, fd, 0);

	private[0] = 'p';
	TRY(madvise(private, PAGE, MADV_DONTNEED));
	printf("private again: %c\n", private[0]);
	TRY(madvise(shared, PAGE, MADV_DONTNEED));
	printf("shared stays: %c\n", shared[0]);
	TRY(madvise(private, PAGE, MADV_FREE));
	TRY(madvise(private, PAGE, MADV_REMOVE));
	TRY(madvise(shared + PAGE, PAGE, MADV_REMOVE));
	printf("removed: %d %d %c\n", shared[PAGE], private[PAGE], shared[2 * PAGE]);
	int ro = open("file", O_RDONLY);
	char *reader = mmap(NULL, 8 * PAGE, PROT_READ, MAP_SHARED, ro, 0);
	TRY(madvise(reader, PAGE, MADV_REMOVE));
	TRY(madvise(reader, PAGE, MADV_POPULATE_WRITE));
	TRY(madvise(reader, PAGE, MADV_POPULATE_READ));
	ftruncate(fd, PAGE);
	TRY(madvise(shared, 4 * PAGE, MADV_POPULATE_READ));
	table("private file", private);
	table("shared file", shared);
	table("anonymous shared", filled(4, MAP_SHARED | MAP_ANONYMOUS, -1));
	unlink("file");
}

int main(void)
{
	probe_start();
	char *at = filled(4, ANON, -1);

	TRY(advise((uint64_t)at + 1, PAGE, MADV_NORMAL));
	TRY(advise((uint64_t)at + 1, PAGE, 999));
	TRY(advise((uint64_t)at, 0, 999));
	TRY(advise((uint64_t)at, 0, MADV_DONTNEED));
	TRY(advise((uint64_t)at, ~0ul, MADV_DONTNEED));
	TRY(advise((uint64_t)at, ~0ul - PAGE, MADV_NORMAL));
	TRY(advise(PAGE, PAGE, MADV_DONTNEED));
	TRY(advise(PAGE, 0, MADV_DONTNEED));
	TRY(advise(1ul << 50, PAGE, MADV_DONTNEED));
	TRY(advise(PAGE, PAGE, MADV_POPULATE_READ));
	table("anonymous", at);
	mlock(at, PAGE);
	table("locked", at);
	munlock(at, PAGE);
	char *none = must_map(2 * PAGE, PROT_NONE, ANON);
	table("no rights", none);
	dropped();
	files();
	return 0;
}
