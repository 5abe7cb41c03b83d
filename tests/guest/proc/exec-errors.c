// SPDX-License-Identifier: Apache-2.0
/* What execve(2) refuses, and with which error; nothing here starts anything. */
#include "../fs/try.h"

#include <elf.h>
#include <stddef.h>

static char *const plain[] = { "program", NULL };
static char *const none[] = { NULL };

static void put(const char *name, const void *data, size_t size, int mode)
{
	int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0755);

	write(fd, data, size);
	fchmod(fd, (mode_t)mode);
	close(fd);
}

static void script(const char *name, const char *text)
{
	put(name, text, strlen(text), 0755);
}

static void elf(const char *name, int machine, int type, const char *interpreter)
{
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segment;
		char interpreter[64];
	} file = { 0 };

	memcpy(file.header.e_ident, ELFMAG, SELFMAG);
	file.header.e_ident[EI_CLASS] = ELFCLASS64;
	file.header.e_ident[EI_DATA] = ELFDATA2LSB;
	file.header.e_type = (Elf64_Half)type;
	file.header.e_machine = (Elf64_Half)machine;
	file.header.e_phoff = sizeof(file.header);
	file.header.e_phentsize = sizeof(file.segment);
	file.header.e_phnum = interpreter ? 1 : 0;
	file.segment.p_type = PT_INTERP;
	file.segment.p_offset = offsetof(__typeof__(file), interpreter);
	if (interpreter) {
		strcpy(file.interpreter, interpreter);
		file.segment.p_filesz = strlen(interpreter) + 1;
	}
	put(name, &file, sizeof(file), 0755);
}

static void files(void)
{
	TRY(execve("missing", plain, none));
	TRY(execve("", plain, none));
	TRY(execve(NULL, plain, none));
	TRY(execve("/", plain, none));
	put("empty", "", 0, 0755);
	TRY(execve("empty", plain, none));
	TRY(execve("empty/below", plain, none));
	put("text", "hello\n", 6, 0755);
	TRY(execve("text", plain, none));
	put("mode", "hello\n", 6, 0644);
	TRY(execve("mode", plain, none));
	symlink("loop", "loop");
	TRY(execve("loop", plain, none));
	mkfifo("fifo", 0777);
	TRY(execve("fifo", plain, none));
	int fd = open("text", O_WRONLY);
	TRY(execve("text", plain, none));
	close(fd);
	int self = open("/proc/self/exe", O_RDWR);
	printf("writing to what runs: %s\n", self < 0 ? "refused" : "possible");
}

static void headers(void)
{
	elf("arm", EM_AARCH64, ET_EXEC, NULL);
	TRY(execve("arm", plain, none));
	elf("object", EM_X86_64, ET_REL, NULL);
	TRY(execve("object", plain, none));
	elf("headless", EM_X86_64, ET_EXEC, NULL);
	TRY(execve("headless", plain, none));
	elf("no-loader", EM_X86_64, ET_DYN, "/no/such/loader");
	TRY(execve("no-loader", plain, none));
	elf("text-loader", EM_X86_64, ET_DYN, "./text");
	TRY(execve("text-loader", plain, none));
	elf("mode-loader", EM_X86_64, ET_DYN, "./mode");
	TRY(execve("mode-loader", plain, none));
	elf("deep-loader", EM_X86_64, ET_DYN, "./object");
	TRY(execve("deep-loader", plain, none));
	put("short", ELFMAG "\2\1\1", 7, 0755);
	TRY(execve("short", plain, none));
}

static void scripts(void)
{
	char line[400];

	script("nothing", "#!");
	TRY(execve("nothing", plain, none));
	script("blank", "#!  \t \nrest");
	TRY(execve("blank", plain, none));
	script("lost", "#!/no/such/interpreter\n");
	TRY(execve("lost", plain, none));
	script("bad", "#!./text\n");
	TRY(execve("bad", plain, none));
	script("denied", "#!./mode\n");
	TRY(execve("denied", plain, none));
	script("directory", "#!/\n");
	TRY(execve("directory", plain, none));
	script("itself", "#!./itself\n");
	TRY(execve("itself", plain, none));
	memset(line, 'x', sizeof(line));
	line[0] = '#', line[1] = '!', line[2] = '/';
	strcpy(line + 300, "\n");
	script("long", line);
	TRY(execve("long", plain, none));
	line[200] = ' ';
	script("long-argument", line);
	TRY(execve("long-argument", plain, none));
}

static void limits(void)
{
	size_t most = 32 * 4096;
	char *text = malloc(most + 1);
	char *one[] = { text, NULL };
	char **many = calloc(400001, sizeof(*many));
	char *const bad[] = { (char *)8, NULL };

	memset(text, 'a', most);
	text[most] = '\0';
	TRY(execve("text", one, none));
	TRY(execve("text", plain, one));
	text[most - 1] = '\0';
	TRY(execve("text", one, none)); /* fits: the file is what is wrong */
	for (int i = 0; i < 400000; i++)
		many[i] = "argument";
	TRY(execve("text", many, none));
	TRY(execve("text", bad, none));
	TRY(execve("text", (char **)16, none));
	TRY(execve("text", plain, (char **)16));
	TRY(execve("text", NULL, NULL));
}

static void descriptors(void)
{
	int fd = open("text", O_RDONLY);
	int path = open("text", O_PATH);
	int hidden = open("lost", O_RDONLY | O_CLOEXEC);

	symlink("text", "link");
	TRY(syscall(SYS_execveat, fd, "", plain, none, AT_EMPTY_PATH));
	TRY(syscall(SYS_execveat, path, "", plain, none, AT_EMPTY_PATH));
	TRY(syscall(SYS_execveat, fd, "", plain, none, 0));
	TRY(syscall(SYS_execveat, 99, "", plain, none, AT_EMPTY_PATH));
	TRY(syscall(SYS_execveat, 99, "text", plain, none, 0));
	TRY(syscall(SYS_execveat, fd, "text", plain, none, 0));
	TRY(syscall(SYS_execveat, AT_FDCWD, "text", plain, none, 0x10));
	TRY(syscall(SYS_execveat, AT_FDCWD, "link", plain, none, AT_SYMLINK_NOFOLLOW));
	TRY(syscall(SYS_execveat, AT_FDCWD, "link", plain, none, 0));
	TRY(syscall(SYS_execveat, hidden, "", plain, none, AT_EMPTY_PATH));
}

static void clean(void)
{
	DIR *dir = opendir(".");
	struct dirent *d;

	while ((d = readdir(dir)))
		unlink(d->d_name);
	closedir(dir);
}

int main(void)
{
	work_enter();
	files();
	headers();
	scripts();
	limits();
	descriptors();
	clean();
	return 0;
}
