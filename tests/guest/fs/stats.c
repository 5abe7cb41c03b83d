// SPDX-License-Identifier: Apache-2.0
/* The stat family, access, and what changes mode, owner and times, flag by flag. */
#include "try.h"

#include <linux/stat.h>
#include <sys/statfs.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <utime.h>

#define NOFOLLOW AT_SYMLINK_NOFOLLOW

static struct stat st;
static struct statx sx;

static long x(int dir, const char *path, int flags, unsigned int mask)
{
	return syscall(SYS_statx, dir, path, flags, mask, &sx);
}

static void stats(int fd)
{
	TRY(fstatat(AT_FDCWD, "link", &st, NOFOLLOW));
	printf("%o %ld\n", st.st_mode, (long)st.st_size);
	TRY(fstatat(AT_FDCWD, "link", &st, 0));
	TRY(fstatat(AT_FDCWD, "link", &st, 0x40));
	TRY(fstatat(AT_FDCWD, "link", &st, AT_NO_AUTOMOUNT));
	TRY(fstatat(AT_FDCWD, "", &st, 0));
	TRY(fstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH));
	printf("%o\n", st.st_mode & S_IFMT);
	TRY(fstatat(fd, "", &st, AT_EMPTY_PATH));
	TRY(fstatat(fd, "x", &st, 0));
	TRY(fstatat(99, "x", &st, 0));
	TRY(fstatat(99, "/", &st, 0));
	TRY(fstatat(99, "", &st, AT_EMPTY_PATH));
	TRY(syscall(SYS_newfstatat, AT_FDCWD, "f", 8, 0));
	TRY(syscall(SYS_newfstatat, AT_FDCWD, 8, &st, 0));
	TRY(syscall(SYS_newfstatat, AT_FDCWD, 8, &st, AT_EMPTY_PATH));
	TRY(syscall(SYS_stat, "f/", &st));
	TRY(syscall(SYS_lstat, "link/", &st));
	TRY(syscall(SYS_lstat, "dlink/", &st));
	printf("%o\n", st.st_mode & S_IFMT);
	TRY(syscall(SYS_fstat, fd, 8));
	TRY(syscall(SYS_fstat, 99, 8));
	TRY(x(AT_FDCWD, "f", 0, STATX_BASIC_STATS));
	printf("%x %o %ld\n", sx.stx_mask & STATX_BASIC_STATS, sx.stx_mode, (long)sx.stx_size);
	TRY(x(AT_FDCWD, "f", 0, 0));
	TRY(x(AT_FDCWD, "f", 0, 0x80000000));
	TRY(x(AT_FDCWD, "f", AT_STATX_FORCE_SYNC, STATX_ALL));
	printf("%d\n", (sx.stx_mask & STATX_BTIME) != 0 && sx.stx_btime.tv_sec > 1000000000);
	TRY(x(AT_FDCWD, "f", AT_STATX_DONT_SYNC, STATX_ALL));
	TRY(x(AT_FDCWD, "f", AT_STATX_DONT_SYNC | AT_STATX_FORCE_SYNC, STATX_ALL));
	TRY(x(AT_FDCWD, "f", 1, STATX_ALL));
	TRY(x(0, NULL, 0, STATX_ALL));
	TRY(syscall(SYS_statx, 0, NULL, 0, STATX_ALL, NULL));
	TRY(syscall(SYS_statx, AT_FDCWD, "f", 0, STATX_ALL, NULL));
	TRY(x(fd, "", AT_EMPTY_PATH, STATX_ALL));
	TRY(x(fd, "", 0, STATX_ALL));
	TRY(x(99, "", AT_EMPTY_PATH, STATX_ALL));
	TRY(x(AT_FDCWD, "", AT_EMPTY_PATH, STATX_ALL));
}

static long access2(int dir, const char *path, int mode, int flags)
{
	return syscall(SYS_faccessat2, dir, path, mode, flags);
}

static void accesses(int fd)
{
	TRY(access("f", F_OK)), TRY(access("f", R_OK | W_OK)), TRY(access("f", X_OK));
	TRY(access("f", 8)), TRY(access("f", -1)), TRY(access("none", F_OK));
	TRY(access("d", X_OK)), TRY(access("f/", F_OK)), TRY(access("", F_OK));
	TRY(access((void *)8, F_OK)), TRY(access((void *)8, 8));
	TRY(access2(AT_FDCWD, "dangling", F_OK, NOFOLLOW));
	TRY(access2(AT_FDCWD, "dangling", F_OK, 0));
	TRY(access2(AT_FDCWD, "f", R_OK, AT_EACCESS));
	TRY(access2(AT_FDCWD, "f", R_OK, 0x40));
	TRY(access2(fd, "", R_OK, AT_EMPTY_PATH));
	TRY(access2(fd, "", R_OK, 0));
	TRY(access2(99, "", R_OK, AT_EMPTY_PATH));
	TRY(syscall(SYS_faccessat, AT_FDCWD, "f", R_OK, 0xffff));
	TRY(syscall(SYS_faccessat, 99, "f", R_OK));
	TRY(access("/proc/self/status", W_OK) < 0 && errno != 0);
}

