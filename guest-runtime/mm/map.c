// SPDX-License-Identifier: Apache-2.0
/* mmap(2): where a mapping goes, whether it may be there, and what of it is filled at once. */
#include "guest-runtime/entry/site-list.h"
#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/pair.h"
#include "guest-runtime/mm/shelf.h"
#include "guest-runtime/mm/vma.h"
#include "guest-runtime/proc/process.h"

#include <asm/mman.h>
#include <linux/errno.h>
#include <linux/resource.h>

#define LOW_START 0x40000000 /* MAP_32BIT: where a 32-bit displacement from low code reaches */
#define LOW_END	  0x80000000

static uint64_t choose_address(struct mm *mm, uint64_t address, uint64_t length, uint32_t flags)
{
	bool low = flags & MAP_32BIT;
	uint64_t floor = low ? LOW_START : MMAP_FLOOR, top = low ? LOW_END : mm->mmap_top;
	const struct vma *above = vma_first_ending_above(mm, address);

	if (address >= MMAP_FLOOR && length <= GUEST_USER_END - address &&
	    (!low || (address >= LOW_START && length <= LOW_END - address)) &&
	    (!above || address + length <= above->start) &&
	    (!above || !(above->flags & MAP_GROWSDOWN) ||
	     address + length <= above->start - STACK_GUARD))
		return address;
	/* Large areas are aligned so that 2 MiB leaves fit. */
	if (length >= HUGE_SIZE) {
		address = vma_gap_below(mm, length, floor, top, HUGE_SIZE);
		if (address)
			return address;
	}
	address = vma_gap_below(mm, length, floor, top, PAGE_SIZE);
	/* As Linux: above the start of mappings when all is full below it. */
	return address || low ? address
			      : vma_gap_below(mm, length, floor, GUEST_USER_END, PAGE_SIZE);
}

bool mm_is_free(const struct mm *mm, uint64_t address, uint64_t length)
{
	return vma_range_empty(mm, address, address + length);
}

bool mm_could_fit(uint64_t length, uint32_t prot, uint32_t flags)
{
	bool private = (flags & MAP_TYPE) == MAP_PRIVATE;

	/* A shared file's pages are its own. */
	if (!private && !(flags & MAP_ANONYMOUS))
		return true;
	if ((flags & MAP_NORESERVE) || (private && !(prot & PROT_WRITE)))
		return true;
	return length / PAGE_SIZE <= page_total();
}

/* What a new mapping may take; `mapped` bytes of its place are taken already and will go. */
static int check_room(const struct mm *mm, const struct vma *like, uint64_t mapped)
{
	uint64_t bytes = like->end - like->start;
	uint64_t more = bytes > mapped ? bytes - mapped : 0;

	if (!mm_may_grow(mm, more, vma_counts_as_data(like->prot, like->flags)))
		return -ENOMEM;
	return mm->vma_count >= VMA_COUNT_MAX ? -ENOMEM : 0;
}

int mm_place(struct mm *mm, uint64_t address, uint32_t flags, struct vma *like)
{
	uint64_t length = like->end;

	if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
		if (address > GUEST_USER_END || length > GUEST_USER_END - address)
			return -ENOMEM;
		if (address < MMAP_FLOOR)
			return -EPERM;
		if ((flags & MAP_FIXED_NOREPLACE) &&
		    !vma_range_empty(mm, address, address + length))
			return -EEXIST;
	} else {
		address = length <= GUEST_USER_END ? choose_address(mm, address, length, flags) : 0;
		if (!address)
			return -ENOMEM;
	}
	like->start = address;
	like->end = address + length;
	return 0;
}

