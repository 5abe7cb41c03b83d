// SPDX-License-Identifier: Apache-2.0
/* inotify: what each change tells, and to whom. */
#include "try.h"

#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>

static int watcher;
static uint32_t cookie;

static void show(const char *what)
{
	char buffer[4096] __attribute__((aligned(8)));
	ssize_t n = read(watcher, buffer, sizeof(buffer));

	printf("%s:", what);
	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *e = (const void *)(buffer + at);

		printf(" %d:%x", e->wd, e->mask);
		if (e->cookie)
			printf("%s", e->cookie == cookie ? "=" : "~"), cookie = e->cookie;
		if (e->len)
			printf("(%s,%u)", e->name, e->len);
		at += (ssize_t)(sizeof(*e) + e->len);
	}
	printf("%s\n", n < 0 ? strerrorname_np(errno) : "");
}

static void errors(void)
{
	char text[64];

	TRY(inotify_init1(1));
	TRY(inotify_add_watch(watcher, "none", IN_ALL_EVENTS));
	TRY(inotify_add_watch(watcher, "f", 0));
	TRY(inotify_add_watch(99, "f", IN_ALL_EVENTS));
	TRY(inotify_add_watch(0, "f", IN_ALL_EVENTS));
	TRY(inotify_add_watch(watcher, (void *)8, IN_ALL_EVENTS));
	TRY(inotify_add_watch(watcher, "f", IN_ALL_EVENTS | IN_ONLYDIR));
	TRY(inotify_add_watch(watcher, "f", IN_OPEN | IN_MASK_ADD | IN_MASK_CREATE));
	TRY(inotify_rm_watch(watcher, 77));
	TRY(inotify_rm_watch(99, 1));
	TRY(inotify_rm_watch(0, 1));
	TRY(read(watcher, text, 64));
	TRY(write(watcher, text, 64));
	TRY(lseek(watcher, 0, SEEK_SET));
	TRY(fcntl(watcher, F_GETFL));
}

static void changes(void)
{
	char text[8];
	int fd;

	fd = open("d/a", O_CREAT | O_RDWR, 0600), show("create");
	write(fd, "abc", 3), show("write"), write(fd, "", 0), show("nothing");
	pread(fd, text, 3, 0), show("read"), pread(fd, text, 3, 100), show("read at the end");
	ftruncate(fd, 1), show("ftruncate"), fallocate(fd, 0, 0, 10), show("fallocate");
	fchmod(fd, 0640), show("fchmod"), fchown(fd, -1, -1), show("fchown");
	futimens(fd, NULL), show("futimens"), fsetxattr(fd, "user.x", "x", 1, 0), show("xattr");
	close(fd), show("close");
	close(open("d/a", O_RDONLY)), show("open and close");
	close(open("d/a", O_PATH)), show("path");
	truncate("d/a", 100), show("truncate"), chmod("d/a", 0600), show("chmod");
	link("d/a", "d/b"), show("link"), unlink("d/b"), show("unlink");
	symlink("a", "d/l"), show("symlink"), mkfifo("d/p", 0600), show("mkfifo");
	mkdir("d/sub", 0700), show("mkdir"), rmdir("d/sub"), show("rmdir");
	rename("d/a", "d/c"), show("rename"), rename("d/c", "out"), show("out");
	rename("out", "d/a"), show("in"), rename("d/a", "d/l"), show("over");
	mkdir("d/sub", 0700), rename("d/sub", "d/sub2"), show("directory");
	renameat2(AT_FDCWD, "d/l", AT_FDCWD, "d/p", RENAME_EXCHANGE), show("exchange");
	DIR *dir = opendir("d");
	while (readdir(dir))
		;
	closedir(dir), show("list");
	chmod("d", 0700), show("itself");
	rename("d", "e"), show("moved itself"), rename("e", "d"), show("and back");
	unlink("d/l"), unlink("d/p"), rmdir("d/sub2"), show("emptied");
	rmdir("d"), show("gone");
}

static void files(void)
{
	int first = (int)TRY(inotify_add_watch(watcher, "f", IN_ALL_EVENTS));

	TRY(inotify_add_watch(watcher, "f", IN_OPEN) == first);
	TRY(inotify_add_watch(watcher, "f", IN_MODIFY | IN_MASK_ADD) == first);
	TRY(inotify_add_watch(watcher, "f", IN_MODIFY | IN_MASK_CREATE));
	int fd = open("f", O_RDWR);
	write(fd, "x", 1), write(fd, "x", 1), write(fd, "x", 1), show("repeats");
	close(fd), show("not asked");
	TRY(inotify_rm_watch(watcher, first)), show("ignored");
	TRY(inotify_add_watch(watcher, "f", IN_OPEN | IN_ONESHOT));
	close(open("f", O_RDONLY)), close(open("f", O_RDONLY)), show("once");
	TRY(inotify_add_watch(watcher, "f", IN_ALL_EVENTS));
	fd = open("f", O_RDONLY), unlink("f"), show("unlinked, open");
	close(fd), show("closed");
	make_file("f", ""), symlink("f", "l");
	TRY(inotify_add_watch(watcher, "l", IN_ALL_EVENTS | IN_DONT_FOLLOW));
	close(open("f", O_RDONLY)), show("behind the link"), unlink("l"), show("the link");
	TRY(inotify_add_watch(watcher, "f", IN_ALL_EVENTS)), link("f", "g"), show("linked");
	unlink("f"), show("one left"), unlink("g"), show("none left");
}

static void tick(int signo)
{
	(void)signo;
}

static void waiting(void)
{
	struct pollfd p = { watcher, POLLIN, 0 };
	char text[64];
	int bytes = -1;

	make_file("f", "");
	inotify_add_watch(watcher, ".", IN_CREATE);
	TRY(poll(&p, 1, 0));
	make_file("a name that is long", "");
	TRY(poll(&p, 1, 0));
	TRY(ioctl(watcher, FIONREAD, &bytes));
	printf("%d\n", bytes);
	TRY(read(watcher, text, 20));
	TRY(read(watcher, (void *)8, 100));
	show("long name");
	fcntl(watcher, F_SETFL, 0);
	ualarm(20000, 0);
	TRY(read(watcher, text, 64));
	unlink("f"), unlink("a name that is long");
}

int main(void)
{
	struct sigaction action = { .sa_handler = tick };

	work_enter();
	sigaction(SIGALRM, &action, NULL);
	make_file("f", "0123");
	mkdir("d", 0755);
	watcher = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	errors();
	TRY(inotify_add_watch(watcher, "d", IN_ALL_EVENTS));
	changes(), files(), waiting();
	return 0;
}
