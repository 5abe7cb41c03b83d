// SPDX-License-Identifier: Apache-2.0
/* Breaks in the way its argument names; run natively and in the sandbox by faults.sh. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RUNTIME 0x7f8000000000ul /* where the runtime lies: one trust domain with the program */

static volatile int zero;
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
	zero = 1 / zero;
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
	return deep(frame) + frame[0];
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

/* Takes all memory; malloc must say no before anything dies. */
static void hog(void)
{
	size_t total = 0;
	char *p;

	while ((p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)) != MAP_FAILED &&
	       total < 1ul << 40) {
		memset(p, 1, 1 << 20);
		total += 1 << 20;
	}
	puts("told");
	exit(0);
}

/* The guest is one trust domain: a program can break the runtime, and only gets its own VM ended. */
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
	{ "panic", panic },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(acts) / sizeof(*acts); i++)
		if (!strcmp(argv[1], acts[i].name))
			acts[i].act();
	return 99;
}
