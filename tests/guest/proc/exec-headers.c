// SPDX-License-Identifier: Apache-2.0
/* Programs whose headers lead nowhere: what execve says, or by which signal the process ends. */
#include "../fs/try.h"

#include <elf.h>
#include <stddef.h>
#include <sys/wait.h>

static const char interpreter[] = "/lib64/ld-linux-x86-64.so.2";

static struct {
	Elf64_Ehdr header;
	Elf64_Phdr segments[2];
	char name[sizeof(interpreter)];
	char code[16];
} file;

static void reset(void)
{
	memset(&file, 0, sizeof(file));
	memcpy(file.header.e_ident, ELFMAG, SELFMAG);
	file.header.e_ident[EI_CLASS] = ELFCLASS64;
	file.header.e_type = ET_EXEC;
	file.header.e_machine = EM_X86_64;
	file.header.e_phoff = sizeof(file.header);
	file.header.e_phentsize = sizeof(*file.segments);
	file.header.e_phnum = 1;
	file.header.e_entry = 0x400000 + offsetof(typeof(file), code);
	file.segments[0].p_type = PT_LOAD;
	file.segments[0].p_flags = PF_R | PF_X;
	file.segments[0].p_vaddr = 0x400000;
	file.segments[0].p_memsz = file.segments[0].p_filesz = sizeof(file);
	file.segments[1].p_type = PT_INTERP;
	file.segments[1].p_offset = offsetof(typeof(file), name);
	file.segments[1].p_filesz = sizeof(interpreter);
	memcpy(file.name, interpreter, sizeof(interpreter));
	memcpy(file.code, "\x31\xff\xb8\x3c\0\0\0\x0f\x05", 9); /* exit(0) */
}

static void run(const char *what, uint64_t value)
{
	char *const arguments[] = { "broken", NULL };
	char name[64];
	int fd = open("/tmp", O_TMPFILE | O_RDWR, 0755), status = 0;

	write(fd, &file, sizeof(file));
	sprintf(name, "/proc/self/fd/%d", fd);
	int readable = open(name, O_RDONLY);
	close(fd);
	printf("%s %lx\n", what, value);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		TRY(syscall(SYS_execveat, readable, "", arguments, NULL, AT_EMPTY_PATH));
		fflush(stdout);
		_exit(126);
	}
	waitpid(pid, &status, 0);
	printf("status %x\n",
	       status & ~0x80); /* whether there is a core file is not the question */
	close(readable);
	reset();
}

int main(void)
{
	static const uint64_t far[] = { INT64_MAX - 8,	    INT64_MAX,	1ull << 63,
					0xffff800000000003, UINT64_MAX, 0x7fffffffffff };
	static const uint64_t places[] = { 0, 0x7ffffffff000, 0x800000000000, 0xffff800000000000,
					   UINT64_MAX };

	reset();
	run("as it is", 0);
	for (unsigned int i = 0; i < sizeof(far) / sizeof(*far); i++) {
		file.header.e_phoff = far[i];
		run("headers", far[i]);
		file.header.e_phnum = 2;
		file.segments[1].p_offset = far[i];
		run("interpreter", far[i]);
	}
	for (unsigned int i = 0; i < sizeof(places) / sizeof(*places); i++) {
		file.header.e_entry = places[i];
		run("entry", places[i]);
	}
	return 0;
}
