// SPDX-License-Identifier: Apache-2.0
/* Leaves without a mapping: kept, taken, dropped (mm/shelf.h). */
#include "guest-runtime/mm/shelf.h"

#include "guest-runtime/entry/sites.h"
#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"

#include <asm/mman.h>

#define SEGMENTS_MAX 64

struct segment {
	uint64_t start, end, offset;
	uint32_t prot;
	bool taken;
};

struct shelf {
	uint32_t count;
	struct segment segments[SEGMENTS_MAX];
};

bool shelf_suits(const struct mm *mm, const struct vma *like)
{
	return !mm->foreign_text && like->file && !vma_is_shared(like) &&
	       (like->flags & MAP_DENYWRITE) && (like->prot & PROT_READ) &&
	       !(like->prot & PROT_WRITE);
}

/*
 * What is not in RAM may become another file's without a word to who has no
 * mapping; and without a page of the file's there would be no knowing it again.
 */
static bool is_worth(struct mm *mm, uint64_t start, uint64_t end)
{
	bool huge, any = false;

	for (uint64_t at = table_next(mm->pml4, start, end); at < end;
	     at = table_next(mm->pml4, at + PAGE_SIZE, end)) {
		const pte_t *leaf = table_find(mm->pml4, at, &huge);

		if (huge || !page_references(*leaf & PTE_FRAME))
			return false;
		any |= (*leaf & PTE_FILE) != 0;
	}
	return any;
}

bool shelf_put(struct mm *mm, const struct vma *vma)
{
	if (vma_is_unfilled(vma) || !is_worth(mm, vma->start, vma->end))
		return false;
	if (!mm->shelf)
		mm->shelf = kmalloc(sizeof(*mm->shelf));
	struct shelf *shelf = mm->shelf;
	if (!shelf || shelf->count == SEGMENTS_MAX)
		return false;
	shelf->segments[shelf->count++] = (struct segment){
		.start = vma->start, .end = vma->end, .offset = vma->offset, .prot = vma->prot
	};
	return true;
}

/*
 * The file has the pages that the leaves show: the same frames, which nobody
 * else can have got meanwhile, in pieces that lie in one run. A page that is
 * not the file's is one whose system calls were rewritten.
 */
static bool shows(struct mm *mm, const struct segment *segment, struct file *file)
{
	bool huge, any = false;
	uint64_t piece = ~0ull;
	gpa_t first = 0;

	for (uint64_t at = table_next(mm->pml4, segment->start, segment->end); at < segment->end;
	     at = table_next(mm->pml4, at + PAGE_SIZE, segment->end)) {
		const pte_t *leaf = table_find(mm->pml4, at, &huge);
		uint64_t offset = segment->offset + (at - segment->start);

		if (!(*leaf & PTE_FILE))
			continue;
		if (offset / HUGE_SIZE != piece) {
			piece = offset / HUGE_SIZE;
			if (file_map_page(file, offset, FILE_MAP_PRIVATE, false, &first))
				return false;
			first -= offset % HUGE_SIZE;
		}
		if ((*leaf & PTE_FRAME) != first + offset % HUGE_SIZE)
			return false;
		any = true;
	}
	return any;
}

/* The segment is mapped as it was. */
static bool is_mapped(struct mm *mm, const struct segment *segment)
{
	const struct vma *vma = mm_find(mm, segment->start);

	return vma && vma->end >= segment->end && vma->prot == segment->prot &&
	       (vma->marks & VMA_LIBRARY) && !vma_is_unfilled(vma) &&
	       vma_offset(vma, segment->start) == segment->offset &&
	       (segment->taken || shows(mm, segment, vma->file));
}

void shelf_end(struct mm *mm)
{
	struct shelf *shelf = mm->shelf;

	if (!shelf)
		return;
	mm->shelf = NULL;
	for (uint32_t i = 0; i < shelf->count; i++) {
		const struct segment *segment = &shelf->segments[i];

		if (is_mapped(mm, segment))
			continue;
		leaves_drop(mm, segment->start, segment->end, false);
		if (segment->prot & PROT_EXEC)
			sites_forget(mm->sites, segment->start, segment->end);
	}
	kfree(shelf);
}

/* All of a library, before its segments come. */
static bool is_cover(const struct vma *like, uint32_t flags)
{
	return (like->marks & (VMA_LIBRARY | VMA_UNFILLED)) == (VMA_LIBRARY | VMA_UNFILLED) &&
	       !(like->marks & VMA_LOCKED) && !(flags & (MAP_FIXED | MAP_POPULATE));
}

static bool meets(const struct segment *segment, const struct vma *like)
{
	return segment->start < like->end && segment->end > like->start;
}

/*
 * The library lies where it lay: its first segment, which nothing will be
 * mapped over, and all that is kept within it. So will the others, then.
 */
static bool is_same_library(struct mm *mm, const struct vma *like)
{
	const struct shelf *shelf = mm->shelf;
	bool first = false;

	for (uint32_t i = 0; i < shelf->count; i++) {
		const struct segment *segment = &shelf->segments[i];

		if (!meets(segment, like))
			continue;
		if (segment->start < like->start || segment->end > like->end ||
		    !shows(mm, segment, like->file))
			return false;
		first |= segment->start == like->start && segment->offset == like->offset &&
			 segment->prot == like->prot;
	}
	return first;
}

static bool is_same_segment(struct mm *mm, const struct segment *segment, const struct vma *like)
{
	return segment->start == like->start && segment->end == like->end &&
	       segment->offset == like->offset && segment->prot == like->prot &&
	       (like->marks & VMA_LIBRARY) && shows(mm, segment, like->file);
}

bool shelf_take(struct mm *mm, const struct vma *like, uint32_t flags)
{
	struct shelf *shelf = mm->shelf;

	for (uint32_t i = 0; shelf && i < shelf->count; i++) {
		struct segment *segment = &shelf->segments[i];

		if (!meets(segment, like))
			continue;
		if (is_cover(like, flags) && is_same_library(mm, like))
			return false;
		segment->taken = is_same_segment(mm, segment, like);
		if (!segment->taken)
			shelf_end(mm);
		return mm->shelf;
	}
	return false;
}
