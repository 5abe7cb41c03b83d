/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hostile image: what its assembly, its C and the driver share. The driver
 * writes struct orders into a copy of the image; the image carries them out in
 * the ring that the copy's header says, and notes how far it came. The copy is
 * shared memory, so the notes outlive the VM.
 */
#ifndef TESTS_ADVERSARIAL_IMAGE_H
#define TESTS_ADVERSARIAL_IMAGE_H

#include "abi/layout.h"

/* GPAs in the image. All of it is mapped writable and executable for both rings. */
#define IMAGE_DATA	0x1000 /* GDT, TSS, IDT */
#define IMAGE_HYPERCALL 0x2000
#define IMAGE_RSP0	0x4000 /* stacks grow down from these two */
#define IMAGE_STACK	0x6000
#define IMAGE_PML4	0x6000
#define IMAGE_PDPT	0x7000
#define IMAGE_PD_RAM	0x8000
#define IMAGE_PD_WINDOW 0x9000
#define IMAGE_PT	0xa000
#define IMAGE_WILD_PD	0xb000 /* its first entry is IMAGE_WILD_PT */
#define IMAGE_WILD_PT	0xc000 /* empty: the orders fill it */
#define IMAGE_TEXT	0xe000
#define IMAGE_ORDERS	0x20000

#define IMAGE_GVA(gpa) (GUEST_DIRECT_BASE + (gpa))

/* Where IMAGE_WILD_PT's page i is seen, and what lies in IMAGE_WILD_PD's entry i. */
#define WILD_BASE    (GUEST_DIRECT_BASE + 0x40000000)
#define WILD_GVA(i)  (WILD_BASE + (i)*GUEST_PAGE_SIZE)
#define WILD_HUGE(i) (WILD_BASE + (i)*GUEST_HUGE_SIZE)

#define PTE_RWX	 0x67ull /* present, writable, user, accessed, dirty */
#define PTE_HUGE 0x80ull

/* Offsets in struct trial, for the assembly. */
#define TRIAL_CODE   0x00
#define TRIAL_IN     0x30
#define TRIAL_OUT    0x60
#define TRIAL_STATE  0x80
#define TRIAL_VECTOR 0x84
#define TRIAL_ERROR  0x88
#define TRIAL_CR2    0x90

#define TRIAL_STARTED  1
#define TRIAL_RETURNED 2
#define TRIAL_FAULTED  3

#ifndef __ASSEMBLER__
#include "abi/hypercalls.h"

#include <stddef.h>
#include <stdint.h>

#define TRIAL_BYTES 48
#define TRIAL_POKES 4

/* A few instructions, called with these registers, and what became of them. */
struct trial {
	uint8_t code[TRIAL_BYTES]; /* ends in a RET */
	struct {
		uint64_t rax, rbx, rcx, rdx, rsi, rdi;
	} in;
	struct {
		uint64_t rax, rbx, rcx, rdx;
	} out;
	uint32_t state;	 /* TRIAL_*; 0: never begun */
	uint32_t vector; /* TRIAL_FAULTED */
	uint64_t error, cr2;
	struct {
		uint64_t gva, value; /* written before the call, unless gva is 0 */
	} poke[TRIAL_POKES];
};

_Static_assert(offsetof(struct trial, in) == TRIAL_IN, "image.S");
_Static_assert(offsetof(struct trial, out) == TRIAL_OUT, "image.S");
_Static_assert(offsetof(struct trial, state) == TRIAL_STATE, "image.S");
_Static_assert(offsetof(struct trial, vector) == TRIAL_VECTOR, "image.S");
_Static_assert(offsetof(struct trial, error) == TRIAL_ERROR, "image.S");
_Static_assert(offsetof(struct trial, cr2) == TRIAL_CR2, "image.S");

#define RECORD_REPLY 128

#define RECORD_TRIAL 0x54524941 /* a number: the payload is a struct trial, no request */

/* A request to be played, and its reply. The next record follows after `bytes`. */
struct record {
	uint32_t bytes;	 /* of this record, a multiple of 8 */
	uint32_t stored; /* bytes of payload[]; the rest of the request's is 0xa5 */
	uint32_t number, length;
	int64_t result;
	uint8_t reply[RECORD_REPLY];
	uint8_t payload[];
};

enum orders_kind { ORDERS_TRIALS, ORDERS_RECORDS };

struct orders {
	uint32_t kind;
	uint32_t count; /* trials or records */
	uint32_t begun, done;
	union {
		struct trial trials[1];
		uint8_t records[1];
	} list;
};

#endif

#endif
