// SPDX-License-Identifier: Apache-2.0
/*
 * main SEED CALLS ROUNDS: each round's processes and threads make CALLS random
 * calls; the leader kills them, waits for them all, and sees that the runtime
 * still does its work. Says each round's seed: main SEED CALLS 1 is that round.
 * Only inside a sandbox: it kills all processes that there are.
 */
#include "tests/fuzz/syscalls/fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUND_MS 250 /* after it all are killed */
#define REAP_MS	 5000
#define WAIT_US	 5000 /* most that a call waits */

struct worker {
	struct source source;
	unsigned int calls;
};

static bool shown;

/*
 * A call; who comes out of it as somebody new goes on in child(), on a stack
 * of its own where the call gave it one.
 */
long call_or_become(long number, const uint64_t *arguments, uint64_t worker);
__asm__(".pushsection .text\n"
	"call_or_become:\n"
	"push %rbx\n"
	"mov %rdx, %rbx\n"
	"mov %rdi, %rax\n"
	"mov %rsi, %r11\n"
	"mov 0(%r11), %rdi\n"
	"mov 8(%r11), %rsi\n"
	"mov 16(%r11), %rdx\n"
	"mov 24(%r11), %r10\n"
	"mov 32(%r11), %r8\n"
	"mov 40(%r11), %r9\n"
	"cmp $56, %rax\n"
	"je 2f\n"
	"cmp $57, %rax\n"
	"je 2f\n"
	"cmp $58, %rax\n"
	"je 2f\n"
	"cmp $435, %rax\n"
	"je 2f\n"
	"syscall\n"
	"1: pop %rbx\n"
	"ret\n"
	"2: syscall\n"
	"test %rax, %rax\n"
	"jnz 1b\n"
	"mov %rbx, %rdi\n"
	"and $-16, %rsp\n"
	"call child\n"
	"hlt\n"
	".popsection");

_Noreturn void child(uint64_t seed);

static void show(const struct call *call, const uint64_t *arguments, long result)
{
	char line[256];
	int length =
		snprintf(line, sizeof(line), "%ld %s(%#lx, %#lx, %#lx, %#lx, %#lx, %#lx) = %ld\n",
			 syscall(SYS_gettid), call->name, arguments[0], arguments[1], arguments[2],
			 arguments[3], arguments[4], arguments[5], result);

	syscall(SYS_write, 1000, line, length);
}

/* Mostly the end of who makes it. */
static bool is_end(long number)
{
	return number == SYS_rt_sigreturn || number == SYS_pause || number == SYS_rt_sigsuspend ||
	       number == SYS_execve;
}

static void work(struct source *source, unsigned int count)
{
	while (count-- > 0) {
		const struct call *call = &calls[draw(source, call_count)];
		uint64_t arguments[6];

		for (size_t i = 0; i < 6; i++)
			arguments[i] = argument_value(source, &call->arguments[i]);
		if (call->number == SYS_clone && !(arguments[0] & CLONE_VM))
			arguments[1] = 0;
		if (is_end(call->number) && draw(source, 50))
			continue;
		if (shown)
			show(call, arguments, -9999);
		long result = call_or_become(call->number, arguments, draw(source, UINT64_MAX));

		if (shown)
			show(call, arguments, result);
	}
}

void child(uint64_t seed)
{
	struct source source = { seed | 1 };

	work(&source, (unsigned int)draw(&source, 60));
	syscall(SYS_exit, 0);
	__builtin_trap();
}

static void map(uint64_t at, size_t size)
{
	if (mmap((void *)at, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) == MAP_FAILED)
		exit(2);
}

/* Descriptors of all kinds, for the calls to find. */
static void open_some(void)
{
	int pair[2];

	mkdir("/t/dir", 0755);
	chdir("/t");
	symlink("dir", "link");
	symlink("loop", "loop");
	close(creat("a", 0644));
	int script = open("script", O_CREAT | O_WRONLY, 0755);
	write(script, "#!/bin/busybox true\n", 20);
	close(script);
	open("/t/a", O_RDWR);
	open("/t/dir", O_RDONLY | O_DIRECTORY);
	pipe(pair);
	syscall(SYS_socketpair, 1, 1, 0, pair);
	syscall(SYS_socketpair, 1, 2, 0, pair);
	syscall(SYS_eventfd2, 0, O_NONBLOCK);
	syscall(SYS_epoll_create1, 0);
	syscall(SYS_memfd_create, "m", 2);
	open("/dev/ptmx", O_RDWR | O_NOCTTY);
	open("/rw/file", O_RDWR);
	open("/over/file", O_RDWR);
	open("/ro/file", O_RDONLY);
	open("/proc/self/maps", O_RDONLY);
	syscall(SYS_socket, 2, 1, 0);
	syscall(SYS_socket, 2, 2, 0);
	syscall(SYS_socket, 16, 3, 0);
	syscall(SYS_inotify_init1, 0);
	syscall(SYS_timerfd_create, 1, 0);
}

