// SPDX-License-Identifier: Apache-2.0
/*
 * The vDSO: its symbols as the C libraries look them up, which clocks need
 * no system call, and that they agree with the system calls.
 */
#include <elf.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NS 1000000000L

static const char *const names[] = {
	"__vdso_clock_gettime", "__vdso_gettimeofday", "__vdso_time",  "__vdso_getcpu",
	"__vdso_clock_getres",	"clock_gettime",       "gettimeofday", "time",
};

static const struct {
	int id;
	const char *name;
} clocks[] = {
	{ CLOCK_REALTIME, "realtime" },
	{ CLOCK_MONOTONIC, "monotonic" },
	{ CLOCK_MONOTONIC_RAW, "raw" },
	{ CLOCK_BOOTTIME, "boottime" },
	{ CLOCK_TAI, "tai" },
	{ CLOCK_REALTIME_COARSE, "realtime, coarse" },
	{ CLOCK_MONOTONIC_COARSE, "monotonic, coarse" },
};

static sigjmp_buf after_fault;
static const char *base;
static const Elf64_Sym *symbols;
static const char *strings;
static const uint32_t *hash;
static const uint16_t *versions;
static const Elf64_Verdef *definitions;

static void find_tables(void)
{
	const Elf64_Ehdr *header = (const void *)(base = (const char *)getauxval(AT_SYSINFO_EHDR));
	const Elf64_Phdr *segment = (const void *)(base + header->e_phoff);
	const Elf64_Dyn *dynamic = NULL;
	intptr_t bias = 0;

	for (int i = 0; i < header->e_phnum; i++, segment++) {
		if (segment->p_type == PT_LOAD)
			bias = (intptr_t)base + (intptr_t)segment->p_offset -
			       (intptr_t)segment->p_vaddr;
		else if (segment->p_type == PT_DYNAMIC)
			dynamic = (const void *)(base + segment->p_offset);
	}
	for (; dynamic && dynamic->d_tag; dynamic++) {
		const void *at = (const void *)(bias + (intptr_t)dynamic->d_un.d_ptr);

		switch (dynamic->d_tag) {
		case DT_STRTAB:
			strings = at;
			break;
		case DT_SYMTAB:
			symbols = at;
			break;
		case DT_HASH:
			hash = at;
			break;
		case DT_VERSYM:
			versions = at;
			break;
		case DT_VERDEF:
			definitions = at;
			break;
		}
	}
}

static const char *version_of(uint16_t index)
{
	const Elf64_Verdef *at = definitions;

	while (at->vd_ndx != (index & 0x7fff) && at->vd_next)
		at = (const void *)((const char *)at + at->vd_next);
	return strings + ((const Elf64_Verdaux *)((const char *)at + at->vd_aux))->vda_name;
}

/* nchain is the number of symbols where there is a DT_HASH, as musl needs it. */
static void *find(const char *name, const char **version)
{
	for (uint32_t i = 0; hash && i < hash[1]; i++)
		if (!strcmp(strings + symbols[i].st_name, name) && symbols[i].st_shndx) {
			*version = version_of(versions[i]);
			return (void *)(base + symbols[i].st_value);
		}
	return NULL;
}

static long ns(const struct timespec *t)
{
	return t->tv_sec * NS + t->tv_nsec;
}

/* Read in turn by both ways: never back, and never far apart. */
static void agree(int id, const char *name, int (*gettime)(int, struct timespec *))
{
	int coarse = strstr(name, "coarse") != NULL;
	long last = 0, back = 0, fast = 0;

	for (int i = 0; i < 20000; i++) {
		struct timespec now;

		if (i % 50 == 0)
			syscall(SYS_clock_gettime, id, &now);
		else
			gettime(id, &now);
		back += ns(&now) < last;
		fast += i && ns(&now) - last < 5 * NS;
		last = ns(&now);
	}
	printf("%s: %s, %s\n", name, back ? "goes back" : "never back",
	       fast >= 19990 || coarse ? "steady" : "jumps");
}

static void fault(int signo)
{
	(void)signo;
	siglongjmp(after_fault, 1);
}

/* Storing to a bad address, a system call returns an error; the program itself gets a signal. */
static const char *served_by(int id, int (*gettime)(int, struct timespec *))
{
	struct timespec fresh;

	signal(SIGSEGV, fault);
	if (sigsetjmp(after_fault, 1))
		return "the vDSO";
	gettime(id, &fresh);
	gettime(id, (struct timespec *)16);
	return "a system call";
}

int main(void)
{
	int (*gettime)(int, struct timespec *);
	int (*getres)(int, struct timespec *);
	const char *version;
	struct timespec a, b;
	struct timeval day;

	find_tables();
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		printf("%s: %s\n", names[i], find(names[i], &version) ? version : "missing");
	gettime = (int (*)(int, struct timespec *))find("__vdso_clock_gettime", &version);
	getres = (int (*)(int, struct timespec *))find("__vdso_clock_getres", &version);
	for (size_t i = 0; i < sizeof(clocks) / sizeof(*clocks); i++) {
		agree(clocks[i].id, clocks[i].name, gettime);
		int result = getres(clocks[i].id, &a);
		if (!strstr(clocks[i].name, "coarse")) /* there it is the kernel's tick */
			printf("resolution: %d %ld\n", result, a.tv_nsec);
		printf("served by %s\n", served_by(clocks[i].id, gettime));
	}
	printf("CPU time is served by %s\n", served_by(CLOCK_PROCESS_CPUTIME_ID, gettime));
	printf("other clocks: %d %d %d\n", gettime(CLOCK_PROCESS_CPUTIME_ID, &a),
	       gettime(CLOCK_THREAD_CPUTIME_ID, &a), gettime(99, &a));
	clock_gettime(CLOCK_REALTIME, &a);
	gettimeofday(&day, NULL);
	clock_gettime(CLOCK_REALTIME, &b);
	printf("in order: %d\n", ns(&a) / 1000 <= day.tv_sec * 1000000 + day.tv_usec &&
					 day.tv_sec * 1000000 + day.tv_usec <= ns(&b) / 1000);
	printf("seconds: %d\n", time(NULL) >= day.tv_sec - 1);
	return 0;
}
