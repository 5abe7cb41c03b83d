// SPDX-License-Identifier: Apache-2.0
/* rename(2) in all its cases, and renameat2's flags. */
#include "try.h"

static void move2(const char *a, const char *b, unsigned int flags)
{
	int result = renameat2(AT_FDCWD, a, AT_FDCWD, b, flags);

	printf("renameat2 %s %s %u: %s\n", a, b, flags, result ? strerrorname_np(errno) : "ok");
}

static void move(const char *a, const char *b)
{
	int result = rename(a, b);

	printf("rename %s %s: %s\n", a, b, result ? strerrorname_np(errno) : "ok");
}

int main(void)
{
	struct stat st;

	work_enter();
	make_file("f", "f"), make_file("g", "g");
	mkdir("d", 0755), mkdir("e", 0755), mkdir("d/sub", 0755);
	make_file("e/inside", "i");
	symlink("f", "l");
	move("missing", "x"), move("f", "missing/x"), move("f", "g/x"), move("f", "f");
	move("f", "d"), move("d", "f"), move("d", "e"), move("d", "d/sub"), move("d", "d/sub/x");
	move("d/sub", "d"), move("d", "d"), move(".", "x"), move("d/.", "x"), move("d", ".");
	move("d/..", "x"), move("f", "d/.."), move("", "x");
	move("f", ""), move("f/", "x"), move("f", "x/"), move("l/", "x"), move("d/", "x/");
	move("x", "d");
	link("f", "f2");
	move("f", "f2");
	show_dir(".");
	unlink("f2");
	int fd = open("g", O_RDONLY);
	move("f", "g");
	show_file("g");
	char c = 0;
	fstat(fd, &st);
	printf("old g: %zd", read(fd, &c, 1));
	printf(" %c links %d\n", c, (int)st.st_nlink);
	move("l", "g");
	TRY(readlink("g", (char[9]){ 0 }, 8));
	move("d", "e/inside"), move("e/inside", "d/sub/inside");
	move("d/sub", "e");
	show_dir("e"), show_dir("d");
	move2("missing", "x", 1), move2("g", "e", 1), move2("g", "h", 1), move2("h", "h", 1);
	move2("h", "missing", 2), move2("h", "e", 2), move2("e", "h", 3), move2("e", "h", 8);
	show_dir(".");
	move2("h", "d", 2);
	show_dir("d");
	move2("e", "e/x", 2), move2("d", "d/.", 2), move2("d", "e/", 2), move2("d/", "e", 2);
	make_file("e2", "");
	move2("e2/", "d", 2), move2("d", "e2/", 2);
	show_dir(".");
	/* In and out of a directory that somebody is in. */
	mkdir("in", 0755), mkdir("out", 0755);
	chdir("in");
	move("../in", "../out/in");
	char cwd[256];
	printf("cwd %s\n", strrchr(getcwd(cwd, sizeof(cwd)), 't'));
	chdir(work_dir);
	show_dir("out");
	rmdir("out/in"), rmdir("out"), unlink("e2"), unlink("d"), unlink("e"), unlink("h");
	unlink("d/inside"), unlink("e/inside"), unlink("h/inside"), rmdir("h"), rmdir("d"),
		rmdir("e");
	show_dir(".");
	return 0;
}