/* A call that waits comes back with EINTR, as long as no call has changed that. */
static void interrupt_soon(void)
{
	const uint64_t action[4] = { (uint64_t)(uintptr_t)on_signal, SA_RESTORER,
				     (uint64_t)(uintptr_t)restore, 0 };
	const uint64_t times[4] = { 0, WAIT_US, 0, WAIT_US }, none = 0;

	syscall(SYS_rt_sigaction, SIGALRM, action, NULL, 8);
	syscall(SYS_setitimer, 0, times, NULL);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8);
}

static _Noreturn void process(uint64_t seed, unsigned int count)
{
	struct source source = { seed | 1 };
	int null = open("/dev/null", O_RDWR);

	setpgid(0, 0);
	if (shown)
		dup2(1, 1000);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	close(null);
	map(ARENA, ARENA_SIZE);
	map(STACKS, STACKS_SIZE);
	map(SPACE, 256 * 4096);
	open_some();
	arena_fill(&source);
	interrupt_soon();
	for (uint64_t threads = draw(&source, 4); threads > 1; threads--) {
		const uint64_t flags =
			CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
		const uint64_t arguments[6] = { flags, STACKS + threads * 16384 };

		call_or_become(SYS_clone, arguments, draw(&source, UINT64_MAX));
	}
	work(&source, count);
	syscall(SYS_exit_group, 0);
	__builtin_trap();
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits until no child is left. */
static bool reaped(int64_t until, bool more)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);

		if (pid < 0 && errno == ECHILD)
			return true;
		if (pid > 0)
			continue;
		if (now_ms() > until)
			return false;
		if (more) /* and those that were just made */
			kill(-1, SIGKILL);
		nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
	}
}

/* What any program needs: the runtime is not broken. */
static bool sane(void)
{
	char byte = 0;
	int pair[2], status;
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED || pipe(pair))
		return false;
	memset(page, 1, 4096);
	munmap(page, 4096);
	pid_t pid = fork();
	if (pid == 0) {
		write(pair[1], "x", 1);
		_exit(7);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 7 << 8)
		return false;
	if (read(pair[0], &byte, 1) != 1 || byte != 'x')
		return false;
	return !close(pair[0]) && !close(pair[1]);
}

static void one_round(uint64_t seed, unsigned int count)
{
	struct source source = { (seed + 1) * 0x9e3779b97f4a7c15 | 1 };

	for (uint64_t processes = 1 + draw(&source, 3); processes > 0; processes--) {
		uint64_t own = draw(&source, UINT64_MAX);

		if (fork() == 0)
			process(own, count);
	}
	reaped(now_ms() + ROUND_MS, false);
	kill(-1, SIGKILL);
	if (!reaped(now_ms() + REAP_MS, true)) {
		printf("round %lu: killed processes do not end\n", seed);
		exit(3);
	}
	if (!sane()) {
		printf("round %lu: the runtime does not work any more: errno %d\n", seed, errno);
		exit(4);
	}
}

/*
 * Children may stop, signal and starve the leader as far as Linux lets them: it
 * takes no signals that it can refuse.
 */
static void harden(void)
{
	struct utsname name;
	sigset_t all;

	if (uname(&name) || strcmp(name.nodename, "sandbox") != 0) {
		fputs("this kills all processes: only inside a sandbox\n", stderr);
		exit(2);
	}
	/* Also those that libc keeps for itself. */
	memset(&all, 0xff, sizeof(all));
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, 8);
	syscall(SYS_prctl, 36, 1, 0, 0, 0); /* PR_SET_CHILD_SUBREAPER */
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	unsigned int count = argc > 2 ? (unsigned int)atoi(argv[2]) : 300;
	unsigned int rounds = argc > 3 ? (unsigned int)atoi(argv[3]) : 1;

	shown = argc > 4;
	harden();
	for (unsigned int i = 0; i < rounds; i++) {
		printf("round %lu\n", seed + i);
		fflush(stdout);
		one_round(seed + i, count);
	}
	printf("done\n");
	return 0;
}
