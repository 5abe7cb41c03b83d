// SPDX-License-Identifier: Apache-2.0
/* Names of files, and of other things. */
#include "tests/fuzz/syscalls/values.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const char *const paths[] = {
	"",
	"/",
	".",
	"..",
	"a",
	"b",
	"dir",
	"dir/a",
	"dir/../b",
	"link",
	"loop",
	"a/",
	"/t/a",
	"/t/dir/b",
	"/t",
	"/t/dir",
	"/tmp/x",
	"/ro/file",
	"/ro/dir/..",
	"/ro/link",
	"/over/file",
	"/over/dir/new",
	"/over/dir",
	"/rw/file",
	"/rw/dir/new",
	"/rw/link",
	"/rw/dir",
	"/dev/null",
	"/dev/zero",
	"/dev/full",
	"/dev/random",
	"/dev/ptmx",
	"/dev/pts/0",
	"/dev/tty",
	"/dev/shm/s",
	"/dev/fd/3",
	"/proc",
	"/proc/self",
	"/proc/self/maps",
	"/proc/self/fd",
	"/proc/self/fd/3",
	"/proc/self/fdinfo/3",
	"/proc/self/mem",
	"/proc/self/exe",
	"/proc/self/cwd/a",
	"/proc/self/root/t",
	"/proc/self/status",
	"/proc/self/stat",
	"/proc/self/task",
	"/proc/self/pagemap",
	"/proc/self/oom_score_adj",
	"/proc/self/comm",
	"/proc/self/ns/net",
	"/proc/self/mountinfo",
	"/proc/self/environ",
	"/proc/self/cmdline",
	"/proc/self/limits",
	"/proc/self/smaps",
	"/proc/self/timerslack_ns",
	"/proc/self/timers",
	"/proc/thread-self/attr/current",
	"/proc/meminfo",
	"/proc/locks",
	"/proc/stat",
	"/proc/net/unix",
	"/proc/net/tcp",
	"/proc/sysvipc/shm",
	"/proc/sys/kernel/pid_max",
	"/proc/sys/kernel/hostname",
	"/proc/sys/fs/pipe-max-size",
	"/proc/cpuinfo",
	"/sys",
	"/sys/fs/cgroup",
	"/sys/devices/system/cpu/online",
	"/bin/busybox",
	"/etc/passwd",
	"/bin/true",
	"/t/script",
	"/t/garbage",
	"/nowhere/at/all",
};

uint64_t at_path(struct source *source)
{
	const char *text = paths[draw(source, draw(source, 2) ? 24 : COUNT(paths))];
	uint64_t at = at_place(source, 8192);
	volatile char *to = (volatile char *)at;
	size_t length = 0;

	if (!is_ours(at, 8192))
		return at;
	if (!draw(source, 50)) /* of the greatest length */
		for (; length < 250 + draw(source, 4000); length++)
			to[length] = length % 100 ? 'n' : '/';
	while (*text && length < 8000)
		to[length++] = *text++;
	if (!draw(source, 50) && length)
		to[draw(source, length)] = (char)draw(source, 256);
	to[length] = '\0';
	return at;
}

uint64_t at_text(struct source *source)
{
	static const char *const names[] = {
		"user.a", "user.", "security.x", "system.posix_acl_access", "trusted.a", "name",
		"/queue", "/q2",   "user.b"
	};
	const char *name = names[draw(source, COUNT(names))];
	uint64_t at = at_place(source, 64);

	if (is_ours(at, 64)) {
		volatile char *to = (volatile char *)at;

		while ((*to++ = *name++))
			;
	}
	return at;
}
uint64_t at_vector(struct source *source)
{
	uint64_t at = at_place(source, 64);
	size_t count = draw(source, 6);

	if (is_ours(at, 64)) {
		for (size_t i = 0; i < count; i++)
			((volatile uint64_t *)at)[i] = at_path(source);
		((volatile uint64_t *)at)[count] = 0;
	}
	return at;
}
