// SPDX-License-Identifier: Apache-2.0
/* The launcher's side of what a monitor hears from outside. */
#include "hv/hv.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

struct hv_outside *hv_outside_share(void)
{
	void *shared = mmap(NULL, sizeof(struct hv_outside), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return shared == MAP_FAILED ? NULL : shared;
}

void hv_outside_tell(struct hv_outside *outside, int monitor, uint64_t bits)
{
	atomic_fetch_or(&outside->bits, bits);
	kill(monitor, HV_OUTSIDE_SIGNAL);
}
