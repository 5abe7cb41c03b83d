// SPDX-License-Identifier: Apache-2.0
/*
 * Which sites are rewritten, and when. Three shapes are:
 *
 *   mov $number, %eax; syscall   The five bytes of MOV become a JMP. SYSCALL
 *                                stays, so that a jump straight to it still
 *                                works; the number in RAX confirms that the
 *                                bytes before it are that MOV. An instruction
 *                                between the two may be one of `middles`.
 *   syscall; cmp $x, %rax        SYSCALL and the start of the instruction after
 *     (or another one that may   it become a JMP; the instruction moves to the
 *     be moved)                  trampoline. Only where no jump goes to it
 *                                (entry/site-scan.c), which costs a search.
 *   mov %reg, %eax; syscall;     The same, of exit(2) alone: what is behind it
 *     jmp                        is not needed any more.
 *
 * No stack is touched: the program's red zone may be in use. Memory that is
 * writable, or shared, is left alone.
 */
#include "guest-runtime/entry/sites.h"

#include "guest-runtime/entry/site-list.h"
#include "guest-runtime/entry/trampoline.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/process.h"

#include <asm/unistd.h>

#define SITES	    128 /* counted at once, of each address space; a power of two */
#define PLACES	    4	/* for each of them */
#define HITS	    1	/* from here on a rewrite pays */
#define MISSES	    3	/* so often rewritten sites may be passed by before a flush pays */
#define MISSES_SITE 4	/* of one site; more is a program that jumps to SYSCALL itself */
#define HITS_SEARCH 64	/* the same where the text must be searched first */
#define BEFORE	    (SITE_BYTES + 3) /* bytes looked at before SYSCALL's end, */
#define AFTER	    8		     /* and behind it */
#define MOV_LENGTH  5
#define MOV_EAX	    0xb8
#define JMP	    0xe9

struct site {
	uint64_t rip;
	uint64_t moved_to; /* where the instruction at rip is now; 0: still there */
	uint32_t hits;
	bool rewritten;
	uint8_t misses; /* SYSCALLs since then: of text from before the rewrite */
};

struct sites {
	struct site site[SITES];
	uint32_t misses;
};

/* Instructions that may run elsewhere: no address in them, no jump. */
static const struct movable {
	uint8_t bytes[3];
	uint8_t known;	/* leading bytes that must be these */
	uint8_t length; /* of the instruction, which with its padding has at least 3 bytes */
} movables[] = {
	{ { 0x48, 0x3d }, 2, 6 },	/* cmp $imm32, %rax */
	{ { 0x3d }, 1, 5 },		/* cmp $imm32, %eax */
	{ { 0x48, 0x83, 0xf8 }, 3, 4 }, /* cmp $imm8, %rax */
	{ { 0x83, 0xf8 }, 2, 3 },	/* cmp $imm8, %eax */
	{ { 0x48, 0x85, 0xc0 }, 3, 3 }, /* test %rax, %rax */
	{ { 0x48, 0x89, 0xc7 }, 3, 3 }, /* mov %rax, %rdi */
	{ { 0x48, 0x89, 0xc3 }, 3, 3 }, /* mov %rax, %rbx */
	{ { 0x48, 0x89, 0xc2 }, 3, 3 }, /* mov %rax, %rdx */
	{ { 0x48, 0x89, 0xc5 }, 3, 3 }, /* mov %rax, %rbp */
	{ { 0x49, 0x89, 0xc4 }, 3, 3 }, /* mov %rax, %r12 */
	/* ret, and the start of the padding after it, which nothing reaches */
	{ { 0xc3, 0x0f, 0x1f }, 3, 1 },
	{ { 0xc3, 0x66, 0x0f }, 3, 1 },
	{ { 0xc3, 0x66, 0x2e }, 3, 1 },
	{ { 0xc3, 0x66, 0x66 }, 3, 1 },
	{ { 0xc3, 0x66, 0x90 }, 3, 1 },
	{ { 0xc3, 0x90, 0x90 }, 3, 1 },
};

