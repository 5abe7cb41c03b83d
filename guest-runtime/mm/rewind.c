// SPDX-License-Identifier: Apache-2.0
/*
 * An address space put back to its program's start. Leaves that stay as they
 * are keep what KVM has filled for them.
 */
#include "guest-runtime/mm/rewind.h"

#include "guest-runtime/entry/sites.h"
#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/shelf.h"
#include "guest-runtime/mm/vma.h"

#include <asm/mman.h>

#define PAGES_MAX	2048 /* more is no program that is worth it */
#define TRAMPOLINES_MAX 8

/* A private page that the program may write, with a content of its own. */
static bool is_own(const struct vma *vma, pte_t leaf)
{
	return leaf && !vma_is_shared(vma) && (vma->prot & PROT_WRITE) && !(leaf & PTE_FILE);
}

static bool add_page(struct start *start, uint64_t address, gpa_t from)
{
	gpa_t frame;

	if (start->page_count == start->page_room) {
		uint32_t room = MAX(2 * start->page_room, 64u);
		struct rewind_page *more = room > PAGES_MAX ? NULL : kmalloc(room * sizeof(*more));

		if (!more)
			return false;
		if (start->page_count)
			memcpy(more, start->pages, start->page_count * sizeof(*more));
		kfree(start->pages);
		start->pages = more;
		start->page_room = room;
	}
	frame = page_is_zero(from) ? 0 : page_alloc_dirty();
	if (frame)
		memcpy(gpa_to_pointer(frame), gpa_to_pointer(from), PAGE_SIZE);
	else if (!page_is_zero(from))
		return false;
	start->pages[start->page_count++] = (struct rewind_page){ address, frame };
	return true;
}

/* The stack is built anew: what is there is of no use to the next program. */
static bool note_pages(struct mm *mm, const struct vma *vma)
{
	bool huge, stack = vma->flags & MAP_GROWSDOWN;

	for (uint64_t at = table_next(mm->pml4, vma->start, vma->end); at < vma->end && !stack;
	     at = table_next(mm->pml4, at + PAGE_SIZE, vma->end)) {
		pte_t leaf = *table_find(mm->pml4, at, &huge);

		if (huge)
			return false;
		if (is_own(vma, leaf) && !add_page(mm->start, at, leaf & PTE_FRAME))
			return false;
	}
	return true;
}

bool rewind_note(struct mm *mm)
{
	struct start *start = mm->start;

	start->vmas = kmalloc(mm->vma_count * sizeof(*start->vmas));
	if (!start->vmas)
		return false;
	list_for_each (node, &mm->vmas) {
		struct vma *vma = container_of(node, struct vma, node);

		if (vma->marks & VMA_TRAMPOLINE)
			continue;
		vma_set(mm, vma, vma->prot, vma->marks | VMA_START);
		start->vmas[start->vma_count++] = *vma;
		if (vma->file)
			file_get(vma->file);
		if (!note_pages(mm, vma))
			return false;
	}
	return true;
}

void rewind_free(struct start *start)
{
	for (uint32_t i = 0; i < start->vma_count; i++)
		if (start->vmas[i].file)
			file_put(start->vmas[i].file);
	for (uint32_t i = 0; i < start->page_count; i++)
		if (start->pages[i].frame)
			page_put(start->pages[i].frame);
	kfree(start->vmas);
	kfree(start->pages);
}

/* A store may be the first into its table for long, and trap: only what changes is worth it. */
static void set(pte_t *leaf, pte_t value)
{
	if (*leaf != value)
		*leaf = value;
}

static void drop(struct mm *mm, uint64_t start, uint64_t end)
{
	mm->rss -= table_unmap(mm->pml4, start, end, 0);
}

static uint64_t stack_start(const struct start *start)
{
	for (uint32_t i = start->vma_count; i-- > 0;)
		if (start->vmas[i].flags & MAP_GROWSDOWN)
			return start->vmas[i].start;
	return 0;
}

/*
 * Mappings that were not there at the start, but the runtime's own text. False:
 * too much of that.
 */
