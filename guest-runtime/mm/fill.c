// SPDX-License-Identifier: Apache-2.0
/*
 * Pages behind VMAs. A file's own pages are mapped where they are, read-only
 * for who may not write the file. While there is memory, zeros are not shared:
 * a fault costs more than a frame.
 */
#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/pair.h"
#include "guest-runtime/mm/vma.h"

#include <asm/mman.h>
#include <linux/errno.h>

/* Areas up to these sizes are filled when mapped: file in place, file copied, anonymous memory. */
#define AHEAD_FILE_MAX	0x400000
#define AHEAD_COPY_MAX	0x400000
#define AHEAD_MAX	0x100000
#define AHEAD_SHORT_MAX 0x10000 /* anonymous, when memory is no longer plenty */

static void set_leaf(struct mm *mm, const struct vma *vma, pte_t *leaf, pte_t frame_and_marks)
{
	if (!*leaf) {
		mm->rss++;
		mm->peak_rss = MAX(mm->peak_rss, mm->rss);
	}
	*leaf = frame_and_marks | leaf_rights(vma, frame_and_marks);
}

/*
 * A frame of its own with what `page` holds. -ENOMEM, or -ENXIO: the host's
 * file has no such page any more.
 */
static int copy_page(gpa_t page, gpa_t *copy)
{
	gpa_t frame = page_alloc_dirty();

	if (!frame)
		return -ENOMEM;
	if (user_copy(gpa_to_pointer(frame), gpa_to_pointer(page), PAGE_SIZE)) {
		page_put(frame);
		return -ENXIO;
	}
	*copy = frame;
	return 0;
}

/*
 * A private page of its own is about to be in a leaf of vma, with this content:
 * who is paired with mm has that, too, for good.
 */
static int save_for_other(struct mm *mm, const struct vma *vma, uint64_t address, gpa_t frame)
{
	if (!mm->pair || !(vma->prot & PROT_WRITE) || page_references(frame) != 1)
		return 0;
	return pair_save_copy(mm, address, frame);
}

/* Filling around a touch makes no pages of a file that others see. */
static bool may_make(const struct vma *vma, enum mm_access access)
{
	return access != MM_AROUND || (vma->flags & MAP_ANONYMOUS);
}

static int fill_shared(struct mm *mm, struct vma *vma, uint64_t address, pte_t *leaf,
		       enum mm_access access, bool *flush)
{
	bool write = vma->prot & PROT_WRITE;
	gpa_t page;
	int error = file_map_page(vma->file, vma_offset(vma, address),
				  write ? FILE_MAP_WRITE : FILE_MAP_SHARED, may_make(vma, access),
				  &page);

	if (error)
		return error;
	page_get(page);
	gpa_t old = *leaf & PTE_FRAME;
	set_leaf(mm, vma, leaf, page | PTE_FILE | (write ? PTE_SHARED : 0));
	if (old)
		page_put(old);
	*flush |= old != 0;
	return 0;
}

static int fill_private(struct mm *mm, struct vma *vma, uint64_t address, pte_t *leaf,
			enum mm_access access)
{
	uint64_t offset = vma_offset(vma, address);
	gpa_t page = 0, frame;
	/*
	 * Copies of a host file are cheaper to touch, but do not end when somebody
	 * cuts the file off. MAP_DENYWRITE, which means nothing to Linux, is what
	 * loaders say of programs and libraries.
	 */
	enum file_map_how how = vma->flags & MAP_DENYWRITE ? FILE_MAP_PRIVATE : FILE_MAP_EXACT;
	int error = file_map_page(vma->file, offset, how, may_make(vma, access), &page);

	if (error && error != -EAGAIN)
		return error;
	if (!error && access != MM_WRITE) {
		page_get(page);
		set_leaf(mm, vma, leaf, page | PTE_FILE);
		return 0;
	}
	if (!error) {
		error = copy_page(page, &frame);
		if (error)
			return error;
	} else {
		frame = page_alloc_dirty();
		if (!frame)
			return -ENOMEM;
		error = file_read_page(vma->file, gpa_to_pointer(frame), offset);
		if (error) {
			page_put(frame);
			return error;
		}
	}
	error = save_for_other(mm, vma, address, frame);
	if (error)
		page_put(frame);
	else
		set_leaf(mm, vma, leaf, frame);
	return error;
}

/*
 * A frame for a page of anonymous memory, zeroed. When memory is short, who
 * only reads gets the one that all share; it is never alone, so a write copies.
 */
static gpa_t anonymous_frame(enum mm_access access)
{
	static gpa_t shared;

	if (access != MM_READ || page_free() >= page_total() / 8)
		return page_alloc();
	if (!shared)
		shared = page_alloc();
	if (shared)
		page_get(shared);
	return shared;
}

