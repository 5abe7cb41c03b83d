// SPDX-License-Identifier: Apache-2.0
/* Hard links, unlinked files that are still open, symbolic links, nameless files. */
#include "try.h"

static int links(const char *name)
{
	struct stat st;

	return lstat(name, &st) < 0 ? -errno : (int)st.st_nlink;
}

int main(void)
{
	struct stat a, b;
	char text[32] = "";

	work_enter();
	make_file("f", "one");
	mkdir("d", 0755);
	symlink("f", "l");
	TRY(link("f", "g"));
	TRY(link("f", "g"));
	TRY(link("missing", "x"));
	TRY(link("f", "missing/x"));
	TRY(link("d", "x"));
	TRY(link("f", "x/"));
	TRY(link("f", "d"));
	TRY(link("f", "."));
	TRY(link("f/", "x"));
	TRY(link("l", "l2"));
	TRY(linkat(AT_FDCWD, "l", AT_FDCWD, "l3", AT_SYMLINK_FOLLOW));
	TRY(linkat(AT_FDCWD, "f", AT_FDCWD, "l4", 0x8000));
	TRY(linkat(AT_FDCWD, "/proc/self/fd/1", AT_FDCWD, "l4", 0));
	printf("f %d g %d l %d l2 %d l3 %d\n", links("f"), links("g"), links("l"), links("l2"),
	       links("l3"));
	stat("f", &a), stat("g", &b);
	printf("same %d\n", a.st_ino == b.st_ino && a.st_dev == b.st_dev);
	make_file("g", "two!");
	show_file("f");
	int fd = open("f", O_RDWR);
	TRY(unlink("f"));
	TRY(unlink("g"));
	printf("left %d\n", links("l3"));
	TRY(unlink("l3"));
	fstat(fd, &a);
	printf("links %d size %d\n", (int)a.st_nlink, (int)a.st_size);
	TRY(pwrite(fd, "three", 5, 0));
	TRY(pread(fd, text, 31, 0));
	printf("[%s]\n", text);
	TRY(ftruncate(fd, 2));
	TRY(linkat(fd, "", AT_FDCWD, "again", AT_EMPTY_PATH));
	close(fd);
	TRY(unlink("f"));
	TRY(unlink("d"));
	TRY(unlink("l2/"));
	TRY(unlink("d/"));
	TRY(unlink("."));
	TRY(unlink("/"));
	TRY(unlink(""));
	TRY(unlinkat(AT_FDCWD, "d", 1));
	TRY(unlinkat(AT_FDCWD, "d", AT_REMOVEDIR));
	TRY(symlink("", "x"));
	TRY(symlink("x", ""));
	TRY(symlink("x", "l"));
	TRY(symlink("x", "y/"));
	TRY(symlink("x", "y/z"));
	lstat("l", &a);
	printf("link mode %o size %d\n", a.st_mode, (int)a.st_size);
	fd = open(".", O_TMPFILE | O_RDWR, 0644);
	TRY(write(fd, "late", 4));
	fstat(fd, &a);
	printf("nameless links %d\n", (int)a.st_nlink);
	sprintf(text, "/proc/self/fd/%d", fd);
	TRY(linkat(AT_FDCWD, text, AT_FDCWD, "late", AT_SYMLINK_FOLLOW));
	show_file("late");
	fd = open(".", O_TMPFILE | O_RDWR | O_EXCL, 0644);
	sprintf(text, "/proc/self/fd/%d", fd);
	TRY(linkat(AT_FDCWD, text, AT_FDCWD, "never", AT_SYMLINK_FOLLOW));
	show_dir(".");
	unlink("l"), unlink("l2"), unlink("late");
	return 0;
}
