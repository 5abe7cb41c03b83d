/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Process groups and sessions: numbers that processes share. A group is there
 * as long as one process has its number, be it a zombie.
 */
#ifndef GUEST_PROC_GROUP_H
#define GUEST_PROC_GROUP_H

#include <stdbool.h>

struct process;

/* One of the group, or NULL: there is no such group. */
struct process *group_find(int pgid);

/*
 * No process of the group has a parent in another group of the same session:
 * nobody would make it go on if it stopped. Zombies do not count.
 */
bool group_is_orphaned(int pgid);

/*
 * process has become a zombie: its group may now be an orphan, and goes on if
 * it was stopped, with SIGHUP.
 */
void group_leave(const struct process *process);
/* The same for a child of one that ends, which has a new parent. */
void group_lose_parent(const struct process *child, const struct process *old_parent);

#endif
