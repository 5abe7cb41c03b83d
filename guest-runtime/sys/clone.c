// SPDX-License-Identifier: Apache-2.0
/* System calls that make threads and processes. */
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"

#include <asm/signal.h>
#include <linux/errno.h>
#include <linux/sched.h>

#define ARGS_MIN     CLONE_ARGS_SIZE_VER0
#define ARGS_MAX     4096
#define CLONE3_FLAGS ((UINT32_MAX | CLONE_CLEAR_SIGHAND) & ~(uint64_t)(CLONE_DETACHED | CSIGNAL))

long sys_fork(const uint64_t *a)
{
	const struct clone_request request = { .exit_signal = SIGCHLD };

	(void)a;
	return process_clone(&request);
}

long sys_vfork(const uint64_t *a)
{
	const struct clone_request request = { .flags = CLONE_VFORK | CLONE_VM,
					       .exit_signal = SIGCHLD };

	(void)a;
	return process_clone(&request);
}

long sys_clone(const uint64_t *a)
{
	const struct clone_request request = {
		.flags = (uint32_t)a[0] & ~(uint64_t)CSIGNAL,
		.exit_signal = (int)(a[0] & CSIGNAL),
		.stack = a[1],
		.parent_tid = a[2],
		.pidfd = a[2],
		.child_tid = a[3],
		.tls = a[4],
	};

	if ((a[0] & CLONE_PIDFD) && (a[0] & CLONE_PARENT_SETTID))
		return -EINVAL;
	return process_clone(&request);
}

/* copy_struct_from_user's rule: what is newer than we know must be zero. */
static int get_args(struct clone_args *args, uva_t from, uint64_t size)
{
	uint8_t more[64];

	*args = (struct clone_args){ 0 };
	if (size > ARGS_MAX)
		return -E2BIG;
	if (size < ARGS_MIN)
		return -EINVAL;
	if (copy_from_user(args, from, MIN(size, sizeof(*args))))
		return -EFAULT;
	for (uint64_t at = sizeof(*args); at < size; at += sizeof(more)) {
		size_t n = MIN(sizeof(more), size - at);

		if (copy_from_user(more, from + at, n))
			return -EFAULT;
		for (size_t i = 0; i < n; i++)
			if (more[i])
				return -E2BIG;
	}
	return 0;
}

long sys_clone3(const uint64_t *a)
{
	struct clone_args args;
	int error = get_args(&args, a[0], a[1]);

	if (error)
		return error;
	if ((!args.set_tid && args.set_tid_size) || (args.set_tid && !args.set_tid_size))
		return -EINVAL;
	if (args.exit_signal > CSIGNAL || args.exit_signal > SIGNALS ||
	    (args.flags & ~CLONE3_FLAGS) || (!args.stack) != (!args.stack_size) ||
	    args.stack > GUEST_USER_END || args.stack_size > GUEST_USER_END - args.stack)
		return -EINVAL;
	if ((args.flags & (CLONE_THREAD | CLONE_PARENT)) && args.exit_signal)
		return -EINVAL;
	if ((args.flags & CLONE_PIDFD) && (args.flags & CLONE_PARENT_SETTID) &&
	    args.pidfd == args.parent_tid)
		return -EINVAL;
	if (args.set_tid_size)
		return -EPERM;
	const struct clone_request request = {
		.flags = args.flags,
		.exit_signal = (int)args.exit_signal,
		.stack = args.stack ? args.stack + args.stack_size : 0,
		.tls = args.tls,
		.parent_tid = args.parent_tid,
		.child_tid = args.child_tid,
		.pidfd = args.pidfd,
	};
	return process_clone(&request);
}
