// SPDX-License-Identifier: Apache-2.0
/* Files in memory and their seals. */
#include "try.h"

#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/wait.h>

static char big[20000];

static void seals(void)
{
	int fd = memfd_create("sealed", MFD_ALLOW_SEALING | MFD_CLOEXEC);

	TRY(fcntl(fd, F_GETFD));
	TRY(fcntl(fd, F_GET_SEALS));
	TRY(write(fd, big, 5000));
	TRY(fcntl(fd, F_ADD_SEALS, 64));
	TRY(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
	TRY(pwrite(fd, big, 10, 4990));
	TRY(pwrite(fd, big, 10, 4995));
	TRY(pwrite(fd, big, 10000, 0));
	TRY(ftruncate(fd, 6000));
	TRY(ftruncate(fd, 4500));
	TRY(fallocate(fd, 0, 0, 10000));
	TRY(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 10000));
	TRY(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
	TRY(ftruncate(fd, 100));
	TRY(ftruncate(fd, 4500));
	TRY(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	TRY(pwrite(fd, big, 10, 0));
	TRY(pwrite(fd, big, 0, 0));
	TRY(fallocate(fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 0, 4096));
	TRY(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
	TRY(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL));
	TRY(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
	TRY(fcntl(fd, F_GET_SEALS));
	TRY(pread(fd, big, 10, 0));
	char name[64];
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	int ro = open(name, O_RDONLY);
	TRY(fcntl(ro, F_ADD_SEALS, F_SEAL_WRITE));
	TRY(fcntl(ro, F_GET_SEALS));
	close(ro), close(fd);
}

/*
 * fexecve(3) of what was just written, and is still open for it: memfd_create's
 * own descriptor does not count.
 */
static void executed(void)
{
	char *const argv[] = { "copy", "7", NULL };
	int fd = memfd_create("copy", 0), self = open("/proc/self/exe", O_RDONLY), status = 0;
	char again[40];

	snprintf(again, sizeof(again), "/proc/self/fd/%d", fd);
	TRY_OK(sendfile(fd, self, NULL, 1 << 30));
	close(self);
	for (int i = 0; i < 2; i++) {
		fflush(stdout);
		pid_t pid = fork();
		if (pid == 0) {
			TRY(syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH));
			fflush(stdout);
			_exit(99);
		}
		waitpid(pid, &status, 0);
		printf("executed: %x\n", status);
		open(again, O_RDWR); /* this one counts */
	}
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return atoi(argv[1]);

	char name[260], target[300] = "";
	struct stat st;
	int p[2];

	work_enter();
	int fd = memfd_create("a name", 0);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	readlink(name, target, sizeof(target) - 1);
	fstat(fd, &st);
	printf("%s %o %d %ld %x\n", target, st.st_mode, (int)st.st_nlink, (long)st.st_size,
	       fcntl(fd, F_GETFL));
	TRY(write(fd, "hello", 5));
	TRY(lseek(fd, 0, SEEK_SET));
	TRY(read(fd, big, 10));
	TRY(ftruncate(fd, 100000));
	TRY(lseek(fd, 0, SEEK_HOLE));
	TRY(lseek(fd, 5000, SEEK_DATA));
	TRY(fcntl(fd, F_GET_SEALS));
	TRY(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	int again = open(name, O_RDONLY);
	TRY(read(again, big, 5));
	TRY(linkat(AT_FDCWD, name, AT_FDCWD, "linked", AT_SYMLINK_FOLLOW));
	close(again), close(fd);
	memset(name, 'n', sizeof(name));
	name[249] = 0;
	fd = (int)TRY(memfd_create(name, 0));
	close(fd);
	name[249] = 'n', name[250] = 0;
	TRY(memfd_create(name, 0));
	TRY(memfd_create("", 0x80));
	TRY(memfd_create((void *)8, 0));
	TRY(memfd_create((void *)8, 0x80));
	TRY(memfd_create("x", 1u << 26));
	seals();
	executed();
	pipe(p);
	TRY(fcntl(p[1], F_ADD_SEALS, F_SEAL_WRITE));
	TRY(fcntl(p[1], F_GET_SEALS));
	TRY(fcntl(p[0], F_ADD_SEALS, F_SEAL_WRITE));
	fd = memfd_create("mapped", MFD_ALLOW_SEALING);
	ftruncate(fd, 4096);
	char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	TRY(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	if (map != MAP_FAILED) {
		strcpy(map, "through the map");
		munmap(map, 4096);
	}
	TRY(pread(fd, big, 15, 0));
	printf("%.15s\n", big);
	TRY(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	return 0;
}
