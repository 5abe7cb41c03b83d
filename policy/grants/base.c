// SPDX-License-Identifier: Apache-2.0
/*
 * builtin:base: what nearly every program expects to find. Programs and
 * libraries, the few files of /etc that libraries and common programs read, and
 * private /dev, /proc, /sys and /tmp. Nothing that holds a secret: no
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
	"/etc/debian_version",
	"/etc/group",
	"/etc/host.conf",
	"/etc/hosts",
	"/etc/inputrc",
	"/etc/java-11-openjdk",
	"/etc/java-17-openjdk",
	"/etc/java-21-openjdk",
	"/etc/ld.so.cache",
	"/etc/ld.so.conf",
	"/etc/ld.so.conf.d",
	"/etc/locale.alias",
	"/etc/localtime",
	"/etc/magic",
	"/etc/magic.mime",
	"/etc/mime.types",
	"/etc/nsswitch.conf",
	"/etc/os-release",
	"/etc/passwd",
	"/etc/perl",
	"/etc/protocols",
	"/etc/python3",
	"/etc/python3.11",
	"/etc/services",
	"/etc/ssl/certs",
	"/etc/ssl/openssl.cnf",
	"/etc/terminfo",
	"/etc/timezone",
	"/etc/xattr.conf",
};

static const struct {
	enum grant_kind kind;
	const char *guest;
} private[] = {
	{ GRANT_DEV, "/dev" },
	{ GRANT_PROC, "/proc" },
	{ GRANT_SYS, "/sys" },
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
