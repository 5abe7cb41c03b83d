// SPDX-License-Identifier: Apache-2.0
/*
 * Lays out:
 *   granted/file    a regular file          granted/link     -> ../outside
 *   granted/sub/    a directory             granted/linkdir  -> ..
 *   granted/fifo    opening it would block  granted/device   /dev/null's number (as root)
 *   outside         what no guest may read
 *   writable/file   a regular file          writable/sub/    an empty directory
 *   writable/setuid a set-user-id file      writable/fifo    no guest may make such a one
 */
#include "tests/adversarial/scene.h"

#include "common/err.h"
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define PATH 256

static char root[PATH - 64];
static int has_device;
static uint64_t hash;

static _Noreturn void bail_out(const char *what, const char *why)
{
	printf("Bail out! %s: %s\n", what, why);
	exit(1);
}

const char *scene_path(const char *name)
{
	static char path[PATH];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	return path;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		bail_out(path, strerror(errno));
	close(fd);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

static int remove_below(const char *path, const struct stat *st, int type, struct FTW *where)
{
	return where->level ? remove_one(path, st, type, where) : 0;
}

void scene_restore(void)
{
	if (nftw(scene_path("writable"), remove_below, 16, FTW_DEPTH | FTW_PHYS) ||
	    mkdir(scene_path("writable/sub"), 0755) || mkfifo(scene_path("writable/fifo"), 0644))
		bail_out(root, strerror(errno));
	write_file(scene_path("writable/file"), SCENE_FILE);
	write_file(scene_path("writable/setuid"), SCENE_FILE);
	if (chmod(scene_path("writable/setuid"), 04755))
		bail_out(root, strerror(errno));
}

void scene_make(struct policy *p)
{
	const char *base = getenv("TMPDIR");
	struct err e;

	snprintf(root, sizeof(root), "%.100s/hostile.XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(root) || mkdir(scene_path("granted"), 0755) ||
	    mkdir(scene_path("granted/sub"), 0755) ||
	    symlink("../outside", scene_path("granted/link")) ||
	    symlink("..", scene_path("granted/linkdir")) ||
	    mkfifo(scene_path("granted/fifo"), 0644))
		bail_out(root, strerror(errno));
	write_file(scene_path("granted/file"), SCENE_FILE);
	write_file(scene_path("granted/sub/inner"), SCENE_FILE);
	write_file(scene_path("outside"), SCENE_SECRET);
	has_device = !mknod(scene_path("granted/device"), S_IFCHR | 0666, makedev(1, 3));
	policy_init(p);
	if (mkdir(scene_path("writable"), 0755))
		bail_out(root, strerror(errno));
	scene_restore();
	if (policy_grant_host(p, GRANT_READ, scene_path("granted"), "/granted", 0, "--ro", &e) ||
	    policy_grant_host(p, GRANT_WRITE, scene_path("writable"), "/writable", 0, "--rw", &e) ||
	    policy_finish(p, &e))
		bail_out("policy", e.what);
}

void scene_remove(void)
{
	nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int scene_has_device(void)
{
	return has_device;
}

static void mix(const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.*): it does not follow arrays as bytes */
		hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3ull; /* FNV-1a */
}

static int mix_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	const uint64_t facts[] = { st->st_mode,
				   st->st_uid,
				   st->st_gid,
				   (uint64_t)st->st_size,
				   (uint64_t)st->st_mtim.tv_sec,
				   (uint64_t)st->st_mtim.tv_nsec,
				   (uint64_t)st->st_ctim.tv_sec,
				   (uint64_t)st->st_ctim.tv_nsec };
	char content[512];
	ssize_t n = 0;
	int fd;

	(void)type, (void)where;
	if (strstr(path, "/writable"))
		return 0;
	mix(path, strlen(path));
	mix(facts, sizeof(facts));
	if (S_ISLNK(st->st_mode))
		n = readlink(path, content, sizeof(content));
	if (S_ISREG(st->st_mode) && (fd = open(path, O_RDONLY | O_CLOEXEC)) >= 0) {
		n = read(fd, content, sizeof(content));
		close(fd);
	}
	if (n > 0)
		mix(content, (size_t)n);
	return 0;
}

uint64_t scene_state(void)
{
	hash = 0xcbf29ce484222325ull;
	if (nftw(root, mix_one, 16, FTW_PHYS))
		bail_out(root, strerror(errno));
	return hash;
}
