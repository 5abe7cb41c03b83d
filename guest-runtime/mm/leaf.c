// SPDX-License-Identifier: Apache-2.0
/* What is done to the leaves of a range: dropped, re-protected, forgotten with their file. */
#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/pair.h"
#include "guest-runtime/mm/start.h"
#include "guest-runtime/mm/vma.h"

#include <asm/mman.h>

void leaves_drop(struct mm *mm, uint64_t start, uint64_t end, bool file_only)
{
	uint64_t pages = table_unmap(mm->pml4, start, end, file_only ? PTE_FILE : 0);

	mm->rss -= pages;
	if (pages)
		mm_flush(mm);
	page_settle();
}

bool leaf_is_alone(pte_t leaf)
{
	uint64_t size = leaf & PTE_HUGE ? HUGE_SIZE : PAGE_SIZE;

	for (uint64_t at = 0; at < size; at += PAGE_SIZE)
		if (page_references((leaf & PTE_FRAME) + at) != 1)
			return false;
	return true;
}

pte_t leaf_rights(const struct vma *vma, pte_t leaf)
{
	pte_t bits = PTE_USER | PTE_ACCESSED | (leaf & (PTE_FILE | PTE_SHARED | PTE_HUGE));
	bool write = (vma->prot & PROT_WRITE) &&
		     (vma_is_shared(vma) ? leaf & PTE_SHARED : leaf_is_alone(leaf));

	if (vma->prot & (PROT_READ | PROT_WRITE | PROT_EXEC))
		bits |= PTE_PRESENT;
	if (write)
		bits |= PTE_WRITE | PTE_DIRTY;
	/*
	 * A frame that the file has given up, which is written in place:
	 * private content from now on.
	 */
	if (write && !vma_is_shared(vma))
		bits &= ~(pte_t)PTE_FILE;
	if (!(vma->prot & PROT_EXEC))
		bits |= PTE_NX;
	return bits;
}

bool leaves_protect(struct mm *mm, const struct vma *vma, uint64_t start, uint64_t end)
{
	bool flush = false;
	bool huge;

	for (uint64_t at = table_next(mm->pml4, start, end); at < end;
	     at = table_next(mm->pml4, at, end)) {
		pte_t *leaf = table_find(mm->pml4, at, &huge);
		uint64_t size = huge ? HUGE_SIZE : PAGE_SIZE;

		if (huge && (at % HUGE_SIZE || end - at < HUGE_SIZE)) {
			leaf = table_make(mm->pml4, at);
			size = PAGE_SIZE;
			if (!leaf)
				return true;
		}
		pte_t was = *leaf;
		*leaf = (was & PTE_FRAME) | leaf_rights(vma, was);
		/* A right that is only added needs no flush: the fault it may cause is spurious. */
		flush |= (was & ~*leaf & (PTE_PRESENT | PTE_WRITE)) || (~was & *leaf & PTE_NX);
		at += size;
	}
	return flush;
}

/* vma shows pages of the file from byte `from` on. */
static bool shows(const struct vma *vma, const struct inode *inode, uint64_t from)
{
	return vma->file && file_is_of(vma->file, inode) &&
	       (from <= vma->offset || from - vma->offset < vma->end - vma->start);
}

/* Private copies go for both of a pair. */
static void part_for_end(struct mm *mm, const struct inode *inode, uint64_t from)
{
	if (!mm->pair)
		return;
	list_for_each (node, &mm->vmas)
		if (shows(container_of(node, struct vma, node), inode, from)) {
			pair_part_surely(mm);
			return;
		}
}

static void forget(const struct inode *inode, uint64_t from, bool file_only)
{
	if (!file_inode_is_mapped(inode))
		return;
	/* Before anything else: mappings move from one to the other by it. */
	if (!file_only)
		list_for_each (at, &mm_all)
			part_for_end(container_of(at, struct mm, node), inode, from);
	list_for_each (at, &mm_all) {
		struct mm *mm = container_of(at, struct mm, node);

		list_for_each (node, &mm->vmas) {
			struct vma *vma = container_of(node, struct vma, node);

			if (!shows(vma, inode, from))
				continue;
			start_spoil(mm);
			leaves_drop(mm, vma->start + (from > vma->offset ? from - vma->offset : 0),
				    vma->end, file_only);
		}
	}
}

void mm_forget_file(const struct inode *inode, uint64_t from)
{
	forget(inode, ALIGN_DOWN(from, PAGE_SIZE), true);
}

void mm_truncate_file(const struct inode *inode, uint64_t from)
{
	forget(inode, ALIGN_UP(from, PAGE_SIZE), false);
}
