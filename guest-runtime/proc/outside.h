/* SPDX-License-Identifier: Apache-2.0 */
/* What happened outside of the VM (abi/hypercalls.h, HC_OUTSIDE_*): signals to sandbox-run. */
#ifndef GUEST_PROC_OUTSIDE_H
#define GUEST_PROC_OUTSIDE_H

#include <stdbool.h>

/* Sends the signals on. False: there was nothing. */
bool outside_take(void);

#endif
