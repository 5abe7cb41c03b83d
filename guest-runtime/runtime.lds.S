/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runtime image: linked at its place in the direct map, with vCPU 0's
 * block first and the boot page tables, complete, at the end. Nothing is left
 * to compute at start.
 */
#include "abi/layout.h"

#define P   1 /* present */
#define W   2
#define U   4
#define A   0x20
#define D   0x40
#define PS  0x80
#define NX  0x8000000000000000

#define RX  (P | U | A)
#define RO  (P | U | A | NX)
#define RW  (P | W | U | A | D | NX)
#define LINK (P | W | U | A)

/* The nucleus page and the text are executable, the rest of the vCPU block is data. */
#define FLAGS(i) \
	((i) * 4096 < VCPU_DATA ? RX : (i) * 4096 < VCPU_BLOCK_SIZE ? RW : \
	 (i) * 4096 < text_end - GUEST_DIRECT_BASE ? RX : \
	 (i) * 4096 < rodata_end - GUEST_DIRECT_BASE ? RO : RW)
#define PTE(i) \
	QUAD((i) == 511 ? GUEST_DOORBELL_GPA + RW : \
	     (i) * 4096 < image_end - GUEST_DIRECT_BASE ? (i) * 4096 + FLAGS(i) : 0)
#define PDE(gpa) QUAD((gpa) + (RW | PS))

#define R2(m, i)   m(i) m((i) + 1)
#define R4(m, i)   R2(m, i) R2(m, (i) + 2)
#define R8(m, i)   R4(m, i) R4(m, (i) + 4)
#define R16(m, i)  R8(m, i) R8(m, (i) + 8)
#define R32(m, i)  R16(m, i) R16(m, (i) + 16)
#define R64(m, i)  R32(m, i) R32(m, (i) + 32)
#define R128(m, i) R64(m, i) R64(m, (i) + 64)
#define R256(m, i) R128(m, i) R128(m, (i) + 128)
#define R512(m, i) R256(m, i) R256(m, (i) + 256)

#define PDE_RAM(i)    PDE(GUEST_RAM_GPA + (i) * GUEST_HUGE_SIZE)
#define PDE_WINDOW(i) PDE(GUEST_WINDOW_GPA + (i) * GUEST_HUGE_SIZE)
#define PDE_SHARED(i) PDE(GUEST_SHARED_GPA + (i) * GUEST_HUGE_SIZE)

ENTRY(runtime_start)
SECTIONS
{
	. = GUEST_DIRECT_BASE;
	.nucleus : { *(.nucleus) }
	.text : {
		*entry.o(.text) *copy.o(.text)
		INCLUDE guest-runtime/hot.lds
		*(.text .text.*)
	}
	. = ALIGN(4096);
	text_end = .;
	.rodata : { *(.rodata .rodata.*)
		. = ALIGN(8);
		fault_table = .; *(.fault_table) fault_table_end = .; }
	.vdso : { *(.vdso) }
	. = ALIGN(4096);
	rodata_end = .;
	.data : { *(.data .data.* .data.rel.ro.* .got .got.plt) }
	. = ALIGN(4096);
	.tables : {
		/*
		 * The first program's address space, too, so that its start needs no other: with
		 * tables where it and its stack will be, since linking one later would be trapped.
		 */
		boot_pml4 = .;
		QUAD(boot_pdpt_low - GUEST_DIRECT_BASE + LINK)
		. += 253 * 8;
		QUAD(boot_pdpt_high - GUEST_DIRECT_BASE + LINK)
		QUAD(boot_pdpt - GUEST_DIRECT_BASE + LINK)
		. += 256 * 8;
		boot_pdpt = .;
		QUAD(boot_pd_ram - GUEST_DIRECT_BASE + LINK)
		. += 63 * 8;
		QUAD(boot_pd_window - GUEST_DIRECT_BASE + LINK)
		QUAD(boot_pd_shared - GUEST_DIRECT_BASE + LINK)
		. += 446 * 8;
		boot_pd_ram = .;
		QUAD(boot_pt_image - GUEST_DIRECT_BASE + LINK)
		R256(PDE_RAM, 0) R128(PDE_RAM, 256) R64(PDE_RAM, 384) R32(PDE_RAM, 448)
		R16(PDE_RAM, 480) R8(PDE_RAM, 496) R4(PDE_RAM, 504) R2(PDE_RAM, 508) PDE_RAM(510)
		boot_pd_window = .;
		R512(PDE_WINDOW, 0)
		boot_pd_shared = .;
		R512(PDE_SHARED, 0)
		boot_pt_image = .;
		R512(PTE, 0)
	}
	image_file_end = .;
	/* What is 0 at first is not in the file: the monitor has nothing to copy. */
	.bss (NOLOAD) : {
		*(.bss .bss.* COMMON)
		. = ALIGN(4096);
		/* Next to each other what a start writes: one page fill for all. */
		boot_pdpt_low = .;
		. += 4096;
		boot_pdpt_high = .;
		. += 4096;
		table_pool = .;
		. += 24 * 4096; /* enough for most programs: more come as a block of 2 MiB */
		table_pool_end = .;
	}
	image_end = .;
	image_zeroes = image_end - image_file_end;
	ASSERT(image_end - GUEST_DIRECT_BASE <= GUEST_IMAGE_MAX, "the runtime image is too large")
	/DISCARD/ : { *(.comment) *(.note.*) *(.eh_frame) }
}
