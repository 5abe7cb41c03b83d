// SPDX-License-Identifier: Apache-2.0
/* Maps an ELF file's segments. */
#include "guest-runtime/proc/elf.h"

#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/lib/random.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/process.h"

#include <asm/mman.h>
#include <linux/errno.h>
#include <linux/mman.h>
#include <linux/personality.h>

#define PIE_RANDOM 0xfffffff000

static uint32_t segment_prot(const Elf64_Phdr *segment)
{
	return (segment->p_flags & PF_R ? PROT_READ : 0u) |
	       (segment->p_flags & PF_W ? PROT_WRITE : 0u) |
	       (segment->p_flags & PF_X ? PROT_EXEC : 0u);
}

/*
 * The rest of the last file page, and whole pages after it, are zero. All of
 * that page: loaders allocate from what is left behind their variables.
 */
static int map_zeroes(struct mm *mm, uint64_t from, uint64_t to, uint32_t prot)
{
	uint64_t page = ALIGN_UP(from, PAGE_SIZE);

	if ((prot & PROT_WRITE) && page > from && to > from &&
	    mm_write(mm, from, NULL, page - from))
		return -ENOMEM;
	if (to <= page)
		return 0;
	/* Writable, whatever the segment says, as from brk(2). */
	prot = PROT_READ | PROT_WRITE | (prot & PROT_EXEC);
	long at = mm_map(mm, page, ALIGN_UP(to, PAGE_SIZE) - page, prot,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, NULL, 0);
	return at < 0 ? (int)at : 0;
}

/* As by a copy that broke off: the page that is to be filled with zeroes is not there. */
static bool is_cut_off(struct file *file, const Elf64_Phdr *segment)
{
	struct hc_attr attr;

	return !file_attr(file, &attr) &&
	       (uint64_t)attr.size < segment->p_offset + segment->p_filesz;
}

static int map_segment(struct mm *mm, struct file *file, const Elf64_Phdr *segment, uint64_t base)
{
	uint64_t address = segment->p_vaddr + base;
	uint64_t start = ALIGN_DOWN(address, PAGE_SIZE), skew = address - start;
	uint32_t prot = segment_prot(segment);

	if (segment->p_filesz > segment->p_memsz || segment->p_memsz > GUEST_USER_END ||
	    address > GUEST_USER_END - segment->p_memsz || segment->p_offset % PAGE_SIZE != skew)
		return -EINVAL;
	if (segment->p_filesz) {
		long at = mm_map(mm, start, ALIGN_UP(segment->p_filesz + skew, PAGE_SIZE), prot,
				 MAP_PRIVATE | MAP_FIXED | MAP_DENYWRITE, file,
				 segment->p_offset - skew);
		if (at < 0)
			return (int)at;
	}
	int error = map_zeroes(mm, segment->p_filesz ? address + segment->p_filesz : start,
			       address + segment->p_memsz, prot);
	return error == -ENOMEM && is_cut_off(file, segment) ? -ENOEXEC : error;
}

/* What all segments together take, and their largest alignment. */
struct extent {
	uint64_t start, end; /* the file's own addresses */
	uint64_t align;
	uint64_t writable; /* bytes that the program cannot do without, whatever it touches later */
};

static int measure(const struct elf *elf, struct extent *out)
{
	*out = (struct extent){ .start = ~0ull, .align = PAGE_SIZE };
	for (unsigned int i = 0; i < elf->header.e_phnum; i++) {
		const Elf64_Phdr *segment = &elf->segments[i];

		if (segment->p_type != PT_LOAD)
			continue;
		if (segment->p_memsz > GUEST_USER_END ||
		    segment->p_vaddr > GUEST_USER_END - segment->p_memsz)
			return -EINVAL;
		out->start = MIN(out->start, ALIGN_DOWN(segment->p_vaddr, PAGE_SIZE));
		out->end = MAX(out->end, segment->p_vaddr + segment->p_memsz);
		if (segment->p_flags & PF_W)
			out->writable += segment->p_memsz;
		/* As Linux: what is no power of two is passed over. */
		if ((segment->p_align & (segment->p_align - 1)) == 0)
			out->align = MAX(out->align, segment->p_align);
	}
	return out->end > out->start ? 0 : -EINVAL;
}

/* A free place among the mappings; 0: none. */
static uint64_t find_room(struct mm *mm, const struct extent *extent)
{
	uint64_t slack = extent->align - PAGE_SIZE;
	uint64_t size = ALIGN_UP(extent->end - extent->start, PAGE_SIZE) + slack;
	long at = size > GUEST_USER_END
			  ? -ENOMEM
			  : mm_map(mm, 0, size, PROT_NONE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, NULL, 0);

	if (at < 0 || mm_unmap(mm, (uint64_t)at, size))
		return 0;
	return ALIGN_UP((uint64_t)at, extent->align);
}

static int choose_base(struct mm *mm, const struct elf *elf, enum elf_place place,
		       const struct extent *extent, uint64_t *base)
{
	uint64_t at;

	*base = 0;
	if (elf->header.e_type != ET_DYN)
		return 0;
	if (place == ELF_PLACE_MAPPING) {
		at = find_room(mm, extent);
		if (!at)
			return -ENOMEM;
	} else {
		bool fixed = current()->process->persona & ADDR_NO_RANDOMIZE;
		uint64_t offset = fixed ? 0 : random_bits(PIE_RANDOM);

		at = ALIGN_DOWN(ELF_PROGRAM_BASE + offset, extent->align);
	}
	*base = at - extent->start;
	return 0;
}

int elf_map(struct mm *mm, const struct elf *elf, enum elf_place place, struct elf_image *out)
{
	struct extent extent;
	uint64_t base = 0;
	int error = measure(elf, &extent);

	if (!error && extent.writable > page_total() * PAGE_SIZE)
		error = -ENOMEM;
	if (!error)
		error = choose_base(mm, elf, place, &extent, &base);
	if (error)
		return error;
	*out = (struct elf_image){ .entry = elf->header.e_entry + base,
				   .base = base,
				   .start = extent.start + base,
				   .end = extent.end + base };
	for (unsigned int i = 0; i < elf->header.e_phnum && !error; i++) {
		const Elf64_Phdr *segment = &elf->segments[i];

		if (segment->p_type != PT_LOAD)
			continue;
		error = map_segment(mm, elf->file, segment, base);
		if (elf->header.e_phoff >= segment->p_offset &&
		    elf->header.e_phoff < segment->p_offset + segment->p_filesz)
			out->headers =
				elf->header.e_phoff - segment->p_offset + segment->p_vaddr + base;
	}
	return error;
}
