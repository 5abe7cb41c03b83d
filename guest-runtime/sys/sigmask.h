/* SPDX-License-Identifier: Apache-2.0 */
/* The signal mask that ppoll, pselect and epoll_pwait put in force while they wait. */
#ifndef GUEST_SYS_SIGMASK_H
#define GUEST_SYS_SIGMASK_H

#include "guest-runtime/mm/uaccess.h"

/* mask 0: none. 0 or -errno; *set: a mask is in force, to be ended with sigmask_end(). */
int sigmask_begin(uva_t mask, uint64_t size, bool *set);
/* After -EINTR the mask stays for the delivery of the signal, which ends it. Returns result. */
long sigmask_end(bool set, long result);

#endif
