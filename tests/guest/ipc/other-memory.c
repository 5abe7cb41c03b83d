// SPDX-License-Identifier: Apache-2.0
/* The memory of other processes: process_vm_readv and its kin, /proc/PID/mem; kcmp. */
#include "../fs/try.h"

#include <linux/kcmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

static char text[64] = "the parent's";
static const char constant[] = "read only";

static long read_of(int pid, void *from, void *to, size_t n)
{
	struct iovec local = { to, n }, remote = { from, n };

	return process_vm_readv(pid, &local, 1, &remote, 1, 0);
}

static long write_of(int pid, void *to, void *from, size_t n)
{
	struct iovec local = { from, n }, remote = { to, n };

	return process_vm_writev(pid, &local, 1, &remote, 1, 0);
}

int main(void)
{
	int p[2], q[2];
	char buffer[10000], c;

	work_enter();
	pipe(p), pipe(q);
	char *area =
		mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(area + 2 * 4096, 4096);
	mprotect(area + 4096, 4096, PROT_READ);
	fflush(stdout);
	int pid = fork();
	if (pid == 0) {
		strcpy(text, "the child's");
		strcpy(area, "area");
		write(p[1], "x", 1);
		read(q[0], &c, 1);
		printf("in the child: %s\n", text);
		fflush(stdout);
		_exit(0);
	}
	read(p[0], &c, 1);
	TRY(read_of(pid, text, buffer, 12));
	printf("%s here %s\n", buffer, text);
	TRY(write_of(pid, text, "written", 8));
	printf("here still %s\n", text);
	TRY(read_of(pid, area, buffer, 3 * 4096 > sizeof(buffer) ? sizeof(buffer) : 3 * 4096));
	printf("%s\n", buffer);
	TRY(read_of(pid, area + 8192, buffer, 10));
	TRY(write_of(pid, area + 4096, buffer, 10));
	TRY(read_of(pid, text, (void *)8, 10));
	TRY(read_of(pid, (void *)8, buffer, 10));
	TRY(read_of(999999, text, buffer, 10));
	struct iovec local[2] = { { buffer, 4 }, { buffer + 100, 50 } },
		     remote[3] = { { text, 2 }, { NULL, 0 }, { text + 2, 6 } };
	TRY(process_vm_readv(pid, local, 2, remote, 3, 0));
	printf("%.4s %.4s\n", buffer, buffer + 100);
	TRY(process_vm_readv(pid, local, 2, remote, 3, 1));
	TRY(process_vm_readv(pid, local, 0, remote, 3, 0));
	TRY(process_vm_readv(pid, local, 2000, remote, 3, 0));
	sprintf(buffer, "/proc/%d/mem", pid);
	int fd = open(buffer, O_RDWR);
	TRY(pread(fd, buffer, 8, (off_t)text));
	printf("%s\n", buffer);
	TRY(pwrite(fd, "by mem", 7, (off_t)text));
	TRY(pread(fd, buffer, 8, 8));
	TRY(pread(fd, buffer, 10, (off_t)constant));
	printf("%s\n", buffer);
	TRY(lseek(fd, (off_t)text, SEEK_SET) == (off_t)text);
	TRY(read(fd, buffer, 3));
	TRY(read(fd, buffer, 4));
	printf("%s\n", buffer);
	TRY(syscall(SYS_kcmp, getpid(), pid, KCMP_VM, 0, 0) > 0);
	TRY(syscall(SYS_kcmp, getpid(), getpid(), KCMP_VM, 0, 0));
	TRY(syscall(SYS_kcmp, getpid(), pid, KCMP_FILE, p[0], p[0]));
	TRY(syscall(SYS_kcmp, getpid(), pid, KCMP_FILE, p[0], p[1]) > 0);
	TRY(syscall(SYS_kcmp, getpid(), pid, KCMP_FILE, 99, 0));
	TRY(syscall(SYS_kcmp, getpid(), pid, KCMP_FILES, 0, 0) > 0);
	TRY(syscall(SYS_kcmp, getpid(), 999999, KCMP_VM, 0, 0));
	TRY(syscall(SYS_kcmp, getpid(), pid, 99, 0, 0));
	if (getuid() == 0) {
		fflush(stdout);
		if (fork() == 0) {
			setresgid(1000, 1000, 1000), setresuid(1000, 1000, 1000);
			TRY(read_of(pid, text, buffer, 12));
			TRY(syscall(SYS_kcmp, getpid(), pid, KCMP_VM, 0, 0));
			fflush(stdout);
			_exit(0);
		}
		wait(NULL);
	}
	write(q[1], "x", 1);
	wait(NULL);
	TRY(pread(fd, buffer, 8, (off_t)text));
	TRY(read_of(pid, text, buffer, 10));
	return 0;
}
