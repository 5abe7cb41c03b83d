/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hostile image in its place in the direct map, with its page tables:
 * the image and the doorbell in pages, 1 GiB of RAM and the window in huge
 * pages as the runtime has them, everything writable and executable.
 */
#include "tests/adversarial/image.h"

#define LINK 0x67
#define HUGE 0xe7

#define PTE(i) QUAD(((i) == 511 ? GUEST_DOORBELL_GPA : (i) * 4096) + LINK)
#define PDE_RAM(i) QUAD(GUEST_RAM_GPA + (i) * GUEST_HUGE_SIZE + HUGE)
#define PDE_WINDOW(i) QUAD(GUEST_WINDOW_GPA + (i) * GUEST_HUGE_SIZE + HUGE)

#define R2(m, i)   m(i) m((i) + 1)
#define R4(m, i)   R2(m, i) R2(m, (i) + 2)
#define R8(m, i)   R4(m, i) R4(m, (i) + 4)
#define R16(m, i)  R8(m, i) R8(m, (i) + 8)
#define R32(m, i)  R16(m, i) R16(m, (i) + 16)
#define R64(m, i)  R32(m, i) R32(m, (i) + 32)
#define R128(m, i) R64(m, i) R64(m, (i) + 64)
#define R256(m, i) R128(m, i) R128(m, (i) + 128)
#define R512(m, i) R256(m, i) R256(m, (i) + 256)

#define AT(gpa) . = GUEST_DIRECT_BASE + (gpa);

ENTRY(image_start)
SECTIONS
{
	AT(0)
	.head : { *(.head) }
	AT(IMAGE_PML4)
	.tables : {
		. += 255 * 8;
		QUAD(IMAGE_PDPT + LINK)
		. += 256 * 8;
		QUAD(IMAGE_PD_RAM + LINK)
		QUAD(IMAGE_WILD_PD + LINK)
		. += 62 * 8;
		QUAD(IMAGE_PD_WINDOW + LINK)
		. += 447 * 8;
		QUAD(IMAGE_PT + LINK)
		R256(PDE_RAM, 0) R128(PDE_RAM, 256) R64(PDE_RAM, 384) R32(PDE_RAM, 448)
		R16(PDE_RAM, 480) R8(PDE_RAM, 496) R4(PDE_RAM, 504) R2(PDE_RAM, 508) PDE_RAM(510)
		R512(PDE_WINDOW, 0)
		R512(PTE, 0)
		QUAD(IMAGE_WILD_PT + LINK)
		. += 511 * 8;
		. += 512 * 8;
	}
	AT(IMAGE_TEXT)
	.text : { *(.text .text.* .rodata .rodata.* .data .data.* .bss .bss.*) BYTE(0) }
	ASSERT(. <= GUEST_DIRECT_BASE + IMAGE_ORDERS, "the orders come next")
	/DISCARD/ : { *(.comment) *(.note.*) *(.eh_frame) }
}
