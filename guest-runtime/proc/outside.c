// SPDX-License-Identifier: Apache-2.0
/*
 * Signals from outside, to the first process or, when a terminal sent them, to
 * the group in its foreground; and news for the terminal of --tty.
 */
#include "guest-runtime/proc/outside.h"

#include "guest-runtime/fs/tty-outside.h"
#include "guest-runtime/fs/tty.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/notes/notes.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/signal.h"

#include <asm/siginfo.h>
#include <asm/signal.h>

#define SIGNALS_OUTSIDE 31

/* The terminal's own size is another: its programs hear of it from the terminal. */
static uint64_t tell_terminal(uint64_t news)
{
	const uint64_t resized = HC_OUTSIDE_SIGNAL(SIGWINCH) | HC_OUTSIDE_GROUP(SIGWINCH);

	if (!tty_outside_exists())
		return news;
	if (news & resized)
		tty_outside_resized();
	if (news & HC_OUTSIDE_INPUT)
		tty_outside_input();
	return news & ~(resized | HC_OUTSIDE_INPUT);
}

bool outside_take(void)
{
	uint64_t news = host_take_outside();

	if (!news)
		return false;
	news = tell_terminal(news);
	if (news)
		notes_flush(); /* the end may be near, and not ours to choose */
	for (int signo = 1; signo <= SIGNALS_OUTSIDE; signo++) {
		struct signal_info info = { .signo = signo };

		if (news & HC_OUTSIDE_GROUP(signo)) {
			info.code = SI_KERNEL;
			signal_send_group(tty_callers_group(), &info);
			/* It would never be told again that the whole VM has gone on. */
			if (signo == SIGCONT && process_first->state == PROCESS_STOPPED)
				signal_send_group(process_first->pgid, &info);
		}
		info.code = SI_USER; /* by nobody in here: pid 0 */
		if (news & HC_OUTSIDE_SIGNAL(signo))
			signal_send_process(process_first, &info);
	}
	return true;
}
