// SPDX-License-Identifier: Apache-2.0
/*
 * Addresses: the doorbell in every width and offset, device memory where there
 * is none, and page tables that lie. Only a store at the doorbell's start is a
 * hypercall; all else outside of guest memory ends the VM (I4).
 */
#include "tests/adversarial/trials.h"

#include <stdio.h>
#include <string.h>

#define REFUSED (FAULTS | KILLS)
#define ANYHOW	(RETURNS | FAULTS | KILLS)

#define AT(name, code, offset, fates) \
	{ \
		name " at doorbell + " #offset, CODE(code), BOTH, fates, \
			.rdi = GUEST_DOORBELL_GVA + (uint64_t)(offset), .poke = { \
				POKE_CALL \
			} \
	}
#define WRONG(name, code, offset) \
	{ \
		name " at doorbell + " #offset, CODE(code), BOTH, KILLS, \
			.rdi = GUEST_DOORBELL_GVA + (uint64_t)(offset), .poke = { POKE_CALL }, \
			.ends = END(BAD_HYPERCALL), .violation = HV_VIOLATION_DOORBELL \
	}
/* A KVM that interprets may give up instead; what matters is that it is no hypercall. */
#define ODD(name, code, offset) \
	{ \
		name " at doorbell + " #offset, CODE(code), BOTH, REFUSED, \
			.rdi = GUEST_DOORBELL_GVA + (uint64_t)(offset), .rcx = 16, \
			.poke = { POKE_CALL }, .violation = HV_VIOLATION_DOORBELL \
	}
#define STORE1 "\x88\x07"
#define STORE2 "\x66\x89\x07"
#define STORE4 "\x89\x07"
#define STORE8 "\x48\x89\x07"
#define LOAD1  "\x8a\x07"
#define LOAD4  "\x8b\x07"
#define LOAD8  "\x48\x8b\x07"

static const struct try doorbell[] = {
	AT("8-bit store", STORE1, 0, RETURNS),
	AT("16-bit store", STORE2, 0, RETURNS),
	AT("32-bit store", STORE4, 0, RETURNS),
	AT("64-bit store", STORE8, 0, RETURNS),
	WRONG("8-bit store", STORE1, 1),
	WRONG("16-bit store", STORE2, 2),
	WRONG("32-bit store", STORE4, 4),
	WRONG("64-bit store", STORE8, 8),
	WRONG("64-bit store", STORE8, 0xff8),
	WRONG("8-bit store", STORE1, 0xfff),
	WRONG("64-bit store", STORE8, 0xffd), /* goes on in RAM */
	ODD("64-bit store", STORE8, -4),      /* begins in the hole before it */
	WRONG("8-bit load", LOAD1, 0),
	WRONG("32-bit load", LOAD4, 0),
	WRONG("64-bit load", LOAD8, 0),
	WRONG("32-bit load", LOAD4, 0x800),
	ODD("increment", "\xff\x07", 0),
	ODD("exchange", "\x87\x07", 0),
	ODD("locked add", "\xf0\x01\x07", 0),
	ODD("locked compare", "\xf0\x0f\xb1\x0f", 0),
	ODD("cmpxchg16b", "\xf0\x48\x0f\xc7\x0f", 0),
	ODD("rep stosb", "\xf3\xaa", 0),
	ODD("rep stosq", "\xf3\x48\xab", 8),
	ODD("movs from itself", "\x48\x89\xfe\xf3\x48\xa5", 0),
	ODD("push", "\x48\x89\xfc\x50", 8),
	ODD("16-byte store", "\x0f\x11\x07", 8),
	ODD("x87 store", "\xdd\x17", 8),
	ODD("fxsave", "\x0f\xae\x07", 0),
	ODD("jump", "\xff\xe7", 0),
	ODD("call", "\xff\xd7", 0x10),
	AT("16-byte store", "\x0f\x11\x07", 0, ANYHOW),
	AT("flush", "\x0f\xae\x3f", 0, ANYHOW),
	AT("prefetch", "\x0f\x18\x0f", 0, ANYHOW),
	{ "exception with its stack in the doorbell", CODE("\x48\x89\xfc\x0f\x0b"), RING0, REFUSED,
	  .rdi = GUEST_DOORBELL_GVA + 0x800, .poke = { POKE_CALL },
	  .violation = HV_VIOLATION_DOORBELL },
	{ "IDT in the doorbell", CODE("\x0f\x01\x1f\xcc"), RING0, REFUSED, .rdi = SCRATCH_GVA,
	  .poke = { { SCRATCH_GVA, (GUEST_DOORBELL_GVA << 16) | 0xfff },
		    { SCRATCH_GVA + 8, GUEST_DOORBELL_GVA >> 48 },
		    POKE_CALL },
	  .alone = 1 },
};

