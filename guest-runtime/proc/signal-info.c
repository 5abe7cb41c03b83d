// SPDX-License-Identifier: Apache-2.0
/* What a siginfo tells, by its signal and code. */
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/signal.h"

#include <asm/siginfo.h>
#include <asm/signal.h>

/* Codes between SI_USER and SI_KERNEL mean what the signal says, up to a last one. */
static const struct {
	uint8_t last;
	uint8_t layout;
} own_codes[SIGNALS + 1] = {
	[SIGILL] = { NSIGILL, SIGNAL_LAYOUT_FAULT },
	[SIGFPE] = { NSIGFPE, SIGNAL_LAYOUT_FAULT },
	[SIGSEGV] = { NSIGSEGV, SIGNAL_LAYOUT_FAULT },
	[SIGBUS] = { NSIGBUS, SIGNAL_LAYOUT_FAULT },
	[SIGTRAP] = { NSIGTRAP, SIGNAL_LAYOUT_FAULT },
	[SIGCHLD] = { NSIGCHLD, SIGNAL_LAYOUT_CHILD },
	[SIGPOLL] = { NSIGPOLL, SIGNAL_LAYOUT_POLL },
	[SIGSYS] = { NSIGSYS, SIGNAL_LAYOUT_CALL },
};

#define FIRST_QUEUED (-7) /* SI_DETHREAD: codes below have no meaning, but for SI_ASYNCNL */

enum signal_layout signal_info_layout(const struct signal_info *info)
{
	int code = info->code;

	if (code > SI_USER && code < SI_KERNEL) {
		if (own_codes[info->signo].last && code <= own_codes[info->signo].last)
			return own_codes[info->signo].layout;
		return code <= NSIGPOLL ? SIGNAL_LAYOUT_POLL : SIGNAL_LAYOUT_KILL;
	}
	if (code == SI_TIMER)
		return SIGNAL_LAYOUT_TIMER;
	if (code == SI_SIGIO)
		return SIGNAL_LAYOUT_POLL;
	return code < 0 ? SIGNAL_LAYOUT_QUEUE : SIGNAL_LAYOUT_KILL;
}

bool signal_info_is_known(const struct signal_info *info)
{
	int code = info->code;
	int last = info->signo >= 1 && info->signo <= SIGNALS ? own_codes[info->signo].last : 0;

	if (code == SI_KERNEL)
		return true;
	if (code > SI_USER)
		return code <= (last ? last : NSIGPOLL);
	return code >= FIRST_QUEUED || code == SI_ASYNCNL;
}
