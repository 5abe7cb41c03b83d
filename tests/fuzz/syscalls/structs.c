// SPDX-License-Identifier: Apache-2.0
/* What calls take by address. */
#include "tests/fuzz/syscalls/values.h"

#include <linux/netlink.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

uint64_t at_iovec(struct source *source)
{
	uint64_t at = at_place(source, 16 * 16);

	if (is_ours(at, 256))
		for (size_t i = 0; i < 16; i++) {
			((volatile uint64_t *)at)[2 * i] = at_place(source, 4096);
			((volatile uint64_t *)at)[2 * i + 1] =
				draw(source, 20) ? draw(source, 5000) : anything(source);
		}
	return at;
}

uint64_t at_time(struct source *source)
{
	uint64_t at = draw(source, 8) ? at_place(source, 32) : 0;

	if (is_ours(at, 32)) { /* seconds and nanoseconds, two of them: mostly short */
		volatile uint64_t *to = (volatile uint64_t *)at;

		for (size_t i = 0; i < 4; i++)
			/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): is_ours() */
			to[i] = draw(source, 10) ? (i % 2 ? draw(source, 3000000) : 0)
						 : anything(source);
	}
	return at;
}

uint64_t at_sockaddr(struct source *source)
{
	static const uint16_t families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_UNSPEC };
	uint64_t at = at_place(source, 128);
	volatile uint8_t *to = (volatile uint8_t *)at;

	if (!is_ours(at, 128))
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
uint64_t at_message(struct source *source)
{
	uint64_t at = at_place(source, 64), control = at_place(source, 256);
	volatile uint64_t *to = (volatile uint64_t *)at;

	if (!is_ours(at, 64))
		return at;
	to[0] = draw(source, 2) ? at_sockaddr(source) : 0;
	to[1] = draw(source, 4) ? 16 + 12 * draw(source, 2) : anything(source);
	to[2] = at_iovec(source);
	to[3] = draw(source, 20) ? draw(source, 5) : anything(source);
	to[4] = draw(source, 3) ? control : 0;
	to[5] = draw(source, 4) ? 16 + 4 * draw(source, 10) : draw(source, 256);
	to[6] = draw(source, 2) ? 0 : anything(source);
	if (is_ours(control, 256)) {
		volatile uint64_t *head = (volatile uint64_t *)control;

		head[0] = draw(source, 4) ? 16 + 4 * draw(source, 4) : anything(source);
		head[1] = SOL_SOCKET | (1 + draw(source, 2))
					       << 32; /* SCM_RIGHTS, SCM_CREDENTIALS */
		for (size_t i = 2; i < 8; i++)
			head[i] = draw(source, 40) | draw(source, 40) << 32;
	}
	return at;
}

uint64_t at_polls(struct source *source)
{
	uint64_t at = at_place(source, 16 * 8);

	if (is_ours(at, 128))
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
uint64_t at_action(struct source *source)
{
	static const uint64_t flags[] = { SA_RESTART,	SA_NODEFER, SA_ONSTACK,
					  SA_RESETHAND, SA_SIGINFO, SA_NOCLDWAIT };
	uint64_t at = at_place(source, 32);
	volatile uint64_t *to = (volatile uint64_t *)at;

	if (!is_ours(at, 32))
		return at;
	to[0] = draw(source, 2) ? (uint64_t)(uintptr_t)on_signal : draw(source, 2);
	to[1] = SA_RESTORER | (draw(source, 2) ? flags[draw(source, COUNT(flags))] : 0);
	to[2] = (uint64_t)(uintptr_t)restore;
	to[3] = draw(source, 3) ? 0 : anything(source);
	return at;
}
uint64_t at_clone_args(struct source *source)
{
	static const uint64_t flags[] = {
		CLONE_VM,     CLONE_FS,	   CLONE_FILES,		CLONE_SIGHAND,
		CLONE_THREAD, CLONE_PIDFD, CLONE_PARENT,	CLONE_SYSVSEM,
		CLONE_SETTLS, CLONE_VFORK, CLONE_PARENT_SETTID, CLONE_CHILD_CLEARTID
	};
	uint64_t at = at_place(source, 88);
	volatile uint64_t *to = (volatile uint64_t *)at;

	if (!is_ours(at, 88))
		return at;
	to[0] = 0;
	for (size_t i = draw(source, 5); i > 0; i--)
		to[0] |= flags[draw(source, COUNT(flags))];
	to[1] = at_place(source, 8);
	to[2] = at_place(source, 8);
	to[3] = at_place(source, 8);
	to[4] = draw(source, 2) ? SIGCHLD : draw(source, 70);
	to[5] = STACKS + draw(source, STACKS_SIZE / 16384) * 16384;
	to[6] = 16384;
	for (size_t i = 7; i < 11; i++)
		to[i] = draw(source, 8) ? 0 : anything(source);
	return at;
}
