// SPDX-License-Identifier: Apache-2.0
/* Lists of rewritten sites, each kept with the file's inode. Bytes that are not as they were are left alone. */
#include "guest-runtime/entry/site-list.h"

#include "guest-runtime/entry/trampoline.h"
#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/table.h"
#include "guest-runtime/mm/vma.h"

#include <asm/mman.h>

#define SITES_MAX  256
#define BEFORE	   7 /* bytes of a MOV and its SYSCALL */
#define NEXT_BYTES 8 /* the most that is moved */

struct known_site {
	uint64_t offset; /* in the file: behind SYSCALL */
	uint32_t number; /* of the MOV before it */
	uint8_t moved; /* bytes of the instruction behind it that were moved; 0: the MOV was rewritten */
	uint8_t next[NEXT_BYTES];
};

struct site_list {
	uint32_t count, room;
	struct known_site *sites;
};

/* The runtime's view of [address, address + n), which lies in one page that is there; NULL. */
static const uint8_t *look(struct mm *mm, uint64_t address, size_t n)
{
	bool huge;
	const pte_t *leaf = table_find(mm->pml4, address, &huge);

	if (!leaf || huge || !(*leaf & PTE_PRESENT) || address % PAGE_SIZE + n > PAGE_SIZE)
		return NULL;
	return (const uint8_t *)gpa_to_pointer(*leaf & PTE_FRAME) + address % PAGE_SIZE;
}

static struct known_site *add(struct file *file)
{
	struct site_list **place = file_site_list(file);

	if (!*place)
		*place = kmalloc(sizeof(**place));
	struct site_list *list = *place;
	if (!list || list->count == SITES_MAX)
		return NULL;
	if (list->count == list->room) {
		uint32_t room = list->room ? list->room * 2 : 16;
		struct known_site *sites = kmalloc(room * sizeof(*sites));

		if (!sites)
			return NULL;
		memcpy(sites, list->sites, list->count * sizeof(*sites));
		kfree(list->sites);
		list->sites = sites;
		list->room = room;
	}
	return &list->sites[list->count++];
}

static bool is_known(struct file *file, uint64_t offset)
{
	const struct site_list *list = *file_site_list(file);

	for (uint32_t i = 0; list && i < list->count; i++)
		if (list->sites[i].offset == offset)
			return true;
	return false;
}

void site_list_note(struct mm *mm, uint64_t rip, uint32_t number, const uint8_t *next, size_t moved)
{
	const struct vma *vma = mm_find(mm, rip - 1);

	if (!vma || !vma->file || is_known(vma->file, vma_offset(vma, rip)))
		return;
	struct known_site *site = add(vma->file);
	if (!site)
		return;
	*site = (struct known_site){ .offset = vma_offset(vma, rip),
				     .number = number,
				     .moved = (uint8_t)moved };
	memcpy(site->next, next, moved);
}

static void apply(struct mm *mm, const struct known_site *site, uint64_t rip)
{
	const uint8_t *code;

	if (site->moved) {
		code = look(mm, rip - 2, 2 + (size_t)site->moved);
		if (code && !memcmp(code, "\x0f\x05", 2) &&
		    !memcmp(code + 2, site->next, site->moved))
			trampoline_for_next(mm, rip, site->next, site->moved);
		return;
	}
	code = look(mm, rip - 7, 5);
	if (code && code[0] == 0xb8 && !memcmp(code + 1, &site->number, sizeof(site->number)))
		trampoline_for_number(mm, rip, site->number);
}

void site_list_apply(struct mm *mm, const struct vma *vma)
{
	const struct site_list *list = *file_site_list(vma->file);

	for (uint32_t i = 0; list && i < list->count; i++) {
		const struct known_site *site = &list->sites[i];

		/* A site that begins in the mapping before is not known to be there as it was. */
		if (site->offset >= vma->offset + BEFORE &&
		    site->offset - vma->offset < vma->end - vma->start)
			apply(mm, site, vma->start + (site->offset - vma->offset));
	}
}

void site_list_free(struct site_list *list)
{
	if (list)
		kfree(list->sites);
	kfree(list);
}
