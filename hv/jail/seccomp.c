// SPDX-License-Identifier: Apache-2.0
/*
 * Loads the monitor's seccomp filter: the rows of host-calls.c that the
 * policy's permissions grant. Everything else, in any form (32-bit entry, x32
 * numbers, an argument out of line), kills the process.
 */
#include "common/err.h"
#include "hv/jail/filter.h"
#include "hv/jail/host-calls.h"
#include "hv/jail/jail.h"
#include "policy/policy.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void jail_filter(const struct policy *p, const struct jail_fds *fds, uint32_t deny,
		 struct filter *filter)
{
	filter_build(filter, host_bits_of(p, fds), fds, deny);
}

int jail_seccomp(const struct policy *p, const struct jail_fds *fds, uint32_t deny, struct err *e)
{
	struct filter filter;
	struct sock_fprog program;
	int r;

	jail_filter(p, fds, deny, &filter);
	r = jail_verify_filter(&filter, p, fds, deny, e); /* I1 */
	if (r < 0)
		return r;
	program.len = (unsigned short)filter.length;
	program.filter = filter.code;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0)
		return 0;
	r = err_set(e, ERR_SANDBOX, errno, "cannot load the seccomp filter: %s", strerror(errno));
	err_hint(e, "it needs a kernel built with CONFIG_SECCOMP_FILTER");
	return r;
}
