// SPDX-License-Identifier: Apache-2.0
/* Arguments: mostly what a program would pass, sometimes its neighbour, rarely anything. */
#include "tests/fuzz/syscalls/fuzz.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>

#define LEADER 2 /* the first process of a sandbox */

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

uint64_t draw(struct source *source, uint64_t below)
{
	uint64_t x = source->state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	source->state = x;
	return (x * 0x2545f4914f6cdd1dull >> 11) % below;
}

static const uint64_t edges[] = { 0,
				  1,
				  2,
				  3,
				  7,
				  8,
				  16,
				  63,
				  64,
				  65,
				  255,
				  256,
				  1023,
				  1024,
				  4095,
				  4096,
				  4097,
				  8192,
				  65535,
				  65536,
				  1 << 20,
				  0x7fffffff,
				  0x80000000,
				  0xfffffffe,
				  0xffffffff,
				  1ull << 32,
				  1ull << 39,
				  0x7ffffffff000,
				  0x7fffffffffff,
				  1ull << 47,
				  0xffff800000000000,
				  INT64_MAX - 4095,
				  INT64_MAX,
				  1ull << 63,
				  (uint64_t)-4096,
				  (uint64_t)-100,
				  (uint64_t)-2,
				  (uint64_t)-1 };

uint64_t anything(struct source *source)
{
	switch (draw(source, 8)) {
	case 0:
		return draw(source, UINT64_MAX);
	case 1:
		return 1ull << draw(source, 64);
	case 2:
		return edges[draw(source, COUNT(edges))] + draw(source, 3) - 1;
	case 3:
		return ARENA + draw(source, ARENA_SIZE);
	case 4:
		return SPACE + draw(source, SPACE_SIZE / 4096) * 4096;
	case 5:
		return draw(source, 300);
	default:
		return draw(source, 16);
	}
}

/* A place in the arena with room for size bytes; sometimes where there is less, or none. */
static uint64_t place(struct source *source, size_t size)
{
	switch (draw(source, 64)) {
	case 0:
		return 0;
	case 1:
		return anything(source);
	case 2:
		return ARENA + ARENA_SIZE - draw(source, size + 1);
	case 3:
		return SPACE + draw(source, SPACE_SIZE);
	default:
		return ARENA + (draw(source, ARENA_SIZE - size) & ~7ull);
	}
}

/* True when what lies there may be written by us: the calls may have taken it away. */
static bool ours(uint64_t at, size_t size)
{
	return at >= ARENA && at + size <= ARENA + ARENA_SIZE;
}

static uint64_t words(struct source *source, size_t size)
{
	uint64_t at = place(source, size);

	if (ours(at, size))
		for (size_t i = 0; i < size / 8; i++)
			((volatile uint64_t *)at)[i] = anything(source);
	return at;
}

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

static uint64_t path(struct source *source)
{
	const char *text = paths[draw(source, draw(source, 2) ? 24 : COUNT(paths))];
	uint64_t at = place(source, 8192);
	volatile char *to = (volatile char *)at;
	size_t length = 0;

	if (!ours(at, 8192))
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

static uint64_t text(struct source *source)
{
	static const char *const names[] = {
		"user.a", "user.", "security.x", "system.posix_acl_access", "trusted.a", "name",
		"/queue", "/q2",   "user.b"
	};
	const char *name = names[draw(source, COUNT(names))];
	uint64_t at = place(source, 64);

	if (ours(at, 64)) {
		volatile char *to = (volatile char *)at;

		while ((*to++ = *name++))
			;
	}
	return at;
}

static uint64_t iovec(struct source *source)
{
	uint64_t at = place(source, 16 * 16);

	if (ours(at, 256))
		for (size_t i = 0; i < 16; i++) {
			((volatile uint64_t *)at)[2 * i] = place(source, 4096);
			((volatile uint64_t *)at)[2 * i + 1] =
				draw(source, 20) ? draw(source, 5000) : anything(source);
		}
	return at;
}

static uint64_t time_at(struct source *source)
{
	uint64_t at = draw(source, 8) ? place(source, 32) : 0;

	if (ours(at, 32)) { /* seconds and nanoseconds, two of them: mostly short */
		volatile uint64_t *to = (volatile uint64_t *)at;

		for (size_t i = 0; i < 4; i++)
			to[i] = draw(source, 10) ? (i % 2 ? draw(source, 3000000) : 0)
						 : anything(source);
	}
	return at;
}

static uint64_t sockaddr(struct source *source)
{
	static const uint16_t families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_UNSPEC };
	uint64_t at = place(source, 128);
	volatile uint8_t *to = (volatile uint8_t *)at;

	if (!ours(at, 128))
		return at;
	for (size_t i = 0; i < 128; i++)
		to[i] = 0;
	to[0] = (uint8_t)(draw(source, 30) ? families[draw(source, COUNT(families))]
					   : draw(source, 50));
	switch (to[0]) {
	case AF_UNIX:
		to[2] = draw(source, 2) ? 0 : 's';
		to[3] = (uint8_t)('a' + draw(source, 3));
		break;
	case AF_INET:
	case AF_INET6:
		to[2] = 0x40;
		to[3] = (uint8_t)draw(source, 4);
		if (to[0] == AF_INET && draw(source, 4)) {
			to[4] = 127;
			to[7] = 1;
		} else if (draw(source, 4)) {
			to[23] = 1;
		}
		break;
	default:
		to[4] = (uint8_t)draw(source, 256);
	}
	return at;
}

