// SPDX-License-Identifier: Apache-2.0
/*
 * A site is rewritten when it is `mov $number, %eax; syscall`: the five bytes
 * of MOV become a five-byte JMP to a trampoline that loads the number and
 * enters the runtime. SYSCALL itself stays, so that a jump straight to it, a
 * restarted call and a wrong guess about what the bytes before it are still
 * work; the number in RAX confirms the guess. No stack is touched: the
 * program's red zone may be in use.
 */
#include "guest-runtime/entry/sites.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/process.h"

#define SITES	   256 /* counted at once; a power of two */
#define HITS	   3   /* from here on a rewrite pays */
#define MOV_EAX	   0xb8
#define MOV_LENGTH 5
#define JMP_REL32  0xe9

/* Hidden: its address is wanted, not an entry of a global offset table. */
__attribute__((visibility("hidden"))) void syscall_called_entry(void);

struct trampoline {
	uint8_t mov_eax;
	uint32_t number;
	uint8_t lea_rcx[3]; /* RCX: where SYSCALL would have returned to */
	int32_t back;
	uint8_t jmp_rip[2]; /* to the address in `entry` */
	int32_t entry_offset;
	uint64_t entry;
	uint8_t pad[6];
} __attribute__((packed));

_Static_assert(sizeof(struct trampoline) == 32, "trampolines do not cross pages");

static struct site {
	uint64_t rip;
	uint32_t hits;
} sites[SITES];

/* The bytes before rip, when they are a site of `number`. */
static bool matches(uint64_t rip, uint32_t number)
{
	struct {
		uint8_t before, mov;
		uint32_t number;
		uint8_t syscall[2];
	} __attribute__((packed)) code;

	if (rip < sizeof(code) || copy_from_user(&code, rip - sizeof(code), sizeof(code)))
		return false;
	/* A REX prefix before it would make it a MOV to another register. */
	return code.mov == MOV_EAX && code.number == number && (code.before & 0xf0) != 0x40 &&
	       code.syscall[0] == 0x0f && code.syscall[1] == 0x05;
}

static uint64_t take_trampoline(struct mm *mm, uint64_t near)
{
	uint64_t at = mm->trampoline;
	uint64_t distance = at > near ? at - near : near - at;

	if (at == mm->trampoline_end || distance > INT32_MAX - PAGE_SIZE) {
		at = mm_map_near(mm, near);
		if (!at)
			return 0;
		mm->trampoline_end = at + PAGE_SIZE;
	}
	mm->trampoline = at + sizeof(struct trampoline);
	return at;
}

static void rewrite(struct mm *mm, uint64_t rip, uint32_t number)
{
	uint64_t site = rip - 7;
	uint64_t at = take_trampoline(mm, site);
	/* First the frame that was shared becomes ours, then both pages are written by the direct map. */
	uint8_t *text = at ? mm_own_text(mm, site) : NULL;
	uint8_t *page = at ? mm_own_text(mm, at) : NULL;

	if (!text || !page)
		return;
	*(struct trampoline *)(page + at % PAGE_SIZE) = (struct trampoline){
		.mov_eax = MOV_EAX,
		.number = number,
		.lea_rcx = { 0x48, 0x8d, 0x0d },
		.back = (int32_t)(rip - (at + offsetof(struct trampoline, jmp_rip))),
		.jmp_rip = { 0xff, 0x25 },
		.entry_offset = 0,
		.entry = (uint64_t)syscall_called_entry,
	};
	int32_t displacement = (int32_t)(at - (site + MOV_LENGTH));
	text += site % PAGE_SIZE;
	text[0] = JMP_REL32;
	memcpy(text + 1, &displacement, sizeof(displacement));
}

void sites_hit(uint64_t rip, uint32_t number)
{
	struct site *site = &sites[(rip ^ rip >> 12) % SITES];
	uint64_t first = rip - 7;

	if (site->rip != rip)
		*site = (struct site){ .rip = rip };
	if (++site->hits != HITS)
		return;
	/* A JMP that crosses a page would need both pages. */
	if (first / PAGE_SIZE == (first + MOV_LENGTH - 1) / PAGE_SIZE && matches(rip, number))
		rewrite(current()->process->mm, rip, number);
}
