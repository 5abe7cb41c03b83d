// SPDX-License-Identifier: Apache-2.0
/* open(2): each flag and each refusal. */
#include "try.h"

static void close_all(void)
{
	syscall(SYS_close_range, 3, ~0u, 0);
}

int main(void)
{
	work_enter();
	make_file("file", "text");
	mkdir("dir", 0755);
	symlink("file", "link");
	symlink("nothing", "dangling");
	symlink("loop", "loop");
	symlink("dir", "dirlink");
	TRY_OK(open("file", O_RDONLY));
	TRY(open("missing", O_RDONLY));
	TRY(open("", O_RDONLY));
	TRY(open("", O_RDONLY | O_CREAT, 0600));
	TRY(open("file/", O_RDONLY));
	TRY(open("file/x", O_RDONLY));
	TRY(open("file/.", O_RDONLY));
	TRY(open("file/..", O_RDONLY));
	TRY(open("missing/x", O_RDONLY));
	TRY(open("missing/..", O_RDONLY));
	TRY(open("missing/", O_RDONLY | O_CREAT, 0600));
	TRY(open("file/", O_RDONLY | O_CREAT, 0600));
	TRY(open("dir", O_RDONLY | O_CREAT, 0600));
	TRY(open("dir/", O_RDONLY | O_CREAT, 0600));
	TRY(open(".", O_RDONLY | O_CREAT, 0600));
	TRY(open("dir", O_WRONLY));
	TRY(open("dir", O_RDWR));
	TRY(open("dir", O_RDONLY | O_TRUNC));
	TRY_OK(open("dir", O_RDONLY));
	TRY_OK(open("dir/", O_RDONLY | O_DIRECTORY));
	TRY(open("file", O_RDONLY | O_DIRECTORY));
	TRY(open("file", O_RDONLY | O_CREAT | O_EXCL, 0600));
	TRY(open("dangling", O_RDONLY | O_CREAT | O_EXCL, 0600));
	TRY(open("dangling", O_RDONLY));
	TRY(open("dangling", O_RDONLY | O_NOFOLLOW));
	TRY(open("link", O_RDONLY | O_NOFOLLOW));
	TRY_OK(open("link", O_PATH | O_NOFOLLOW));
	TRY(open("dirlink", O_RDONLY | O_NOFOLLOW | O_DIRECTORY));
	TRY_OK(open("dirlink/", O_RDONLY | O_NOFOLLOW | O_DIRECTORY));
	TRY(open("loop", O_RDONLY));
	TRY(open("loop/x", O_RDONLY));
	TRY(open("loop", O_RDONLY | O_CREAT, 0600));
	TRY_OK(open("dangling", O_WRONLY | O_CREAT, 0600));
	show_dir(".");
	unlink("nothing");
	TRY_OK(open("file", O_WRONLY | O_TRUNC));
	show_file("file");
	TRY(open("dir", O_TMPFILE | O_RDONLY, 0600));
	TRY_OK(open("dir", O_TMPFILE | O_RDWR, 0600));
	TRY(open("file", O_TMPFILE | O_RDWR, 0600));
	show_dir("dir");
	TRY_OK(creat("made", 0640));
	TRY(openat(99, "file", O_RDONLY));
	TRY_OK(openat(99, "/tmp", O_RDONLY));
	close_all();
	int fd = open("file", O_RDONLY), dir = open("dir", O_RDONLY);
	TRY(openat(fd, "x", O_RDONLY));
	TRY(openat(dir, "x", O_RDONLY));
	TRY(openat(dir, "", O_RDONLY));
	TRY_OK(openat(dir, "../file", O_RDONLY));
	TRY_OK(openat(dir, "x", O_RDWR | O_CREAT | O_EXCL, 0600));
	show_dir("dir");
	unlink("dir/x");
	TRY(open((const char *)8, O_RDONLY));
	TRY(openat(-1, NULL, O_RDONLY));
	fd = open("file", O_RDONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC);
	printf("flags %o fd %d\n", fcntl(fd, F_GETFL), fcntl(fd, F_GETFD));
	fd = open("file", O_PATH);
	printf("path flags %o\n", fcntl(fd, F_GETFL));
	char c;
	TRY(read(fd, &c, 1));
	TRY(write(fd, &c, 1));
	TRY(fchmod(fd, 0600));
	TRY(lseek(fd, 0, SEEK_SET));
	TRY(ftruncate(fd, 0));
	TRY(fcntl(fd, F_SETFL, 0));
	unlink("file"), unlink("link"), unlink("dangling"), unlink("loop"), unlink("dirlink");
	unlink("made");
	TRY(rmdir("dir"));
	show_dir(".");
	return 0;
}
