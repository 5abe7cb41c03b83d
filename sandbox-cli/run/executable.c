// SPDX-License-Identifier: Apache-2.0
/*
 * Looks whether a program can run at all, so that the usual mistakes get their
 * own message. It guards nothing: the file is read again, and parsed, only
 * inside the VM. What makes no sense here is left to the runtime to refuse.
 */
#include "sandbox-cli/run/executable.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/policy.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#define SHOWN	     200 /* bytes of an escaped name in a message */
#define SEGMENTS_MAX 64	 /* of a program, looked at here */
#define LINE_BYTES   256 /* bytes of a script's first line that Linux looks at */
#define SCRIPTS_MAX  5	 /* scripts that interpret scripts, Linux's own limit */
#define LOADER_MAX   4096

static const char *machine_name(unsigned int machine)
{
	switch (machine) {
	case EM_386:
		return "32-bit x86";
	case EM_AARCH64:
		return "aarch64";
	case EM_ARM:
		return "arm";
	case EM_RISCV:
		return "riscv";
	case EM_PPC64:
		return "ppc64";
	case EM_S390:
		return "s390";
	default:
		return "another machine";
	}
}

static int refuse_elf(const char *name, const char *reason, const char *machine, struct err *e)
{
	err_set(e, ERR_NOT_EXECUTABLE, ENOEXEC, "%s: cannot execute: %s%s", name, reason, machine);
	err_hint(e, "only ELF programs for 64-bit x86 Linux run, and scripts that start with #!");
	return -ENOEXEC;
}

int executable_check_header(const char *name, const unsigned char *bytes, size_t length,
			    struct err *e)
{
	Elf64_Ehdr header = { 0 };

	memcpy(&header, bytes, length < sizeof(header) ? length : sizeof(header));
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
		return refuse_elf(name, "not an ELF program", "", e);
	if (header.e_ident[EI_DATA] != ELFDATA2LSB)
		return refuse_elf(name, "an ELF file for ", "a big-endian machine", e);
	if (header.e_machine != EM_X86_64)
		return refuse_elf(name, "an ELF file for ", machine_name(header.e_machine), e);
	if (header.e_ident[EI_CLASS] != ELFCLASS64)
		return refuse_elf(name, "a 32-bit (x32) ELF file", "", e);
	if (length < sizeof(header))
		return refuse_elf(name, "an ELF file that is cut off", "", e);
	if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
		return refuse_elf(name, "an ELF file that is no program", "", e);
	return 0;
}

/* What a program needs besides itself, and what it is called in a message. */
struct need {
	const char *what;
	char path[LOADER_MAX]; /* "": nothing */
};

static void read_loader(int fd, const Elf64_Ehdr *header, struct need *need)
{
	Elf64_Phdr segments[SEGMENTS_MAX];
	size_t count = header->e_phnum < SEGMENTS_MAX ? header->e_phnum : SEGMENTS_MAX;
	ssize_t length;

	if (header->e_phentsize != sizeof(*segments) || header->e_phoff > INT32_MAX)
		return;
	length = pread(fd, segments, count * sizeof(*segments), (off_t)header->e_phoff);
	count = length < 0 ? 0 : (size_t)length / sizeof(*segments);
	for (size_t i = 0; i < count; i++) {
		size_t size = segments[i].p_filesz;

		if (segments[i].p_type != PT_INTERP)
			continue;
		if (segments[i].p_offset > INT32_MAX || size >= sizeof(need->path))
			return;
		length = pread(fd, need->path, size, (off_t)segments[i].p_offset);
		need->path[length > 0 ? length : 0] = '\0';
		need->what = "loader";
		return;
	}
}

/* The interpreter of a line such as "#! /bin/sh -e". */
static void read_interpreter(const char *line, struct need *need)
{
	size_t length;

	line += strspn(line, " \t");
	length = strcspn(line, " \t\n");
	memcpy(need->path, line, length);
	need->path[length] = '\0';
	need->what = "script interpreter";
}

static int cannot_execute(const char *name, int errnum, struct err *e)
{
	return err_set(e, ERR_NOT_EXECUTABLE, errnum, "%s: cannot execute: %s", name,
		       strerror(errnum));
}

