// SPDX-License-Identifier: Apache-2.0
/*
 * Random operations on a small tree with a fixed seed, each printed with what
 * came of it, and the whole tree at the end. On every file system that is what
 * it should be, the output is the same.
 * usage: random [DIRECTORY SEED OPERATIONS [plain]]: there, and what is made
 * stays; plain: without special files and set-id bits, which a host mount refuses
 */
#include "random.h"

static void op_create(void)
{
	const char *path = file_path();
	int fd = open(path, O_CREAT | O_EXCL | O_RDWR, 0600 | pick(0100));

	say("create", path, NULL, fd < 0 ? -1 : 0);
	if (fd >= 0)
		close(fd);
}

static void op_write(void)
{
	static const int flags[] = { 0, O_CREAT, O_CREAT | O_APPEND, O_CREAT | O_TRUNC, O_APPEND };
	const char *path = file_path();
	int how = flags[pick(5)];
	int fd = open(path, O_RDWR | how, 0644);
	size_t n = pick(4) ? pick(300) : pick(BUFFER);
	off_t at = pick(3) ? pick(9000) : pick(100000);

	say("open to write", path, NULL, fd < 0 ? -1 : 0);
	if (fd < 0)
		return;
	fill(n);
	say("write", path, NULL, how & O_APPEND ? write(fd, buffer, n) : pwrite(fd, buffer, n, at));
	printf("%x\n", hash_fd(fd));
	close(fd);
}

static void op_read(void)
{
	const char *path = any_path();
	int fd = open(path, O_RDONLY);

	say("open to read", path, NULL, fd < 0 ? -1 : 0);
	if (fd < 0)
		return;
	printf("%x\n", hash_fd(fd));
	close(fd);
}

static void op_unlink(void)
{
	const char *path = any_path();

	say("unlink", path, NULL, unlink(path));
}

static void op_mkdir(void)
{
	const char *path = path_of(0, 3);

	say("mkdir", path, NULL, mkdir(path, 0755));
}

static void op_rmdir(void)
{
	const char *path = any_path();

	say("rmdir", path, NULL, rmdir(path));
}

static void op_rename(void)
{
	const char *from = any_path(), *to = any_path();
	unsigned int flags = pick(6);

	if (flags > 2)
		flags = 0;
	say(flags == 2	 ? "exchange"
	    : flags == 1 ? "rename noreplace"
			 : "rename",
	    from, to, syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags));
}

static void op_link(void)
{
	const char *from = file_path(), *to = file_path();

	say("link", from, to, link(from, to));
}

static void op_symlink(void)
{
	static const char *const targets[] = { "a", "../b", "c/d", "nowhere", "../../e" };
	const char *target = targets[pick(5)], *path = file_path();

	say("symlink", target, path, symlink(target, path));
}

static void op_readlink(void)
{
	const char *path = any_path();
	ssize_t n = readlink(path, buffer, 100);

	say("readlink", path, NULL, n);
	if (n >= 0)
		printf("%.*s\n", (int)n, buffer);
}

static void op_truncate(void)
{
	const char *path = any_path();

	say("truncate", path, NULL, truncate(path, pick(2) ? pick(9000) : pick(90000)));
}

static void op_chmod(void)
{
	const char *path = any_path();

	say("chmod", path, NULL, chmod(path, 0700 | pick(0100) | (pick(5) || plain ? 0 : 02000)));
}

