// SPDX-License-Identifier: Apache-2.0
/* Thousands of files come and go: memory does not. usage: leaks [ROUNDS] */
#include "try.h"

#include <stdbool.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

static void churn(int i)
{
	struct stat st;
	char name[64];

	snprintf(name, sizeof(name), "f%d", i % 7);
	int fd = open(name, O_CREAT | O_RDWR, 0600);
	pwrite(fd, "x", 1, (i % 50) * 100000l);
	symlink("x", "l"), mkdir("d", 0700), link(name, "d/hard"), rename("l", "d/l");
	stat("/proc/self/status", &st);
	close(open("/proc/self/stat", O_RDONLY));
	close(open("/etc/passwd", O_RDONLY));
	snprintf(name, sizeof(name), "/usr/missing-%d", i);
	stat(name, &st);
	close(open("/usr/bin", O_RDONLY | O_DIRECTORY));
	unlink("d/l"), unlink("d/hard"), rmdir("d");
	snprintf(name, sizeof(name), "f%d", i % 7);
	ftruncate(fd, 0);
	unlink(name);
	close(fd);
}

int main(int argc, char **argv)
{
	const int rounds = argc > 1 ? atoi(argv[1]) : 3000;
	struct sysinfo before, after;

	work_enter();
	/* Names that do not exist are remembered, up to a bound that this reaches. */
	for (int i = 0; i < rounds; i++)
		churn(i);
	sysinfo(&before);
	for (int i = rounds; i < 2 * rounds; i++)
		churn(i);
	sysinfo(&after);
	long lost = (long)(before.freeram - after.freeram) * before.mem_unit;
	/* Natively others use memory, too. */
	struct utsname names;
	uname(&names);
	bool inside = strstr(names.release, "sandbox");
	printf("lost %s\n", !inside || lost < 100000 ? "nothing" : "memory");
	if (inside && lost >= 100000)
		printf("%ld\n", lost);
	show_dir(".");
	return 0;
}
