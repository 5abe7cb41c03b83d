// SPDX-License-Identifier: Apache-2.0
/* The last acts of a thread on the memory that it shares. */
#include "guest-runtime/proc/futex.h"

#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"

void futex_end_thread(struct thread *thread)
{
	const uint32_t zero = 0;

	if (thread->clear_child_tid)
		copy_to_user(thread->clear_child_tid, &zero, sizeof(zero));
	thread->clear_child_tid = thread->robust_list = 0;
}