static void op_times(void)
{
	const char *path = any_path();
	struct timespec times[2] = { { .tv_sec = pick(1000000), .tv_nsec = pick(1000000000) },
				     { .tv_sec = pick(1000000), .tv_nsec = pick(1000000000) } };
	struct stat st;

	say("utimens", path, NULL, utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW));
	if (lstat(path, &st) == 0 && st.st_mtim.tv_sec < 1000000)
		printf("%ld.%09ld\n", st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static void op_stat(void)
{
	const char *path = any_path();
	struct stat st;
	bool follow = pick(2);
	int result = follow ? stat(path, &st) : lstat(path, &st);

	say(follow ? "stat" : "lstat", path, NULL, result);
	if (result == 0)
		show_stat(path, &st);
}

static void op_access(void)
{
	const char *path = any_path();

	say("access", path, NULL, access(path, (int)pick(8)));
}

static void op_list(void)
{
	show_dir(any_path());
}

/* Removes and makes names while reading: what was there from the start to the end comes once. */
static void op_list_changing(void)
{
	const char *path = any_path();
	DIR *dir = opendir(path);
	struct dirent *d;
	char seen[512] = "", name[400];
	int fd = dir ? dirfd(dir) : -1;

	say("change while reading", path, NULL, dir ? 0 : -1);
	if (!dir)
		return;
	for (int i = 0; i < 40; i++) {
		sprintf(name, "keep%d", i);
		close(openat(fd, name, O_CREAT | O_WRONLY, 0644));
	}
	rewinddir(dir);
	for (int n = 0; (d = readdir(dir)); n++) {
		int number;

		if (sscanf(d->d_name, "keep%d", &number) == 1)
			seen[number]++;
		sprintf(name, "new%d", n);
		if (n < 20)
			close(openat(fd, name, O_CREAT | O_WRONLY, 0644));
		if (n % 3 == 0)
			unlinkat(fd, name, 0);
		if (n < 40)
			fchmodat(fd, "keep7", 0600 + (mode_t)n, 0);
	}
	for (int i = 0; i < 40; i++)
		if (seen[i] != 1)
			printf("keep%d came %d times\n", i, seen[i]);
	/* As rm -r does. */
	rewinddir(dir);
	while ((d = readdir(dir)))
		if (strncmp(d->d_name, "keep", 4) == 0 || strncmp(d->d_name, "new", 3) == 0)
			unlinkat(fd, d->d_name, 0);
	closedir(dir);
	show_dir(path);
}

static void op_hold(void)
{
	unsigned int i = pick(HELD);
	const char *path = any_path();

	if (held[i] >= 0)
		close(held[i]);
	held[i] = open(path, pick(3) ? O_RDWR : O_RDONLY);
	printf("hold %u ", i);
	say("open", path, NULL, held[i] < 0 ? -1 : 0);
}

static void op_held(void)
{
	unsigned int i = pick(HELD);
	struct stat st;
	size_t n = pick(500);
	off_t at = pick(20000);

	if (held[i] < 0)
		return;
	printf("held %u: ", i);
	fstat(held[i], &st);
	show_stat("it", &st);
	if (!S_ISREG(st.st_mode))
		return;
	switch (pick(4)) {
	case 0:
		fill(n);
		say("write", "it", NULL, pwrite(held[i], buffer, n, at));
		break;
	case 1:
		say("ftruncate", "it", NULL, ftruncate(held[i], at));
		break;
	case 2:
		say("punch", "it", NULL,
		    fallocate(held[i], FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at,
			      (off_t)n + 1));
		break;
	default:
		say("fchmod", "it", NULL, fchmod(held[i], 0600 | pick(0100)));
	}
	printf("%x\n", hash_fd(held[i]));
}

/* Whether names that were one object still are, and an open file is its name. */
static void op_identity(void)
{
	const char *a = any_path(), *b = any_path();
	struct stat s, t;
	int fd = open(a, O_RDONLY | O_NONBLOCK);

	if (fd < 0 || fstat(fd, &s) < 0 || stat(a, &t) < 0)
		say("identity", a, NULL, -1);
	else
		say("identity", a, NULL, s.st_ino == t.st_ino && s.st_dev == t.st_dev);
	if (fd >= 0) {
		struct stat u;

		chmod(a, s.st_mode & 07777);
		if (S_ISREG(s.st_mode)) {
			int other = open(a, O_WRONLY | O_APPEND);

			say("append", a, NULL, write(other, "x", 1));
			close(other);
			printf("%x\n", hash_fd(fd));
		}
		fstat(fd, &u);
		printf("same %d\n", s.st_ino == u.st_ino && s.st_dev == u.st_dev);
		close(fd);
	}
	if (stat(a, &s) == 0 && stat(b, &t) == 0)
		say("same", a, b, s.st_ino == t.st_ino);
}

static void op_temporary(void)
{
	const char *dir = any_path(), *path = any_path();
	char name[64];
	int fd = open(dir, O_TMPFILE | O_RDWR, 0640);

	say("temporary", dir, NULL, fd < 0 ? -1 : 0);
	if (fd < 0)
		return;
	fill(100);
	say("write", "it", NULL, write(fd, buffer, pick(100)));
	sprintf(name, "/proc/self/fd/%d", fd);
	say("link", "it", path, linkat(AT_FDCWD, name, AT_FDCWD, path, AT_SYMLINK_FOLLOW));
	close(fd);
}

static void op_xattr(void)
{
	static const char *const names[] = { "user.a", "user.longer", "user.b" };
	const char *path = any_path(), *name = names[pick(3)];
	ssize_t n;

	switch (pick(4)) {
	case 0:
		fill(20);
		say("setxattr", path, name, setxattr(path, name, buffer, pick(20), (int)pick(3)));
		break;
	case 1:
		say("removexattr", path, name, removexattr(path, name));
		break;
	case 2:
		n = getxattr(path, name, buffer, 10);
		say("getxattr", path, name, n);
		if (n > 0)
			printf("%x\n", hash(buffer, (size_t)n));
		break;
	default:
		say("listxattr", path, NULL, listxattr(path, buffer, 100));
	}
}

static void op_node(void)
{
	const char *path = file_path();

	say("mknod", path, NULL, mknod(path, (plain ? S_IFREG : S_IFSOCK) | 0644, 0));
}

static const struct {
	void (*run)(void);
	unsigned int weight;
} operations[] = {
	{ op_create, 8 },  { op_write, 16 },   { op_read, 6 },		{ op_unlink, 6 },
	{ op_mkdir, 10 },  { op_rmdir, 4 },    { op_rename, 10 },	{ op_link, 6 },
	{ op_symlink, 4 }, { op_readlink, 2 }, { op_truncate, 4 },	{ op_chmod, 4 },
	{ op_times, 3 },   { op_stat, 6 },     { op_access, 2 },	{ op_list, 4 },
	{ op_hold, 5 },	   { op_held, 10 },    { op_identity, 4 },	{ op_temporary, 2 },
	{ op_xattr, 4 },   { op_node, 1 },     { op_list_changing, 1 },
};

static void operate(void)
{
	unsigned int total = 0, at;

	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++)
		total += operations[i].weight;
	at = pick(total);
	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++) {
		if (at < operations[i].weight) {
			operations[i].run();
			return;
		}
		at -= operations[i].weight;
	}
}

