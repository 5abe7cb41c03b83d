// SPDX-License-Identifier: Apache-2.0
/*
 * Pages of trampolines: the addresses of the runtime's entries first, then slots. Of a system call:
 *
 *   mov $number, %eax           only where the site's MOV was replaced
 *   an instruction behind it    likewise, if there is one
 *   lea back(%rip), %rcx        what SYSCALL would have left in RCX
 *   jmp *entry(%rip)
 *   syscall                     only where the site's SYSCALL was replaced: for restarted calls
 *   back: next instruction      likewise
 *   jmp site                    likewise
 *
 * Of a CPUID, which sets RBX:
 *
 *   instructions before it      only where the first of them was replaced
 *   lea back(%rip), %rbx
 *   jmp *entry(%rip)
 *   back: next instruction      only where CPUID was replaced
 *   jmp site                    likewise
 */
#include "guest-runtime/entry/trampoline.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"

#define SLOT	    32
#define LEA_OPCODE  3  /* bytes of LEA address(%rip), %rsi before the displacement, */
#define LEA_LENGTH  7  /* and with it */
#define MOVED	    15 /* offset of `back` where an instruction moved */
#define MOVED_CPUID 13

/* Hidden: its address is wanted, not an entry of a global offset table. */
__attribute__((visibility("hidden"))) void syscall_called_entry(void);
__attribute__((visibility("hidden"))) void cpuid_called_entry(void);

/* Where the addresses of the entries are in a page. */
enum { ENTRY_SYSCALL = 0, ENTRY_CPUID = 8 };

/* Where code is written: through the direct map, for the address at which it will run. */
struct emitter {
	uint8_t *to;
	uint64_t at;
};

static void emit(struct emitter *e, const void *bytes, size_t n)
{
	memcpy(e->to, bytes, n);
	e->to += n;
	e->at += n;
}

/* An opcode and the 32-bit displacement to target. */
static void emit_relative(struct emitter *e, const char *opcode, size_t n, uint64_t target)
{
	int32_t displacement = (int32_t)(target - (e->at + n + sizeof(displacement)));

	emit(e, opcode, n);
	emit(e, &displacement, sizeof(displacement));
}

/* The runtime's view of the page of address, for writing; NULL: leave it alone. */
static bool open_at(struct mm *mm, uint64_t address, struct emitter *e)
{
	uint8_t *page = mm_own_text(mm, address);

	*e = (struct emitter){ .to = page + address % PAGE_SIZE, .at = address };
	return page != NULL;
}

/* A free slot within reach of `near`; 0: none. */
static uint64_t take_slot(struct mm *mm, uint64_t near)
{
	uint64_t distance = mm->trampoline > near ? mm->trampoline - near : near - mm->trampoline;
	const uint64_t entries[] = { (uint64_t)syscall_called_entry, (uint64_t)cpuid_called_entry };
	struct emitter e;

	if (mm->trampoline == mm->trampoline_end || distance > INT32_MAX - PAGE_SIZE) {
		uint64_t page = mm_map_near(mm, near);

		if (!page || !open_at(mm, page, &e))
			return 0;
		emit(&e, entries, sizeof(entries));
		mm->trampoline = page + SLOT;
		mm->trampoline_end = page + PAGE_SIZE;
	}
	mm->trampoline += SLOT;
	return mm->trampoline - SLOT;
}

static void emit_entry(struct emitter *e, uint64_t slot, uint64_t back)
{
	emit_relative(e, "\x48\x8d\x0d", 3, back);
	emit_relative(e, "\xff\x25", 2, ALIGN_DOWN(slot, PAGE_SIZE) + ENTRY_SYSCALL);
}

static void emit_cpuid(struct emitter *e, uint64_t slot, uint64_t back)
{
	emit_relative(e, "\x48\x8d\x1d", 3, back);
	emit_relative(e, "\xff\x25", 2, ALIGN_DOWN(slot, PAGE_SIZE) + ENTRY_CPUID);
}

