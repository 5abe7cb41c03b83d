// SPDX-License-Identifier: Apache-2.0
/* Reads ELF headers and maps segments, as elf(5) and the x86-64 psABI have them. */
#include "guest-runtime/proc/elf.h"

#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/lib/random.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"

#include <asm/mman.h>
#include <linux/elf.h>
#include <linux/errno.h>
#include <linux/mman.h>

#define PIE_BASE    0x555555554000 /* where Linux starts, plus the random part */
#define PIE_RANDOM  0xfffffff000
#define HEADERS_MAX 128

/* Out of the pages that the segments will be mapped from, where the file has some: no exit of its own. */
static bool copy_mapped(struct file *file, char *to, size_t n, uint64_t offset)
{
	struct hc_attr attr;

	if (file_attr(file, &attr) || offset > (uint64_t)attr.size ||
	    n > (uint64_t)attr.size - offset)
		return false;
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

static int read_exact(struct file *file, void *to, size_t n, uint64_t offset)
{
	if (copy_mapped(file, to, n, offset))
		return 0;
	long got = file_read_kernel(file, to, n, offset);

	if (got < 0)
		return (int)got;
	return (size_t)got == n ? 0 : -ENOEXEC;
}

static int read_header(struct file *file, Elf64_Ehdr *header)
{
	int error = read_exact(file, header, sizeof(*header), 0);

	if (error)
		return error;
	if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
	    header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != EM_X86_64)
		return -ENOEXEC;
	if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
		return -ENOEXEC;
	if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum == 0 ||
	    header->e_phnum > HEADERS_MAX)
		return -ENOEXEC;
	return 0;
}

static int read_segments(struct file *file, const Elf64_Ehdr *header, Elf64_Phdr **out)
{
	size_t size = header->e_phnum * sizeof(Elf64_Phdr);

	*out = kmalloc(size);
	if (!*out)
		return -ENOMEM;
	int error = read_exact(file, *out, size, header->e_phoff);
	if (error)
		kfree(*out);
	return error;
}

int elf_check(struct file *file)
{
	Elf64_Ehdr header;
	Elf64_Phdr *segments;
	bool loadable = false;
	int error = read_header(file, &header);

	if (error)
		return error;
	error = read_segments(file, &header, &segments);
	if (error)
		return error;
	for (unsigned int i = 0; i < header.e_phnum; i++) {
		loadable |= segments[i].p_type == PT_LOAD;
		/* A program that needs a loader is a dynamic one. */
		if (segments[i].p_type == PT_INTERP)
			error = -ELIBBAD;
	}
	kfree(segments);
	return error ? error : loadable ? 0 : -ENOEXEC;
}

static uint32_t segment_prot(const Elf64_Phdr *segment)
{
	return (segment->p_flags & PF_R ? PROT_READ : 0u) |
	       (segment->p_flags & PF_W ? PROT_WRITE : 0u) |
	       (segment->p_flags & PF_X ? PROT_EXEC : 0u);
}

/* The part of the last file page past the file's content, and whole pages after it, are zero. */
static int map_zeroes(struct mm *mm, uint64_t from, uint64_t to, uint32_t prot)
{
	uint64_t page = ALIGN_UP(from, PAGE_SIZE);

	if ((prot & PROT_WRITE) && page > from && mm_write(mm, from, NULL, MIN(page, to) - from))
		return -ENOMEM;
	if (to <= page)
		return 0;
	long at = mm_map(mm, page, ALIGN_UP(to, PAGE_SIZE) - page, prot,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, NULL, 0);
	return at < 0 ? (int)at : 0;
}

static int map_segment(struct mm *mm, struct file *file, const Elf64_Phdr *segment, uint64_t bias)
{
	uint64_t start = ALIGN_DOWN(segment->p_vaddr, PAGE_SIZE);
	uint64_t skew = segment->p_vaddr - start;
	uint32_t prot = segment_prot(segment);

	if (segment->p_filesz > segment->p_memsz || segment->p_memsz > GUEST_USER_END ||
	    segment->p_vaddr > GUEST_USER_END - segment->p_memsz - bias ||
	    segment->p_offset % PAGE_SIZE != skew)
		return -ENOEXEC;
	if (segment->p_filesz) {
		long at = mm_map(mm, start + bias, ALIGN_UP(segment->p_filesz + skew, PAGE_SIZE),
				 prot, MAP_PRIVATE | MAP_FIXED, file, segment->p_offset - skew);
		if (at < 0)
			return (int)at;
	}
	uint64_t content = segment->p_vaddr + bias + segment->p_filesz;
	return map_zeroes(mm, segment->p_filesz ? content : start + bias,
			  segment->p_vaddr + bias + segment->p_memsz, prot);
}

static uint64_t random_bits(uint64_t mask)
{
	uint64_t bits;

	random_bytes(&bits, sizeof(bits));
	return bits & mask;
}

/* What the program cannot do without, whatever it touches later. */
static uint64_t writable_bytes(const Elf64_Phdr *segments, unsigned int count)
{
	uint64_t bytes = 0;

	for (unsigned int i = 0; i < count; i++)
		if (segments[i].p_type == PT_LOAD && (segments[i].p_flags & PF_W))
			bytes += MIN(segments[i].p_memsz, GUEST_USER_END);
	return bytes;
}

int elf_load(struct mm *mm, struct file *file, struct elf_image *out)
{
	Elf64_Ehdr header;
	Elf64_Phdr *segments;
	int error = read_header(file, &header);

	if (!error)
		error = read_segments(file, &header, &segments);
	if (error)
		return error;
	uint64_t bias = header.e_type == ET_DYN ? PIE_BASE + random_bits(PIE_RANDOM) : 0;

	if (writable_bytes(segments, header.e_phnum) > page_total() * PAGE_SIZE)
		error = -ENOMEM;
	*out = (struct elf_image){ .entry = header.e_entry + bias,
				   .header_count = header.e_phnum,
				   .start = GUEST_USER_END };
	for (unsigned int i = 0; i < header.e_phnum && !error; i++) {
		const Elf64_Phdr *segment = &segments[i];

		if (segment->p_type != PT_LOAD)
			continue;
		error = map_segment(mm, file, segment, bias);
		out->start = MIN(out->start, segment->p_vaddr + bias);
		out->end = MAX(out->end, segment->p_vaddr + segment->p_memsz + bias);
		if (header.e_phoff >= segment->p_offset &&
		    header.e_phoff < segment->p_offset + segment->p_filesz)
			out->headers = header.e_phoff - segment->p_offset + segment->p_vaddr + bias;
	}
	kfree(segments);
	return error;
}
