// SPDX-License-Identifier: Apache-2.0
/* mincore(2), msync(2), the mlock(2) family: errors, and what they say and do. */
#include "probe.h"

static long resident(uint64_t address, uint64_t length, void *vector)
{
	return syscall(SYS_mincore, address, length, vector);
}

static void cores(void)
{
	/* Apart from everything and no transparent huge page. */
	char *at = must_map(64 * PAGE, RW, ANON | MAP_NORESERVE);
	unsigned char v[64] = { 0 };

	TRY(resident((uint64_t)at + 1, PAGE, v));
	TRY(resident((uint64_t)at, 0, v));
	TRY(resident((uint64_t)at, ~0ul, v));
	TRY(resident((uint64_t)at, 1ul << 50, v));
	TRY(resident(PAGE, PAGE, v));
	TRY(resident((uint64_t)at, PAGE, NULL));
	TRY(resident((uint64_t)at, PAGE, (void *)-1ul));
	at[0] = 1;
	TRY(resident((uint64_t)at, 1, v));
	printf("touched: %d\n", v[0]);
	munmap(at + 63 * PAGE, PAGE);
	TRY(resident((uint64_t)at, 64 * PAGE, v));
	madvise(at, PAGE, MADV_DONTNEED);
	TRY(resident((uint64_t)at, PAGE, v));
	printf("dropped: %d\n", v[0]);
	mlock(at + 8 * PAGE, 8 * PAGE);
	resident((uint64_t)at + 8 * PAGE, 8 * PAGE, v);
	printf("locked:");
	for (int i = 0; i < 8; i++)
		printf(" %d", v[i]);
	printf("\n");
}

static void syncs(void)
{
	work_enter();
	int fd = open("file", O_CREAT | O_RDWR, 0600);
	ftruncate(fd, 4 * PAGE);
	char *at = mmap(NULL, 4 * PAGE, RW, MAP_SHARED, fd, 0);

	at[0] = 'x';
	TRY(msync(at, 4 * PAGE, MS_SYNC));
	TRY(msync(at, 4 * PAGE, MS_ASYNC));
	TRY(msync(at, 4 * PAGE, 0));
	TRY(msync(at, 1, MS_SYNC | MS_INVALIDATE));
	TRY(msync(at, 0, MS_SYNC));
	TRY(msync(at, PAGE, MS_SYNC | MS_ASYNC));
	TRY(msync(at, PAGE, 64));
	TRY(msync(at + 1, PAGE, MS_SYNC));
	TRY(msync(at, ~0ul, MS_SYNC));
	TRY(msync(at, ~0ul - PAGE, MS_SYNC));
	TRY(msync((void *)PAGE, PAGE, MS_ASYNC));
	munmap(at + 2 * PAGE, PAGE);
	TRY(msync(at, 4 * PAGE, MS_ASYNC));
	mlock(at, PAGE);
	TRY(msync(at, PAGE, MS_INVALIDATE));
	show_file("file");
	unlink("file");
}

static long locked_kb(void)
{
	return status_kb("VmLck");
}

static void locks(void)
{
	char *at = must_map(64 * PAGE, RW, ANON);
	struct rlimit limit = { 32 * PAGE, 32 * PAGE };

	munlockall();
	printf("VmLck %ld\n", locked_kb());
	TRY(mlock(at + 100, PAGE));
	printf("VmLck %ld\n", locked_kb());
	TRY(mlock(at, PAGE));
	TRY(mlock2(at + 4 * PAGE, 4 * PAGE, MLOCK_ONFAULT));
	TRY(mlock2(at, PAGE, 2));
	printf("VmLck %ld\n", locked_kb());
	TRY(munlock(at + 5 * PAGE, PAGE));
	TRY(munlock(at, ~0ul));
	TRY(mlock(at, ~0ul));
	TRY(mlock(at, 0));
	TRY(mlock((void *)PAGE, PAGE));
	TRY(munlock((void *)PAGE, PAGE));
	printf("VmLck %ld\n", locked_kb());
	munmap(at + 6 * PAGE, PAGE);
	printf("VmLck after munmap %ld\n", locked_kb());
	TRY(mlock(at, 8 * PAGE));
	printf("VmLck up to the hole %ld\n", locked_kb());
	mmap(at + 6 * PAGE, PAGE, RW, ANON | MAP_FIXED | MAP_LOCKED, -1, 0);
	printf("VmLck with MAP_LOCKED %ld\n", locked_kb());
	TRY(mlockall(0));
	TRY(mlockall(8));
	TRY(mlockall(MCL_ONFAULT));
	TRY(mlockall(MCL_FUTURE | MCL_ONFAULT));
	must_map(PAGE, RW, ANON);
	printf("VmLck with one of the future %ld\n", locked_kb());
	TRY(munlockall());
	printf("VmLck %ld\n", locked_kb());
	TRY(setrlimit(RLIMIT_MEMLOCK, &limit));
}

int main(void)
{
	probe_start();
	cores();
	syncs();
	locks();
	return 0;
}