/* What may stand between the number and SYSCALL: sets another register, and reads no memory. */
static const struct middle {
	uint8_t bytes[3], known, length;
} middles[] = {
	{ { 0 }, 0, 0 },
	{ { 0x48, 0x8d, 0x35 }, 3, 7 }, /* lea address(%rip), %rsi */
	{ { 0x48, 0x8d, 0xb3 }, 3, 7 }, /* lea disp32(%rbx), %rsi */
	{ { 0x48, 0x8d, 0x93 }, 3, 7 }, /* lea disp32(%rbx), %rdx */
	{ { 0x40, 0x80, 0xf6 }, 3, 4 }, /* xor $imm8, %sil */
	{ { 0xbe }, 1, 5 },		/* mov $imm32, %esi */
	{ { 0xba }, 1, 5 },		/* mov $imm32, %edx */
	{ { 0xbf }, 1, 5 },		/* mov $imm32, %edi */
	{ { 0x31, 0xf6 }, 2, 2 },	/* xor %esi, %esi */
	{ { 0x31, 0xd2 }, 2, 2 },	/* xor %edx, %edx */
	{ { 0x31, 0xff }, 2, 2 },	/* xor %edi, %edi */
	{ { 0x45, 0x31, 0xd2 }, 3, 3 }, /* xor %r10d, %r10d */
};

/* MOV of the number at code. */
static bool is_number(const uint8_t *code, uint32_t number)
{
	uint32_t loaded;

	memcpy(&loaded, code + 1, sizeof(loaded));
	/* A REX prefix before it would make it a MOV to another register. */
	return code[0] == MOV_EAX && loaded == number && (code[-1] & 0xf0) != 0x40;
}

/* Perhaps a MOV that was rewritten: its trampoline comes back behind SYSCALL, which must stay. */
static bool has_jump_before(const uint8_t *end)
{
	for (size_t i = 0; i < ARRAY_SIZE(middles); i++) {
		const struct middle *middle = &middles[i];
		const uint8_t *at = end - 2 - middle->length;

		if (memcmp(at, middle->bytes, middle->known) == 0 && at[-MOV_LENGTH] == JMP)
			return true;
	}
	return false;
}

/* Bytes from the MOV to the SYSCALL that ends at `end`; 0: it is no such site. */
static uint8_t number_length(const uint8_t *end, uint32_t number)
{
	for (size_t i = 0; i < ARRAY_SIZE(middles); i++) {
		const struct middle *middle = &middles[i];
		const uint8_t *at = end - 2 - middle->length;

		if (memcmp(at, middle->bytes, middle->known) == 0 &&
		    is_number(at - MOV_LENGTH, number))
			return (uint8_t)(MOV_LENGTH + middle->length);
	}
	return 0;
}

static size_t movable_length(const uint8_t *after)
{
	for (size_t i = 0; i < ARRAY_SIZE(movables); i++)
		if (memcmp(after, movables[i].bytes, movables[i].known) == 0)
			return movables[i].length;
	return 0;
}

/* A JMP that crosses a page would need both pages. */
static bool in_one_page(uint64_t site)
{
	return site / PAGE_SIZE == (site + TRAMPOLINE_JMP - 1) / PAGE_SIZE;
}

/* glibc's end of a thread. */
static bool consider_exit(struct mm *mm, uint64_t rip, const uint8_t *end)
{
	const uint8_t *mov = end - 4;

	return mov[0] == 0x89 && (mov[1] & 0xc7) == 0xc0 && *end == 0xeb && in_one_page(rip - 4) &&
	       !site_is_jumped_to(mm, rip - 2) && !site_is_jumped_to(mm, rip) &&
	       trampoline_for_exit(mm, rip, mov);
}

