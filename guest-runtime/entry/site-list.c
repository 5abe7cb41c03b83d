// SPDX-License-Identifier: Apache-2.0
/*
 * Lists of rewritten sites, each kept with the file's inode. Bytes that are not
 * as they were are left alone.
 */
#include "guest-runtime/entry/site-list.h"

#include "guest-runtime/entry/trampoline.h"
#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/table.h"
#include "guest-runtime/mm/vma.h"

#include <asm/mman.h>

#define SITES_MAX 256

struct site_list {
	uint32_t count, room;
	struct known_site *sites;
};

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

void site_list_note(struct mm *mm, uint64_t rip, const struct known_site *site)
{
	const struct vma *vma = mm_find(mm, rip - 1);

	if (!vma || !vma->file || is_known(vma->file, vma_offset(vma, rip)))
		return;
	struct known_site *kept = add(vma->file);
	if (!kept)
		return;
	*kept = *site;
	kept->offset = vma_offset(vma, rip);
}

/* The runtime's view of [address, address + n), when that lies in one page that is there; NULL. */
static const uint8_t *look(struct mm *mm, uint64_t address, size_t n)
{
	bool huge;
	const pte_t *leaf = table_find(mm->pml4, address, &huge);

	if (!leaf || huge || !(*leaf & PTE_PRESENT) || address % PAGE_SIZE + n > PAGE_SIZE)
		return NULL;
	return (const uint8_t *)gpa_to_pointer(*leaf & PTE_FRAME) + address % PAGE_SIZE;
}

bool site_rewrite(struct mm *mm, uint64_t rip, const struct known_site *site, uint64_t *moved_to)
{
	bool before = site->kind == SITE_NUMBER || site->kind == SITE_CPUID;
	bool cpuid = site->kind == SITE_CPUID || site->kind == SITE_CPUID_NEXT;
	uint64_t start = before ? rip - 2 - site->length : rip - 2;
	const uint8_t *code = look(mm, start, site->length + 2u);

	*moved_to = 0;
	if (!code ||
	    memcmp(code + (before ? site->length : 0), cpuid ? "\x0f\xa2" : "\x0f\x05", 2) != 0 ||
	    memcmp(code + (before ? 0 : 2), site->bytes, site->length) != 0)
		return false;
	switch (site->kind) {
	case SITE_NUMBER:
		return trampoline_for_number(mm, rip, site->bytes, site->length);
	case SITE_NEXT:
		*moved_to = trampoline_for_next(mm, rip, site->bytes, site->length);
		return *moved_to != 0;
	case SITE_CPUID:
		return trampoline_for_cpuid(mm, rip, site->bytes, site->length);
	default:
		*moved_to = trampoline_for_cpuid_next(mm, rip, site->bytes, site->length,
						      site->displacement_at);
		return *moved_to != 0;
	}
}

void site_list_apply(struct mm *mm, const struct vma *vma)
{
	const struct site_list *list = *file_site_list(vma->file);
	uint64_t moved_to;

	for (uint32_t i = 0; list && i < list->count; i++) {
		const struct known_site *site = &list->sites[i];

		/* A site that begins in the mapping before is not known to be there as it was. */
		if (site->offset >= vma->offset + SITE_BYTES + 2 &&
		    site->offset - vma->offset < vma->end - vma->start)
			site_rewrite(mm, vma->start + (site->offset - vma->offset), site,
				     &moved_to);
	}
}

void site_list_free(struct site_list *list)
{
	if (list)
		kfree(list->sites);
	kfree(list);
}