/* Opens a program for reading; -errno. */
static int open_program(const char *name, const char *host, struct err *e)
{
	struct stat st;
	int fd;

	if (stat(host, &st) < 0)
		return cannot_execute(name, errno, e);
	if (S_ISDIR(st.st_mode))
		return cannot_execute(name, EISDIR, e);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_NOT_EXECUTABLE, EACCES,
			       "%s: cannot execute: not a regular file", name);
	if (faccessat(AT_FDCWD, host, X_OK, AT_EACCESS) < 0) {
		int rc = cannot_execute(name, errno, e);

		if (rc == -EACCES)
			err_hint(e, "make it executable: chmod +x %s", name);
		return rc;
	}
	fd = open(host, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return err_set(e, ERR_NOT_EXECUTABLE, errno, "%s: cannot read: %s", name,
			       strerror(errno));
	return fd;
}

/* Fills need with what a program or script asks for. */
static int read_need(const char *name, const char *host, struct need *need, struct err *e)
{
	cleanup_close int fd = open_program(name, host, e);
	char bytes[LINE_BYTES] = "";
	Elf64_Ehdr header;
	ssize_t length;
	int rc;

	need->path[0] = '\0';
	if (fd < 0)
		return fd;
	length = pread(fd, bytes, sizeof(bytes) - 1, 0);
	if (length < 0)
		return err_set(e, ERR_NOT_EXECUTABLE, errno, "%s: cannot read: %s", name,
			       strerror(errno));
	if (memcmp(bytes, "#!", 2) == 0) {
		read_interpreter(bytes + 2, need);
		if (need->path[0])
			return 0;
		return err_set(e, ERR_NOT_EXECUTABLE, ENOEXEC,
			       "%s: cannot execute: its first line names no interpreter", name);
	}
	rc = executable_check_header(name, (const unsigned char *)bytes, (size_t)length, e);
	if (rc)
		return rc;
	memcpy(&header, bytes, sizeof(header));
	read_loader(fd, &header, need);
	return 0;
}

static int is_loader(const struct need *need)
{
	return *need->what == 'l';
}

/* "/lib64/ld.so" is shown by --ro /lib64: a loader is no use without its libraries. */
static void hint_need(const struct need *need, struct err *e)
{
	char shown[SHOWN];
	const char *slash = strrchr(need->path, '/');
	size_t length = strlen(need->path);

	if (is_loader(need) && slash && slash != need->path)
		length = (size_t)(slash - need->path);
	err_escape(shown, sizeof(shown), need->path, length);
	if (access(need->path, F_OK) == 0)
		err_hint(e, "add --ro %s", shown);
	else
		err_hint(e, "this host has no such file either: it has to be installed");
}

static int invisible(const char *name, const struct need *need, struct err *e)
{
	char shown[SHOWN];

	err_escape(shown, sizeof(shown), need->path, strlen(need->path));
	if (is_loader(need))
		err_set(e, ERR_NOT_FOUND, ENOENT,
			"%s: cannot execute: its loader %s is not visible in the sandbox", name,
			shown);
	else
		err_set(e, ERR_NOT_FOUND, ENOENT,
			"%s: script interpreter %s is not visible in the sandbox", name, shown);
	hint_need(need, e);
	return -ENOENT;
}

int executable_check(const struct policy *p, const char *name, const char *host, struct err *e)
{
	struct need need;
	char shown[SHOWN];
	cleanup_free char *found = NULL;
	int rc = read_need(name, host, &need, e);

	for (int depth = 0; depth < SCRIPTS_MAX && rc == 0 && need.path[0]; depth++) {
		int loader = is_loader(&need);

		if (need.path[0] != '/') /* found from the working directory: the runtime says */
			return 0;
		free(found);
		found = policy_host_path(p, need.path);
		if (!found)
			return invisible(name, &need, e);
		if (loader) /* which has none */
			return 0;
		err_escape(shown, sizeof(shown), need.path, strlen(need.path));
		name = shown;
		rc = read_need(shown, found, &need, e);
	}
	return rc;
}
