// SPDX-License-Identifier: Apache-2.0
/*
 * Finds the program and looks whether it can run at all, so that the usual
 * mistakes get their own message. It guards nothing: the file is read again,
 * and parsed, only inside the VM.
 */
#include "sandbox-cli/program.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/policy.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_DEFAULT "/usr/local/bin:/usr/bin:/bin"
#define RULE	     "command"
#define SHOWN	     200 /* bytes of an escaped name in a message */
#define SEGMENTS_MAX 64	 /* of a program, looked at here */

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

static int refuse_script(const char *name, const char *path, const unsigned char *bytes,
			 unsigned long length, struct err *e)
{
	char line[64] = "", shown[SHOWN];
	size_t used = 0;

	for (size_t i = 2; i < length && bytes[i] != '\n' && used < sizeof(line) - 1; i++) {
		if (used || bytes[i] != ' ')
			line[used++] = (char)bytes[i];
	}
	line[strcspn(line, " \t")] = '\0';
	err_escape(shown, sizeof(shown), line, strlen(line));
	err_set(e, ERR_NOT_EXECUTABLE, ENOEXEC, "%s: cannot execute: a script, not an ELF program",
		name);
	err_hint(e, "name its interpreter: sandbox-run --ro %s -- %s %s", path,
		 *shown ? shown : "INTERPRETER", path);
	return -ENOEXEC;
}

static int refuse_elf(const char *name, const char *reason, const char *machine, struct err *e)
{
	err_set(e, ERR_NOT_EXECUTABLE, ENOEXEC, "%s: cannot execute: %s%s", name, reason, machine);
	err_hint(e, "only ELF programs for 64-bit x86 Linux run");
	return -ENOEXEC;
}

