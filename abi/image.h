/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header at the first byte of a runtime image: where a vCPU starts. It is
 * written at build time (guest-runtime/nucleus/) and read by the monitor from
 * its own executable before the guest exists, so it is trusted input.
 */
#ifndef ABI_IMAGE_H
#define ABI_IMAGE_H

#include <stdint.h>

#define IMAGE_MAGIC 0x31454d4954525053ull /* "SPRTIME1" */

struct image_header {
	uint64_t magic;
	uint64_t entry_rip; /* GVA of the first instruction */
	uint64_t entry_rsp; /* GVA */
	uint64_t lstar;	    /* GVA of the system-call stub of vCPU 0 */
	uint64_t cr3;	    /* GPA of the boot PML4 */
	uint64_t gdt;	    /* GVA */
	uint64_t idt;	    /* GVA */
	uint64_t tss;	    /* GVA */
	uint64_t hypercall; /* GPA of vCPU 0's struct hc_request, in the image */
	uint16_t gdt_limit;
	uint16_t idt_limit;
	uint16_t cs; /* start ring is its RPL: 3 for the runtime, 0 for test images */
	uint16_t ss;
	uint64_t zeroes; /* bytes, whole pages, that follow the image's own in memory and are 0 */
};

_Static_assert(sizeof(struct image_header) == 88, "nucleus/nucleus.S lays this out by hand");

#endif
