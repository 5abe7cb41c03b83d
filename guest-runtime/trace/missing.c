// SPDX-License-Identifier: Apache-2.0
/* System calls that the program asked for and the runtime does not have: for the report at the end. */
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/trace/trace.h"

/* Only the first HC_MISSING_MAX kinds: for a program that probes for more there is the trace. */
void missing_note(uint32_t number)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(host_missing); i++) {
		if (host_missing[i].count && host_missing[i].number != number)
			continue;
		if (number > UINT16_MAX || host_missing[i].count == UINT32_MAX)
			return;
		host_missing[i].number = (uint16_t)number;
		host_missing[i].count++;
		return;
	}
}
