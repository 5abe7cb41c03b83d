// SPDX-License-Identifier: Apache-2.0
/* Names of errors, as the kernel's headers have them: for programs that read reports. */
#include "sandbox-cli/report/audit.h"

static const char *const names[] = {
#define NAME(number, name) [number] = #name,
#include "names/errno.h"
#undef NAME
};

const char *audit_error_name(unsigned int error)
{
	if (error == 0)
		return "";
	return error < sizeof(names) / sizeof(*names) && names[error] ? names[error] : "unknown";
}