static void emit_jump(struct emitter *e, uint64_t target)
{
	emit_relative(e, "\xe9", 1, target);
}

/* LEA address(%rip), %rsi from elsewhere: the same address. False: out of reach. */
static bool move_lea(uint8_t *lea, int64_t distance)
{
	int32_t displacement;

	memcpy(&displacement, lea + LEA_OPCODE, sizeof(displacement));
	int64_t moved = displacement - distance;
	displacement = (int32_t)moved;
	memcpy(lea + LEA_OPCODE, &displacement, sizeof(displacement));
	return displacement == moved;
}

bool trampoline_for_number(struct mm *mm, uint64_t rip, const uint8_t *before, size_t length)
{
	uint64_t slot = take_slot(mm, rip);
	struct emitter text, e;
	uint8_t moved[12];

	must(length >= TRAMPOLINE_JMP && length <= sizeof(moved));
	memcpy(moved, before, length);
	bool lea = length == TRAMPOLINE_JMP + LEA_LENGTH &&
		   !memcmp(moved + TRAMPOLINE_JMP, "\x48\x8d\x35", LEA_OPCODE);
	if (!slot ||
	    (lea && !move_lea(moved + TRAMPOLINE_JMP, (int64_t)(slot - (rip - 2 - length)))) ||
	    !open_at(mm, rip - 2 - length, &text) || !open_at(mm, slot, &e))
		return false;
	emit(&e, moved, length);
	emit_entry(&e, slot, rip);
	emit_jump(&text, slot);
	return true;
}

bool trampoline_for_exit(struct mm *mm, uint64_t rip, const uint8_t *mov)
{
	uint64_t slot = take_slot(mm, rip);
	struct emitter text, e;

	if (!slot || !open_at(mm, rip - 4, &text) || !open_at(mm, slot, &e))
		return false;
	emit(&e, mov, 2);
	emit_entry(&e, slot, rip);
	emit_jump(&text, slot);
	return true;
}

uint64_t trampoline_for_next(struct mm *mm, uint64_t rip, const uint8_t *next, size_t length)
{
	uint64_t slot = take_slot(mm, rip);
	struct emitter text, e;

	must(length >= 1 && length <= 8);
	if (!slot || !open_at(mm, rip - 2, &text) || !open_at(mm, slot, &e))
		return 0;
	emit_entry(&e, slot, slot + MOVED);
	emit(&e, "\x0f\x05", 2);
	emit(&e, next, length);
	emit_jump(&e, rip + length);
	emit_jump(&text, slot);
	return slot + MOVED;
}

bool trampoline_for_cpuid(struct mm *mm, uint64_t rip, const uint8_t *before, size_t length)
{
	uint64_t slot = take_slot(mm, rip);
	struct emitter text, e;

	must(length >= TRAMPOLINE_JMP && length <= 12);
	if (!slot || !open_at(mm, rip - 2 - length, &text) || !open_at(mm, slot, &e))
		return false;
	emit(&e, before, length);
	emit_cpuid(&e, slot, rip);
	emit_jump(&text, slot);
	return true;
}

uint64_t trampoline_for_cpuid_next(struct mm *mm, uint64_t rip, const uint8_t *next, size_t length,
				   size_t displacement_at)
{
	uint64_t slot = take_slot(mm, rip);
	struct emitter text, e;
	uint8_t moved[8];
	int32_t displacement;

	must(length >= 3 && length <= 8);
	if (!slot || !open_at(mm, rip - 2, &text) || !open_at(mm, slot, &e))
		return 0;
	emit_cpuid(&e, slot, slot + MOVED_CPUID);
	memcpy(moved, next, length);
	if (displacement_at) {
		memcpy(&displacement, next + displacement_at, sizeof(displacement));
		displacement += (int32_t)(rip - e.at);
		memcpy(moved + displacement_at, &displacement, sizeof(displacement));
	}
	emit(&e, moved, length);
	emit_jump(&e, rip + length);
	emit_jump(&text, slot);
	return slot + MOVED_CPUID;
}
