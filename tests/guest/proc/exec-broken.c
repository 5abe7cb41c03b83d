// SPDX-License-Identifier: Apache-2.0
/* A program that cannot be mapped is found out too late: the process ends by a signal. */
#include "../fs/try.h"

#include <elf.h>

int main(void)
{
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segment;
	} file = { 0 };
	char *const arguments[] = { "broken", NULL };
	int fd = open("/tmp", O_TMPFILE | O_RDWR, 0755);
	char name[64];

	memcpy(file.header.e_ident, ELFMAG, SELFMAG);
	file.header.e_ident[EI_CLASS] = ELFCLASS64;
	file.header.e_type = ET_EXEC;
	file.header.e_machine = EM_X86_64;
	file.header.e_phoff = sizeof(file.header);
	file.header.e_phentsize = sizeof(file.segment);
	file.header.e_phnum = 1;
	file.segment.p_type = PT_LOAD;
	file.segment.p_vaddr = 0xffff800000000000;
	file.segment.p_memsz = file.segment.p_filesz = 4096;
	write(fd, &file, sizeof(file));
	sprintf(name, "/proc/self/fd/%d", fd);
	int readable = open(name, O_RDONLY);
	close(fd);
	printf("executing\n");
	fflush(stdout);
	TRY(syscall(SYS_execveat, readable, "", arguments, NULL, AT_EMPTY_PATH));
	return 0;
}
