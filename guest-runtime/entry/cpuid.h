/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPUID of programs, where the monitor made it an exception: answered here
 * from the boot block, as KVM would. Its sites are rewritten like those of
 * system calls (entry/cpuid-sites.c).
 */
#ifndef GUEST_ENTRY_CPUID_H
#define GUEST_ENTRY_CPUID_H

#include "guest-runtime/entry/frame.h"

#include <stdbool.h>
#include <stdint.h>

/* What CPUID says: EAX, EBX, ECX, EDX. */
void cpuid_ask(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]);

/* A #GP of the program: true when it was a CPUID, which is done and passed. */
bool cpuid_event(struct frame *frame);

/* Called by entry.S: from a rewritten site. */
void cpuid_dispatch(struct frame *frame);

/* A CPUID that ends at rip made an exception: rewrites its site, and others like it nearby. */
void cpuid_site_hit(uint64_t rip);

#endif
