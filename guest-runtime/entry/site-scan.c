// SPDX-License-Identifier: Apache-2.0
/*
 * Searches program text for jumps to an address, where jumps within one
 * function come from: a touch of all text would cost more than it saves, 25 us
 * a page on KVMs that shadow page tables. It does not decode: every
 * four bytes are taken for a displacement and every byte after a short jump's
 * opcode for a short one, so that no jump there can be missed. What it finds
 * by chance only leaves a site as it is.
 */
#include "guest-runtime/entry/trampoline.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"

#define AROUND	0x8000	/* bytes searched on each side: the function, and its neighbours */
#define COLD	0x10000 /* and at the start of the text, where compilers put split-off cold parts */
#define OVERLAP 3	/* a displacement may lie across two pieces */

/* Jcc and JMP with 8 bits, LOOP and JRCXZ. */
static bool is_short_jump(uint8_t opcode)
{
	return opcode == 0xeb || (opcode & 0xf0) == 0x70 || (opcode & 0xfc) == 0xe0;
}

/* Only those that are near enough; to: the target's offset from the piece, in it or outside. */
static bool has_short_jump(const uint8_t *code, int64_t n, int64_t to)
{
	for (int64_t i = MAX(to - 2 - INT8_MAX, 0); i <= to - 2 - INT8_MIN && i + 2 <= n; i++)
		if (is_short_jump(code[i]) && i + 2 + (int8_t)code[i + 1] == to)
			return true;
	return false;
}

static bool piece_has_jump(const uint8_t *code, size_t n, uint64_t address, uint64_t target)
{
	const uint32_t wanted = (uint32_t)(target - address - sizeof(uint32_t));

	/* Every byte of it counts: this is most of what a rewritten site costs. */
	for (uint32_t i = 0; i + sizeof(uint32_t) <= n; i++) {
		uint32_t displacement;

		__builtin_memcpy(&displacement, code + i, sizeof(displacement)); /* no call */
		if (displacement + i == wanted)
			return true;
	}
	return has_short_jump(code, (int64_t)n, (int64_t)(target - address));
}

static bool range_has_jump(const struct vma *vma, uint64_t start, uint64_t end, uint8_t *code,
			   uint64_t target)
{
	start = MAX(ALIGN_DOWN(start, PAGE_SIZE), vma->start);
	for (end = MIN(end, vma->end); start < end; start += PAGE_SIZE) {
		size_t n = MIN(PAGE_SIZE + OVERLAP, vma->end - start);

		if (copy_from_user(code, start, n) || piece_has_jump(code, n, start, target))
			return true;
	}
	return false;
}

bool site_is_jumped_to(struct mm *mm, uint64_t address)
{
	struct vma *vma = mm_find(mm, address);
	uint8_t *code = kmalloc(PAGE_SIZE + OVERLAP);
	bool found = !vma || !code ||
		     range_has_jump(vma, vma->start, vma->start + COLD, code, address) ||
		     range_has_jump(vma, MAX(address - AROUND, vma->start + COLD), address + AROUND,
				    code, address);

	kfree(code);
	return found;
}
