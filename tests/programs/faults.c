// SPDX-License-Identifier: Apache-2.0
/* Breaks in the way its argument names; run natively and in the sandbox by faults.sh. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RUNTIME 0x7f8000000000ul /* where the runtime lies: one trust domain with the program */

static volatile int zero, one = 1;
static int data = 1;

static void segv(void)
{
	*(volatile int *)16 = 1;
}

static void ill(void)
{
	__asm__ volatile("ud2");
}

static void fpe(void)
{
	one = one / zero;
}

static void bus(void)
{
	raise(SIGBUS);
}

static void trap(void)
{
	__asm__ volatile("int3");
}

static void null_call(void)
{
	((void (*)(void))(uintptr_t)zero)();
}

static void write_text(void)
{
	*(volatile char *)(uintptr_t)segv = 1;
}

static int deep(volatile char *below)
{
	volatile char frame[4096];

	frame[0] = below[0];
	return zero ? 0 : deep(frame) + frame[0];
}

static void stack(void)
{
	volatile char c = 0;

	exit(deep(&c));
}

static void kill_self(void)
{
	kill(getpid(), SIGKILL);
}

static void privileged(void)
{
	__asm__ volatile("hlt");
}

static void noncanonical(void)
{
	*(volatile int *)0x8000000000000000ul = 1;
}

static void execute_data(void)
{
	((void (*)(void))(uintptr_t)&data)();
}

static void spin(void)
{
	for (;;)
		__asm__ volatile("");
}

static void syscalls(void)
{
	for (;;)
		getppid();
}

/* Takes memory until it is killed for it. */
static void hog(void)
{
	for (;;) {
		char *p = malloc(1 << 20);

		if (p)
			memset(p, 1, 1 << 20);
	}
}

/* The kernel runs out where it fills pages, not the program. */
static void hog_in_kernel(void)
{
	size_t size = 24 << 20;
	int fd = open("/dev/zero", O_RDONLY);

	for (;;) {
		char *p = malloc(size);

		if (!p || read(fd, p, size) != (ssize_t)size)
			exit(98);
	}
}

/* One request that can never be served is refused, as Linux does; what can be is not. */
static void ask(void)
{
	char *p = malloc(1ul << 40);

	printf("1 TiB: %s\n", p ? "given" : strerror(errno));
	p = mmap(NULL, 1ul << 40, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	printf("1 TiB, not reserved: %s\n", p == MAP_FAILED ? strerror(errno) : "given");
	p = mmap(NULL, 1ul << 40, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	printf("1 TiB of addresses: %s\n", p == MAP_FAILED ? strerror(errno) : "given");
	p = malloc(8 << 20);
	printf("8 MiB: %s\n", p ? "given" : strerror(errno));
	p = realloc(p, 1ul << 40);
	printf("grown to 1 TiB: %s\n", p ? "given" : strerror(errno));
	exit(0);
}

/* One trust domain: a program can break the runtime, and only gets its own VM ended. */
static void panic(void)
{
	((void (*)(void))(RUNTIME + 0x10))();
}

static const struct {
	const char *name;
	void (*act)(void);
} acts[] = {
	{ "segv", segv },
	{ "ill", ill },
	{ "fpe", fpe },
	{ "bus", bus },
	{ "abort", abort },
	{ "trap", trap },
	{ "null-call", null_call },
	{ "write-text", write_text },
	{ "stack", stack },
	{ "kill", kill_self },
	{ "privileged", privileged },
	{ "noncanonical", noncanonical },
	{ "execute-data", execute_data },
	{ "spin", spin },
	{ "syscalls", syscalls },
	{ "hog", hog },
	{ "hog-in-kernel", hog_in_kernel },
	{ "ask", ask },
	{ "panic", panic },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(acts) / sizeof(*acts); i++)
		if (!strcmp(argv[1], acts[i].name))
			acts[i].act();
	return 99;
}
