// SPDX-License-Identifier: Apache-2.0
/* System calls that change the whole system: to a program without privileges, and here to all. */
#include "guest-runtime/notes/notes.h"
#include "guest-runtime/sys/sys.h"

#include <asm/unistd.h>
#include <linux/errno.h>

#define REFUSED(number, name) \
	long sys_##name(const uint64_t *a) \
	{ \
		(void)a; \
		return note_syscall(number, -EPERM); \
	}

REFUSED(__NR_ptrace, ptrace)
REFUSED(__NR_pivot_root, pivot_root)
REFUSED(__NR_acct, acct)
REFUSED(__NR_mount, mount)
REFUSED(__NR_umount2, umount2)
REFUSED(__NR_swapon, swapon)
REFUSED(__NR_swapoff, swapoff)
REFUSED(__NR_reboot, reboot)
REFUSED(__NR_iopl, iopl)
REFUSED(__NR_ioperm, ioperm)
REFUSED(__NR_init_module, init_module)
REFUSED(__NR_delete_module, delete_module)
REFUSED(__NR_finit_module, finit_module)
REFUSED(__NR_kexec_load, kexec_load)
REFUSED(__NR_kexec_file_load, kexec_file_load)
REFUSED(__NR_bpf, bpf)
REFUSED(__NR_open_tree, open_tree)
REFUSED(__NR_move_mount, move_mount)
REFUSED(__NR_fsopen, fsopen)
REFUSED(__NR_fsmount, fsmount)
