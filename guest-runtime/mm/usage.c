// SPDX-License-Identifier: Apache-2.0
/* How much of an address space is mapped and there: for /proc and getrusage(2). */
#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/vma.h"

#include <asm/mman.h>

void mm_vma_usage(struct mm *mm, const struct vma *vma, struct vma_usage *out)
{
	const gpa_t pml4 = mm_shown(mm)->pml4;
	bool huge;

	*out = (struct vma_usage){ 0 };
	for (uint64_t at = table_next(pml4, vma->start, vma->end); at < vma->end;
	     at = table_next(pml4, at, vma->end)) {
		pte_t leaf = *table_find(pml4, at, &huge);
		uint64_t next = huge ? ALIGN_DOWN(at, HUGE_SIZE) + HUGE_SIZE : at + PAGE_SIZE;
		uint64_t bytes = MIN(next, vma->end) - at;

		out->rss += bytes;
		if (!(leaf & PTE_FILE))
			out->anonymous += bytes;
		else if (vma_is_shared(vma) && (vma->flags & MAP_ANONYMOUS))
			out->shared += bytes;
		else
			out->file += bytes;
		if (huge)
			out->huge += bytes;
		if (leaf & PTE_WRITE)
			out->dirty += bytes;
		at = next;
	}
}

static void add_mapping(struct mm *mm, const struct vma *vma, struct mm_usage *out)
{
	uint64_t size = vma->end - vma->start;
	struct vma_usage part;

	mm_vma_usage(mm, vma, &part);
	out->rss_anonymous += part.anonymous;
	out->rss_file += part.file;
	out->rss_shared += part.shared;
	if (vma->flags & MAP_GROWSDOWN)
		out->stack += size;
	if ((vma->prot & (PROT_EXEC | PROT_WRITE)) == PROT_EXEC)
		out->text += size;
}

void mm_usage(struct mm *mm, struct mm_usage *out)
{
	*out = (struct mm_usage){ .total = mm->total,
				  .peak_total = mm->peak,
				  .rss = mm->rss * PAGE_SIZE,
				  .peak_rss = mm->peak_rss * PAGE_SIZE,
				  .data = mm->data,
				  .locked = mm->locked,
				  .tables = table_count(mm_shown(mm)->pml4) * PAGE_SIZE };
	list_for_each (node, &mm_shown(mm)->vmas)
		add_mapping(mm, container_of(node, struct vma, node), out);
}

const char *mm_vma_name(const struct mm *mm, const struct vma *vma)
{
	if (vma->file)
		return "";
	if (vma->marks & VMA_IMAGE)
		return vma->may & PROT_EXEC ? "[vdso]" : "[vvar]";
	if (vma->start < ALIGN_UP(mm->brk, PAGE_SIZE) && vma->end > mm->brk_start)
		return "[heap]";
	return vma->flags & MAP_GROWSDOWN && vma->end > mm->mmap_top ? "[stack]" : "";
}
