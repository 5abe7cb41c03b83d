// SPDX-License-Identifier: Apache-2.0
/*
 * CPUID sites that are rewritten. Where CPUID made one exception, others are
 * near; those with a MOV of the leaf before them can be told by their bytes:
 *
 *   mov $leaf, %eax; [mov %reg, %ecx or xor %ecx, %ecx]; cpuid
 *
 * Of these the MOV becomes a JMP: who jumps to what follows finds it as it was.
 * Of others, that came twice, CPUID itself does, with the start of the
 * instruction behind it, when no jump goes to that one.
 */
#include "guest-runtime/entry/cpuid.h"

#include "guest-runtime/entry/site-list.h"
#include "guest-runtime/entry/sites.h"
#include "guest-runtime/entry/trampoline.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/table.h"
#include "guest-runtime/mm/vma.h"
#include "guest-runtime/proc/process.h"

#define NEAR	 2 /* pages on each side that are searched */
#define RECENT	 8 /* sites that came once */
#define LEAF_MAX 0x40

/* Instructions of two bytes that set ECX, or EDX for Intel's leaf 4. */
static const uint8_t middles[][2] = { { 0x31, 0xc9 }, { 0x89, 0xf1 }, { 0x89, 0xf9 },
				      { 0x89, 0xd1 }, { 0x31, 0xd2 }, { 0x89, 0xe9 } };

static bool is_middle(const uint8_t *code)
{
	for (size_t i = 0; i < ARRAY_SIZE(middles); i++)
		if (!memcmp(code, middles[i], sizeof(middles[i])))
			return true;
	return false;
}

/* mov $leaf, %eax; a REX prefix before it would make it a MOV to another register. */
static bool is_leaf(const uint8_t *code)
{
	uint32_t leaf;

	memcpy(&leaf, code + 1, sizeof(leaf));
	return code[0] == 0xb8 && (leaf & ~0x80000000u) < LEAF_MAX && (code[-1] & 0xf0) != 0x40;
}

/* What may run elsewhere and is known by its first bytes; 0: displacement, of an address. */
static const struct next {
	uint8_t bytes[3], known, length, displacement_at;
} nexts[] = {
	{ { 0x83, 0x3d }, 2, 7, 2 },	   /* cmpl $imm8, address */
	{ { 0x89, 0x05 }, 2, 6, 2 },	   /* mov %eax, address */
	{ { 0x89, 0x1d }, 2, 6, 2 },	   /* mov %ebx, address */
	{ { 0x89, 0x15 }, 2, 6, 2 },	   /* mov %edx, address */
	{ { 0xbf }, 1, 5, 0 },		   /* mov $imm32, %edi */
	{ { 0x81, 0xff }, 2, 6, 0 },	   /* cmp $imm32, %edi */
	{ { 0x81, 0xe1 }, 2, 6, 0 },	   /* and $imm32, %ecx */
	{ { 0x41, 0x83, 0xfa }, 3, 4, 0 }, /* cmp $imm8, %r10d */
	{ { 0x41, 0x89, 0xd6 }, 3, 3, 0 }, /* mov %edx, %r14d */
	{ { 0x41, 0x89, 0xc0 }, 3, 3, 0 }, /* mov %eax, %r8d */
	{ { 0x83, 0xf8 }, 2, 3, 0 },	   /* cmp $imm8, %eax */
	{ { 0x3d }, 1, 5, 0 },		   /* cmp $imm32, %eax */
};

static const struct next *next_of(const uint8_t *code)
{
	for (size_t i = 0; i < ARRAY_SIZE(nexts); i++)
		if (!memcmp(code, nexts[i].bytes, nexts[i].known))
			return &nexts[i];
	return NULL;
}

static void rewrite(struct mm *mm, uint64_t rip, const struct known_site *site)
{
	uint64_t moved_to;

	if (!site_rewrite(mm, rip, site, &moved_to))
		return;
	if (moved_to)
		sites_moved(mm, rip, moved_to);
	site_list_note(mm, rip, site);
}

/* All of a page whose leaf is loaded before them. */
static void search_page(struct mm *mm, uint64_t address)
{
	bool huge;
	const pte_t *leaf = table_find(mm->pml4, address, &huge);

	if (!leaf || huge || !(*leaf & PTE_PRESENT))
		return;
	const uint8_t *page = gpa_to_pointer(*leaf & PTE_FRAME);
	for (size_t at = 6; at + 4 <= PAGE_SIZE; at++) {
		struct known_site site = { .kind = SITE_CPUID };

		if (page[at] == 0x0f && page[at + 1] == 0xa2 && is_leaf(page + at - 5))
			site.length = 5;
		else if (at >= 8 && page[at] == 0x0f && page[at + 1] == 0xa2 &&
			 is_middle(page + at - 2) && is_leaf(page + at - 7))
			site.length = 7;
		else
			continue;
		memcpy(site.bytes, page + at - site.length, site.length);
		rewrite(mm, address + at + 2, &site);
		/* It may have a page of its own now. */
		page = gpa_to_pointer(*leaf & PTE_FRAME);
	}
}

static void search(struct mm *mm, uint64_t rip)
{
	const struct vma *vma = mm_find(mm, rip - 1);
	uint64_t middle = ALIGN_DOWN(rip, PAGE_SIZE);

	if (!vma || !(vma->prot & PROT_EXEC))
		return;
	uint64_t start = MAX(middle - MIN(middle, NEAR * PAGE_SIZE), vma->start);
	for (uint64_t at = start; at < vma->end && at <= middle + NEAR * PAGE_SIZE; at += PAGE_SIZE)
		search_page(mm, at);
}

/* It came before, not long ago. */
static bool came_before(const struct mm *mm, uint64_t rip)
{
	static struct {
		const struct mm *mm;
		uint64_t rip;
	} recent[RECENT];
	static unsigned int turn;

	for (unsigned int i = 0; i < RECENT; i++)
		if (recent[i].mm == mm && recent[i].rip == rip)
			return true;
	recent[turn].mm = mm;
	recent[turn++ % RECENT].rip = rip;
	turn %= RECENT;
	return false;
}

void cpuid_site_hit(uint64_t rip)
{
	struct mm *mm = current()->process->mm;
	uint8_t code[SITE_BYTES];
	const struct next *next;

	if (!came_before(mm, rip)) {
		search(mm, rip);
		return;
	}
	if (copy_from_user(code, rip, sizeof(code)) || !(next = next_of(code)) ||
	    !sites_may_move(mm, rip) || site_is_jumped_to(mm, rip))
		return;
	struct known_site site = { .kind = SITE_CPUID_NEXT,
				   .length = next->length,
				   .displacement_at = next->displacement_at };
	memcpy(site.bytes, code, next->length);
	rewrite(mm, rip, &site);
}
