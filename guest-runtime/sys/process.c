// SPDX-License-Identifier: Apache-2.0
/* System calls of a process's life and a thread's registers. */
#include "guest-runtime/proc/process.h"
#include "guest-runtime/mm/shelf.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/sys/sys.h"

#include "abi/layout.h"
#include <asm/prctl.h>
#include <linux/errno.h>

long sys_exit(const uint64_t *a)
{
	thread_end((int)(a[0] & 0xff));
}

long sys_exit_group(const uint64_t *a)
{
	process_end((int)(a[0] & 0xff) << 8);
}

static int set_base(uint64_t base, bool fs)
{
	if (base >= GUEST_USER_END)
		return -EPERM;
	if (fs)
		__asm__ volatile("wrfsbase %0" : : "r"(base));
	else
		__asm__ volatile("wrgsbase %0" : : "r"(base));
	return 0;
}

static int get_base(uva_t to, bool fs)
{
	uint64_t base;

	if (fs)
		__asm__ volatile("rdfsbase %0" : "=r"(base));
	else
		__asm__ volatile("rdgsbase %0" : "=r"(base));
	return copy_to_user(to, &base, sizeof(base));
}

long sys_arch_prctl(const uint64_t *a)
{
	switch (a[0]) {
	case ARCH_SET_FS:
	case ARCH_SET_GS:
		return set_base(a[1], a[0] == ARCH_SET_FS);
	case ARCH_GET_FS:
	case ARCH_GET_GS:
		return get_base(a[1], a[0] == ARCH_GET_FS);
	default:
		return -EINVAL;
	}
}

long sys_set_tid_address(const uint64_t *a)
{
	current()->clear_child_tid = a[0];
	/* The C library's loader has mapped everything by now. */
	shelf_end(current()->process->mm);
	return current()->tid;
}
