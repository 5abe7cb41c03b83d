// SPDX-License-Identifier: Apache-2.0
/* Attacks of several steps by a stolen monitor: each uses what its filter allows to get further. */
#include "tests/jail/stolen.h"

#include "abi/hypercalls.h"
#include "common/syscall.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define REOPEN	(O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
#define WALK	(O_PATH | O_NOFOLLOW | O_CLOEXEC)
#define CREATE	(O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
#define UNNAMED (O_RDWR | O_TMPFILE | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

static int dir(const struct scene *s)
{
	return s->grants[GRANTED_DIR].fd;
}

static int writable(const struct scene *s)
{
	return s->grants[GRANTED_WRITABLE].fd;
}

/* Only the calls in the forms that the filter has; their answer, or -1 with errno. */
static int walk(int directory, const char *name)
{
	return host_openat(directory, name, WALK);
}

static int reopen(const struct scene *s, int fd, int flags)
{
	char name[16];

	if (fd < 0)
		return -1;
	snprintf(name, sizeof(name), "%d", fd);
	return host_openat(s->fds.self_fd, name, flags | REOPEN);
}

static int opens(const struct scene *s, int fd)
{
	return scene_answer(reopen(s, fd, O_RDONLY));
}

static int written(const struct scene *s, int fd)
{
	int64_t n = host_writev(fd, &s->iovec, 1, 0, 0);

	return n < 0 ? (int)-n : 0;
}

static int read_past_a_grant(struct scene *s)
{
	return opens(s, walk(walk(dir(s), ".."), "outside"));
}

static int list_past_a_grant(struct scene *s)
{
	return opens(s, walk(dir(s), ".."));
}

static int read_far_past_a_grant(struct scene *s)
{
	return opens(s, walk(dir(s), "../../../../../../proc/version"));
}

static int read_by_path(struct scene *s)
{
	return opens(s, walk(-1, "/proc/version"));
}

static int read_own_maps(struct scene *s)
{
	return opens(s, walk(-1, "/proc/self/maps"));
}

static int write_own_memory(struct scene *s)
{
	return scene_answer(reopen(s, walk(-1, "/proc/self/mem"), O_RDWR));
}

static int of_launcher(struct scene *s, const char *what)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", s->parent, what);
	return opens(s, walk(-1, path));
}

static int read_launchers_environment(struct scene *s)
{
	return of_launcher(s, "environ");
}

static int read_launchers_memory(struct scene *s)
{
	return of_launcher(s, "mem");
}

/* Through the launcher's own descriptors: what it has open is not in these grants. */
static int use_launchers_descriptor(struct scene *s)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/3", s->parent);
	return scene_answer(host_openat(s->fds.self_fd, path, O_RDONLY | REOPEN));
}

static int open_a_device(struct scene *s)
{
	return opens(s, walk(-1, "/dev/kvm"));
}

static int open_the_terminal(struct scene *s)
{
	return opens(s, walk(-1, "/dev/tty"));
}

static int write_through_a_handle(struct scene *s)
{
	return written(s, walk(dir(s), "file"));
}

static int write_what_is_open_to_read(struct scene *s)
{
	int fd = reopen(s, walk(dir(s), "file"), O_RDONLY);

	return written(s, fd);
}

static int map_it_to_write(struct scene *s)
{
	int fd = reopen(s, walk(dir(s), "file"), O_RDONLY);

	return mmap(s->window, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) ==
			       MAP_FAILED
		       ? errno
		       : 0;
}

static int map_code(struct scene *s)
{
	int fd = reopen(s, walk(dir(s), "file"), O_RDONLY);

	return mmap(s->window, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd, 0) ==
			       MAP_FAILED
		       ? errno
		       : 0;
}

static int cut_it(struct scene *s)
{
	return scene_answer(ftruncate(reopen(s, walk(dir(s), "file"), O_RDONLY), 0));
}

static int punch_it(struct scene *s)
{
	int fd = reopen(s, walk(dir(s), "file"), O_RDONLY);

	return scene_answer(syscall(SYS_fallocate, fd, 3, 0l, 4096l));
}

