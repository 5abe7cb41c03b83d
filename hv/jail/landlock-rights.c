// SPDX-License-Identifier: Apache-2.0
/* The rights of Landlock, ABI by ABI, and which of them a grant gives back. */
#include "hv/jail/landlock.h"

#include "abi/hypercalls.h"
#include "policy/policy.h"

#include <linux/landlock.h>
#include <sys/stat.h>

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

/* clang-format off */
const struct landlock_right landlock_rights[] = {
	{ 1, "execute", { .fs = LANDLOCK_ACCESS_FS_EXECUTE } },
	{ 1, "write_file", { .fs = LANDLOCK_ACCESS_FS_WRITE_FILE } },
	{ 1, "read_file", { .fs = LANDLOCK_ACCESS_FS_READ_FILE } },
	{ 1, "read_dir", { .fs = LANDLOCK_ACCESS_FS_READ_DIR } },
	{ 1, "remove_dir", { .fs = LANDLOCK_ACCESS_FS_REMOVE_DIR } },
	{ 1, "remove_file", { .fs = LANDLOCK_ACCESS_FS_REMOVE_FILE } },
	{ 1, "make_char", { .fs = LANDLOCK_ACCESS_FS_MAKE_CHAR } },
	{ 1, "make_dir", { .fs = LANDLOCK_ACCESS_FS_MAKE_DIR } },
	{ 1, "make_reg", { .fs = LANDLOCK_ACCESS_FS_MAKE_REG } },
	{ 1, "make_sock", { .fs = LANDLOCK_ACCESS_FS_MAKE_SOCK } },
	{ 1, "make_fifo", { .fs = LANDLOCK_ACCESS_FS_MAKE_FIFO } },
	{ 1, "make_block", { .fs = LANDLOCK_ACCESS_FS_MAKE_BLOCK } },
	{ 1, "make_sym", { .fs = LANDLOCK_ACCESS_FS_MAKE_SYM } },
	{ 2, "refer", { .fs = LANDLOCK_ACCESS_FS_REFER } },
	{ 3, "truncate", { .fs = LANDLOCK_ACCESS_FS_TRUNCATE } },
	{ 4, "bind_tcp", { .net = LANDLOCK_ACCESS_NET_BIND_TCP } },
	{ 4, "connect_tcp", { .net = LANDLOCK_ACCESS_NET_CONNECT_TCP } },
	{ 5, "ioctl_dev", { .fs = LANDLOCK_ACCESS_FS_IOCTL_DEV } },
	{ 6, "abstract_unix_socket", { .scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET } },
	{ 6, "signal", { .scoped = LANDLOCK_SCOPE_SIGNAL } },
};
/* clang-format on */

const size_t landlock_right_count = sizeof(landlock_rights) / sizeof(landlock_rights[0]);

struct landlock_rights landlock_handled(int abi)
{
	struct landlock_rights all = { 0 };

	for (size_t i = 0; i < landlock_right_count; i++) {
		if (landlock_rights[i].abi > abi)
			break;
		all.fs |= landlock_rights[i].bits.fs;
		all.net |= landlock_rights[i].bits.net;
		all.scoped |= landlock_rights[i].bits.scoped;
	}
	return all;
}

uint64_t landlock_allowed(const struct policy *p, const struct grant *grant,
			  const struct landlock_rights *handled)
{
	int directory = S_ISDIR(grant->mode);
	uint64_t allowed = directory ? READ_ALL : READ_FILE;

	if (!grant_is_host(grant->kind) || !(p->permissions & PERM_OPENS))
		return 0;
	if (grant->kind == GRANT_WRITE)
		allowed |= directory ? WRITE_ALL : WRITE_FILE;
	return allowed & handled->fs;
}
