// SPDX-License-Identifier: Apache-2.0
/* The kernel headers' own list of system calls. */
#include "sandbox-cli/report/syscall-names.h"

#include <stddef.h>

static const char *const names[] = {
#define NAME(number, name) [number] = #name,
#include "names/syscall.h"
#undef NAME
};

const char *syscall_name(unsigned int number)
{
	return number < sizeof(names) / sizeof(names[0]) ? names[number] : NULL;
}
