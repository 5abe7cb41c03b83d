// SPDX-License-Identifier: Apache-2.0
/*
 * What the filter must refuse: at least one of each kind of system call, in a
 * form that would harm nobody. Complete for all numbers and arguments is
 * verify-filter.c; here the kernel shows that it obeys.
 */
#include "abi/hypercalls.h"
#include "common/err.h"
#include "hv/jail/prove.h"
#include "policy/policy.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define X32    0x40000000
#define VM     (-2)    /* an argument: the VM's descriptor */
#define HANDLE 1000000 /* none that is open */

/* clang-format off */
static const struct call {
	const char *name; /* "the monitor could ..." */
	uint32_t unless;  /* PERM_*: then it is no forbidden one */
	long number;
	long arguments[6];
} calls[] = {
	{ "execute a program", 0, SYS_execve, { 0 } },
	{ "execute a file", 0, SYS_execveat, { -1 } },
	{ "start a thread", 0, SYS_clone, { CLONE_THREAD } },
	{ "start a process", 0, SYS_clone3, { 0 } },
	{ "look who it is", 0, SYS_getpid, { 0 } },
	{ "use the x32 entry", 0, X32 | SYS_getpid, { 0 } },
	{ "signal", 0, SYS_kill, { 1, 0 } },
	{ "trace", 0, SYS_ptrace, { PTRACE_PEEKDATA, -1 } },
	{ "open another process", 0, SYS_pidfd_open, { -1 } },
	{ "read another process", 0, SYS_process_vm_readv, { -1 } },
	{ "write to another process", 0, SYS_process_vm_writev, { -1 } },
	{ "map code", 0, SYS_mmap,
	  { 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1 } },
	{ "map memory", 0, SYS_mmap,
	  { 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1 } },
	{ "make memory executable", 0, SYS_mprotect, { 0, 0, PROT_EXEC } },
	{ "make a memory file", 0, SYS_memfd_create, { 0 } },
	{ "open a file to read", 0, SYS_openat, { AT_FDCWD, (long)"/", O_RDONLY } },
	{ "open a file to write", 0, SYS_openat,
	  { AT_FDCWD, (long)"/dev/null", O_WRONLY } },
	{ "open by a path", 0, SYS_open, { (long)"/", O_RDONLY } },
	{ "write to the standard output by another call", 0, SYS_write, { 1, 0, 0 } },
	{ "duplicate a descriptor", 0, SYS_dup, { 0 } },
	{ "change a descriptor", 0, SYS_fcntl, { -1, F_SETFD } },
	{ "make a socket", 0, SYS_socket, { AF_UNIX, SOCK_STREAM } },
	{ "connect", 0, SYS_connect, { -1 } },
	{ "pass descriptors", 0, SYS_sendmsg, { -1 } },
	{ "put input into a terminal", 0, SYS_ioctl, { 0, TIOCSTI, 0 } },
	{ "make another vCPU", 0, SYS_ioctl, { VM, KVM_CREATE_VCPU, 0xffffffff } },
	{ "make another VM", 0, SYS_ioctl, { VM, KVM_CREATE_VM, 0xffffffff } },
	{ "change the vCPU's registers", 0, SYS_ioctl, { VM, KVM_SET_REGS, 0 } },
	{ "use an io_uring", 0, SYS_io_uring_setup, { 0 } },
	{ "load a BPF program", 0, SYS_bpf, { -1 } },
	{ "open a performance counter", 0, SYS_perf_event_open, { 0 } },
	{ "handle page faults", 0, SYS_userfaultfd, { -1 } },
	{ "use keys", 0, SYS_keyctl, { -1 } },
	{ "mount", 0, SYS_mount, { 0 } },
	{ "unshare", 0, SYS_unshare, { 0 } },
	{ "enter a namespace", 0, SYS_setns, { -1 } },
	{ "change its root directory", 0, SYS_chroot, { 0 } },
	{ "change its user", 0, SYS_setuid, { -1 } },
	{ "change its capabilities", 0, SYS_capset, { 0 } },
	{ "change its limits", 0, SYS_prlimit64, { 0 } },
	{ "undo its process attributes", 0, SYS_prctl, { PR_GET_DUMPABLE } },
	{ "load another filter", 0, SYS_seccomp, { -1 } },
	{ "make another Landlock domain", 0, SYS_landlock_restrict_self, { -1 } },
	{ "read a stream", PERM_STREAMS, SYS_preadv2, { 0, 0, 0, -1, -1, 0 } },
	{ "write to a stream", PERM_STREAMS, SYS_pwritev2, { 1, 0, 0, -1, -1, 0 } },
	{ "write to a stream at some place", 0, SYS_pwritev2, { 1, 0, 0, 0, 0, 0 } },
	{ "read a file", PERM_FILES | PERM_TREES, SYS_preadv2, { HANDLE } },
	{ "walk to a file", PERM_TREES | PERM_NAMES, SYS_openat,
	  { -1, (long)".", O_PATH | O_NOFOLLOW | O_CLOEXEC } },
	{ "list a directory", PERM_TREES, SYS_getdents64, { HANDLE } },
	{ "write to a file", PERM_WRITE, SYS_pwritev2, { HANDLE } },
	{ "cut a file", PERM_WRITE, SYS_ftruncate, { HANDLE } },
	{ "change a file's mode", PERM_WRITE, SYS_fchmod, { HANDLE } },
	{ "change a file's owner", PERM_WRITE, SYS_fchown, { HANDLE } },
	{ "change an extended attribute", PERM_WRITE, SYS_fsetxattr, { HANDLE } },
	{ "make a directory", PERM_NAMES, SYS_mkdirat, { HANDLE } },
	{ "remove a file", PERM_NAMES, SYS_unlinkat, { HANDLE } },
	{ "rename a file", PERM_NAMES, SYS_renameat2, { HANDLE } },
	{ "link a file", PERM_NAMES, SYS_linkat, { HANDLE } },
	{ "make a device", 0, SYS_mknodat, { HANDLE } },
};
/* clang-format on */

static int is_denied(const struct call *call, const struct trial *trial)
{
	long a[6];

	for (int i = 0; i < 6; i++)
		a[i] = call->arguments[i] == VM ? trial->inmate.fds->vm : call->arguments[i];
	return syscall(call->number, a[0], a[1], a[2], a[3], a[4], a[5]) < 0 &&
	       errno == PROVE_DENIED;
}

int prove_calls(struct trial *trial, struct err *e)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		if (!prove_next(trial) || calls[i].unless & trial->inmate.policy->permissions)
			continue;
		if (!is_denied(&calls[i], trial))
			return jail_fails(e, "the seccomp filter", "the monitor could %s",
					  calls[i].name);
	}
	return 0;
}
