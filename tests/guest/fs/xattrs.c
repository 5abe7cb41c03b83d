// SPDX-License-Identifier: Apache-2.0
/* Extended attributes: sizes, flags, name spaces, kinds of files. */
#include "try.h"

#include <sys/xattr.h>

static char text[70000];

static void show(const char *path)
{
	char list[1000];
	char *names[64];
	size_t count = 0;
	ssize_t n = llistxattr(path, list, sizeof(list));

	for (ssize_t at = 0; at < n && count < 64; at += (ssize_t)strlen(list + at) + 1)
		if (strncmp(list + at, "security.", 9) != 0)
			names[count++] = list + at;
	qsort(names, count, sizeof(*names), by_name);
	printf("%s:", path);
	for (size_t i = 0; i < count; i++) {
		ssize_t length = lgetxattr(path, names[i], text, sizeof(text));

		printf(" %s=%.*s", names[i], (int)length, text);
	}
	printf("%s\n", n < 0 ? strerrorname_np(errno) : "");
}

static void values(int fd)
{
	TRY(setxattr("f", "user.a", "one", 3, 0));
	TRY(setxattr("f", "user.a", "three", 5, XATTR_CREATE));
	TRY(setxattr("f", "user.a", "three", 5, XATTR_REPLACE));
	TRY(setxattr("f", "user.b", "x", 1, XATTR_REPLACE));
	TRY(setxattr("f", "user.b", "x", 1, XATTR_CREATE));
	TRY(setxattr("f", "user.b", "x", 1, XATTR_CREATE | XATTR_REPLACE));
	TRY(setxattr("f", "user.b", "x", 1, 4));
	TRY(fsetxattr(fd, "user.empty", NULL, 0, 0));
	show("f");
	TRY(getxattr("f", "user.a", text, 5));
	TRY(getxattr("f", "user.a", text, 4));
	TRY(getxattr("f", "user.a", NULL, 0));
	TRY(getxattr("f", "user.a", (void *)8, 5));
	TRY(getxattr("f", "user.a", text, (size_t)-1));
	TRY(fgetxattr(fd, "user.empty", text, 5));
	TRY(fgetxattr(fd, "user.none", text, 5));
	TRY(listxattr("f", NULL, 0) >= 25);
	TRY(listxattr("f", text, 10));
	TRY(flistxattr(fd, text, sizeof(text)) >= 25);
	TRY(flistxattr(fd, (void *)8, 1000));
	TRY(removexattr("f", "user.b"));
	TRY(removexattr("f", "user.b"));
	TRY(fremovexattr(fd, "user.empty"));
	show("f");
	/* They follow the object, not its name. */
	rename("f", "g"), link("g", "f");
	show("f"), show("g");
	unlink("g");
}

static void errors(int fd)
{
	char name[300];

	TRY(setxattr("f", "", "x", 1, 0));
	TRY(setxattr("f", "plain", "x", 1, 0));
	TRY(setxattr("f", "user.", "x", 1, 0));
	TRY(setxattr("f", "odd.name", "x", 1, 0));
	TRY(getxattr("f", "odd.name", text, 1));
	TRY(getxattr("f", "user.", text, 1));
	TRY(removexattr("f", "odd.name"));
	memset(name, 'n', sizeof(name));
	memcpy(name, "user.", 5);
	name[255] = 0;
	TRY(setxattr("f", name, "x", 1, 0));
	TRY(removexattr("f", name));
	name[255] = 'n', name[256] = 0;
	TRY(setxattr("f", name, "x", 1, 0));
	TRY(getxattr("f", name, text, 1));
	TRY(setxattr("f", "user.x", text, 65537, 0));
	TRY(setxattr("f", "user.x", (void *)8, 5, 0));
	TRY(setxattr("f", (void *)8, "x", 1, 0));
	TRY(setxattr("missing", "user.x", "x", 1, 0));
	TRY(getxattr("missing", "user.none", text, sizeof(text)));
	TRY(listxattr("missing", text, sizeof(text)));
	TRY(removexattr("missing", "user.x"));
	TRY(fgetxattr(99, "user.none", text, sizeof(text)));
	TRY(fsetxattr(99, "user.x", "x", 1, 0));
	TRY(setxattr("f/", "user.x", "x", 1, 0));
	int path = open("f", O_PATH), ro = open("f", O_RDONLY), p[2];
	TRY(fgetxattr(path, "user.a", text, 10));
	TRY(fsetxattr(path, "user.a", "x", 1, 0));
	TRY(fsetxattr(ro, "user.a", "through a reader", 16, 0));
	pipe(p);
	TRY(fsetxattr(p[0], "user.x", "x", 1, 0));
	TRY(fgetxattr(p[0], "user.x", text, 1));
	close(path), close(ro), close(p[0]), close(p[1]);
	(void)fd;
}

static void kinds(void)
{
	mkdir("d", 0755), symlink("f", "l"), mkfifo("p", 0644);
	TRY(setxattr("d", "user.dir", "yes", 3, 0));
	TRY(lsetxattr("l", "user.x", "x", 1, 0));
	TRY(lgetxattr("l", "user.x", text, 1));
	TRY(llistxattr("l", text, 1) >= 0);
	TRY(lremovexattr("l", "user.x"));
	TRY(setxattr("l", "user.link", "to f", 4, 0));
	TRY(setxattr("p", "user.x", "x", 1, 0));
	TRY(getxattr("p", "user.x", text, 1));
	show("d"), show("f");
	TRY(getxattr("f", "system.posix_acl_default", text, 100) < 0);
	TRY(getxattr("/proc/self/status", "user.x", text, 100));
	TRY(listxattr("/proc/self/status", text, 100) >= 0);
	rmdir("d"), unlink("l"), unlink("p");
}

int main(void)
{
	work_enter();
	make_file("f", "");
	int fd = open("f", O_RDWR);
	values(fd), errors(fd), kinds();
	unlink("f");
	return 0;
}