static long add(struct mm *mm, struct vma *like, uint32_t flags)
{
	bool has_leaves = shelf_take(mm, like, flags);
	uint64_t mapped = vma_range_mapped(mm, like->start, like->end, false);
	int error = check_room(mm, like, mapped);

	if (!error && mapped)
		error = has_leaves ? vma_carve(mm, like->start, like->end)
				   : mm_unmap(mm, like->start, like->end - like->start);
	if (error)
		return error;
	uint64_t start = like->start, end = like->end;
	struct vma *vma = vma_insert(mm, like);
	if (!vma)
		return -ENOMEM;
	if ((flags & MAP_POPULATE) || (vma->marks & (VMA_LOCKED | VMA_LOCK_ON_FAULT)) == VMA_LOCKED)
		mm_populate(mm, start, end - start);
	else if (vma->prot != PROT_NONE && !(flags & MAP_NORESERVE) && !vma_is_unfilled(vma))
		fill_ahead(mm, vma, start, end);
	return (long)start;
}

/*
 * A loader maps all of a library, MAP_DENYWRITE, and then its segments over
 * it. What it covers is not filled before: leaves that go cost a flush. What
 * stays is filled when the first segment lies above it.
 */
static bool is_library(const struct vma *like, uint32_t flags)
{
	return like->file && !vma_is_shared(like) && like->prot == PROT_READ &&
	       (flags & (MAP_DENYWRITE | MAP_FIXED)) == MAP_DENYWRITE;
}

static void fill_library(struct mm *mm, uint64_t end)
{
	struct vma *vma = mm_find(mm, end - 1);

	if (!vma || !vma_is_unfilled(vma))
		return;
	vma_set(mm, vma, vma->prot, vma->marks & ~(uint32_t)VMA_UNFILLED);
	fill_ahead(mm, vma, vma->start, vma->end);
}

/* Of a program or a library. */
static bool is_text(const struct vma *vma)
{
	return vma->file && (vma->prot & PROT_EXEC) && !(vma->prot & PROT_WRITE) &&
	       !vma_is_shared(vma);
}

static long map(struct mm *mm, uint64_t address, uint64_t length, uint32_t prot, uint32_t flags,
		struct file *file, uint64_t offset, uint32_t marks)
{
	struct vma like = { .end = length,
			    .prot = prot,
			    .may = PROT_READ | PROT_WRITE | PROT_EXEC,
			    .flags = flags,
			    .file = file,
			    .offset = offset,
			    .marks = marks | mm->future_marks |
				     (flags & MAP_LOCKED ? VMA_LOCKED : 0) };
	struct file *own = NULL;
	long result = mm_place(mm, address, flags, &like);

	if (result)
		return result;
	if (file) {
		result = file_check_map(file, prot, vma_is_shared(&like), &like.may);
	} else if (vma_is_shared(&like)) {
		own = like.file = file_create_shared(length);
		result = own ? 0 : -ENOMEM;
	}
	if (!result && is_library(&like, flags))
		like.marks |= VMA_UNFILLED;
	if (!result && shelf_suits(mm, &like))
		like.marks |= VMA_LIBRARY;
	if (!result)
		result = add(mm, &like, flags);
	if (result > 0 && file && (flags & MAP_FIXED))
		fill_library(mm, (uint64_t)result);
	if (own)
		file_put(own);
	if (result > 0 && is_text(&like) && !mm->foreign_text)
		site_list_apply(mm, mm_find(mm, (uint64_t)result));
	return result;
}

long mm_map(struct mm *mm, uint64_t address, uint64_t length, uint32_t prot, uint32_t flags,
	    struct file *file, uint64_t offset)
{
	return pair_part(mm) ? map(mm, address, length, prot, flags, file, offset, 0) : -ENOMEM;
}

long mm_map_text(struct mm *mm, uint64_t address)
{
	return map(mm, address, PAGE_SIZE, PROT_READ | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, NULL, 0, VMA_TRAMPOLINE);
}

long mm_map_image(struct mm *mm, uint64_t address, const void *image, uint64_t length,
		  uint32_t prot, uint32_t may)
{
	struct vma like = { .end = length,
			    .prot = prot,
			    .may = may,
			    .flags = MAP_PRIVATE | MAP_ANONYMOUS,
			    .marks = VMA_IMAGE,
			    .offset = pointer_to_gpa(image) };
	int error = mm_place(mm, address, address ? MAP_FIXED : 0, &like);

	return error ? error : add(mm, &like, 0);
}