static void modes(int fd)
{
	TRY(chmod("f", 0123)), stat("f", &st), printf("%o\n", st.st_mode);
	TRY(fchmod(fd, 0177777)), stat("f", &st), printf("%o\n", st.st_mode);
	TRY(fchmod(99, 0)), TRY(chmod("none", 0)), TRY(chmod("link", 0644)), TRY(chmod("", 0));
	stat("f", &st), printf("%o\n", st.st_mode);
	TRY(syscall(SYS_fchmodat, AT_FDCWD, "f", 0640, NOFOLLOW));
	int path = open("f", O_PATH);
	char name[64];
	snprintf(name, sizeof(name), "/proc/self/fd/%d", path);
	TRY(chmod(name, 0644));
	stat("f", &st), printf("%o\n", st.st_mode);
	close(path);
	TRY(chown("f", -1, -1)), TRY(lchown("link", getuid(), getgid())), TRY(fchown(99, 0, 0));
	TRY(fchownat(AT_FDCWD, "link", getuid(), -1, NOFOLLOW));
	TRY(fchownat(AT_FDCWD, "f", -1, -1, 1));
	TRY(fchownat(fd, "", -1, getgid(), AT_EMPTY_PATH));
	TRY(fchownat(fd, "", -1, -1, 0));
	chmod("f", 06755), chown("f", getuid(), getgid());
	stat("f", &st), printf("%o\n", st.st_mode);
	chmod("f", 06745), chown("f", -1, -1);
	stat("f", &st), printf("%o\n", st.st_mode);
	chmod("d", 06755), chown("d", getuid(), getgid());
	stat("d", &st), printf("%o\n", st.st_mode);
	chmod("f", 06755), truncate("f", 3);
	stat("f", &st), printf("%o\n", st.st_mode);
	chmod("f", 06755), pwrite(fd, "x", 1, 0);
	stat("f", &st), printf("%o\n", st.st_mode);
	chmod("f", 06745), ftruncate(fd, 2);
	stat("f", &st), printf("%o\n", st.st_mode);
	chmod("f", 0644);
}

static void show_times(const char *what)
{
	stat("f", &st);
	printf("%s: %ld.%09ld %ld.%09ld\n", what, (long)st.st_atim.tv_sec, (long)st.st_atim.tv_nsec,
	       (long)st.st_mtim.tv_sec, (long)st.st_mtim.tv_nsec);
}

static long set(int dir, const char *path, long a, long an, long m, long mn, int flags)
{
	struct timespec t[2] = { { a, an }, { m, mn } };

	return syscall(SYS_utimensat, dir, path, t, flags);
}

static void times(int fd)
{
	TRY(set(AT_FDCWD, "f", 100, 5, 200, 999999999, 0)), show_times("set");
	TRY(set(AT_FDCWD, "f", 1, UTIME_OMIT, 300, 1, 0)), show_times("one");
	TRY(set(AT_FDCWD, "f", 7, UTIME_OMIT, 7, UTIME_OMIT, 0)), show_times("none");
	TRY(set(AT_FDCWD, "none", 7, UTIME_OMIT, 7, UTIME_OMIT, 0));
	TRY(set(AT_FDCWD, "none", 7, 1, 7, UTIME_OMIT, 0));
	TRY(set(AT_FDCWD, "f", 7, -1, 7, 1, 0));
	TRY(set(AT_FDCWD, "f", 7, 1000000000, 7, 1, 0));
	TRY(set(AT_FDCWD, "f", -5, 7, -1, 1, 0)), show_times("before the epoch");
	TRY(set(AT_FDCWD, "link", 9, 9, 9, 9, NOFOLLOW));
	lstat("link", &st), printf("%ld\n", (long)st.st_mtim.tv_sec);
	TRY(set(AT_FDCWD, "f", 9, 9, 9, 9, 1));
	TRY(set(fd, NULL, 10, 0, 11, 0, 0)), show_times("fd");
	TRY(set(fd, NULL, 10, 0, 11, 0, NOFOLLOW));
	TRY(set(99, NULL, 10, 0, 11, 0, 0));
	TRY(set(AT_FDCWD, NULL, 10, 0, 11, 0, 0));
	TRY(set(fd, "", 12, 0, 13, 0, AT_EMPTY_PATH)), show_times("empty path");
	TRY(set(fd, "", 12, 0, 13, 0, 0));
	TRY(syscall(SYS_utimensat, AT_FDCWD, "f", NULL, 0));
	TRY(syscall(SYS_utimensat, AT_FDCWD, "f", 8, 0));
	struct timeval tv[2] = { { 20, 5 }, { 21, 999999 } };
	TRY(syscall(SYS_utimes, "f", tv)), show_times("utimes");
	TRY(syscall(SYS_futimesat, AT_FDCWD, "f", tv));
	TRY(syscall(SYS_futimesat, fd, NULL, tv));
	tv[0].tv_usec = 1000000;
	TRY(syscall(SYS_utimes, "f", tv));
	TRY(syscall(SYS_utimes, "none", tv));
	struct utimbuf buf = { 30, 31 };
	TRY(syscall(SYS_utime, "f", &buf)), show_times("utime");
	TRY(syscall(SYS_utime, "f", 8));
	TRY(syscall(SYS_utime, "f", NULL));
}

int main(void)
{
	struct statfs fs;

	work_enter();
	make_file("f", "0123456789");
	mkdir("d", 0755);
	symlink("f", "link"), symlink("none", "dangling"), symlink("d", "dlink");
	int fd = open("f", O_RDWR);
	stats(fd), accesses(fd), modes(fd), times(fd);
	TRY(statfs(".", &fs));
	printf("%ld %ld\n", (long)fs.f_namelen, (long)fs.f_bsize);
	TRY(statfs("none", &fs)), TRY(statfs("f/", &fs)), TRY(fstatfs(99, &fs));
	TRY(syscall(SYS_statfs, ".", 8)), TRY(syscall(SYS_fstatfs, fd, 8));
	TRY(statfs("/proc", &fs)), printf("%lx\n", (long)fs.f_type);
	int p[2];
	pipe(p);
	TRY(fstatfs(p[0], &fs)), printf("%lx\n", (long)fs.f_type);
	unlink("f"), unlink("link"), unlink("dangling"), unlink("dlink"), rmdir("d");
	return 0;
}
