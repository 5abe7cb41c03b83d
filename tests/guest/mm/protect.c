// SPDX-License-Identifier: Apache-2.0
/*
 * mprotect(2), page by page: rights, holes, files, and that nothing writable is
 * executable unasked.
 */
#include "probe.h"

static long protect(uint64_t address, uint64_t length, uint64_t prot)
{
	return syscall(SYS_mprotect, address, length, prot);
}

static void show(const char *what, char *page)
{
	printf("%s: read %s, ", what, touch_read(page));
	printf("write %s, ", touch_write(page + 64));
	printf("call %s\n", touch_call(page));
}

static void rights(void)
{
	char *at = must_map(16 * PAGE, RW, ANON);
	static const int prots[] = { PROT_NONE,	     PROT_READ, RW, PROT_READ | PROT_EXEC,
				     RW | PROT_EXEC, PROT_WRITE };

	for (int i = 0; i < 16; i++)
		at[i * PAGE] = (char)0xc3;
	for (size_t i = 0; i < 6; i++) {
		printf("prot %d: %d\n", prots[i], mprotect(at + i * PAGE, PAGE, prots[i]));
		show("  it", at + i * PAGE);
	}
	/* From each to each. */
	for (size_t i = 0; i < 36; i++) {
		mprotect(at + 8 * PAGE, PAGE, prots[i / 6]);
		mprotect(at + 8 * PAGE, PAGE, prots[i % 6]);
		printf("%d to %d: ", prots[i / 6], prots[i % 6]);
		show("", at + 8 * PAGE);
	}
	printf("neighbours: %s %s\n", touch_write(at + 7 * PAGE), touch_write(at + 9 * PAGE));
	munmap(at, 16 * PAGE);
}

static void large(void)
{
	size_t length = 8ul << 20;
	char *at = must_map(length, RW, ANON);

	memset(at, 7, length);
	for (size_t i = PAGE; i < length; i += 64 * PAGE)
		mprotect(at + i, PAGE, PROT_READ);
	int bad = 0;
	for (size_t i = 0; i < length; i += PAGE)
		bad += at[i] != 7;
	printf("split: %d bad, %s, ", bad, touch_write(at + PAGE));
	printf("%s\n", touch_write(at + 2 * PAGE));
	TRY(mprotect(at, length, PROT_READ));
	printf("%s\n", touch_write(at + length - 1));
	TRY(mprotect(at, length, RW));
	printf("%s\n", touch_write(at + length - 1));
	munmap(at, length);
}

static void errors(void)
{
	/* Alone: what asks for too much must not reach the program's own memory. */
	char *at = must_map(64 * PAGE, RW, ANON);

	munmap(at + 8 * PAGE, 56 * PAGE);
	TRY(protect((uint64_t)at + 1, PAGE, PROT_READ));
	TRY(protect((uint64_t)at + 1, 0, PROT_READ));
	TRY(protect((uint64_t)at, 0, 0x100));
	TRY(protect((uint64_t)at, PAGE, 0x100));
	TRY(protect((uint64_t)at, ~0ul, PROT_READ));
	TRY(protect((uint64_t)at, ~0ul - 2 * PAGE, PROT_READ));
	TRY(protect((uint64_t)at, 1ul << 47, PROT_READ));
	printf("%s\n", touch_write(at + 7 * PAGE));
	TRY(protect((uint64_t)at, 8 * PAGE, RW | 8));
	TRY(protect(PAGE, PAGE, PROT_READ));
	TRY(protect(0xfffffffffffff000, PAGE, PROT_READ));
	munmap(at + 4 * PAGE, PAGE);
	TRY(mprotect(at, 8 * PAGE, PROT_READ));
	printf("before the hole: %s, behind: ", touch_write(at + 3 * PAGE));
	printf("%s\n", touch_write(at + 5 * PAGE));
	TRY(mprotect(at + 4 * PAGE, 2 * PAGE, PROT_READ));
	printf("%s\n", touch_write(at + 5 * PAGE));
}

static void files(void)
{
	work_enter();
	make_file("file", "0123456789");
	int ro = open("file", O_RDONLY), rw = open("file", O_RDWR);
	char *at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, ro, 0);

	TRY(mprotect(at, PAGE, RW));
	TRY(mprotect(at, PAGE, PROT_NONE));
	TRY(mprotect(at, PAGE, PROT_READ));
	char *private = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, ro, 0);
	TRY(mprotect(private, PAGE, RW));
	printf("private: %s, shared sees %c\n", touch_write(private), *at);
	char *shared = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, rw, 0);
	printf("shared: %s, ", touch_write(shared));
	printf("%d ", mprotect(shared, PAGE, RW));
	printf("%s, others see %c, private %c\n", touch_write(shared + 1), at[1], private[1]);
	show_file("file");
	/* A right refused in the middle: what is before it has changed. */
	char *pair = must_map(2 * PAGE, PROT_READ, ANON);
	mmap(pair + PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, ro, 0);
	TRY(mprotect(pair, 2 * PAGE, RW));
	printf("%s, ", touch_write(pair));
	printf("%s\n", touch_write(pair + PAGE));
	unlink("file");
}

int main(void)
{
	probe_start();
	rights();
	large();
	errors();
	files();
	return 0;
}