static int follow_own_link(struct scene *s)
{
	char name[32];

	if (symlinkat("/proc/version", writable(s), "new"))
		return errno;
	snprintf(name, sizeof(name), "%d/new", writable(s));
	return scene_answer(host_openat(s->fds.self_fd, name, O_RDONLY | REOPEN));
}

static int create_through_own_link(struct scene *s)
{
	if (symlinkat("..", writable(s), "new"))
		return errno;
	return scene_answer(host_create(writable(s), "new/evil", CREATE, 0600));
}

static int create_above(struct scene *s)
{
	return scene_answer(host_create(writable(s), "../evil", CREATE, 0600));
}

static int directory_above(struct scene *s)
{
	return scene_answer(mkdirat(writable(s), "../evil", 0700));
}

static int link_above(struct scene *s)
{
	return scene_answer(symlinkat("x", writable(s), "../evil"));
}

static int remove_above(struct scene *s)
{
	return scene_answer(unlinkat(writable(s), "../outside", 0));
}

static int rename_out(struct scene *s)
{
	return scene_answer(syscall(SYS_renameat2, writable(s), "file", writable(s), "../evil", 0));
}

static int rename_the_grant(struct scene *s)
{
	int above = walk(writable(s), "..");

	return scene_answer(syscall(SYS_renameat2, above, "writable", above, "evil", 0));
}

static int exchange_with_outside(struct scene *s)
{
	return scene_answer(
		syscall(SYS_renameat2, writable(s), "file", writable(s), "../outside", 2));
}

static int rename_in_and_read(struct scene *s)
{
	if (syscall(SYS_renameat2, walk(writable(s), ".."), "outside", writable(s), "new", 0) < 0)
		return errno;
	return opens(s, walk(writable(s), "new"));
}

static int hard_link(struct scene *s, int fd, int to)
{
	char name[16];

	snprintf(name, sizeof(name), "%d", fd);
	return scene_answer(linkat(s->fds.self_fd, name, to, "new", AT_SYMLINK_FOLLOW));
}

static int hard_link_outside_in(struct scene *s)
{
	return hard_link(s, walk(walk(writable(s), ".."), "outside"), writable(s));
}

static int hard_link_read_grant_in(struct scene *s)
{
	return hard_link(s, walk(dir(s), "file"), writable(s));
}

static int unnamed_file_into_read_grant(struct scene *s)
{
	return hard_link(s, host_create(writable(s), ".", UNNAMED, 0600), dir(s));
}

static int write_below_a_read_grant(struct scene *s)
{
	return scene_answer(reopen(s, walk(dir(s), "file"), O_WRONLY));
}

static int write_outside(struct scene *s)
{
	return scene_answer(reopen(s, walk(walk(writable(s), ".."), "outside"), O_WRONLY));
}

static int set_id_by_creation(struct scene *s)
{
	return scene_answer(host_create(writable(s), "new", CREATE, 04711));
}

static int set_id_by_mode(struct scene *s)
{
	return scene_answer(fchmod(host_create(writable(s), "new", CREATE, 0600), 04711));
}

static int capability_by_attribute(struct scene *s)
{
	int fd = host_create(writable(s), "new", CREATE, 0755);

	return scene_answer(
		(int)syscall(SYS_fsetxattr, fd, "security.capability", s->buffer, 20l, 0l));
}

static int trusted_attribute(struct scene *s)
{
	int fd = host_create(writable(s), "new", CREATE, 0755);

	return scene_answer((int)syscall(SYS_fsetxattr, fd, "trusted.x", s->buffer, 1l, 0l));
}

static int give_a_file_away(struct scene *s)
{
	return scene_answer(fchown(host_create(writable(s), "new", CREATE, 0600), 1, 1));
}

static int write_launchers_memory(struct scene *s)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mem", s->parent);
	return scene_answer(reopen(s, walk(-1, path), O_WRONLY));
}

