// SPDX-License-Identifier: Apache-2.0
/* /dev/null, zero, full, urandom and the standard links. */
#include "try.h"

#include <sys/mman.h>
#include <sys/sysmacros.h>

static void device(const char *name)
{
	struct stat st;
	char text[16];

	memset(text, 'x', sizeof(text));
	int fd = open(name, O_RDWR);
	if (fd < 0 || fstat(fd, &st) < 0) {
		printf("%s: %s\n", name, strerrorname_np(errno));
		return;
	}
	printf("%s %o %u:%u\n", name, st.st_mode & S_IFMT, major(st.st_rdev), minor(st.st_rdev));
	TRY(read(fd, text, 16));
	if (strcmp(name, "/dev/random") && strcmp(name, "/dev/urandom"))
		printf("%d %d\n", text[0], text[15]);
	TRY(write(fd, text, 16));
	TRY(write(fd, (void *)8, 0));
	TRY(lseek(fd, 100, SEEK_SET));
	TRY(pread(fd, text, 1, 5));
	TRY(isatty(fd));
	TRY(ftruncate(fd, 0));
	close(fd);
}

int main(void)
{
	char a[64], b[64];

	setvbuf(stdout, NULL, _IOFBF, 65536);
	device("/dev/null"), device("/dev/zero"), device("/dev/full"), device("/dev/random");
	device("/dev/urandom");
	int fd = open("/dev/urandom", O_RDONLY);
	TRY(read(fd, a, sizeof(a)));
	TRY(read(fd, b, sizeof(b)));
	printf("differ %d\n", memcmp(a, b, sizeof(a)) != 0);
	fd = open("/dev/zero", O_RDWR);
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	p[5000] = 1;
	printf("zero %d %d\n", p[0], p[5000]);
	TRY_OK(open("/dev/null", O_WRONLY | O_TRUNC | O_CREAT, 0600));
	TRY(readlink("/dev/fd", a, sizeof(a)));
	ssize_t n = readlink("/dev/stdin", a, sizeof(a)); /* fd/0 or /proc/self/fd/0 */
	printf("stdin %d\n", n >= 4 && !memcmp(a + n - 4, "fd/0", 4));
	TRY(open("/dev/null/x", O_RDONLY));
	TRY(open("/dev/null", O_RDONLY | O_DIRECTORY));
	return 0;
}
