/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capabilities in the simple user model: user 0 has those that mean something
 * in here, others none. They say what the program may do to itself and to its
 * private files; towards the host nothing depends on them.
 */
#ifndef GUEST_SYS_CREDENTIALS_H
#define GUEST_SYS_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

struct process;

/* Bit n: capability n. */
uint64_t credentials_permitted(void);
uint64_t credentials_effective(void);
/* The same of another process. */
uint64_t credentials_permitted_of(const struct process *process);
uint64_t credentials_effective_of(const struct process *process);
/* What any program here could have: the bounding set. */
uint64_t credentials_bounding(void);
bool credentials_capable(int capability);
/* current's real user may look into the process, by ptrace(2)'s rules. */
bool credentials_may_look(const struct process *process);

#endif
