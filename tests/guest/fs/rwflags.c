// SPDX-License-Identifier: Apache-2.0
/* preadv2 and pwritev2 with flags; orders of checks of the read and write family. */
#include "try.h"

#include <linux/fs.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

static char text[10000];

static long v2(bool write_it, int fd, off_t at, uint32_t flags)
{
	struct iovec v = { text, 4 };

	return syscall(write_it ? SYS_pwritev2 : SYS_preadv2, fd, &v, 1, at, 0, flags);
}

static void flags(int fd)
{
	int p[2];

	TRY(v2(true, fd, 0, RWF_DSYNC));
	TRY(v2(true, fd, 4, RWF_SYNC));
	TRY(v2(true, fd, 0, RWF_APPEND));
	TRY(lseek(fd, 0, SEEK_END));
	TRY(v2(true, fd, -1, RWF_APPEND));
	TRY(lseek(fd, 0, SEEK_CUR));
	TRY(v2(true, fd, -2, 0));
	TRY(v2(true, fd, 0, 0x10000));
	TRY(v2(true, 99, 0, 0x10000));
	TRY(v2(false, fd, 0, RWF_HIPRI));
	TRY(v2(false, fd, 0, RWF_APPEND));
	int ap = open("f", O_WRONLY | O_APPEND);
	TRY(v2(true, ap, 0, 0));
	TRY(lseek(fd, 0, SEEK_END));
	TRY(v2(false, ap, 0, 0));
	close(ap);
	pipe(p);
	TRY(v2(true, p[1], -1, 0));
	TRY(v2(false, p[0], -1, 0));
	TRY(v2(false, p[0], 0, 0));
	TRY(v2(false, p[0], -1, 0x10000));
	close(p[0]), close(p[1]);
}

static void orders(int fd)
{
	struct iovec v = { (void *)8, 4 }, odd = { text, (size_t)-1 };
	int dir = open(".", O_RDONLY), path = open("f", O_PATH), wo = open("f", O_WRONLY);

	TRY(read(dir, text, 1));
	TRY(read(dir, text, 0));
	TRY(pread(dir, text, 1, 0));
	TRY(pread(dir, text, 1, -1));
	TRY(write(dir, text, 1));
	TRY(read(path, text, 1));
	TRY(write(path, text, 0));
	TRY(lseek(path, 0, SEEK_SET));
	TRY(fstat(path, &(struct stat){ 0 }));
	TRY(ioctl(path, FIONCLEX));
	TRY(ftruncate(path, 0));
	TRY(fchmod(path, 0600));
	TRY(fchown(path, -1, -1));
	TRY(fsync(path));
	TRY(fcntl(path, F_GETFL) & O_PATH);
	TRY(fcntl(path, F_SETFL, 0));
	TRY(readv(wo, &v, 1));
	TRY(readv(99, &odd, 1));
	TRY(readv(fd, &odd, 1));
	TRY(readv(fd, &v, 1));
	TRY(writev(fd, &v, 1));
	TRY(writev(wo, NULL, 0));
	TRY(writev(fd, NULL, 1));
	TRY(pwritev(fd, &v, 1, -1));
	TRY(preadv(99, &v, 1, -1));
	TRY(write(fd, NULL, 0));
	TRY(read(fd, NULL, 0));
	TRY(write(fd, (void *)-1, 1));
	TRY(read(fd, text, -1));
	TRY(pread(fd, text, 1, LONG_MAX));
	TRY(pwrite(fd, text, 1, LONG_MAX));
	TRY(lseek(fd, -1, SEEK_CUR));
	TRY(lseek(fd, 1, SEEK_DATA));
	TRY(lseek(dir, 0, SEEK_SET));
	TRY(lseek(dir, 0, 5));
	TRY(sendfile(fd, dir, NULL, 1));
	TRY(sendfile(dir, fd, NULL, 1));
	TRY(sendfile(wo, fd, &(off_t){ -1 }, 1));
	TRY(sendfile(wo, fd, (void *)8, 1));
	TRY(sendfile(wo, fd, &(off_t){ 100000 }, 1));
	TRY(sendfile(wo, 99, NULL, 1));
	TRY(sendfile(path, fd, NULL, 1));
	TRY(ioctl(fd, FIONREAD, (void *)8));
	int size = 0;
	TRY(ioctl(fd, FIGETBSZ, &size));
	printf("%d\n", size);
	TRY(ioctl(dir, FIGETBSZ, &size));
	TRY(ioctl(dir, FIONREAD, &size));
	TRY(ioctl(fd, FIONBIO, (void *)8));
	close(dir), close(path), close(wo);
}

int main(void)
{
	work_enter();
	make_file("f", "0123456789");
	int fd = open("f", O_RDWR);
	flags(fd), orders(fd);
	TRY(syscall(SYS_sync_file_range, fd, 0l, 0l, 7));
	TRY(syscall(SYS_sync_file_range, fd, 0l, 0l, 8));
	TRY(syscall(SYS_sync_file_range, fd, -1l, 0l, 7));
	TRY(syscall(SYS_sync_file_range, fd, LONG_MAX, 2l, 7));
	TRY(syscall(SYS_sync_file_range, 99, 0l, 0l, 7));
	TRY(syscall(SYS_readahead, fd, 0l, 100ul));
	TRY(syscall(SYS_readahead, 99, 0l, 100ul));
	int wo = open("f", O_WRONLY), p[2];
	pipe(p);
	TRY(syscall(SYS_readahead, wo, 0l, 100ul));
	TRY(syscall(SYS_readahead, p[0], 0l, 100ul));
	TRY(syscall(SYS_sync_file_range, p[0], 0l, 0l, 7));
	TRY(posix_fadvise(p[0], 0, 0, POSIX_FADV_DONTNEED) == ESPIPE);
	TRY(posix_fadvise(fd, 0, -1, POSIX_FADV_DONTNEED) == EINVAL);
	TRY(posix_fadvise(fd, 0, 0, 77) == EINVAL);
	TRY(posix_fadvise(99, 0, 0, 77) == EBADF);
	TRY(fdatasync(fd));
	TRY(syncfs(99));
	TRY(syncfs(fd));
	unlink("f");
	return 0;
}
