/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the boot block (abi/boot.h) lies: for what is asked once, and of which
 * CPUID would be an exit.
 */
#ifndef GUEST_HOST_BOOT_H
#define GUEST_HOST_BOOT_H

#include "abi/boot.h"
#include "abi/layout.h"

static inline const struct boot_block *boot_block(void)
{
	return (const struct boot_block *)(GUEST_DIRECT_BASE + GUEST_RAM_GPA);
}

#endif
