// SPDX-License-Identifier: Apache-2.0
/* Directories: making, removing, listing while they change, being in one. */
#include "try.h"

static int count(const char *name)
{
	DIR *dir = opendir(name);
	int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

/* Every name is seen once, though others come and go. */
static void list_and_remove(void)
{
	static char seen[300];
	DIR *dir = opendir("many");
	struct dirent *d;
	int n = 0;

	while ((d = readdir(dir))) {
		int i = d->d_name[0] == 'f' ? atoi(d->d_name + 1) : -1;

		if (i < 0)
			continue;
		seen[i]++, n++;
		char name[300];
		sprintf(name, "many/f%d", i);
		unlink(name);
	}
	closedir(dir);
	for (int i = 0; i < 300; i++)
		if (seen[i] != 1)
			printf("f%d seen %d\n", i, seen[i]);
	printf("listed %d left %d\n", n, count("many"));
}

static void tell_and_seek(void)
{
	DIR *dir = opendir("many");
	char third[256] = "", name[256];
	long at = 0;

	for (int i = 0; i < 4; i++) {
		if (i == 3)
			at = telldir(dir);
		struct dirent *d = readdir(dir);
		strcpy(third, d->d_name);
	}
	readdir(dir), readdir(dir);
	seekdir(dir, at);
	strcpy(name, readdir(dir)->d_name);
	printf("seekdir %s\n", strcmp(name, third) ? "elsewhere" : "same");
	rewinddir(dir);
	int n = 0;
	while (readdir(dir))
		n++;
	printf("after rewind %d\n", n);
	closedir(dir);
}

static void removed(void)
{
	char path[256];

	mkdir("gone", 0755);
	chdir("gone");
	int fd = open(".", O_RDONLY);
	TRY(rmdir("../gone"));
	errno = 0;
	printf("getcwd %s %s\n", getcwd(path, sizeof(path)) ? "ok" : "NULL",
	       strerrorname_np(errno));
	TRY(open("x", O_CREAT | O_WRONLY, 0600));
	TRY(mkdir("x", 0700));
	TRY(symlink("a", "x"));
	TRY(access(".", F_OK));
	TRY(access("..", F_OK));
	TRY(syscall(SYS_getdents64, fd, path, sizeof(path)));
	struct stat st;
	fstat(fd, &st);
	printf("links %d\n", (int)st.st_nlink);
	chdir(work_dir);
	close(fd);
}

int main(void)
{
	char buffer[64];

	work_enter();
	TRY(mkdir("d", 0777));
	TRY(mkdir("d", 0777));
	TRY(mkdir("d/", 0777));
	TRY(mkdir(".", 0777));
	TRY(mkdir("/", 0777));
	TRY(mkdir("e/", 0700));
	TRY(mkdir("x/y", 0700));
	TRY(mkdir("", 0700));
	make_file("f", "");
	TRY(mkdir("f", 0700));
	TRY(mkdir("f/x", 0700));
	TRY(rmdir("f"));
	TRY(rmdir("f/x"));
	TRY(rmdir("missing"));
	TRY(rmdir("."));
	TRY(rmdir("d/."));
	TRY(rmdir("d/.."));
	TRY(rmdir("/"));
	TRY(rmdir("/tmp/.."));
	make_file("d/x", "");
	TRY(rmdir("d"));
	unlink("d/x");
	struct stat st;
	stat("d", &st);
	printf("mode %o\n", st.st_mode);
	mkdir("many", 0755);
	for (int i = 0; i < 300; i++) {
		char name[32];

		sprintf(name, "many/f%d", i);
		make_file(name, "");
	}
	printf("count %d\n", count("many"));
	tell_and_seek();
	list_and_remove();
	removed();
	int fd = open("d", O_RDONLY);
	TRY(read(fd, buffer, 1));
	TRY(pread(fd, buffer, 1, 0));
	TRY(write(fd, buffer, 1));
	TRY(syscall(SYS_getdents64, fd, buffer, 8));
	TRY(syscall(SYS_getdents64, 99, buffer, 64));
	TRY(syscall(SYS_getdents64, 0x7fffffff, buffer, 64));
	TRY(fchdir(fd));
	printf("in %s\n", getcwd(buffer, sizeof(buffer)) ? strrchr(buffer, '/') : "?");
	TRY(chdir(".."));
	TRY(chdir("f"));
	TRY(chdir("missing"));
	TRY(syscall(SYS_getcwd, buffer, 3));
	TRY(syscall(SYS_getcwd, NULL, 64) < 0);
	fd = open("f", O_RDONLY);
	TRY(fchdir(fd));
	TRY(fchdir(99));
	TRY(syscall(SYS_getdents64, fd, buffer, 64));
	unlink("f"), rmdir("d"), rmdir("e"), rmdir("many");
	show_dir(".");
	return 0;
}
