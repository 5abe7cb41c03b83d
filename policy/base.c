// SPDX-License-Identifier: Apache-2.0
/*
 * builtin:base: what nearly every program expects to find. Programs and
 * libraries, the few files of /etc that the C library and TLS libraries read,
 * and private /dev, /proc and /tmp. Nothing that holds a secret: no
 * /etc/shadow, no home, no /var, no /run.
 */
#include "common/cleanup.h"
#include "policy/policy.h"

#define RULE "builtin:base"

/* On most hosts /bin and /lib* are links into /usr and appear as the same links. */
static const char *const readable[] = {
	"/usr",
	"/bin",
	"/sbin",
	"/lib",
	"/lib32",
	"/lib64",
	"/libx32",
	"/etc/alternatives",
	"/etc/group",
	"/etc/host.conf",
	"/etc/hosts",
	"/etc/ld.so.cache",
	"/etc/ld.so.conf",
	"/etc/ld.so.conf.d",
	"/etc/localtime",
	"/etc/nsswitch.conf",
	"/etc/os-release",
	"/etc/passwd",
	"/etc/protocols",
	"/etc/services",
	"/etc/ssl/certs",
	"/etc/ssl/openssl.cnf",
	"/etc/timezone",
};

static const struct {
	enum grant_kind kind;
	const char *guest;
} private[] = {
	{ GRANT_DEV, "/dev" },
	{ GRANT_PROC, "/proc" },
	{ GRANT_TMPFS, "/tmp" },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int policy_grant_base(struct policy *p, struct err *e)
{
	for (size_t i = 0; i < COUNT(readable); i++) {
		int rc = policy_grant_read(p, readable[i], readable[i], 1, RULE, e);

		if (rc)
			return rc;
	}
	for (size_t i = 0; i < COUNT(private); i++) {
		int rc = policy_grant_private(p, private[i].kind, private[i].guest, RULE, e);

		if (rc)
			return rc;
	}
	return 0;
}