static void the_doorbell(void)
{
	TRIES_RUN(doorbell, 3);
}

/* Where no memory is: known devices' places, the ends of everything, and 40 by chance. */
static void device_memory(void)
{
	static const uint64_t known[] = {
		GUEST_DOORBELL_GPA - 0x1000,
		GUEST_DOORBELL_GPA + 0x1000 - 0x2000,
		GUEST_RAM_GPA + GUEST_RAM_INITIAL,
		0xa0000ull + 0x100000000ull,
		0xfec00000,
		0xfed00000,
		0xfee00000,
		0xfee00030,
		0xfeffc000,
		0xfffbc000,
		0xfffff000,
		0x1fe000,
		GUEST_WINDOW_GPA,
		GUEST_WINDOW_GPA + GUEST_WINDOW_MAX,
		1ull << 37,
		1ull << 40,
		1ull << 45,
		1ull << 51,
		(1ull << 52) - 0x1000,
	};
	static const struct {
		const char *name, *code;
		size_t bytes;
	} ways[] = { { "store", CODE(STORE4) },
		     { "load", CODE(LOAD8) },
		     { "jump", CODE("\xff\xe7") },
		     { "add", CODE("\x01\x07") } };
	static struct try tries[59];
	static char names[59][48];
	const size_t count = sizeof(tries) / sizeof(*tries);

	for (size_t i = 0; i < count; i++) {
		size_t way = i % (sizeof(ways) / sizeof(*ways));
		uint64_t gpa = random_next() >> (12 + random_below(32)) << 12;

		if (i < sizeof(known) / sizeof(*known))
			gpa = known[i];
		else if (gpa < GUEST_RAM_GPA + GUEST_RAM_INITIAL || gpa == GUEST_DOORBELL_GPA)
			gpa |= 1ull << 36;
		gpa &= (1ull << 52) - 1;
		snprintf(names[i], sizeof(names[i]), "%s at GPA 0x%llx", ways[way].name,
			 (unsigned long long)gpa);
		tries[i] = (struct try){ names[i],
					 ways[way].code,
					 ways[way].bytes,
					 BOTH,
					 REFUSED,
					 .rdi = WILD_GVA(0),
					 .poke = { POKE_PTE(0, gpa | PTE_RWX), POKE_CALL },
					 .violation = HV_VIOLATION_DOORBELL };
	}
	tries_run(tries, count, 8);
}

#define NOWHERE	      0x700000000ull /* a GPA without memory */
#define HUGE_RWX      (PTE_RWX | PTE_HUGE)
/* The huge page that holds the doorbell as its last page but none. */
#define HUGE_DOORBELL (GUEST_DOORBELL_GPA & ~(GUEST_HUGE_SIZE - 1ull))
#define LIE(name, code, address, fates, ...) \
	{ \
		name, CODE(code), BOTH, fates, .rdi = (address), .poke = { __VA_ARGS__ } \
	}
#define RELOAD "\x0f\x20\xd8\x0f\x22\xd8" /* CR3, which flushes */