int fill_page(struct mm *mm, struct vma *vma, uint64_t address, enum mm_access access)
{
	pte_t *leaf = table_make(mm->pml4, address);

	if (!leaf)
		return -ENOMEM;
	if (*leaf)
		return 0;
	if (vma_is_shared(vma))
		return fill_shared(mm, vma, address, leaf, access, &(bool){ false });
	if (vma->file)
		return fill_private(mm, vma, address, leaf, access);
	gpa_t frame = vma->marks & VMA_IMAGE ? vma_offset(vma, address) : anonymous_frame(access);
	if (!frame)
		return -ENOMEM;
	if (mm->pair && (vma->prot & PROT_WRITE) && page_references(frame) == 1 &&
	    pair_save(mm, address, 0)) {
		page_put(frame);
		return -ENOMEM;
	}
	set_leaf(mm, vma, leaf, frame);
	return 0;
}

/* Somebody else has what a private leaf shows: a copy takes its place. */
static int replace(struct mm *mm, struct vma *vma, uint64_t address, pte_t *leaf)
{
	gpa_t old = *leaf & PTE_FRAME, frame;
	/* A file's page may change, and what is no RAM cannot be held. */
	bool hold = mm->pair && !(*leaf & PTE_FILE) && page_references(old);
	int error = copy_page(old, &frame);

	if (error)
		return error;
	if (hold)
		error = pair_save(mm, address, old);
	else
		error = save_for_other(mm, vma, address, frame);
	if (error) {
		if (hold)
			page_get(old); /* the leaf's */
		page_put(frame);
		return error;
	}
	set_leaf(mm, vma, leaf, frame);
	if (!hold)
		page_put(old);
	return 0;
}

int fill_writable(struct mm *mm, struct vma *vma, uint64_t address, bool *flush)
{
	bool huge;
	pte_t *leaf = table_find(mm->pml4, address, &huge);

	if (!leaf || !*leaf || (*leaf & PTE_WRITE))
		return 0;
	if (vma_is_shared(vma) && !(*leaf & PTE_SHARED))
		return fill_shared(mm, vma, address, leaf, MM_WRITE, flush);
	if (huge && (mm->pair || !leaf_is_alone(*leaf)))
		leaf = table_make(mm->pml4, address);
	if (!leaf)
		return -ENOMEM;
	bool shared = vma_is_shared(vma);
	int error;
	if (shared || leaf_is_alone(*leaf)) {
		error = shared ? 0 : save_for_other(mm, vma, address, *leaf & PTE_FRAME);
		if (!error)
			*leaf = (*leaf & PTE_FRAME) | leaf_rights(vma, *leaf);
		return error;
	}
	error = replace(mm, vma, address, leaf);
	*flush |= !error;
	return error;
}

bool fill_huge(struct mm *mm, struct vma *vma, uint64_t address)
{
	uint64_t start = ALIGN_DOWN(address, HUGE_SIZE);

	if (vma->file || mm->pair || (vma->marks & (VMA_NO_HUGE | VMA_IMAGE)) ||
	    start < vma->start || start + HUGE_SIZE > vma->end || page_free() < page_total() / 8)
		return false;
	pte_t *leaf = table_make_huge(mm->pml4, start);
	gpa_t frame = leaf ? page_alloc_run(9) : 0;
	if (!frame)
		return false;
	*leaf = frame | PTE_HUGE | leaf_rights(vma, frame | PTE_HUGE);
	mm->rss += HUGE_SIZE / PAGE_SIZE;
	mm->peak_rss = MAX(mm->peak_rss, mm->rss);
	return true;
}

int fill_range(struct mm *mm, struct vma *vma, uint64_t start, uint64_t end, enum mm_access access)
{
	for (uint64_t at = start; at < end; at += PAGE_SIZE) {
		if (at % HUGE_SIZE == 0 && end - at >= HUGE_SIZE && fill_huge(mm, vma, at)) {
			at += HUGE_SIZE - PAGE_SIZE;
			continue;
		}
		int error = fill_page(mm, vma, at, access);
		if (error)
			return error;
	}
	return 0;
}

void fill_ahead(struct mm *mm, struct vma *vma, uint64_t start, uint64_t end)
{
	bool plenty = page_free() > page_total() / 2;
	bool copy = vma->file && (vma->prot & PROT_WRITE) && !vma_is_shared(vma) &&
		    file_is_constant(vma->file);
	uint64_t most = !vma->file ? (plenty ? AHEAD_MAX : AHEAD_SHORT_MAX)
			: copy	   ? AHEAD_COPY_MAX
				   : AHEAD_FILE_MAX;

	if (end - start <= most)
		fill_range(mm, vma, start, end, copy ? MM_WRITE : MM_AROUND);
}