static int write_sysctl(struct scene *s)
{
	return scene_answer(reopen(s, walk(-1, "/proc/sys/kernel/core_pattern"), O_WRONLY));
}

static int write_sysfs(struct scene *s)
{
	return scene_answer(reopen(s, walk(-1, "/sys/kernel/mm/ksm/run"), O_WRONLY));
}

/* A memory slot over what is not the monitor's: the kernel's half of the addresses. */
static int map_kernel_into_guest(struct scene *s)
{
	struct kvm_userspace_memory_region region = { .slot = 30,
						      .guest_phys_addr = 0x700000000000,
						      .memory_size = 4096,
						      .userspace_addr = 0xffff888000000000 };

	return scene_answer(host_ioctl(s->fds.vm, KVM_SET_USER_MEMORY_REGION, &region));
}

const struct step steps[] = {
	{ "read a file past a grant, by ..", PERM_TREES, read_past_a_grant },
	{ "list the directory above a grant", PERM_TREES, list_past_a_grant },
	{ "read a file far past a grant", PERM_TREES, read_far_past_a_grant },
	{ "read a file by its path", PERM_TREES, read_by_path },
	{ "read the monitor's own map", PERM_TREES, read_own_maps },
	{ "write the monitor's own memory", PERM_WRITE, write_own_memory },
	{ "read the launcher's environment", PERM_TREES, read_launchers_environment },
	{ "read the launcher's memory", PERM_TREES, read_launchers_memory },
	{ "write the launcher's memory", PERM_WRITE, write_launchers_memory },
	{ "use a descriptor of the launcher", PERM_TREES, use_launchers_descriptor },
	{ "open /dev/kvm again", PERM_TREES, open_a_device },
	{ "open the terminal", PERM_TREES, open_the_terminal },
	{ "write through a handle", PERM_TREES, write_through_a_handle },
	{ "write to what is open to be read", PERM_TREES, write_what_is_open_to_read },
	{ "map it to be written", PERM_TREES, map_it_to_write },
	{ "map it as code", PERM_TREES, map_code },
	{ "cut it", PERM_TREES, cut_it },
	{ "punch a hole into it", PERM_TREES, punch_it },
	{ "the kernel's memory as the guest's", PERM_BASE, map_kernel_into_guest },
	{ "follow a link of one's own to a file outside", PERM_NAMES, follow_own_link },
	{ "create a file through a link of one's own", PERM_NAMES, create_through_own_link },
	{ "create a file above a write grant", PERM_NAMES, create_above },
	{ "make a directory above it", PERM_NAMES, directory_above },
	{ "make a link above it", PERM_NAMES, link_above },
	{ "remove a file above it", PERM_NAMES, remove_above },
	{ "rename a file out of it", PERM_NAMES, rename_out },
	{ "rename the grant itself", PERM_NAMES, rename_the_grant },
	{ "exchange a file with one outside", PERM_NAMES, exchange_with_outside },
	{ "rename a file into it, to read that", PERM_NAMES, rename_in_and_read },
	{ "link a file outside into it", PERM_NAMES, hard_link_outside_in },
	{ "link a file of a read grant into it", PERM_NAMES, hard_link_read_grant_in },
	{ "give an unnamed file a name in a read grant", PERM_NAMES, unnamed_file_into_read_grant },
	{ "write below a read grant", PERM_NAMES, write_below_a_read_grant },
	{ "write outside", PERM_NAMES, write_outside },
	{ "create a set-user-id file", PERM_NAMES, set_id_by_creation },
	{ "make a file set-user-id", PERM_NAMES, set_id_by_mode },
	{ "give a file a capability", PERM_NAMES, capability_by_attribute },
	{ "set a trusted attribute", PERM_NAMES, trusted_attribute },
	{ "give a file to another user", PERM_NAMES, give_a_file_away },
	{ "change a kernel setting", PERM_WRITE, write_sysctl },
	{ "change a file of sysfs", PERM_WRITE, write_sysfs },
};

const size_t step_count = sizeof(steps) / sizeof(steps[0]);
