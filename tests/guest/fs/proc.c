// SPDX-License-Identifier: Apache-2.0
/* The part of /proc that programs ask about themselves. */
#include "try.h"

static void show_link(const char *name)
{
	char text[512];
	ssize_t n = readlink(name, text, sizeof(text));

	printf("%s -> %.*s\n", name, n < 0 ? 0 : (int)n, text);
	if (n < 0)
		printf("%s\n", strerrorname_np(errno));
}

static void show_text(const char *name)
{
	char text[4096];
	int fd = open(name, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text));

	for (ssize_t i = 0; i < n; i++)
		if (!text[i])
			text[i] = '|';
	printf("%s: %.*s\n", name, n < 0 ? 0 : (int)n, text);
	close(fd);
}

/* A program that copies a file looks whether what it has opened is what it has seen before. */
static void show_numbers(const char *name)
{
	struct stat by_name, by_fd, again;
	int fd = open(name, O_RDONLY);

	stat(name, &by_name), fstat(fd, &by_fd), close(fd);
	stat(name, &again);
	printf("%s %d %d %d\n", name, by_name.st_ino == by_fd.st_ino,
	       by_name.st_ino == again.st_ino, by_name.st_dev == again.st_dev);
}

int main(void)
{
	char name[64];
	struct stat st;

	work_enter();
	syscall(SYS_close_range, 3, ~0u, 0);
	chdir("/etc");
	show_link("/proc/self/exe"), show_link("/proc/self/cwd"), show_link("/proc/self/root");
	show_text("/proc/self/cmdline"), show_text("/proc/self/comm");
	sprintf(name, "%d", getpid());
	char self[16] = "";
	readlink("/proc/self", self, sizeof(self) - 1);
	printf("self %d\n", !strcmp(self, name));
	int fd = open("/etc/passwd", O_RDONLY);
	sprintf(name, "/proc/self/fd/%d", fd);
	show_link(name);
	TRY(lstat(name, &st));
	printf("%o\n", st.st_mode);
	TRY_OK(open(name, O_RDONLY));
	TRY(open("/proc/self/fd/77", O_RDONLY));
	TRY(open("/proc/self/fd/x", O_RDONLY));
	TRY(open("/proc/self/nothing", O_RDONLY));
	TRY(open("/proc/self/comm/x", O_RDONLY));
	TRY(mkdir("/proc/x", 0700));
	TRY(unlink("/proc/self/exe"));
	TRY(chdir("/proc/self/cwd"));
	printf("%s\n", getcwd(name, sizeof(name)));
	show_dir("/proc/self/fd");
	TRY(access("/proc/self/exe", X_OK));
	TRY_OK(open("/proc/self/exe", O_RDONLY));
	chdir(work_dir);
	make_file("gone", "still here");
	fd = open("gone", O_RDONLY);
	unlink("gone");
	sprintf(name, "/proc/self/fd/%d", fd);
	char text[256] = "";
	readlink(name, text, sizeof(text) - 1);
	printf("%s\n", strrchr(text, '/'));
	show_file(name);
	printf("mounts %d\n", open("/proc/mounts", O_RDONLY) > 0);
	show_numbers("/proc/version"), show_numbers("/proc/self/stat"),
		show_numbers("/proc/self/fd/0");
	show_numbers("/proc/sys/kernel"), show_numbers("/proc/self");
	return 0;
}
