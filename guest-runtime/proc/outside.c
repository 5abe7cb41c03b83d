// SPDX-License-Identifier: Apache-2.0
/* Signals from outside, to the first process or, when a terminal sent them, to its group. */
#include "guest-runtime/proc/outside.h"

#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/signal.h"

#include <asm/siginfo.h>

#define SIGNALS_OUTSIDE 31

bool outside_take(void)
{
	uint64_t news = host_take_outside();

	if (!news)
		return false;
	for (int signo = 1; signo <= SIGNALS_OUTSIDE; signo++) {
		struct signal_info info = { .signo = signo };

		if (news & HC_OUTSIDE_GROUP(signo)) {
			info.code = SI_KERNEL;
			signal_send_group(process_first->pgid, &info);
		}
		info.code = SI_USER; /* by nobody in here: pid 0 */
		if (news & HC_OUTSIDE_SIGNAL(signo))
			signal_send_process(process_first, &info);
	}
	return true;
}
