// SPDX-License-Identifier: Apache-2.0
/*
 * Overwrites the caller's environment. It lies on the stack that every process
 * inherits, tokens and passwords included; neither a fallen monitor nor
 * /proc/PID/environ shall show it (I13). The arguments stay: ps shows what runs.
 */
#include "hv/jail/jail.h"

#include <string.h>
#include <unistd.h>

void jail_scrub_environment(void)
{
	if (!environ)
		return;
	for (char **entry = environ; *entry; entry++) {
		explicit_bzero(*entry, strlen(*entry));
		*entry = NULL;
	}
}
