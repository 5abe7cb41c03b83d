// SPDX-License-Identifier: Apache-2.0
/* openat2(2): sizes of its structure, flags, modes, RESOLVE_*. */
#include "try.h"

#include <linux/openat2.h>

static int dir;

static long with(const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
	struct open_how how = { .flags = flags, .mode = mode, .resolve = resolve };
	long fd = syscall(SYS_openat2, dir, path, &how, sizeof(how));

	if (fd >= 0)
		close((int)fd);
	return fd < 0 ? fd : 0;
}

static void sizes(void)
{
	struct {
		struct open_how how;
		char more[5000];
	} s = { .how = { .flags = O_RDONLY } };

	TRY(syscall(SYS_openat2, dir, "f", &s, 0));
	TRY(syscall(SYS_openat2, dir, "f", &s, 23));
	TRY_OK(syscall(SYS_openat2, dir, "f", &s, 25));
	TRY_OK(syscall(SYS_openat2, dir, "f", &s, 4096));
	TRY(syscall(SYS_openat2, dir, "f", &s, 4097));
	s.more[100] = 1;
	TRY(syscall(SYS_openat2, dir, "f", &s, 4096));
	TRY_OK(syscall(SYS_openat2, dir, "f", &s, 124));
	TRY(syscall(SYS_openat2, dir, "f", (void *)8, 24));
	TRY(syscall(SYS_openat2, dir, (void *)8, &s, 24));
	TRY(syscall(SYS_openat2, 99, "f", &s, 24));
}

static void flags(void)
{
	TRY(with("f", O_RDONLY, 0, 0));
	TRY(with("f", 1ull << 40, 0, 0));
	TRY(with("f", 0x40000000, 0, 0));
	TRY(with("f", O_RDONLY, 0600, 0));
	TRY(with("new", O_CREAT | O_RDWR, 010000, 0));
	TRY(with("new", O_CREAT | O_RDWR, 07777, 0));
	TRY(with("new", O_CREAT | O_EXCL | O_RDWR, 0600, 0));
	TRY(with("f", O_PATH, 0, 0));
	TRY(with("f", O_PATH | O_RDWR, 0, 0));
	TRY(with("f", O_PATH | O_CLOEXEC | O_NOFOLLOW, 0, 0));
	TRY(with(".", O_PATH | O_DIRECTORY, 0, 0));
	TRY(with(".", O_TMPFILE | O_RDWR, 0600, 0));
	TRY(with(".", O_TMPFILE | O_RDONLY, 0600, 0));
	TRY(with(".", (O_TMPFILE & ~O_DIRECTORY) | O_RDWR, 0600, 0));
	TRY(with(".", O_TMPFILE | O_CREAT | O_RDWR, 0600, 0));
	TRY(with("f", O_DIRECTORY | O_CREAT, 0600, 0));
	TRY(with("f", O_RDONLY | O_SYNC | O_DSYNC | O_NONBLOCK | O_NOCTTY | O_NOATIME | O_LARGEFILE,
		 0, 0));
	TRY(with("f", O_RDONLY | __O_TMPFILE, 0, 0));
	TRY(with("f", O_RDONLY, 0, 64));
	TRY(with("f", O_RDONLY, 0, RESOLVE_BENEATH | RESOLVE_IN_ROOT));
	TRY(with("f", O_ACCMODE, 0, 0));
	TRY(with("d", O_RDWR, 0, 0));
	TRY(with("d", O_RDONLY | O_TRUNC, 0, 0));
	TRY(with("d", O_RDONLY | O_CREAT, 0600, 0));
	TRY(with("", O_RDONLY, 0, 0));
	TRY(with("f/", O_RDONLY, 0, 0));
	TRY(with("none/", O_RDONLY | O_CREAT, 0600, 0));
	TRY(with("f/x", O_RDONLY | O_CREAT, 0600, 0));
	TRY(with("none/x", O_RDONLY | O_CREAT, 0600, 0));
	TRY(with("link", O_RDONLY | O_NOFOLLOW, 0, 0));
	TRY(with("link", O_RDONLY | O_CREAT | O_EXCL, 0600, 0));
	TRY(with("dangling", O_RDONLY | O_CREAT | O_EXCL, 0600, 0));
	TRY(with("dangling", O_RDONLY | O_CREAT | O_NOFOLLOW, 0600, 0));
	TRY(with("dangling", O_RDONLY, 0, 0));
	TRY(with("loop", O_RDONLY, 0, 0));
	unlink("new");
}

static void resolve(void)
{
	static const struct {
		const char *name;
		uint64_t flag;
	} how[] = { { "xdev", RESOLVE_NO_XDEV },
		    { "magic", RESOLVE_NO_MAGICLINKS },
		    { "symlinks", RESOLVE_NO_SYMLINKS },
		    { "beneath", RESOLVE_BENEATH },
		    { "root", RESOLVE_IN_ROOT } };
	static const char *const paths[] = {
		"f",
		"d/../f",
		"../x",
		"d/up/f",
		"link",
		"absolute",
		"/f",
		"d/f",
		"d/out",
		"dangling",
		"/proc/self",
		"/..",
		"/proc/self/fd/0",
		"/proc/self/exe",
		"d/../../f",
		"loop",
		"d/rootlink",
	};

	for (size_t i = 0; i < sizeof(how) / sizeof(*how); i++)
		for (size_t k = 0; k < sizeof(paths) / sizeof(*paths); k++) {
			errno = 0;
			long result = with(paths[k], O_PATH, 0, how[i].flag);

			printf("%s %s: %s\n", how[i].name, paths[k],
			       result < 0 ? strerrorname_np(errno) : "ok");
		}
	TRY(with("new", O_CREAT | O_RDWR, 0600, RESOLVE_BENEATH));
	TRY(with("../new", O_CREAT | O_RDWR, 0600, RESOLVE_BENEATH));
	TRY(with("/new", O_CREAT | O_RDWR, 0600, RESOLVE_IN_ROOT));
	TRY(with("/../new2", O_CREAT | O_RDWR, 0600, RESOLVE_IN_ROOT));
	TRY(with("dangling", O_CREAT | O_RDWR, 0600, RESOLVE_NO_SYMLINKS));
	TRY(with("d/out", O_CREAT | O_RDWR, 0600, RESOLVE_BENEATH));
	TRY(unlink("new"));
	TRY(unlink("new2"));
	TRY(with("f", O_CREAT | O_RDWR, 0600, RESOLVE_CACHED));
}

int main(void)
{
	char here[128];

	work_enter();
	dir = open(".", O_RDONLY);
	make_file("f", "x");
	mkdir("d", 0755);
	make_file("d/f", "y");
	symlink("f", "link"), symlink("nothing", "dangling"), symlink("loop", "loop");
	symlink("..", "d/up"), symlink("../../none", "d/out"), symlink("/f", "d/rootlink");
	snprintf(here, sizeof(here), "%s/f", work_dir);
	symlink(here, "absolute");
	sizes(), flags(), resolve();
	show_dir(".");
	static const char *const gone[] = {
		"d/f",	    "d/up", "d/out",	"d/rootlink", "link",
		"dangling", "loop", "absolute", "f",	      "nothing"
	};
	for (size_t i = 0; i < sizeof(gone) / sizeof(*gone); i++)
		unlink(gone[i]);
	rmdir("d");
	return 0;
}
