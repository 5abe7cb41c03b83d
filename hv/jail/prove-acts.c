// SPDX-License-Identifier: Apache-2.0
/*
 * What the layers below seccomp must refuse: acts that the user could do
 * outside of the jail, as far as there are such that harm nobody.
 */
#include "hv/jail/prove.h"

#include "common/err.h"
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/kcmp.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TOO_MUCH      (1ul << 45) /* bytes; more than any limit, less than there are addresses */
#define FACCESSAT2    439	  /* Linux 5.8 */
#define GRANTS_LOOKED 32

/* True: it was done, and undone. */
static int opened(int fd)
{
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int list_root(const struct trial *t)
{
	return !jail_covers(t->inmate.policy, "/", 0) &&
	       opened(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int read_proc(const struct trial *t)
{
	return !jail_covers(t->inmate.policy, "/proc/self/status", 0) &&
	       opened(open("/proc/self/status", O_RDONLY | O_CLOEXEC));
}

static int write_device(const struct trial *t)
{
	return !jail_covers(t->inmate.policy, "/dev/null", 1) &&
	       opened(open("/dev/null", O_WRONLY | O_CLOEXEC));
}

/* File permissions alone would allow to write it; fd may be O_PATH. */
static int is_writable(int fd)
{
	return syscall(FACCESSAT2, fd, "", W_OK, AT_EMPTY_PATH) == 0;
}

static void temporary_name(char name[32])
{
	snprintf(name, 32, ".sandbox-run-%ld", (long)getpid());
}

static int made_directory(int directory)
{
	char name[32];

	temporary_name(name);
	if (mkdirat(directory, name, 0700))
		return 0;
	unlinkat(directory, name, AT_REMOVEDIR);
	return 1;
}

static int create_outside(const struct trial *t)
{
	static const char *const places[] = { "/tmp", "/dev/shm", "/var/tmp" };
	int made = 0, tried = 0;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places) && !tried; i++) {
		int fd = open(places[i], O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0)
			continue;
		tried = is_writable(fd) && !jail_covers_at(t->inmate.policy, fd, 1);
		made = tried && made_directory(fd);
		close(fd);
	}
	return made;
}

static int opened_for_writing(int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return opened(open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

/* The first that the user may write to. */
static int change_read_grant(const struct trial *t)
{
	const struct policy *p = t->inmate.policy;

	for (size_t i = 0; i < p->grant_count && i < GRANTS_LOOKED; i++) {
		const struct grant *grant = &p->grants[i];

		if (!grant_is_host(grant->kind) || grant->kind == GRANT_WRITE ||
		    !is_writable(grant->fd) || jail_covers_at(p, grant->fd, 1))
			continue;
		return S_ISDIR(grant->mode) ? made_directory(grant->fd)
					    : opened_for_writing(grant->fd);
	}
	return 0;
}

static int make_special(const struct trial *t)
{
	const struct policy *p = t->inmate.policy;
	char name[32];

	temporary_name(name);
	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *grant = &p->grants[i];

		if (grant->kind != GRANT_WRITE || !S_ISDIR(grant->mode))
			continue;
		if (mknodat(grant->fd, name, S_IFIFO | 0600, 0))
			return 0;
		unlinkat(grant->fd, name, 0);
		return 1;
	}
	return 0;
}

/* What asks for the right to trace; not its memory, which the child shares. */
static int inspect_launcher(const struct trial *t)
{
	return syscall(SYS_kcmp, t->launcher, getpid(), KCMP_VM, 0l, 0l) >= 0;
}

static int signal_launcher(const struct trial *t)
{
	return kill(t->launcher, 0) == 0;
}

static int bind_port(const struct trial *t)
{
	const struct sockaddr_in any = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int bound = fd >= 0 && bind(fd, (const void *)&any, sizeof(any)) == 0;

	(void)t;
	opened(fd);
	return bound;
}

static int change_root(const struct trial *t)
{
	(void)t;
	return chroot("/") == 0;
}

static int take_capability(const struct trial *t)
{
	struct __user_cap_header_struct self = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct some[_LINUX_CAPABILITY_U32S_3] = { { .effective = 1,
									   .permitted = 1 } };

	(void)t;
	return syscall(SYS_capset, &self, some) == 0;
}

static int gain_privileges(const struct trial *t)
{
	(void)t;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1;
}

static int raise_limit(const struct trial *t)
{
	const struct rlimit one = { 1, 1 };

	(void)t;
	return setrlimit(RLIMIT_CORE, &one) == 0;
}

static int reserve_memory(const struct trial *t)
{
	void *p =
		mmap(NULL, TOO_MUCH, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	(void)t;
	if (p != MAP_FAILED)
		munmap(p, TOO_MUCH);
	return p != MAP_FAILED;
}

static const struct act {
	const char *layer;
	const char *name;		       /* "the monitor could ..." */
	int (*try)(const struct trial *trial); /* true: it was done */
	int abi;			       /* of Landlock, from which on it is refused */
} acts[] = {
	{ "capabilities", "change its root directory", change_root, 0 },
	{ "capabilities", "take one", take_capability, 0 },
	{ "no_new_privs", "gain privileges", gain_privileges, 0 },
	{ "limits", "raise one", raise_limit, 0 },
	{ "limits", "reserve terabytes", reserve_memory, 0 },
	{ "Landlock", "list /", list_root, 1 },
	{ "Landlock", "read a file that is not granted", read_proc, 1 },
	{ "Landlock", "write to a file that is not granted", write_device, 1 },
	{ "Landlock", "create a file outside of the grants", create_outside, 1 },
	{ "Landlock", "change what is granted for reading", change_read_grant, 1 },
	{ "Landlock", "make a FIFO below a write grant", make_special, 1 },
	{ "Landlock", "look into the launcher", inspect_launcher, 1 },
	{ "Landlock", "bind a TCP port", bind_port, 4 },
	{ "Landlock", "signal the launcher", signal_launcher, 6 },
};

int prove_acts(struct trial *trial, struct err *e)
{
	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++) {
		if (!prove_next(trial) || acts[i].abi > trial->abi)
			continue;
		if (acts[i].try(trial))
			return jail_fails(e, acts[i].layer, "the monitor could %s", acts[i].name);
	}
	return 0;
}
