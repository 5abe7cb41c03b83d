/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capabilities, by the rules of capabilities(7); user 0 has those that mean
 * something in here. They say what a program may do to itself, to other
 * processes and to private files; towards the host nothing depends on them.
 */
#ifndef GUEST_SYS_CREDENTIALS_H
#define GUEST_SYS_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

struct process;

/* Of the first process, whose ids are set. */
void credentials_start(struct process *process);
/* Its user ids are not the real, effective and saved one that they were. */
void credentials_follow_user(struct process *process, const uint32_t old[3]);
/* It executes another program. */
void credentials_execute(struct process *process);

/* Of current. */
bool credentials_capable(int capability);
/* current's real user may look into the process, by ptrace(2)'s rules. */
bool credentials_may_look(const struct process *process);

#endif
