// SPDX-License-Identifier: Apache-2.0
/* Reads ELF headers (elf(5), x86-64 psABI), with the errors of Linux. */
#include "guest-runtime/proc/elf.h"

#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/proc/exec.h"

#include <linux/errno.h>

#define HEADERS_MAX 0x10000 /* bytes of program headers */
#define PATH_MAX    4096

/*
 * Out of the pages that the segments will be mapped from: no exit of its own.
 * False: there are none.
 */
static bool copy_mapped(struct file *file, char *to, size_t n, uint64_t offset)
{
	while (n > 0) {
		uint64_t skip = offset % PAGE_SIZE,
			 page = file_host_page(file, offset - skip, true);
		size_t part = MIN(n, (size_t)(PAGE_SIZE - skip));

		if (!page)
			return false;
		memcpy(to, (char *)gpa_to_pointer(page) + skip, part);
		to += part;
		offset += part;
		n -= part;
	}
	return true;
}

long exec_read(struct file *file, void *to, size_t n, uint64_t offset)
{
	struct hc_attr attr;

	if (offset > INT64_MAX || n > INT64_MAX - offset)
		return -EINVAL;
	if (!file_attr(file, &attr) && offset < (uint64_t)attr.size) {
		size_t there = MIN(n, (uint64_t)attr.size - offset);

		if (copy_mapped(file, to, there, offset))
			return (long)there;
	}
	return file_read_kernel(file, to, n, offset);
}

static int read_exact(struct file *file, void *to, size_t n, uint64_t offset)
{
	long got = exec_read(file, to, n, offset);

	if (got < 0)
		return (int)got;
	return (size_t)got == n ? 0 : -ENOEXEC;
}

/* What Linux checks; byte order and class it takes on trust, as the machine says both. */
static int check(const Elf64_Ehdr *header)
{
	size_t size = header->e_phnum * sizeof(Elf64_Phdr);

	if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
		return -ENOEXEC;
	if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
		return -ENOEXEC;
	if (header->e_machine != EM_X86_64 || header->e_phentsize != sizeof(Elf64_Phdr))
		return -ENOEXEC;
	return size == 0 || size > HEADERS_MAX ? -ENOEXEC : 0;
}

int elf_read(struct file *file, struct elf *out)
{
	int error = read_exact(file, &out->header, sizeof(out->header), 0);

	out->file = NULL;
	out->segments = NULL;
	if (error == -ENOEXEC)
		error = -EIO;
	if (!error)
		error = check(&out->header);
	if (error)
		return error;
	size_t size = out->header.e_phnum * sizeof(Elf64_Phdr);
	out->segments = kmalloc(size);
	if (!out->segments)
		return -ENOMEM;
	if (read_exact(file, out->segments, size, out->header.e_phoff)) {
		elf_free(out);
		return -ENOEXEC;
	}
	out->file = file;
	return 0;
}

bool elf_wants_executable_stack(const struct elf *elf)
{
	bool wanted = false;

	/* The last one counts. */
	for (unsigned int i = 0; i < elf->header.e_phnum; i++)
		if (elf->segments[i].p_type == PT_GNU_STACK)
			wanted = elf->segments[i].p_flags & PF_X;
	return wanted;
}

void elf_free(struct elf *elf)
{
	kfree(elf->segments);
	elf->segments = NULL;
}

int elf_interpreter(const struct elf *elf, char **path)
{
	const Elf64_Phdr *segment = elf->segments;
	const Elf64_Phdr *end = segment + elf->header.e_phnum;

	*path = NULL;
	while (segment < end && segment->p_type != PT_INTERP)
		segment++;
	if (segment == end)
		return 0;
	if (segment->p_filesz > PATH_MAX || segment->p_filesz < 2)
		return -ENOEXEC;
	char *name = kmalloc(segment->p_filesz);
	if (!name)
		return -ENOMEM;
	int error = read_exact(elf->file, name, segment->p_filesz, segment->p_offset);
	if (error == -ENOEXEC)
		error = -EIO;
	if (!error && name[segment->p_filesz - 1] != '\0')
		error = -ENOEXEC;
	if (error) {
		kfree(name);
		return error;
	}
	*path = name;
	return 0;
}