/* A struct msghdr with descriptors or credentials in its control data. */
static uint64_t message(struct source *source)
{
	uint64_t at = place(source, 64), control = place(source, 256);
	volatile uint64_t *to = (volatile uint64_t *)at;

	if (!ours(at, 64))
		return at;
	to[0] = draw(source, 2) ? sockaddr(source) : 0;
	to[1] = draw(source, 4) ? 16 + 12 * draw(source, 2) : anything(source);
	to[2] = iovec(source);
	to[3] = draw(source, 20) ? draw(source, 5) : anything(source);
	to[4] = draw(source, 3) ? control : 0;
	to[5] = draw(source, 4) ? 16 + 4 * draw(source, 10) : draw(source, 256);
	to[6] = draw(source, 2) ? 0 : anything(source);
	if (ours(control, 256)) {
		volatile uint64_t *head = (volatile uint64_t *)control;

		head[0] = draw(source, 4) ? 16 + 4 * draw(source, 4) : anything(source);
		head[1] = SOL_SOCKET | (1 + draw(source, 2))
					       << 32; /* SCM_RIGHTS, SCM_CREDENTIALS */
		for (size_t i = 2; i < 8; i++)
			head[i] = draw(source, 40) | draw(source, 40) << 32;
	}
	return at;
}

static uint64_t polls(struct source *source)
{
	uint64_t at = place(source, 16 * 8);

	if (ours(at, 128))
		for (size_t i = 0; i < 16; i++)
			((volatile uint64_t *)at)[i] = draw(source, 40) | draw(source, 1 << 12)
										  << 32;
	return at;
}

__asm__(".pushsection .text\n.globl restore\nrestore: mov $15, %eax\nsyscall\nhlt\n.popsection");

void on_signal(int signal)
{
	(void)signal;
}

/* A struct sigaction of the kernel's. */
static uint64_t action(struct source *source)
{
	static const uint64_t flags[] = { SA_RESTART,	SA_NODEFER, SA_ONSTACK,
					  SA_RESETHAND, SA_SIGINFO, SA_NOCLDWAIT };
	uint64_t at = place(source, 32);
	volatile uint64_t *to = (volatile uint64_t *)at;

	if (!ours(at, 32))
		return at;
	to[0] = draw(source, 2) ? (uint64_t)(uintptr_t)on_signal : draw(source, 2);
	to[1] = SA_RESTORER | (draw(source, 2) ? flags[draw(source, COUNT(flags))] : 0);
	to[2] = (uint64_t)(uintptr_t)restore;
	to[3] = draw(source, 3) ? 0 : anything(source);
	return at;
}

static uint64_t vector(struct source *source)
{
	uint64_t at = place(source, 64);
	size_t count = draw(source, 6);

	if (ours(at, 64)) {
		for (size_t i = 0; i < count; i++)
			((volatile uint64_t *)at)[i] = path(source);
		((volatile uint64_t *)at)[count] = 0;
	}
	return at;
}

/* Not the leader, alone or with all others: it could not tell what became of them. */
static uint64_t pid(struct source *source)
{
	uint64_t value = 3 + draw(source, 60);

	switch (draw(source, 8)) {
	case 0:
		value = anything(source);
		break;
	case 1:
		value = (uint64_t) - (int64_t)value;
		break;
	case 2:
		value = 0;
		break;
	default:
		break;
	}
	return (int)value == LEADER || (int)value == -LEADER || (int)value == -1 ? 3 : value;
}