static bool drop_new(struct mm *mm)
{
	uint64_t stack = stack_start(mm->start);
	uint32_t trampolines = 0;

	shelf_end(mm);
	for (struct list *node = mm->vmas.next, *next; node != &mm->vmas; node = next) {
		struct vma *vma = container_of(node, struct vma, node);

		next = node->next;
		if (vma->marks & VMA_TRAMPOLINE) {
			trampolines++;
			continue;
		}
		if (!(vma->marks & VMA_START) &&
		    !((vma->marks & VMA_LIBRARY) && shelf_put(mm, vma))) {
			drop(mm, vma->start, vma->end);
			if (vma->prot & PROT_EXEC)
				sites_forget(mm->sites, vma->start, vma->end);
		}
		/* The stack may have grown. */
		if (vma->start < stack && vma->flags & MAP_GROWSDOWN)
			drop(mm, vma->start, MIN(vma->end, stack));
		vma_free(mm, vma);
	}
	return trampolines <= TRAMPOLINES_MAX;
}

/* A page of what is now vma: stays, is cleared, or goes. */
static void reset_leaf(struct mm *mm, const struct vma *vma, uint64_t at, pte_t *leaf)
{
	gpa_t frame = *leaf & PTE_FRAME;

	if (is_own(vma, *leaf) && (vma->file || (*leaf & PTE_HUGE) || !leaf_is_alone(*leaf))) {
		drop(mm, at, at + (*leaf & PTE_HUGE ? HUGE_SIZE : PAGE_SIZE));
		return;
	}
	if (is_own(vma, *leaf) && !page_is_zero(frame))
		memset(gpa_to_pointer(frame), 0, PAGE_SIZE);
	set(leaf, frame | leaf_rights(vma, *leaf));
}

static bool put_back(struct mm *mm, const struct vma *vma, const struct rewind_page *page)
{
	pte_t *leaf = table_make(mm->pml4, page->address);
	gpa_t frame;

	if (!leaf)
		return false;
	if (*leaf && ((*leaf & PTE_FILE) || !leaf_is_alone(*leaf)))
		drop(mm, page->address, page->address + PAGE_SIZE);
	frame = *leaf ? *leaf & PTE_FRAME : page_alloc_dirty();
	if (!frame)
		return false;
	mm->rss += !*leaf;
	if (page->frame)
		memcpy(gpa_to_pointer(frame), gpa_to_pointer(page->frame), PAGE_SIZE);
	else if (!page_is_zero(frame))
		memset(gpa_to_pointer(frame), 0, PAGE_SIZE);
	set(leaf, frame | leaf_rights(vma, frame));
	return true;
}

static bool reset_vma(struct mm *mm, const struct vma *like, uint32_t *page)
{
	const struct start *start = mm->start;
	struct vma *vma = vma_insert(mm, like);
	bool huge;

	if (!vma)
		return false;
	for (uint64_t at = like->start; at < like->end;) {
		bool noted = *page < start->page_count && start->pages[*page].address < like->end;
		uint64_t next = noted ? start->pages[*page].address : like->end;

		for (at = table_next(mm->pml4, at, next); at < next;
		     at = table_next(mm->pml4, at + PAGE_SIZE, next))
			reset_leaf(mm, like, at, table_find(mm->pml4, at, &huge));
		if (noted && !put_back(mm, like, &start->pages[(*page)++]))
			return false;
		at = next + (noted ? PAGE_SIZE : 0);
	}
	return true;
}

bool rewind_mm(struct mm *mm)
{
	const struct start *start = mm->start;
	uint32_t page = 0;

	if (!drop_new(mm))
		return false;
	mm->brk = mm->brk_start = start->brk;
	mm->mmap_top = start->mmap_top;
	mm->future_marks = 0;
	mm->faulted = mm->run = mm->written = mm->write_run = 0;
	for (uint32_t i = 0; i < start->vma_count; i++)
		if (!reset_vma(mm, &start->vmas[i], &page))
			return false;
	mm->peak = mm->total;
	mm->peak_rss = mm->rss;
	mm->flush_due = true;
	mm_flush(mm);
	return true;
}
