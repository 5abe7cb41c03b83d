// SPDX-License-Identifier: Apache-2.0
/* Calls that go on after a stop with what was left of their time. */
#include "guest-runtime/sys/restart.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"

#include <linux/errno.h>

long restart_later(restart_function *function, const uint64_t *a, int64_t deadline)
{
	struct restart_block *block = &current()->restart;

	block->function = function;
	memmove(block->arguments, a, sizeof(block->arguments));
	block->deadline = deadline;
	return -ERESTART_RESTARTBLOCK;
}

long sys_restart_syscall(const uint64_t *a)
{
	const struct restart_block block = current()->restart;

	(void)a;
	current()->restart.function = NULL;
	return block.function ? block.function(block.arguments, block.deadline) : -EINTR;
}
