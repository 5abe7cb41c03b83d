/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an interrupted system call returns inside the runtime: signal_deliver()
 * turns it into -EINTR or into making the call again. The program sees none.
 */
#ifndef GUEST_SYS_RESTART_H
#define GUEST_SYS_RESTART_H

#include <stdint.h>

#define ERESTARTSYS	      512 /* again with SA_RESTART or without a handler, else EINTR */
#define ERESTARTNOINTR	      513 /* again always */
#define ERESTARTNOHAND	      514 /* again without a handler, else EINTR */
#define ERESTART_RESTARTBLOCK 516 /* the same by restart_syscall(2): restart_later() */

/* What a call that waits for a span does when it goes on: again with what is left of it. */
typedef long restart_function(const uint64_t *a, int64_t deadline);

/* Of a thread. */
struct restart_block {
	restart_function *function; /* NULL: none */
	uint64_t arguments[6];
	int64_t deadline;
};

/*
 * Returns -ERESTART_RESTARTBLOCK. a: the arguments of the call, deadline: of
 * clock_monotonic_ns().
 */
long restart_later(restart_function *function, const uint64_t *a, int64_t deadline);

#endif