static uint64_t clone_args(struct source *source)
{
	static const uint64_t flags[] = {
		CLONE_VM,     CLONE_FS,	   CLONE_FILES,		CLONE_SIGHAND,
		CLONE_THREAD, CLONE_PIDFD, CLONE_PARENT,	CLONE_SYSVSEM,
		CLONE_SETTLS, CLONE_VFORK, CLONE_PARENT_SETTID, CLONE_CHILD_CLEARTID
	};
	uint64_t at = place(source, 88);
	volatile uint64_t *to = (volatile uint64_t *)at;

	if (!ours(at, 88))
		return at;
	to[0] = 0;
	for (size_t i = draw(source, 5); i > 0; i--)
		to[0] |= flags[draw(source, COUNT(flags))];
	to[1] = place(source, 8);
	to[2] = place(source, 8);
	to[3] = place(source, 8);
	to[4] = draw(source, 2) ? SIGCHLD : draw(source, 70);
	to[5] = STACKS + draw(source, STACKS_SIZE / 16384) * 16384;
	to[6] = 16384;
	for (size_t i = 7; i < 11; i++)
		to[i] = draw(source, 8) ? 0 : anything(source);
	return at;
}

static uint64_t combined(struct source *source, const struct argument *argument)
{
	uint64_t value = 0;

	for (uint64_t n = draw(source, 4); n > 0; n--)
		value |= argument->values[draw(source, argument->count)];
	return draw(source, 40) ? value : value | anything(source);
}

uint64_t argument_value(struct source *source, const struct argument *argument)
{
	uint64_t at;

	switch (argument->kind) {
	case ARG_NONE:
		return 0;
	case ARG_FD:
		return draw(source, 50)	 ? draw(source, 40)
		       : draw(source, 2) ? (uint64_t)AT_FDCWD
					 : anything(source);
	case ARG_PATH:
		return path(source);
	case ARG_TEXT:
		return text(source);
	case ARG_BUFFER:
	case ARG_POLL:
		return draw(source, 2) ? polls(source) : words(source, 256);
	case ARG_SIZE:
		return draw(source, 8) ? draw(source, 8193) : anything(source);
	case ARG_OFFSET:
		return draw(source, 3) ? draw(source, 20000) : anything(source);
	case ARG_SMALL:
		return draw(source, 20) ? draw(source, 20) : anything(source);
	case ARG_MODE:
		return draw(source, 3) ? 0755 : draw(source, 010000);
	case ARG_PID:
		return pid(source);
	case ARG_ID:
		return draw(source, 3) ? draw(source, 3) - 1 : anything(source);
	case ARG_SIGNAL:
		return draw(source, 70);
	case ARG_SIGSET:
		return words(source, 16);
	case ARG_EIGHT:
		return draw(source, 20) ? 8 : anything(source);
	case ARG_ACTION:
		return action(source);
	case ARG_IOVEC:
		return iovec(source);
	case ARG_COUNT:
		return draw(source, 20) ? draw(source, 17) : anything(source);
	case ARG_TIME:
		return time_at(source);
	case ARG_SOCKADDR:
		return sockaddr(source);
	case ARG_SOCKLEN:
		return draw(source, 10) ? 4 + 12 * draw(source, 3) : anything(source);
	case ARG_SOCKLEN_AT:
		at = place(source, 8);
		if (ours(at, 8))
			*(volatile uint64_t *)at =
				draw(source, 10) ? draw(source, 130) : anything(source);
		return at;
	case ARG_MESSAGE:
		return message(source);
	case ARG_ADDRESS:
		return draw(source, 4)	 ? SPACE + draw(source, SPACE_SIZE / 4096) * 4096
		       : draw(source, 2) ? 0
					 : anything(source);
	case ARG_LENGTH:
		return draw(source, 10) ? (1 + draw(source, draw(source, 8) ? 32 : 4096)) * 4096
					: anything(source);
	case ARG_VECTOR:
		return vector(source);
	case ARG_OBJECT:
		return draw(source, 10) ? draw(source, 6) : anything(source);
	case ARG_KEY:
		return draw(source, 10) ? draw(source, 4) : anything(source);
	case ARG_STACK:
		return STACKS + (1 + draw(source, STACKS_SIZE / 16384)) * 16384;
	case ARG_CLONE_ARGS:
		return clone_args(source);
	case ARG_FLAGS:
		return combined(source, argument);
	case ARG_ONE:
		return draw(source, 40) ? argument->values[draw(source, argument->count)]
					: anything(source);
	case ARG_ANY:
		break;
	}
	return anything(source);
}

void arena_fill(struct source *source)
{
	for (size_t i = 0; i < ARENA_SIZE / 8; i += 1 + draw(source, 16))
		((volatile uint64_t *)ARENA)[i] = anything(source);
}
