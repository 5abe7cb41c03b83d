/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the programs in this folder: MAP() prints what an mmap(2) or mremap(2)
 * said without the address, touch_read() and its like say what a touch does.
 */
#ifndef TESTS_GUEST_MM_PROBE_H
#define TESTS_GUEST_MM_PROBE_H

#include "../fs/try.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define PAGE 4096ul
#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static sigjmp_buf probe_back;
static volatile int probe_code;

static inline void probe_caught(int signo, siginfo_t *info, void *context)
{
	(void)context;
	probe_code = info->si_code;
	siglongjmp(probe_back, signo);
}

static inline void probe_start(void)
{
	struct sigaction action = { .sa_sigaction = probe_caught, .sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	setvbuf(stdout, NULL, _IOFBF, 65536);
}

/* What came of it: "ok", or the signal with its code. */
static inline const char *probe_verdict(int signo)
{
	static char text[32];

	if (!signo)
		return "ok";
	snprintf(text, sizeof(text), "%s code %d", signo == SIGSEGV ? "SIGSEGV" : "SIGBUS",
		 probe_code);
	return text;
}

static inline const char *touch_read(const volatile void *at)
{
	int signo = sigsetjmp(probe_back, 1);

	if (!signo)
		(void)*(const volatile char *)at;
	return probe_verdict(signo);
}

static inline const char *touch_write(volatile void *at)
{
	int signo = sigsetjmp(probe_back, 1);

	if (!signo)
		*(volatile char *)at = 'w';
	return probe_verdict(signo);
}

/* Calls at, where a RET should lie. */
static inline const char *touch_call(void *at)
{
	int signo = sigsetjmp(probe_back, 1);

	if (!signo)
		((void (*)(void))at)();
	return probe_verdict(signo);
}

static inline void *probe_map(const char *what, void *at)
{
	if (at == MAP_FAILED)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: ok\n", what);
	return at;
}

#define MAP(expression) (errno = 0, probe_map(#expression, (expression)))

static inline char *must_map(size_t length, int prot, int flags)
{
	char *at = mmap(NULL, length, prot, flags, -1, 0);

	if (at == MAP_FAILED) {
		perror("mmap");
		exit(99);
	}
	return at;
}

/* The value, in kB, of a line of /proc/self/status; -1: there is none. */
static inline long status_kb(const char *name)
{
	char line[256];
	long value = -1;
	FILE *file = fopen("/proc/self/status", "r");

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':')
			value = atol(line + strlen(name) + 1);
	if (file)
		fclose(file);
	return value;
}

#endif
