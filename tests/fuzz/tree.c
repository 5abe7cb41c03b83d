// SPDX-License-Identifier: Apache-2.0
/* The tree on the host, and whether it is as it may be. */
#include "tests/fuzz/vm.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* What may not change, and what stays read-only; rw/dir itself may get and lose entries. */
static const char *const kept[] = { "outside",	   "outside/secret",  "ro",
				    "ro/file",	   "ro/dir",	      "rw/dir/secret",
				    "rw/dir/keep", "rw/dir/keep/sub", "rw/dir/keep/sub/deep",
				    "rw/dir/kept", "ro/link" };
#define KEPT (sizeof(kept) / sizeof(*kept))

static char top[64];
static struct stat states[KEPT];
static struct hole holes[6];

const char *fuzz_path(const char *name)
{
	static char paths[2][400];
	static unsigned int last;

	last ^= 1;
	snprintf(paths[last], sizeof(paths[last]), "%s/%s", top, name);
	return paths[last];
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

static void remove_all(void)
{
	nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* On a file system in memory, if there is one: an input makes the tree anew. */
static void choose_top(void)
{
	const char *base = getenv("TMPDIR");

	if (!base)
		base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	snprintf(top, sizeof(top), "%.40s/fuzz.%d", base, (int)getpid());
	atexit(remove_all);
}

static void make_file(const char *name, const char *text, mode_t mode)
{
	int fd = open(fuzz_path(name), O_CREAT | O_WRONLY | O_TRUNC, mode);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fuzz_fail("%s: %s", fuzz_path(name), strerror(errno));
	close(fd);
}

static struct hole hole(enum hole_kind kind, const char *path, const char *name)
{
	struct hole made = { .kind = kind, .name = (char *)name };
	struct stat st;

	if (lstat(fuzz_path(path), &st))
		fuzz_fail("%s: %s", path, strerror(errno));
	made.dev = st.st_dev;
	made.ino = st.st_ino;
	return made;
}

static void make_holes(struct vm *vm)
{
	holes[0] = hole(HOLE_PINNED, "rw/dir", NULL);
	holes[1] = hole(HOLE_DENIED, "rw/dir/secret", NULL);
	holes[2] = hole(HOLE_READ, "rw/dir/keep", NULL);
	holes[3] = hole(HOLE_READ, "rw/dir/kept", NULL);
	holes[4] = hole(HOLE_DENIED, "rw/dir", "none");
	holes[5] = hole(HOLE_READ, "rw/dir", "kept");
	vm->holes = holes;
	vm->hole_count = 6;
}

void fuzz_tree_changed(void)
{
	for (size_t i = 0; i < KEPT; i++)
		if (lstat(fuzz_path(kept[i]), &states[i]))
			fuzz_fail("%s: %s", kept[i], strerror(errno));
}

static void make_dir(const char *name)
{
	if (mkdir(fuzz_path(name), 0755) && errno != EEXIST)
		fuzz_fail("%s: %s", fuzz_path(name), strerror(errno));
}

/* All below rw/, which itself is the grant and stays. */
static int remove_below(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type;
	return where->level ? remove(path) : 0;
}

void fuzz_tree_plant(struct vm *vm)
{
	if (!top[0]) {
		choose_top();
		make_dir("");
		make_dir("outside");
		make_dir("rw");
		make_dir("ro");
		make_dir("ro/dir");
		make_file("outside/secret", CANARY, 0644);
		make_file("ro/file", "hello", 0644);
		if (symlink("../outside/secret", fuzz_path("ro/link")))
			fuzz_fail("link: %s", strerror(errno));
	}
	chmod(fuzz_path("rw"), 0755);
	removexattr(fuzz_path("rw"), "user.a");
	nftw(fuzz_path("rw"), remove_below, 16, FTW_DEPTH | FTW_PHYS);
	make_dir("rw/dir");
	make_dir("rw/dir/keep");
	make_dir("rw/dir/keep/sub");
	make_file("rw/dir/secret", CANARY, 0644);
	make_file("rw/dir/kept", "kept", 0644);
	make_file("rw/dir/keep/sub/deep", "deep", 0644);
	make_file("rw/file", "hello world", 0644);
	make_file("rw/setuid", "#!", 04755);
	if (symlink("file", fuzz_path("rw/link")) || symlink("../outside", fuzz_path("rw/out")) ||
	    mkfifo(fuzz_path("rw/fifo"), 0644))
		fuzz_fail("rw: %s", strerror(errno));
	make_holes(vm);
	fuzz_tree_changed();
}

static int specials; /* below rw: set-id files, and what is no file, directory or link */

static int count_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)path, (void)type, (void)where;
	if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode) && !S_ISLNK(st->st_mode))
		specials++;
	if (S_ISREG(st->st_mode) && st->st_mode & (S_ISUID | S_ISGID))
		specials++;
	return 0;
}

static int same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_mode == b->st_mode && a->st_nlink == b->st_nlink &&
	       a->st_uid == b->st_uid && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

void fuzz_tree_check(const struct vm *vm)
{
	struct stat now;

	(void)vm;
	for (size_t i = 0; i < KEPT; i++) {
		if (lstat(fuzz_path(kept[i]), &now))
			fuzz_fail("%s is gone: %s", kept[i], strerror(errno));
		if (!same(&now, &states[i]))
			fuzz_fail("%s has changed", kept[i]);
	}
	if (!lstat(fuzz_path("rw/dir/none"), &now))
		fuzz_fail("something is where nothing may be: rw/dir/none");
	specials = 0;
	nftw(fuzz_path("rw"), count_one, 16, FTW_PHYS);
	if (specials > 2) /* setuid and fifo, by whatever name */
		fuzz_fail("a set-id or special file was made");
}
