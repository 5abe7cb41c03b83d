/* SPDX-License-Identifier: Apache-2.0 */
/* The VM's memory is used up: who ends for it. */
#ifndef GUEST_PROC_OOM_H
#define GUEST_PROC_OOM_H

#include <stdbool.h>

/*
 * Kills the process that Linux would, and frees its memory if that can be done
 * here. True: try again; false: current itself is ending. Ends the VM when it is
 * the first process that goes.
 */
bool oom_kill(void);

#endif
