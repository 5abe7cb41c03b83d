/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System-call sites of the program, rewritten to jumps into the runtime: a
 * SYSCALL costs an exit's worth of time on KVMs that run ring 3 natively, a
 * jump costs nothing.
 */
#ifndef GUEST_ENTRY_SITES_H
#define GUEST_ENTRY_SITES_H

#include <stdbool.h>
#include <stdint.h>

struct mm;
struct sites;

/* Notes a SYSCALL that returns to rip; rewrites its site when it comes often. */
void sites_hit(uint64_t rip, uint32_t number);

/* Where to go on instead of rip: the same, or where the instruction there was moved to. */
uint64_t sites_return(uint64_t rip);

/* Other text may come to addresses in [start, end). sites may be NULL. */
void sites_forget(struct sites *sites, uint64_t start, uint64_t end);

/*
 * For an instruction at rip that another file is about to move, so that
 * sites_return() knows: whether there is a place for it; then where it went.
 */
bool sites_may_move(struct mm *mm, uint64_t rip);
void sites_moved(struct mm *mm, uint64_t rip, uint64_t moved_to);

/*
 * What is known of an address space's sites, for a copy of it (kfree); NULL:
 * nothing, or out of memory.
 */
struct sites *sites_copy(const struct sites *sites);

#endif
