// SPDX-License-Identifier: Apache-2.0
/* vfork(2), clone(2) with shared memory, clone3(2) and its errors, pidfds of children. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int shared;
static char stack[65536] __attribute__((aligned(16)));

static void show(const char *what, long result)
{
	printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
}

static int later(void *unused)
{
	(void)unused;
	usleep(20000);
	shared = 2;
	_exit(4);
}

static int by_exec(void *unused)
{
	char *const argv[] = { (char *)"true", (char *)"again", NULL };

	(void)unused;
	usleep(10000);
	shared = 3;
	execv("/proc/self/exe", argv);
	_exit(5);
}

static void suspended(void)
{
	int status;

	shared = 0;
	pid_t pid = vfork();
	if (pid == 0) {
		shared = 1; /* NOLINT(clang-analyzer-unix.Vfork): that is the test */
		_exit(3);
	}
	printf("after vfork: %d\n", shared);
	waitpid(pid, &status, 0);
	printf("status %d\n", WEXITSTATUS(status));
	pid = clone(later, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
	printf("after a child that takes its time: %d\n", shared);
	waitpid(pid, &status, 0);
	pid = clone(by_exec, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
	printf("after one that executes a program: %d\n", shared);
	waitpid(pid, &status, 0);
	printf("status %d\n", WEXITSTATUS(status));
	pid = clone(later, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
	printf("without CLONE_VFORK: %d\n", shared);
	waitpid(pid, &status, 0);
	printf("then: %d\n", shared);
}

static long clone3(struct clone_args *args, size_t size)
{
	return syscall(SYS_clone3, args, size);
}

static void errors(void)
{
	struct clone_args args = { .flags = CLONE_THREAD };
	char large[sizeof(args) + 8] = { 0 };

	show("CLONE_THREAD alone", clone3(&args, sizeof(args)));
	args.flags = CLONE_SIGHAND;
	show("CLONE_SIGHAND alone", clone3(&args, sizeof(args)));
	args.flags = CLONE_DETACHED;
	show("CLONE_DETACHED", clone3(&args, sizeof(args)));
	args.flags = SIGCHLD;
	show("a signal in the flags", clone3(&args, sizeof(args)));
	args = (struct clone_args){ .exit_signal = 65 };
	show("a bad signal", clone3(&args, sizeof(args)));
	args = (struct clone_args){ .stack = 4096 };
	show("a stack without size", clone3(&args, sizeof(args)));
	args = (struct clone_args){ .set_tid_size = 1 };
	show("a count of no ids", clone3(&args, sizeof(args)));
	args = (struct clone_args){ .flags = 1ULL << 34, .exit_signal = SIGCHLD };
	show("a flag that is not known yet", clone3(&args, sizeof(args)));
	args = (struct clone_args){ .stack = (uint64_t)-8192, .stack_size = 16384 };
	show("a stack around the end", clone3(&args, sizeof(args)));
	args = (struct clone_args){ .stack = 1ULL << 47, .stack_size = 8192 };
	show("a stack that is not the program's", clone3(&args, sizeof(args)));
	args = (struct clone_args){ .flags = CLONE_PIDFD | CLONE_PARENT_SETTID,
				    .pidfd = (uintptr_t)large,
				    .parent_tid = (uintptr_t)large };
	show("two numbers for one place", clone3(&args, sizeof(args)));
	args = (struct clone_args){ .exit_signal = SIGCHLD };
	show("too small", clone3(&args, 63));
	show("too large", clone3(&args, 4097));
	large[sizeof(args)] = 1;
	show("what is not known yet", clone3((struct clone_args *)large, sizeof(large)));
	show("a bad address", clone3((struct clone_args *)8, sizeof(args)));
	show("CLONE_PIDFD into nowhere",
	     syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, NULL, (int *)8, NULL, NULL));
	show("CLONE_PIDFD and CLONE_PARENT_SETTID",
	     syscall(SYS_clone, CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, NULL, NULL, NULL, 0));
	show("no child was left", waitpid(-1, NULL, 0));
}

static void numbers(void)
{
	static int parent_tid, child_tid, pidfd;
	struct clone_args args = { .flags = CLONE_PIDFD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID,
				   .exit_signal = SIGCHLD,
				   .pidfd = (uintptr_t)&pidfd,
				   .parent_tid = (uintptr_t)&parent_tid,
				   .child_tid = (uintptr_t)&child_tid };
	siginfo_t info;
	pid_t pid = (pid_t)clone3(&args, sizeof(args));

	if (pid == 0) {
		usleep(10000);
		_exit(child_tid == getpid() ? 11 : 12);
	}
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };
	printf("parent's number right: %d, child's not here: %d\n", parent_tid == pid,
	       child_tid == 0);
	printf("close-on-exec: %d, poll before: %d\n", fcntl(pidfd, F_GETFD) & FD_CLOEXEC,
	       poll(&poll_fd, 1, 0));
	printf("poll: %d, POLLIN %d\n", poll(&poll_fd, 1, 5000), !!(poll_fd.revents & POLLIN));
	waitid((idtype_t)3, (id_t)pidfd, &info, WEXITED);
	printf("status %d\n", info.si_status);
	show("read", read(pidfd, &info, sizeof(info)));
	show("write", write(pidfd, &info, sizeof(info)));
	close(pidfd);
	show("pidfd_open of nobody", syscall(SYS_pidfd_open, pid, 0));
	show("pidfd_open with a bad flag", syscall(SYS_pidfd_open, getpid(), 1));
	show("pidfd_open of pid 0", syscall(SYS_pidfd_open, 0, 0));
}

static void descriptors(void)
{
	int tube[2], got;
	char text[4] = "";
	int self = (int)syscall(SYS_pidfd_open, getpid(), 0);

	if (pipe(tube))
		abort();
	got = (int)syscall(SYS_pidfd_getfd, self, tube[0], 0);
	printf("pidfd_getfd: %d, close-on-exec %d\n", got >= 0, fcntl(got, F_GETFD));
	show("write", write(tube[1], "abc", 3));
	show("read", read(got, text, 3));
	printf("%s\n", text);
	show("of what is not open", syscall(SYS_pidfd_getfd, self, 99, 0));
	show("by what is no pidfd", syscall(SYS_pidfd_getfd, tube[0], 0, 0));
	show("with flags", syscall(SYS_pidfd_getfd, self, 0, 1));
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return strcmp(argv[0], "true");
	setvbuf(stdout, NULL, _IONBF, 0);
	suspended();
	errors();
	numbers();
	descriptors();
	return 0;
}
