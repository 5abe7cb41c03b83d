// SPDX-License-Identifier: Apache-2.0
/*
 * What Linux answers so only since after 6.1, the oldest kernel that is tested
 * on, where this program is left out: fchmodat2, memfd_create's flags about
 * execution, RWF_NOAPPEND, RWF_NOWAIT at pipes, splice from /dev/zero, which
 * error of readv and of an attribute comes first, which event of a truncating
 * open.
 */
#include "try.h"

#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/xattr.h>

#define FCHMODAT2	 452
#define NOEXEC_SEAL	 8
#define MAY_EXEC	 16
#define SEAL_EXEC	 0x20
#define OVERRIDES_APPEND 0x20

static void show_mode(const char *name)
{
	struct stat st;

	printf("%o\n", stat(name, &st) < 0 ? 0 : st.st_mode);
}

static long chmod2(int dir, const char *path, mode_t mode, int flags)
{
	return syscall(FCHMODAT2, dir, path, mode, flags);
}

static void modes(void)
{
	int fd = open("f", O_RDWR), path = open("f", O_PATH);

	TRY(chmod2(AT_FDCWD, "f", 0600, AT_SYMLINK_NOFOLLOW));
	TRY(chmod2(AT_FDCWD, "link", 0600, AT_SYMLINK_NOFOLLOW));
	TRY(chmod2(AT_FDCWD, "f", 0600, 1));
	TRY(chmod2(fd, "", 0604, AT_EMPTY_PATH)), show_mode("f");
	TRY(chmod2(fd, "", 0604, 0));
	TRY(chmod2(path, "", 0605, AT_EMPTY_PATH)), show_mode("f");
	TRY(chmod2(AT_FDCWD, "link", 0644, 0)), show_mode("f");
	close(fd), close(path);
}

static void memory_files(void)
{
	struct stat st;

	TRY(memfd_create("x", NOEXEC_SEAL | MAY_EXEC));
	int fd = memfd_create("x", NOEXEC_SEAL);
	TRY(fcntl(fd, F_GET_SEALS));
	printf("%o\n", fstat(fd, &st) < 0 ? 0 : st.st_mode);
	TRY(fchmod(fd, 0700));
	TRY(fchmod(fd, 0600));
	close(fd);
	fd = memfd_create("x", MAY_EXEC | MFD_ALLOW_SEALING);
	TRY(fcntl(fd, F_ADD_SEALS, SEAL_EXEC));
	TRY(fcntl(fd, F_GET_SEALS));
	close(fd);
}

static long v2(int number, int fd, off_t at, uint32_t flags)
{
	struct iovec v = { (char[]){ 'n', 'e', 'w', '!' }, 4 };

	return syscall(number, fd, &v, 1, at, 0, flags);
}

static void appending(void)
{
	int fd = open("f", O_RDWR), ap = open("f", O_WRONLY | O_APPEND);

	TRY(v2(SYS_preadv2, fd, 0, RWF_APPEND | OVERRIDES_APPEND));
	TRY(v2(SYS_pwritev2, ap, 0, OVERRIDES_APPEND));
	TRY(v2(SYS_pwritev2, ap, 0, 0));
	show_file("f");
	close(fd), close(ap);
}

static void pipes(void)
{
	int p[2];

	pipe(p);
	TRY(v2(SYS_preadv2, p[0], -1, RWF_NOWAIT));
	TRY(v2(SYS_pwritev2, p[1], -1, 0));
	TRY(v2(SYS_preadv2, p[0], -1, RWF_NOWAIT));
	close(p[0]), close(p[1]);
}

static void orders(void)
{
	struct iovec odd = { NULL, (size_t)-1 };
	struct inotify_event events[8];
	int wo = open("f", O_WRONLY);
	int watcher = inotify_init1(IN_NONBLOCK);

	TRY(setxattr("missing", "user.x", "x", 1, 8));
	TRY(setxattr("missing", "", "x", 1, 0));
	TRY(getxattr("missing", "", NULL, 0));
	TRY(readv(wo, &odd, 1));
	close(wo);
	inotify_add_watch(watcher, "f", IN_OPEN | IN_MODIFY);
	close(open("f", O_WRONLY | O_TRUNC));
	long n = read(watcher, events, sizeof(events));
	for (long i = 0; i < n / (long)sizeof(*events); i++)
		printf("event %x\n", events[i].mask);
	close(watcher);
}

static void zeros(void)
{
	int p[2], zero = open("/dev/zero", O_RDONLY);
	char text[8] = "........";

	pipe(p);
	TRY(splice(zero, NULL, p[1], NULL, 4, 0));
	TRY(read(p[0], text, sizeof(text)));
	printf("%d\n", memcmp(text, "\0\0\0\0....", sizeof(text)) == 0);
	close(p[0]), close(p[1]), close(zero);
}

int main(void)
{
	work_enter();
	make_file("f", "0123456789");
	symlink("f", "link");
	modes(), memory_files(), appending(), pipes(), zeros(), orders();
	unlink("f"), unlink("link");
	return 0;
}
