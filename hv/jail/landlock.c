// SPDX-License-Identifier: Apache-2.0
/*
 * The Landlock domain: of all files, the monitor can read those below the
 * policy's grants and change those below its write grants, and nothing else;
 * it can reach no port, and signal or connect to nobody outside. Raw system
 * calls: the C library has none.
 *
 * What an older kernel's Landlock cannot express, seccomp covers alone:
 *   ABI 1  no REFER       always denied by the kernel: a rename or link to another directory is
 *                         EXDEV, also with a write grant
 *   ABI 2  no TRUNCATE    no truncate in the filter, openat never with O_TRUNC; ftruncate only with
 *                         a write grant, on what Landlock lets be opened for writing
 *   ABI 3  no TCP         no socket, bind or connect in the filter
 *   ABI 4  no IOCTL_DEV   ioctl only by request number and on our own descriptors
 *   ABI 5  no scopes      no kill family, no socket in the filter
 */
#include "common/err.h"
#include "hv/jail/jail.h"
#include "policy/policy.h"

#include <errno.h>
#include <linux/landlock.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Debian 12's header stops at ABI 2. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14) /* ABI 3 */
#endif
#ifndef LANDLOCK_ACCESS_NET_BIND_TCP
#define LANDLOCK_ACCESS_NET_BIND_TCP	(1ULL << 0) /* ABI 4 */
#define LANDLOCK_ACCESS_NET_CONNECT_TCP (1ULL << 1) /* ABI 4 */
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15) /* ABI 5 */
#endif
#ifndef LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
#define LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0) /* ABI 6 */
#define LANDLOCK_SCOPE_SIGNAL		    (1ULL << 1) /* ABI 6 */
#endif

/* EXECUTE (bit 0) to MAKE_SYM (bit 12) */
#define RIGHTS_ABI_1 ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

/* The kernel's struct of ABI 6; an older one accepts it while what it does not know is zero. */
struct ruleset {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

/*
 * What rules give back: to files, and to directories with all below them.
 * Never EXECUTE: programs are executed in the VM, by the runtime. Never
 * MAKE_CHAR, MAKE_BLOCK, MAKE_SOCK or MAKE_FIFO (I6).
 */
#define READ_FILE  LANDLOCK_ACCESS_FS_READ_FILE
#define READ_ALL   (READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_FILE (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define WRITE_ALL \
	(WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
	 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_SYM | \
	 LANDLOCK_ACCESS_FS_REFER)

/* What each ABI added. All of it is taken away. */
static const struct {
	int abi;
	struct ruleset added;
} rights[] = {
	{ 1, { .fs = RIGHTS_ABI_1 } },
	{ 2, { .fs = LANDLOCK_ACCESS_FS_REFER } },
	{ 3, { .fs = LANDLOCK_ACCESS_FS_TRUNCATE } },
	{ 4, { .net = LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP } },
	{ 5, { .fs = LANDLOCK_ACCESS_FS_IOCTL_DEV } },
	{ 6, { .scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL } },
};

int jail_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? -errno : (int)abi;
}

static struct ruleset all_rights(int abi)
{
	struct ruleset all = { 0 };

	for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
		if (rights[i].abi > abi)
			break;
		all.fs |= rights[i].added.fs;
		all.net |= rights[i].added.net;
		all.scoped |= rights[i].added.scoped;
	}
	return all;
}

static int create_ruleset(const struct ruleset *handled)
{
	long fd = syscall(SYS_landlock_create_ruleset, handled, sizeof(*handled), 0);

	return fd < 0 ? -errno : (int)fd;
}

static int allow(int ruleset, const struct ruleset *handled, const struct grant *grant)
{
	int directory = S_ISDIR(grant->mode);
	struct landlock_path_beneath_attr rule = {
		.allowed_access = directory ? READ_ALL : READ_FILE,
		.parent_fd = grant->fd,
	};

	if (grant->kind == GRANT_WRITE)
		rule.allowed_access |= directory ? WRITE_ALL : WRITE_FILE;
	rule.allowed_access &= handled->fs;
	return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0)
		       ? -errno
		       : 0;
}

static void refused(const struct grant *grant, int error, struct err *e)
{
	char name[256];

	err_escape(name, sizeof(name), grant->host, strlen(grant->host));
	err_set(e, ERR_SANDBOX, error, "cannot allow %s in Landlock: %s", name, strerror(error));
}

static int missing(int error, struct err *e)
{
	err_set(e, ERR_SANDBOX, error,
		"Landlock is not enabled on this kernel; refusing to run without the second layer");
	if (error == ENOSYS)
		err_hint(e, "it needs Linux 5.13 or later, built with CONFIG_SECURITY_LANDLOCK; "
			    "there is no option to run without it");
	else
		err_hint(e, "boot with lsm=landlock,…; there is no option to run without it");
	return -error;
}

int jail_landlock(const struct policy *p, struct err *e)
{
	int abi = jail_landlock_abi();
	struct ruleset handled = all_rights(abi);
	int ruleset;
	int r = 0;

	if (abi < 1)
		return missing(abi < 0 ? -abi : EOPNOTSUPP, e);
	ruleset = create_ruleset(&handled);
	if (ruleset < 0)
		return err_set(e, ERR_SANDBOX, -ruleset, "cannot create a Landlock ruleset: %s",
			       strerror(-ruleset));

	for (size_t i = 0; i < p->grant_count && r == 0; i++) {
		if (!grant_is_host(p->grants[i].kind))
			continue;
		r = allow(ruleset, &handled, &p->grants[i]);
		if (r < 0)
			refused(&p->grants[i], -r, e);
	}
	if (r == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0)) {
		r = err_set(e, ERR_SANDBOX, errno, "cannot enter the Landlock domain: %s",
			    strerror(errno));
		if (r == -E2BIG)
			err_hint(e, "sandbox-run runs inside too many nested Landlock sandboxes");
	}
	close(ruleset);
	return r;
}
