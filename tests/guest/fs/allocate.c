// SPDX-License-Identifier: Apache-2.0
/* fallocate(2) and posix_fallocate(3). */
#include "try.h"

#include <linux/falloc.h>

int main(void)
{
	struct stat st;
	char text[8] = "";

	work_enter();
	int fd = open("f", O_CREAT | O_RDWR, 0600), ro = open("f", O_RDONLY);
	int dir = open(".", O_RDONLY);
	TRY(fallocate(fd, 0, 0, 10000));
	fstat(fd, &st);
	printf("size %ld blocks %d\n", (long)st.st_size, st.st_blocks >= 24);
	TRY(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 100000));
	fstat(fd, &st);
	printf("size %ld blocks %d\n", (long)st.st_size, st.st_blocks >= 196);
	TRY(pwrite(fd, "01234567", 8, 4092));
	TRY(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4094, 4));
	TRY(pread(fd, text, 8, 4092));
	for (int i = 0; i < 8; i++)
		printf("%d ", text[i]);
	printf("\n");
	TRY(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 8192));
	TRY(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 8192));
	TRY(fallocate(fd, 0, 0, 0));
	TRY(fallocate(fd, 0, -1, 5));
	TRY(fallocate(fd, 0, 5, LONG_MAX));
	TRY(fallocate(fd, 0x1000, 0, 5));
	TRY(fallocate(ro, 0, 0, 5));
	TRY(fallocate(dir, 0, 0, 5));
	TRY(fallocate(99, 0, 0, 5));
	printf("posix %d\n", posix_fallocate(fd, 20000, 1));
	fstat(fd, &st);
	printf("size %ld\n", (long)st.st_size);
	unlink("f");
	return 0;
}
