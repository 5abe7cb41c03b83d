// SPDX-License-Identifier: Apache-2.0
/* Mode, owner, times, access, and what stat and statx say of them. */
#include "try.h"

#include <sys/sysmacros.h>
#include <sys/time.h>
#include <utime.h>

static void show(const char *name)
{
	struct stat st;

	if (lstat(name, &st) < 0) {
		printf("%s: %s\n", name, strerrorname_np(errno));
		return;
	}
	printf("%s: %o %d %d size %ld a %ld.%09ld m %ld.%09ld\n", name, st.st_mode,
	       st.st_uid == geteuid(), st.st_gid == getegid(), (long)st.st_size,
	       (long)st.st_atim.tv_sec, st.st_atim.tv_nsec, (long)st.st_mtim.tv_sec,
	       st.st_mtim.tv_nsec);
}

static void set(const char *name, long a, long an, long m, long mn, int flags)
{
	struct timespec t[2] = { { a, an }, { m, mn } };
	int result = utimensat(AT_FDCWD, name, t, flags);

	printf("utimensat %s: %s\n", name, result ? strerrorname_np(errno) : "ok");
}

int main(void)
{
	struct statx sx;
	struct stat st;

	work_enter();
	make_file("f", "12345");
	symlink("f", "l"), symlink("no", "dangling"), mkdir("d", 0755);
	set("f", 1, 2, 3, 4, 0), show("f");
	set("l", 5, 6, 7, 8, AT_SYMLINK_NOFOLLOW), show("l"), show("f");
	set("l", 9, UTIME_OMIT, 10, 11, 0), show("f");
	set("f", 0, UTIME_OMIT, 0, UTIME_OMIT, 0), show("f");
	set("f", 0, 1000000000, 0, 0, 0), set("missing", 1, 1, 1, 1, 0);
	set("f", -5, 7, -1, 999999999, 0), show("f");
	set("", 1, 1, 1, 1, 0), set("f", 1, 1, 1, 1, 0x4000);
	set("f", 0, UTIME_NOW, 20, 0, 0);
	lstat("f", &st);
	printf("now %d\n", st.st_atim.tv_sec > 1000000000 && st.st_mtim.tv_sec == 20);
	TRY(utimes("f", (struct timeval[2]){ { 1, 999999 }, { 2, 1 } }));
	show("f");
	TRY(utimes("f", (struct timeval[2]){ { 1, 1000000 }, { 2, 1 } }));
	TRY(utime("f", &(struct utimbuf){ 100, 200 }));
	show("f");
	TRY(utime("f", NULL));
	int fd = open("f", O_RDWR), dir = open("d", O_RDONLY);
	TRY(futimens(fd, (struct timespec[2]){ { 50, 0 }, { 60, 0 } }));
	TRY(syscall(SYS_utimensat, 99, NULL, NULL, 0));
	TRY(syscall(SYS_utimensat, AT_FDCWD, NULL, NULL, 0));
	show("f");
	TRY(chmod("f", 0106755)), show("f");
	TRY(chmod("l", 0600)), show("f");
	TRY(chmod("dangling", 0600));
	TRY(chmod("missing", 0600));
	TRY(fchmod(fd, 0444)), show("f");
	TRY(fchmodat(dir, "../f", 0640, 0)), show("f");
	TRY(chown("f", (uid_t)-1, (gid_t)-1));
	TRY(chown("f", getuid(), getgid()));
	TRY(lchown("dangling", getuid(), (gid_t)-1));
	TRY(fchown(fd, getuid(), getgid()));
	TRY(fchownat(dir, "", getuid(), getgid(), AT_EMPTY_PATH));
	TRY(fchownat(dir, "", getuid(), getgid(), 0));
	TRY(fchownat(dir, "", getuid(), getgid(), 0x4));
	TRY(access("f", R_OK | W_OK));
	TRY(access("f", X_OK));
	TRY(access("f", 8));
	TRY(access("missing", F_OK));
	TRY(access("dangling", F_OK));
	TRY(faccessat(dir, "../f", R_OK, AT_EACCESS));
	TRY(syscall(SYS_faccessat2, AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
	TRY(syscall(SYS_faccessat2, fd, "", R_OK, AT_EMPTY_PATH));
	TRY(syscall(SYS_faccessat2, fd, "", R_OK, 1));
	umask(027);
	make_file("masked", "");
	mkdir("maskdir", 0777);
	lstat("masked", &st);
	printf("masked %o", st.st_mode);
	lstat("maskdir", &st);
	printf(" %o umask %o\n", st.st_mode, umask(0));
	TRY(statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &sx));
	stat("f", &st);
	printf("statx %o %d %llu %d %d %d\n", sx.stx_mode, sx.stx_nlink, sx.stx_size,
	       sx.stx_ino == st.st_ino, makedev(sx.stx_dev_major, sx.stx_dev_minor) == st.st_dev,
	       (int)(sx.stx_mtime.tv_sec - st.st_mtim.tv_sec));
	TRY(statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &sx));
	/* A NULL path means fd itself since Linux 6.11. */
	int result = statx(fd, NULL, AT_EMPTY_PATH, STATX_SIZE, &sx);
	printf("no path %d\n", result == 0 || errno == EFAULT);
	TRY(statx(fd, NULL, 0, STATX_SIZE, &sx));
	TRY(statx(AT_FDCWD, "l", AT_SYMLINK_NOFOLLOW, STATX_SIZE, &sx));
	printf("link %o\n", sx.stx_mode);
	TRY(statx(AT_FDCWD, "f", 0x100000, STATX_SIZE, &sx));
	TRY(statx(AT_FDCWD, "f", AT_STATX_SYNC_TYPE, STATX_SIZE, &sx));
	TRY(statx(AT_FDCWD, "f", 0, 0x80000000, &sx));
	TRY(statx(AT_FDCWD, "f", 0, 0, NULL));
	TRY(stat("f", (void *)8));
	unlink("f"), unlink("l"), unlink("dangling"), unlink("masked"), rmdir("d"),
		rmdir("maskdir");
	return 0;
}
