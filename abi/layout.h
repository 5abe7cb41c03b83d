/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory map of a VM, shared by the monitor, the guest runtime's C and
 * assembly, and its linker script. Constants only: no types, no includes.
 *
 *   guest physical (GPA)
 *   0x00_0000_0000  image    runtime image, boot page tables, vCPU block
 *   0x00_0020_0000  RAM      boot block first, then free memory; grows upward
 *   0x0f_ffff_f000  doorbell no memslot: a store here leaves the guest
 *   0x10_0000_0000  window   pages of host files, read-only, mapped by hypercall
 *   0x10_4000_0000  shared   pages of host files that are written in place
 *
 *   guest virtual (GVA), the same in every address space
 *   0x0000_0001_0000 .. 0x7f80_0000_0000  the program
 *   0x7f80_0000_0000 + GPA                direct map of the above (PML4 slot 255)
 */
#ifndef ABI_LAYOUT_H
#define ABI_LAYOUT_H

#define GUEST_PAGE_SHIFT 12
#define GUEST_PAGE_SIZE	 0x1000
#define GUEST_HUGE_SIZE	 0x200000

#define GUEST_IMAGE_GPA 0x0
#define GUEST_IMAGE_MAX 0x1ff000 /* the last PTE of the image's table is the doorbell */

#define GUEST_RAM_GPA	  0x200000
#define GUEST_RAM_INITIAL 0xe00000    /* bytes backed at start; with the image 16 MiB */
#define GUEST_RAM_MAX	  0xf00000000 /* 60 GiB: RAM ends below the doorbell */

#define GUEST_DOORBELL_GPA 0xffffff000

#define GUEST_WINDOW_GPA   0x1000000000
#define GUEST_WINDOW_MAX   0x40000000 /* 1 GiB, one boot page directory */
#define GUEST_WINDOW_CHUNK 0x4000000  /* the monitor backs both by memslots of this size */
#define GUEST_SHARED_GPA   0x1040000000
#define GUEST_SHARED_MAX   0x40000000

/* Canonical lower half, PML4 slot 255: below it lies the program. */
#define GUEST_DIRECT_BASE  0x7f8000000000
#define GUEST_USER_END	   0x7f8000000000
#define GUEST_DOORBELL_GVA (GUEST_DIRECT_BASE + GUEST_IMAGE_MAX)

/* Linux's own selectors, so that programs which look see what they expect. */
#define GUEST_CS_KERNEL 0x10
#define GUEST_DS_KERNEL 0x18
#define GUEST_CS_USER	0x33
#define GUEST_DS_USER	0x2b
#define GUEST_TSS	0x40

/* The vCPU block: page 0 is nucleus code, then pages that belong to one vCPU. */
#define VCPU_NUCLEUS	0x0000
#define VCPU_DATA	0x1000 /* GDT, TSS, IDT, event frame, scratch */
#define VCPU_HYPERCALL	0x2000 /* struct hc_request */
#define VCPU_EVENT_TOP	0x4000 /* end of the ring-3 event scratch stack */
#define VCPU_BLOCK_SIZE 0x4000

#endif