static void consider(struct mm *mm, struct site *site, uint32_t number)
{
	uint64_t rip = site->rip;
	uint8_t code[BEFORE + AFTER];

	if (rip < BEFORE || copy_from_user(code, rip - BEFORE, sizeof(code)) ||
	    code[BEFORE - 2] != 0x0f || code[BEFORE - 1] != 0x05)
		return;
	uint8_t before = number_length(code + BEFORE, number);
	if (before) {
		struct known_site mov = { .kind = SITE_NUMBER, .length = before };

		memcpy(mov.bytes, code + BEFORE - 2 - before, before);
		if (site->hits == HITS && in_one_page(rip - 2 - before))
			site->rewritten = trampoline_for_number(mm, rip, mov.bytes, before);
		if (site->rewritten)
			site_list_note(mm, rip, &mov);
		return;
	}
	if (has_jump_before(code + BEFORE))
		return;
	if (number == __NR_exit && site->hits == HITS_SEARCH) {
		site->rewritten = consider_exit(mm, rip, code + BEFORE);
		return;
	}
	size_t length = movable_length(code + BEFORE);
	if (site->hits == HITS_SEARCH && length && in_one_page(rip - 2) &&
	    !site_is_jumped_to(mm, rip))
		site->moved_to = trampoline_for_next(mm, rip, code + BEFORE, length);
	site->rewritten = site->moved_to;
	if (!site->rewritten)
		return;
	struct known_site next = { .kind = SITE_NEXT, .length = (uint8_t)length };
	memcpy(next.bytes, code + BEFORE, length);
	site_list_note(mm, rip, &next);
}

/*
 * Where a site is noted, or would be. One whose instruction moved keeps its
 * place: who is to return there must be told. NULL: it is such ones' place.
 */
static struct site *site_of(const struct mm *mm, uint64_t rip)
{
	struct site *place = NULL;

	for (uint64_t i = 0; i < PLACES; i++) {
		struct site *site = &mm->sites->site[((rip ^ rip >> 12) + i) % SITES];

		if (site->rip == rip)
			return site;
		if (!site->moved_to && (!place || (place->rip && !site->rip)))
			place = site;
	}
	return place;
}

/* The program goes on with text from before a rewrite (mm_own_text). */
static void note_miss(struct mm *mm)
{
	if (++mm->sites->misses < MISSES)
		return;
	mm->sites->misses = 0;
	mm_flush(mm);
}

void sites_hit(uint64_t rip, uint32_t number)
{
	struct mm *mm = current()->process->mm;

	if (!mm->sites)
		mm->sites = kmalloc(sizeof(*mm->sites));
	if (!mm->sites)
		return;
	struct site *site = site_of(mm, rip);
	if (!site)
		return;
	if (site->rip != rip) {
		if (site->rewritten)
			note_miss(mm);
		*site = (struct site){ .rip = rip };
	}
	if (site->rewritten && site->misses < MISSES_SITE) {
		site->misses++;
		note_miss(mm);
	}
	site->hits++;
	if (site->hits == HITS || site->hits == HITS_SEARCH)
		consider(mm, site, number);
}

bool sites_may_move(struct mm *mm, uint64_t rip)
{
	if (!mm->sites)
		mm->sites = kmalloc(sizeof(*mm->sites));
	const struct site *site = mm->sites ? site_of(mm, rip) : NULL;
	return site && !site->moved_to;
}

void sites_moved(struct mm *mm, uint64_t rip, uint64_t moved_to)
{
	*site_of(mm, rip) = (struct site){ .rip = rip, .moved_to = moved_to, .rewritten = true };
}

uint64_t sites_return(uint64_t rip)
{
	const struct mm *mm = current()->process->mm;

	if (!mm->sites)
		return rip;
	const struct site *site = site_of(mm, rip);
	return site && site->rip == rip && site->moved_to ? site->moved_to : rip;
}

struct sites *sites_copy(const struct sites *sites)
{
	struct sites *copy = sites ? kmalloc(sizeof(*copy)) : NULL;

	if (copy)
		*copy = *sites;
	return copy;
}

void sites_forget(struct sites *sites, uint64_t start, uint64_t end)
{
	for (size_t i = 0; sites && i < SITES; i++)
		if (sites->site[i].rip >= start && sites->site[i].rip < end)
			sites->site[i] = (struct site){ 0 };
}
