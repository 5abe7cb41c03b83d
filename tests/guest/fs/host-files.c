// SPDX-License-Identifier: Apache-2.0
/* Files of the host: the same bytes whichever way they are read, listings, refusals to write. */
#include "try.h"

#include <sys/mman.h>
#include <sys/statfs.h>

static uint64_t sum(uint64_t h, const char *p, size_t n)
{
	while (n-- > 0)
		h = (h ^ (uint8_t)*p++) * 1099511628211u;
	return h;
}

static char buffer[1 << 20];

static uint64_t read_by(const char *name, size_t step, size_t *total)
{
	int fd = open(name, O_RDONLY);
	uint64_t h = 14695981039346656037u;
	ssize_t n;

	*total = 0;
	while ((n = read(fd, buffer, step)) > 0)
		h = sum(h, buffer, (size_t)n), *total += (size_t)n;
	close(fd);
	return h;
}

static void read_all_ways(const char *name)
{
	static const size_t steps[] = { 13, 1000, 4096, 32767, 32768, 65536, 131072, 1 << 20 };
	struct stat st;
	size_t total;

	stat(name, &st);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		uint64_t h = read_by(name, steps[i], &total);

		printf("%s by %zu: %zu %d %016lx\n", name, steps[i], total,
		       total == (size_t)st.st_size, (unsigned long)h);
	}
	int fd = open(name, O_RDONLY);
	char *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	printf("%s mapped: %016lx\n", name,
	       map == MAP_FAILED
		       ? 0
		       : (unsigned long)sum(14695981039346656037u, map, (size_t)st.st_size));
	uint64_t h = 14695981039346656037u;
	for (off_t at = st.st_size; at > 0;) {
		size_t n = at > 5000 ? 5000 : (size_t)at;

		at -= (off_t)n;
		h = sum(h, buffer, (size_t)pread(fd, buffer, n, at));
	}
	printf("%s backwards: %016lx\n", name, (unsigned long)h);
	TRY(pread(fd, buffer, 100, st.st_size));
	TRY(pread(fd, buffer, 100, st.st_size - 5));
	TRY(lseek(fd, -5, SEEK_END) == st.st_size - 5);
	TRY(read(fd, buffer, 100));
	TRY(read(fd, buffer, 100));
	TRY(write(fd, buffer, 1));
	close(fd);
}

static void list(const char *name)
{
	DIR *dir = opendir(name);
	struct dirent *d;
	uint64_t names = 0, inodes = 0;
	int n = 0, wrong = 0;

	while (dir && (d = readdir(dir))) {
		struct stat st;

		names += sum(14695981039346656037u, d->d_name, strlen(d->d_name));
		if (fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    strcmp(d->d_name, "..") != 0) {
			inodes += st.st_ino + st.st_size + (uint64_t)st.st_mtim.tv_nsec;
			wrong += d->d_type != DT_UNKNOWN && IFTODT(st.st_mode) != d->d_type;
		}
		n++;
	}
	printf("%s: %d names %016lx attributes %016lx wrong types %d\n", name, n,
	       (unsigned long)names, (unsigned long)inodes, wrong);
	closedir(dir);
}

int main(void)
{
	struct statfs fs;
	struct stat st, other;

	setvbuf(stdout, NULL, _IOFBF, 65536);
	read_all_ways("/etc/passwd");
	read_all_ways("/usr/bin/busybox");
	list("/usr/bin"), list("/usr/lib"), list("/usr/share"), list("/usr/include/linux");
	TRY(open("/usr/bin/busybox/x", O_RDONLY));
	TRY(open("/usr/bin/missing-program", O_RDONLY));
	TRY(open("/usr/bin/missing-program", O_RDONLY));
	TRY(open("/usr/missing/dir/x", O_RDONLY));
	TRY(open("/usr/missing/dir/x", O_RDONLY));
	TRY(open("/usr/lib/../bin/../../usr/missing/x", O_RDONLY));
	TRY_OK(open("/usr/lib/../bin/busybox", O_RDONLY));
	TRY_OK(open("/bin/busybox", O_RDONLY));
	TRY(open("/usr/bin", O_WRONLY));
	TRY(open("/usr/bin/busybox/", O_RDONLY));
	TRY(stat("/bin/busybox", &st));
	TRY(stat("/usr/bin/../../bin/./busybox", &other));
	printf("same %d\n", st.st_ino == other.st_ino && st.st_dev == other.st_dev);
	TRY(lstat("/bin", &st));
	printf("%o\n", st.st_mode);
	char text[100] = "";
	TRY(readlink("/bin", text, 99));
	TRY(statfs("/usr", &fs));
	printf("%lx %ld\n", (long)fs.f_type, (long)fs.f_namelen);
	TRY(rmdir("/usr/missing/x"));
	TRY(chdir("/usr/lib"));
	TRY(access("../bin/busybox", X_OK));
	printf("%s\n", getcwd(text, sizeof(text)));
	return 0;
}
