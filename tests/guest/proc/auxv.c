// SPDX-License-Identifier: Apache-2.0
/* The auxiliary vector and the initial stack: facts that hold on every machine. */
#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

extern char **environ;
extern const char __ehdr_start[], _start[];

static const struct {
	unsigned long type;
	const char *name;
} rows[] = {
	{ AT_SYSINFO_EHDR, "AT_SYSINFO_EHDR" },
	{ AT_HWCAP, "AT_HWCAP" },
	{ AT_PAGESZ, "AT_PAGESZ" },
	{ AT_CLKTCK, "AT_CLKTCK" },
	{ AT_PHDR, "AT_PHDR" },
	{ AT_PHENT, "AT_PHENT" },
	{ AT_PHNUM, "AT_PHNUM" },
	{ AT_BASE, "AT_BASE" },
	{ AT_FLAGS, "AT_FLAGS" },
	{ AT_ENTRY, "AT_ENTRY" },
	{ AT_UID, "AT_UID" },
	{ AT_SECURE, "AT_SECURE" },
	{ AT_RANDOM, "AT_RANDOM" },
	{ AT_HWCAP2, "AT_HWCAP2" },
	{ AT_EXECFN, "AT_EXECFN" },
	{ AT_PLATFORM, "AT_PLATFORM" },
	{ 51, "AT_MINSIGSTKSZ" },
};

static const ElfW(auxv_t) * vector(void)
{
	char **end = environ;

	while (*end)
		end++;
	return (const ElfW(auxv_t) *)(end + 1);
}

static int has(unsigned long type)
{
	for (const ElfW(auxv_t) *at = vector(); at->a_type != AT_NULL; at++)
		if (at->a_type == type)
			return 1;
	return 0;
}

int main(int argc, char **argv)
{
	const ElfW(Phdr) *headers = (const ElfW(Phdr) *)getauxval(AT_PHDR);
	const char *random = (const char *)getauxval(AT_RANDOM);
	const ElfW(Ehdr) *vdso = (const ElfW(Ehdr) *)getauxval(AT_SYSINFO_EHDR);
	char zeros[16] = "";

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		printf("%s: %d\n", rows[i].name, has(rows[i].type));
	printf("page %lu, ticks %lu, header %lu, flags %lu, base %lu, secure %lu\n",
	       getauxval(AT_PAGESZ), getauxval(AT_CLKTCK), getauxval(AT_PHENT), getauxval(AT_FLAGS),
	       getauxval(AT_BASE), getauxval(AT_SECURE));
	printf("entry %d, headers %d, count %d\n", getauxval(AT_ENTRY) == (uintptr_t)_start,
	       (const char *)headers - __ehdr_start == sizeof(ElfW(Ehdr)),
	       getauxval(AT_PHNUM) == ((const ElfW(Ehdr) *)__ehdr_start)->e_phnum);
	printf("platform %s, hwcap2 %lu, signal stack enough: %d\n",
	       (const char *)getauxval(AT_PLATFORM), getauxval(AT_HWCAP2), getauxval(51) > 1000);
	printf("name is argv[0]: %d\n", !strcmp((const char *)getauxval(AT_EXECFN), argv[0]));
	printf("random bytes: %d\n", memcmp(random, zeros, sizeof(zeros)) != 0);
	printf("ids: %d\n", getauxval(AT_UID) == getuid() && getauxval(AT_EGID) == getegid());
	printf("argv is below the strings: %d, argc: %d\n", (char *)argv < argv[0],
	       ((long *)argv)[-1] == argc);
	printf("strings follow each other: %d\n",
	       !environ[0] || argv[argc - 1] + strlen(argv[argc - 1]) + 1 == environ[0]);
	printf("vector aligned: %d\n", (uintptr_t)(argv - 1) % 16 == 0);
	printf("vdso: %d %d\n", !memcmp(vdso->e_ident, ELFMAG, SELFMAG), vdso->e_type == ET_DYN);
	return 0;
}