int program_check_header(const char *name, const char *path, const unsigned char *bytes,
			 unsigned long length, struct err *e)
{
	Elf64_Ehdr header = { 0 };

	if (length >= 2 && bytes[0] == '#' && bytes[1] == '!')
		return refuse_script(name, path, bytes, length, e);
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

/*
 * A program that names a loader is a dynamic one. Nothing is decided here: a
 * header that makes no sense is left to the runtime, which refuses it.
 */
static int check_loader(const char *name, int fd, const Elf64_Ehdr *header, struct err *e)
{
	Elf64_Phdr segments[SEGMENTS_MAX];
	char loader[SHOWN] = "", shown[SHOWN];
	size_t count = header->e_phnum < SEGMENTS_MAX ? header->e_phnum : SEGMENTS_MAX;
	ssize_t length;

	if (header->e_phentsize != sizeof(*segments) || header->e_phoff > INT32_MAX)
		return 0;
	length = pread(fd, segments, count * sizeof(*segments), (off_t)header->e_phoff);
	count = length < 0 ? 0 : (size_t)length / sizeof(*segments);
	for (size_t i = 0; i < count; i++) {
		if (segments[i].p_type != PT_INTERP || segments[i].p_offset > INT32_MAX)
			continue;
		if (pread(fd, loader, sizeof(loader) - 1, (off_t)segments[i].p_offset) < 0)
			return 0;
		err_escape(shown, sizeof(shown), loader, strlen(loader));
		err_set(e, ERR_NOT_EXECUTABLE, ELIBBAD,
			"%s: cannot execute: it needs the loader %s, and only static programs run "
			"yet",
			name, shown);
		err_hint(e, "link it with -static, or use a static build such as busybox");
		return -ELIBBAD;
	}
	return 0;
}

static int cannot_execute(const char *name, int errnum, struct err *e)
{
	return err_set(e, ERR_NOT_EXECUTABLE, errnum, "%s: cannot execute: %s", name,
		       strerror(errnum));
}

/* host: canonical path of the file that was found; name: as shown in messages. */
static int check_file(const char *name, const char *host, struct err *e)
{
	unsigned char bytes[sizeof(Elf64_Ehdr)];
	Elf64_Ehdr header;
	char path[SHOWN];
	cleanup_close int fd = -1;
	struct stat st;
	ssize_t length;

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
	length = pread(fd, bytes, sizeof(bytes), 0);
	if (length < 0)
		return err_set(e, ERR_NOT_EXECUTABLE, errno, "%s: cannot read: %s", name,
			       strerror(errno));
	err_escape(path, sizeof(path), host, strlen(host));
	if (program_check_header(name, path, bytes, (unsigned long)length, e) < 0)
		return -ENOEXEC;
	memcpy(&header, bytes, sizeof(header));
	return check_loader(name, fd, &header, e);
}

static const char *search_path(const struct policy *p)
{
	for (char **variable = p->env; variable && *variable; variable++) {
		if (strncmp(*variable, "PATH=", 5) == 0)
			return *variable + 5;
	}
	return PATH_DEFAULT;
}

/* directory/name as an absolute path inside; an empty directory is the working directory. */
static int candidate(char out[PATH_MAX], const struct policy *p, const char *directory,
		     size_t length, const char *name)
{
	const char *top = *directory == '/' && length ? "" : p->workdir ? p->workdir : "";
	int used = snprintf(out, PATH_MAX, "%s%s%.*s/%s", top, *top ? "/" : "", (int)length,
			    directory, name);

	return used < PATH_MAX;
}

/* A hint for a program that the caller's own shell would find. */
static void hint_elsewhere(const char *name, const char *shown, struct err *e)
{
	const char *path = getenv("PATH");
	char found[PATH_MAX], escaped[SHOWN];

	while (path && *path) {
		size_t length = strcspn(path, ":");

		if (snprintf(found, sizeof(found), "%.*s/%s", (int)length, path, name) <
			    (int)sizeof(found) &&
		    *path == '/' && access(found, X_OK) == 0) {
			err_escape(escaped, sizeof(escaped), found, strlen(found));
			err_hint(e, "run it by its path: sandbox-run %s", escaped);
			return;
		}
		path += length + (path[length] == ':');
	}
	if (access(name, F_OK) == 0)
		err_hint(e, "for the file in the current directory write ./%s", shown);
	else
		err_hint(e, "check the name, or set PATH with --env PATH=...");
}

static int search(const struct policy *p, const char *name, const char *shown, char **guest,
		  struct err *e)
{
	const char *path = search_path(p);
	char escaped[SHOWN], inside[PATH_MAX];
	struct err first = { 0 };
	int rc = 0;

	for (const char *at = path;; at++) {
		size_t length = strcspn(at, ":");
		cleanup_free char *host = NULL;

		if (candidate(inside, p, at, length, name) &&
		    (host = policy_host_path(p, inside)) != NULL) {
			rc = check_file(shown, host, e);
			if (rc == 0)
				return (*guest = strdup(inside)) ? 0 : -ENOMEM;
			/* Like execvp(3): go on after a file without permission. */
			if (rc != -EACCES && rc != -EISDIR)
				return rc;
			first = *e;
		}
		at += length;
		if (!*at)
			break;
	}
	if (first.status) {
		*e = first;
		return rc;
	}
	err_escape(escaped, sizeof(escaped), path, strlen(path));
	err_set(e, ERR_NOT_FOUND, ENOENT, "%s: not found in the sandbox, searched %s", shown,
		escaped);
	hint_elsewhere(name, shown, e);
	return -ENOENT;
}

/* Grants a path of the host; *host: its canonical form, under which the task sees it, too. */
static int reveal(struct policy *p, const char *name, const char *shown, char **host, struct err *e)
{
	int rc = policy_grant_read(p, name, name, 0, RULE, e);
	cleanup_free char *seen = NULL;

	if (rc == -E2BIG || rc == -ENOMEM)
		return rc;
	*host = rc ? NULL : realpath(name, NULL);
	if (!*host) {
		int missing;

		rc = rc ? rc : -errno;
		missing = rc == -ENOENT || rc == -ENOTDIR;
		err_set(e, missing ? ERR_NOT_FOUND : ERR_NOT_EXECUTABLE, -rc, "%s: %s%s", shown,
			missing ? "" : "cannot execute: ", strerror(-rc));
		if (missing)
			err_hint(e, "check the path of the program");
		return rc;
	}
	seen = policy_host_path(p, *host);
	if (!seen || strcmp(seen, *host) != 0)
		return err_set(e, ERR_NOT_FOUND, ENOENT,
			       "%s: not found in the sandbox, which shows something else there",
			       shown);
	return 0;
}

/* True when a path holds nothing but names: it can be executed as it is written. */
static int is_plain(const char *path)
{
	size_t length = strlen(path);

	return *path == '/' && path[length - 1] != '/' && path[length - 1] != '.' &&
	       !strstr(path, "/./") && !strstr(path, "/../") && !strstr(path, "//");
}

static int take_path(struct policy *p, const char *name, const char *shown, char **guest,
		     struct err *e)
{
	cleanup_free char *host = NULL, *canonical = NULL;
	const char *inside = name;
	int rc, revealed;

	/* What --ro HOST:GUEST shows at this path comes first: it is the path inside. */
	if (*name == '/')
		policy_look(p, name, &canonical, &host);
	revealed = !host;
	if (revealed) {
		rc = reveal(p, name, shown, &host, e);
		if (rc)
			return rc;
	}
	rc = check_file(shown, host, e);
	if (rc)
		return rc;
	if (!is_plain(name))
		inside = revealed ? host : canonical;
	*guest = strdup(inside);
	return *guest ? 0 : err_set(e, ERR_SANDBOX, ENOMEM, "out of memory");
}

int program_find(struct policy *p, const char *name, char **guest, struct err *e)
{
	char shown[SHOWN];

	*guest = NULL;
	err_escape(shown, sizeof(shown), name, strlen(name));
	if (!*name)
		return err_set(e, ERR_NOT_FOUND, ENOENT, "\"\": %s", strerror(ENOENT));
	if (strchr(name, '/'))
		return take_path(p, name, shown, guest, e);
	return search(p, name, shown, guest, e);
}
