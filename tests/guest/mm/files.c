// SPDX-License-Identifier: Apache-2.0
/* File mappings: private and shared, beside read and write, over the end, and under truncation. */
#include "probe.h"

static void fill(int fd, int pages)
{
	char text[PAGE];

	for (int i = 0; i < pages; i++) {
		memset(text, 'a' + i % 26, sizeof(text));
		pwrite(fd, text, sizeof(text), (off_t)i * (off_t)PAGE);
	}
}

static void coherent(int fd)
{
	char *a = mmap(NULL, 4 * PAGE, RW, MAP_SHARED, fd, 0);
	char *b = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, PAGE);
	char *p = mmap(NULL, 4 * PAGE, RW, MAP_PRIVATE, fd, 0);
	char text[8] = "";

	printf("at first: %c %c %c %c\n", a[0], a[PAGE], b[0], p[PAGE]);
	a[PAGE] = '1';
	b[1] = '2';
	p[PAGE + 2] = '3';
	pread(fd, text, 4, PAGE);
	printf("stores: file %s a %.4s b %.4s p %.4s\n", text, a + PAGE, b, p + PAGE);
	pwrite(fd, "WRIT", 4, PAGE);
	pwrite(fd, "more", 4, 2 * PAGE);
	printf("write: a %.4s b %.4s %.4s\n", a + PAGE, b, b + PAGE);
	printf("own page stays: %.4s\n", p + PAGE);
	read(open("/dev/zero", O_RDONLY), b, 2);
	pread(fd, text, 4, PAGE);
	printf("read into a mapping: %d %d %c\n", text[0], a[PAGE + 1], text[2]);
	write(fd, a + 2 * PAGE, 4);
	printf("write out of a mapping: %.4s\n", a);
	munmap(a, 4 * PAGE);
	b[5] = '9';
	munmap(b, 2 * PAGE);
	pread(fd, text, 6, PAGE);
	printf("after munmap: %c%c\n", text[4], text[5]);
	munmap(p, 4 * PAGE);
}

static void ends(int fd)
{
	ftruncate(fd, 2 * PAGE + 100);
	char *at = mmap(NULL, 6 * PAGE, RW, MAP_SHARED, fd, 0);
	char *p = mmap(NULL, 6 * PAGE, RW, MAP_PRIVATE, fd, 0);

	printf("in the last page: %s %d %d\n", touch_read(at + 2 * PAGE + 101), at[2 * PAGE + 99],
	       at[2 * PAGE + 101]);
	printf("behind: %s, ", touch_read(at + 3 * PAGE));
	printf("%s, ", touch_write(at + 5 * PAGE));
	printf("private %s, ", touch_read(p + 3 * PAGE));
	printf("%s\n", touch_write(p + 5 * PAGE));
	ftruncate(fd, 5 * PAGE);
	printf("longer: %s, ", touch_write(at + 3 * PAGE));
	printf("%s, ", touch_read(p + 4 * PAGE));
	printf("%s\n", touch_read(at + 5 * PAGE));
	at[PAGE] = 'A';
	p[PAGE] = 'P';
	p[0] = 'P';
	ftruncate(fd, 100);
	printf("shorter: %s, ", touch_read(at));
	printf("%s, ", touch_read(at + PAGE));
	printf("own page %s, ", touch_read(p + PAGE));
	printf("%c, %d\n", p[0], at[100]);
	ftruncate(fd, 3 * PAGE);
	printf("longer again: %d %d %d\n", at[PAGE], p[PAGE], at[100]);
	int out = open("out", O_CREAT | O_RDWR, 0600);
	TRY(write(out, at + 2 * PAGE, 2 * PAGE));
	TRY(write(out, at + 3 * PAGE, PAGE));
	TRY(read(out, at + 4 * PAGE, PAGE));
	TRY(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE));
	printf("hole: %d, own page %c\n", at[50], p[0]);
	close(out);
	unlink("out");
	munmap(at, 6 * PAGE);
	munmap(p, 6 * PAGE);
}

static void lifetime(void)
{
	int fd = open("gone", O_CREAT | O_RDWR, 0600);

	fill(fd, 3);
	char *at = mmap(NULL, 3 * PAGE, RW, MAP_SHARED, fd, 0);
	char *p = mmap(NULL, 3 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	unlink("gone");
	close(fd);
	at[PAGE] = 'Z';
	printf("closed and unlinked: %c %c %c\n", at[0], at[PAGE], p[PAGE]);
	munmap(at, PAGE);
	munmap(at + 2 * PAGE, PAGE);
	printf("a piece stays: %c\n", at[PAGE]);
	munmap(at + PAGE, PAGE);
	printf("and the other: %c\n", p[2 * PAGE]);
}

int main(void)
{
	probe_start();
	work_enter();
	int fd = open("file", O_CREAT | O_RDWR, 0600);

	fill(fd, 4);
	coherent(fd);
	ends(fd);
	lifetime();
	unlink("file");
	close(fd);
	/* The program's own file, which is the host's inside. */
	fd = open("/proc/self/exe", O_RDONLY);
	char head[64], *at = mmap(NULL, 8 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	char *p = mmap(NULL, 8 * PAGE, RW, MAP_PRIVATE, fd, 0);
	pread(fd, head, sizeof(head), PAGE);
	printf("executable: %d %d\n", memcmp(head, at + PAGE, sizeof(head)),
	       memcmp(at, p, 8 * PAGE));
	memset(p, 0, 3 * PAGE);
	printf("changed alone: %d %d\n", memcmp(at, "\177ELF", 4), memcmp(p, "\177ELF", 4) != 0);
	off_t size = lseek(fd, 0, SEEK_END);
	at = mmap(NULL, (size_t)size + 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	printf("past its end: %s\n", touch_read(at + ((size_t)size + PAGE - 1) / PAGE * PAGE));
	return 0;
}
