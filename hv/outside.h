/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens outside of the VM (HC_OUTSIDE_*): from the launcher to the
 * guest, at most 64 bits at a time (I12).
 */
#ifndef HV_OUTSIDE_H
#define HV_OUTSIDE_H

#include <poll.h>
#include <stdint.h>
#include <time.h>

struct err;
struct hc_call;
struct vm;

/* Before the jail: the descriptor that is ready when something came. */
int outside_init(struct vm *vm, struct err *e);

/* The signal came, and is taken: the guest gets the bits, and is told if it can be. */
void outside_came(struct vm *vm);

/* The guest has not taken all. Its own memory says so: good for nothing but to tell it again. */
int outside_waits(const struct vm *vm);

/*
 * Waits for descriptors, of which fds has count and room for one more; `left`
 * (NULL: no limit) is changed. Ends for what came from outside, and does not
 * begin when something is there already: then *interrupted is set. Returns how
 * many of fds have events, or -errno.
 */
int64_t outside_poll(struct hc_call *call, struct pollfd *fds, unsigned int count,
		     struct timespec *left, int *interrupted);

#endif
