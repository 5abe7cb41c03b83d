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

static bool piece_has_jump(const uint8_t *code, size_t n, uint64_t address, uint64_t target)
{
	for (size_t i = 0; i + sizeof(int32_t) <= n; i++) {
		int32_t displacement;

		memcpy(&displacement, code + i, sizeof(displacement));
		if (address + i + sizeof(displacement) + (uint64_t)(int64_t)displacement == target)
			return true;
		if (is_short_jump(code[i]) &&
		    address + i + 2 + (uint64_t)(int64_t)(int8_t)code[i + 1] == target)
			return true;
	}
	return false;
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
		     range_has_jump(vma, address - AROUND, address + AROUND, code, address) ||
		     range_has_jump(vma, vma->start, vma->start + COLD, code, address);

	kfree(code);
	return found;
}