static void show_tree(const char *path)
{
	char *names[512], below[PATH_MAX];
	size_t count = 0;
	struct stat st;
	struct dirent *d;

	if (lstat(path, &st) < 0) {
		say("lstat", path, NULL, -1);
		return;
	}
	show_stat(path, &st);
	if (S_ISREG(st.st_mode)) {
		int fd = open(path, O_RDONLY);

		printf("%x\n", hash_fd(fd));
		close(fd);
	} else if (S_ISLNK(st.st_mode)) {
		ssize_t n = readlink(path, buffer, 100);

		printf("-> %.*s\n", (int)n, buffer);
	}
	DIR *dir = S_ISDIR(st.st_mode) ? opendir(path) : NULL;
	if (!dir)
		return;
	while ((d = readdir(dir)) && count < 512)
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			names[count++] = strdup(d->d_name);
	closedir(dir);
	qsort(names, count, sizeof(*names), by_name);
	for (size_t i = 0; i < count; i++) {
		snprintf(below, sizeof(below), "%s/%s", path, names[i]);
		show_tree(below);
		free(names[i]);
	}
}

static int clear(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	return at->level ? remove(path) : 0;
}

int main(int argc, char **argv)
{
	int count = argc > 3 ? atoi(argv[3]) : 6000;

	plain = argc > 4;
	if (argc < 2)
		work_enter();
	else if (chdir(argv[1]) < 0)
		return 99;
	/* Links lead up as far as here. */
	mkdir("w", 0755);
	mkdir("w/w", 0755);
	if (chdir("w/w") < 0)
		return 99;
	setvbuf(stdout, NULL, _IOLBF, 0);
	state = argc > 2 ? (uint64_t)atoi(argv[2]) : 1;
	for (int i = 0; i < HELD; i++)
		held[i] = -1;
	umask(022);
	for (int i = 0; i < count; i++) {
		printf("%d ", i);
		operate();
		/* A tree that has grown full makes every name meet another. */
		if (argc < 2 && i % 1500 == 1499) {
			show_tree("../..");
			nftw(".", clear, 20, FTW_DEPTH | FTW_PHYS);
		}
	}
	show_tree("../..");
	if (argc < 2) {
		chdir("../..");
		nftw(".", clear, 20, FTW_DEPTH | FTW_PHYS);
	}
	return 0;
}