static const struct try lies[] = {
	LIE("store to a page without memory", STORE4, WILD_GVA(1), REFUSED,
	    POKE_PTE(1, NOWHERE | PTE_RWX)),
	LIE("jump to a page without memory", "\xff\xe7", WILD_GVA(1), REFUSED,
	    POKE_PTE(1, NOWHERE | PTE_RWX)),
	LIE("jump to no page", "\xff\xe7", WILD_GVA(2), FAULTS, { 0, 0 }),
	LIE("jump to no address", "\xff\xe7", 1ull << 63, FAULTS, { 0, 0 }),
	LIE("load from no address", LOAD8, 1ull << 62, FAULTS, { 0, 0 }),
	LIE("reserved bits in a PTE", LOAD8, WILD_GVA(3), REFUSED,
	    POKE_PTE(3, GUEST_RAM_GPA | 1ull << 51 | PTE_RWX)),
	LIE("a huge page that is not aligned", LOAD8, WILD_HUGE(1), REFUSED,
	    POKE_PDE(1, (GUEST_RAM_GPA + 0x4000) | HUGE_RWX)),
	LIE("a huge page around the doorbell", STORE4, WILD_HUGE(1) + 0x1ff000, RETURNS | KILLS,
	    POKE_PDE(1, HUGE_DOORBELL | HUGE_RWX), POKE_CALL),
	LIE("a huge page before the doorbell", STORE4, WILD_HUGE(1), KILLS,
	    POKE_PDE(1, HUGE_DOORBELL | HUGE_RWX), POKE_CALL),
	LIE("a huge page across the end of the image", LOAD4, WILD_HUGE(2) + 0x1fe000, KILLS,
	    POKE_PDE(2, 0 | HUGE_RWX), POKE_CALL),
	LIE("a page table without memory", LOAD8, WILD_HUGE(3), REFUSED | STALLS,
	    POKE_PDE(3, NOWHERE | PTE_RWX)),
	/* with nested paging KVM takes the walk's own access for the store: a hypercall */
	LIE("a page table in the doorbell", STORE4, WILD_HUGE(3), ANYHOW | STALLS,
	    POKE_PDE(3, GUEST_DOORBELL_GPA | PTE_RWX), POKE_CALL),
	LIE("a page table in the window", LOAD8, WILD_HUGE(3), REFUSED | STALLS,
	    POKE_PDE(3, GUEST_WINDOW_GPA | PTE_RWX)),
	LIE("a page table of itself", LOAD8, WILD_HUGE(3), ANYHOW | STALLS,
	    POKE_PDE(3, IMAGE_WILD_PD | PTE_RWX)),
	LIE("a page of 1 GiB", STORE4, GUEST_DIRECT_BASE + 0x80000000, ANYHOW,
	    { IMAGE_GVA(IMAGE_PDPT + 16), 0xfc0000000 | HUGE_RWX }, POKE_CALL),
	LIE("the root as its own table", LOAD8, 0x7f0000000000, ANYHOW,
	    { IMAGE_GVA(IMAGE_PML4 + 254 * 8), IMAGE_PML4 | PTE_RWX }),
	LIE("the code's page gone", RELOAD, 0, ANYHOW | STALLS,
	    { IMAGE_GVA(IMAGE_PT + IMAGE_TEXT / 512), NOWHERE | PTE_RWX }),
	LIE("the orders' page gone", RELOAD, 0, ANYHOW | STALLS,
	    { IMAGE_GVA(IMAGE_PT + IMAGE_ORDERS / 512), NOWHERE | PTE_RWX }),
	LIE("the tables' own page gone", RELOAD, 0, ANYHOW | STALLS,
	    { IMAGE_GVA(IMAGE_PT + IMAGE_DATA / 512), 0 }),
	LIE("the root emptied", RELOAD, 0, ANYHOW | STALLS, { IMAGE_GVA(IMAGE_PML4 + 255 * 8), 0 }),
	LIE("the root's table without memory", RELOAD, 0, ANYHOW | STALLS,
	    { IMAGE_GVA(IMAGE_PML4 + 255 * 8), NOWHERE | PTE_RWX }),
};

static void page_tables_that_lie(void)
{
	static struct try tries[sizeof(lies) / sizeof(*lies)];

	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		tries[i] = lies[i];
		tries[i].alone = 1;
	}
	TRIES_RUN(tries, 3);
}

const struct attack memory_attacks[] = {
	{ "the doorbell in every width and offset", the_doorbell },
	{ "device memory where there is none", device_memory },
	{ "page tables that lie", page_tables_that_lie },
	{ NULL, NULL },
};
