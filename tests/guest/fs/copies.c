// SPDX-License-Identifier: Apache-2.0
/* sendfile and copy_file_range. */
#include "try.h"

#include <sys/sendfile.h>

int main(void)
{
	static char text[200000], back[200001];

	work_enter();
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 23);
	int in = open("in", O_CREAT | O_RDWR, 0600), out = open("out", O_CREAT | O_RDWR, 0600);
	int ap = open("out", O_WRONLY | O_APPEND), dir = open(".", O_RDONLY);
	off_t at = 1000;
	TRY(write(in, text, sizeof(text)));
	TRY(sendfile(out, in, &at, 150000));
	printf("at %ld in %ld out %ld\n", (long)at, (long)lseek(in, 0, SEEK_CUR),
	       (long)lseek(out, 0, SEEK_CUR));
	TRY(pread(out, back, sizeof(back), 0));
	printf("same %d\n", !memcmp(back, text + 1000, 150000));
	TRY(sendfile(out, in, NULL, 10));
	lseek(in, 5, SEEK_SET);
	TRY(sendfile(out, in, NULL, 10));
	TRY(lseek(in, 0, SEEK_CUR));
	TRY(sendfile(ap, in, NULL, 10));
	TRY(sendfile(out, dir, NULL, 10));
	TRY(sendfile(in, 99, NULL, 10));
	TRY(sendfile(99, in, NULL, 10));
	at = -1;
	TRY(sendfile(out, in, &at, 10));
	TRY(sendfile(out, in, (void *)8, 10));
	ftruncate(out, 0);
	off_t a = 100, b = 5;
	TRY(copy_file_range(in, &a, out, &b, 1000000, 0));
	printf("%ld %ld\n", (long)a, (long)b);
	memset(back, 'z', sizeof(back));
	TRY(pread(out, back, sizeof(back), 0));
	printf("same %d %d\n", back[4], !memcmp(back + 5, text + 100, sizeof(text) - 100));
	TRY(copy_file_range(in, &a, out, &b, 10, 0));
	TRY(copy_file_range(in, NULL, out, NULL, 10, 1));
	TRY(copy_file_range(dir, NULL, out, NULL, 10, 0));
	a = 0, b = 5;
	TRY(copy_file_range(in, &a, in, &b, 10, 0));
	TRY(copy_file_range(in, NULL, ap, NULL, 10, 0));
	TRY(copy_file_range(99, NULL, out, NULL, 10, 0));
	int ends[2];
	pipe(ends);
	TRY(copy_file_range(ends[0], NULL, out, NULL, 10, 0));
	TRY(copy_file_range(in, NULL, ends[1], NULL, 10, 0));
	TRY(copy_file_range(ends[0], NULL, dir, NULL, 10, 0));
	TRY(copy_file_range(in, (void *)8, out, NULL, 10, 1));
	int host = open("/etc/passwd", O_RDONLY);
	struct stat st;
	fstat(host, &st);
	ftruncate(out, 0), lseek(out, 0, SEEK_SET);
	TRY(sendfile(out, host, NULL, 1 << 20) == st.st_size);
	unlink("in"), unlink("out");
	return 0;
}
