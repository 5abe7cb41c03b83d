// SPDX-License-Identifier: Apache-2.0
/* Paths: dots, slashes, lengths, links on the way, openat2. */
#include "try.h"

#include <linux/openat2.h>

static long openat2(int fd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
	struct open_how how = { flags, mode, resolve };
	long result = syscall(SYS_openat2, fd, path, &how, sizeof(how));

	if (result >= 0)
		close((int)result), result = 0;
	return result;
}

static void look(const char *path)
{
	struct stat st;
	int result = stat(path, &st);

	if (strlen(path) > 60)
		printf("stat of %zu bytes: ", strlen(path));
	else
		printf("stat %s: ", path);
	/* Whose / it is, and who may write there, is the machine's own. */
	if (result == 0 && !strcmp(path + strspn(path, "./"), ""))
		st.st_mode &= S_IFMT;
	printf("%s %o\n", result < 0 ? strerrorname_np(errno) : "ok", result < 0 ? 0 : st.st_mode);
}

int main(void)
{
	static char longest[5000];

	work_enter();
	mkdir("a", 0755), mkdir("a/b", 0755), mkdir("a/b/c", 0755);
	make_file("a/b/c/f", "deep");
	symlink("b/c", "a/down"), symlink("../..", "a/b/up"), symlink("/", "root");
	symlink("a/down/", "slashed"), symlink("a/down/f", "file");
	look("a/b/c/f"), look("a//b///c/f"), look("./a/./b/../b/c/f"), look("a/down/f");
	look("a/down/../c/f"), look("a/b/up/a/down/f"), look("root/tmp"), look("root/../tmp");
	look("slashed"), look("slashed/f"), look("file"), look("file/"), look("a/b/c/f/");
	look("a/b/c/f/.."), look("a/x/../b"), look("../../../../../tmp"), look("/.."), look("/");
	look("//tmp//"), look("/../../tmp/.");
	memset(longest, 'n', 256);
	look(longest);
	longest[255] = 0;
	look(longest);
	memset(longest, '/', 4095);
	look(longest);
	longest[4094] = '.';
	longest[4095] = 0;
	look(longest);
	memset(longest, '/', 4096);
	look(longest);
	longest[0] = 0;
	for (int i = 0; i < 41; i++) {
		char name[16], next[16];

		sprintf(name, "l%d", i), sprintf(next, "l%d", i + 1);
		symlink(next, name);
	}
	make_file("l41", "end");
	look("l0"), look("l1"), look("l2"), look("l10");
	TRY(access("l1", F_OK));
	TRY(faccessat(AT_FDCWD, "l0", F_OK, AT_SYMLINK_NOFOLLOW));
	for (int i = 0; i < 42; i++) {
		char name[16];

		sprintf(name, "l%d", i), unlink(name);
	}
	int a = open("a", O_RDONLY);
	TRY(openat2(a, "b/c/f", O_RDONLY, 0, RESOLVE_BENEATH));
	TRY(openat2(a, "../a/b", O_RDONLY, 0, RESOLVE_BENEATH));
	TRY(openat2(a, "b/../b/c/f", O_RDONLY, 0, RESOLVE_BENEATH));
	TRY(openat2(a, "/tmp", O_RDONLY, 0, RESOLVE_BENEATH));
	TRY(openat2(a, "b/up", O_RDONLY, 0, RESOLVE_BENEATH));
	TRY(openat2(a, "/b/c/f", O_RDONLY, 0, RESOLVE_IN_ROOT));
	TRY(openat2(a, "../../b/up/b", O_RDONLY, 0, RESOLVE_IN_ROOT));
	TRY(openat2(a, "down/f", O_RDONLY, 0, RESOLVE_NO_SYMLINKS));
	TRY(openat2(a, "down/f", O_RDONLY, 0, RESOLVE_NO_MAGICLINKS));
	TRY(openat2(a, "/proc/self/cwd", O_RDONLY, 0, RESOLVE_NO_MAGICLINKS));
	TRY(openat2(a, "/proc/self", O_RDONLY, 0, RESOLVE_NO_XDEV));
	TRY(openat2(a, "x", O_RDONLY, 0, 0x4000));
	TRY(openat2(a, "x", O_RDONLY, 0644, 0));
	TRY(openat2(a, "x", O_RDONLY | O_CREAT, 0200644, 0));
	TRY(openat2(a, "x", 1ull << 40, 0, 0));
	TRY(openat2(a, "b", O_PATH | O_RDWR, 0, 0));
	TRY(syscall(SYS_openat2, a, "b", NULL, 8));
	TRY(syscall(SYS_openat2, a, "b", NULL, 24));
	struct stat st;
	TRY(fstatat(a, "", &st, AT_EMPTY_PATH));
	TRY(fstatat(a, "", &st, 0));
	TRY(fstatat(a, "b", &st, 0x4000000));
	TRY(fstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH));
	TRY(fstatat(77, "", &st, AT_EMPTY_PATH));
	TRY(fstatat(77, "/tmp", &st, 0));
	char text[64];
	TRY(readlink("file", text, sizeof(text)));
	TRY(readlink("file", text, 3));
	TRY(readlink("file", text, 0));
	TRY(readlink("a", text, 9));
	TRY(readlink("", text, 9));
	TRY(readlink("a/b/c/f/x", text, 9));
	TRY(readlink("slashed/", text, 9));
	TRY(readlinkat(a, "", text, 9));
	int l = open("file", O_PATH | O_NOFOLLOW);
	TRY(readlinkat(l, "", text, 64));
	unlink("a/b/c/f"), unlink("a/b/up"), unlink("a/down"), unlink("root"), unlink("slashed");
	unlink("file"), rmdir("a/b/c"), rmdir("a/b"), rmdir("a");
	return 0;
}
