// SPDX-License-Identifier: Apache-2.0
/* Puts the vDSO and the page that it reads into an address space: page-table entries, no memory. */
#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/exec.h"

#include <asm/mman.h>
#include <linux/mman.h>

extern const char vdso_image[], vdso_image_end[];

int vdso_map(struct mm *mm, uint64_t *header)
{
	uint64_t size = (uintptr_t)vdso_image_end - (uintptr_t)vdso_image;
	long at = mm_map(mm, 0, PAGE_SIZE + size, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, NULL, 0);

	if (at < 0)
		return (int)at;
	*header = (uint64_t)at + PAGE_SIZE;
	at = mm_map_image(mm, (uint64_t)at, clock_shared_page(), PAGE_SIZE, PROT_READ, PROT_READ);
	if (at >= 0)
		at = mm_map_image(mm, *header, vdso_image, size, PROT_READ | PROT_EXEC,
				  PROT_READ | PROT_WRITE | PROT_EXEC);
	return at < 0 ? (int)at : 0;
}
