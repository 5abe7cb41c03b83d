/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data page of a vCPU block (abi/layout.h): what the CPU, the nucleus and
 * the ring-3 entries share. Constants for assembly, a struct for C.
 */
#ifndef GUEST_ENTRY_VCPU_H
#define GUEST_ENTRY_VCPU_H

#include "abi/layout.h"

#define VCPU_GDT	  0x000
#define VCPU_TSS	  0x080
#define VCPU_EVENT_ERROR  0x110 /* the CPU pushes its frame here: TSS.RSP0 is its end */
#define VCPU_EVENT_RIP	  0x118
#define VCPU_EVENT_CS	  0x120
#define VCPU_EVENT_RFLAGS 0x128
#define VCPU_EVENT_RSP	  0x130
#define VCPU_EVENT_SS	  0x138
#define VCPU_EVENT_END	  0x140
#define VCPU_EVENT_RAX	  0x140
#define VCPU_EVENT_CR2	  0x148
#define VCPU_SAVED_RIP	  0x150 /* RCX, R11 and RSP at SYSCALL */
#define VCPU_SAVED_RFLAGS 0x158
#define VCPU_SAVED_RSP	  0x160
#define VCPU_KSTACK_TOP	  0x168 /* of the thread that runs */
#define VCPU_IDT	  0x200
#define VCPU_IRET_FRAMES  0x500 /* one prebuilt IRETQ frame a vector */

#define VCPU_VECTORS 33	   /* 32 exceptions, 1 interrupt */
#define VCPU_STUBS   0x200 /* offset of vector 0's stub in the nucleus page */
#define VCPU_STUB    48	   /* bytes of a stub */

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct vcpu_data {
	uint64_t gdt[16];
	uint8_t tss[104];
	uint8_t pad0[VCPU_EVENT_ERROR - 0xe8];
	uint64_t event_error, event_rip, event_cs, event_rflags, event_rsp, event_ss;
	uint64_t event_rax, event_cr2;
	uint64_t saved_rip, saved_rflags, saved_rsp;
	uint64_t kstack_top;
};

_Static_assert(offsetof(struct vcpu_data, event_error) == VCPU_EVENT_ERROR, "nucleus.S");
_Static_assert(offsetof(struct vcpu_data, event_cr2) == VCPU_EVENT_CR2, "nucleus.S");
_Static_assert(offsetof(struct vcpu_data, kstack_top) == VCPU_KSTACK_TOP, "nucleus.S");

/* vCPU 0's. */
#define vcpu0 ((volatile struct vcpu_data *)(GUEST_DIRECT_BASE + VCPU_DATA))

/* Asks the nucleus to load CR3 (a GPA): also the flush of all translations. 10 us on soft KVM. */
void nucleus_load_cr3(uint64_t cr3);
#endif

#endif
