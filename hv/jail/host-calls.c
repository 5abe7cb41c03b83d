// SPDX-License-Identifier: Apache-2.0
/*
 * The table of system calls of the jailed monitor, each with its reason and
 * the narrowest arguments that still do the work.
 *
 * Not here on purpose: fstat by name (newfstatat), because it takes paths;
 * mprotect and PROT_EXEC, so that no new code can come to be; brk and munmap,
 * because nothing is allocated after the jail; rt_sigreturn, because no signal
 * is handled; restart_syscall, because no call here sleeps in a way that needs
 * it. What seccomp cannot see is the text of a name: that a file outside of the
 * grants is not read is Landlock's part.
 */
#include "hv/jail/host-calls.h"

#include "abi/hypercalls.h"
#include "hv/jail/jail.h"
#include "policy/policy.h"

#include <asm/ioctls.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/kvm.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

/* clang-format off */
#define ANY			 { HOST_ANY, 0, HOST_CONST, 0, NULL }
#define FD(argument, name)	 { HOST_EQUAL, argument, HOST_FD_##name, 0, NULL }
#define EQUAL(argument, value)	 { HOST_EQUAL, argument, HOST_CONST, (uint32_t)(value), #value }
#define AT_MOST(argument, value) { HOST_AT_MOST, argument, HOST_CONST, value, #value }
#define ABOVE(argument, value)	 { HOST_ABOVE, argument, HOST_CONST, value, #value }
#define HERE(argument)		 { HOST_MINUS_ONE, argument, HOST_CONST, UINT32_MAX, "-1" }
#define STREAM(argument)	 AT_MOST(argument, HC_STREAMS - 1)
#define HANDLE(argument)	 ABOVE(argument, HC_STREAMS - 1)

/* The filter asks in this order, so what happens most often comes first. */
const struct host_call host_calls[] = {
	{ HOST_NONE, SYS_ioctl, "enter the guest",
	  { EQUAL(1, KVM_RUN), FD(0, VCPU) } },
	{ HOST_NONE, SYS_ioctl, "registers for the report of how the VM ended",
	  { EQUAL(1, KVM_GET_REGS), FD(0, VCPU) } },
	{ HOST_NONE, SYS_ioctl, "CR2 for the same report",
	  { EQUAL(1, KVM_GET_SREGS), FD(0, VCPU) } },
	{ HOST_NONE, SYS_pwritev2, "the outcome, to the launcher only",
	  { FD(0, OUTCOME), EQUAL(5, 0) } },
	{ HOST_NONE, SYS_exit_group, "the end",
	  { ANY } },

	{ HOST_MEMSLOT, SYS_ioctl, "RAM and window chunks become visible to the guest",
	  { EQUAL(1, KVM_SET_USER_MEMORY_REGION), FD(0, VM) } },

	{ HOST_CLOCK, SYS_clock_gettime, "time, where the vDSO cannot tell it",
	  { AT_MOST(0, CLOCK_MONOTONIC) } },
	{ HOST_POLL, SYS_ppoll, "wait for a stream, or for the launcher; no signal mask",
	  { AT_MOST(1, HC_STREAMS + 1), EQUAL(3, 0) } },

	{ HOST_TIMER, SYS_setitimer, "a signal when the guest's alarm is due",
	  { EQUAL(0, ITIMER_REAL) } },
	{ HOST_TIMER, SYS_ioctl, "may the guest be told of it now",
	  { EQUAL(1, KVM_GET_VCPU_EVENTS), FD(0, VCPU) } },
	{ HOST_TIMER, SYS_ioctl, "tell the guest that file pages are gone, or of its alarm",
	  { EQUAL(1, KVM_NMI), FD(0, VCPU) } },
	{ HOST_TIMER, SYS_rt_sigtimedwait, "take it, or the launcher's: nothing handles them",
	  { EQUAL(3, 8) } },

	{ HOST_READV, SYS_preadv2, "read a stream into guest memory, where it stands",
	  { STREAM(0), HERE(3), EQUAL(5, 0) } },
	{ HOST_READV, SYS_preadv2, "the same, but only if it need not wait",
	  { STREAM(0), HERE(3), EQUAL(5, RWF_NOWAIT) } },
	{ HOST_WRITEV, SYS_pwritev2, "write guest memory to a stream, where it stands",
	  { STREAM(0), HERE(3), EQUAL(5, 0) } },
	{ HOST_WRITEV, SYS_pwritev2, "the same, but only if it need not wait",
	  { STREAM(0), HERE(3), EQUAL(5, RWF_NOWAIT) } },
	{ HOST_WRITEV, SYS_pwritev2, "and to the file of --save-changes",
	  { FD(0, SAVE), HERE(3), EQUAL(5, 0) } },
	{ HOST_WRITEV, SYS_pwritev2, "and to the file of --trace",
	  { FD(0, TRACE), HERE(3), EQUAL(5, 0) } },
	{ HOST_WRITEV, SYS_pwritev2, "and notes to the launcher",
	  { FD(0, NOTES), HERE(3), EQUAL(5, 0) } },
	{ HOST_SEEK, SYS_lseek, "offset of a stream that has one",
	  { STREAM(0) } },
	{ HOST_LSEEK, SYS_lseek, "position in a directory; data and holes of a file",
	  { HANDLE(0) } },
	{ HOST_FSTAT, SYS_fstat, "attributes of an open descriptor",
	  { ANY } },
	{ HOST_TTY, SYS_ioctl, "is a stream a terminal, and in what mode",
	  { EQUAL(1, TCGETS), STREAM(0) } },
	{ HOST_TTY, SYS_ioctl, "size of a stream's terminal",
	  { EQUAL(1, TIOCGWINSZ), STREAM(0) } },

	{ HOST_WALK, SYS_openat, "one component of a path: a handle that cannot be read",
	  { EQUAL(2, O_PATH | O_NOFOLLOW | O_CLOEXEC) } },
	{ HOST_REOPEN, SYS_openat, "make a handle readable, through /proc/self/fd",
	  { FD(0, SELF), EQUAL(2, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) } },
	{ HOST_PREADV, SYS_preadv2, "read a file into guest memory",
	  { HANDLE(0), EQUAL(5, 0) } },
	{ HOST_GETDENTS, SYS_getdents64, "list a directory into guest memory",
	  { HANDLE(0) } },
	{ HOST_READLINK, SYS_readlinkat, "target of a symbolic link",
	  { HANDLE(0) } },
	{ HOST_STATFS, SYS_fstatfs, "the file system of a handle",
	  { HANDLE(0) } },
	{ HOST_XATTR_GET, SYS_fgetxattr, "an extended attribute of an open file",
	  { HANDLE(0) } },
	{ HOST_XATTR_GET, SYS_flistxattr, "the names of its extended attributes",
	  { HANDLE(0) } },
	{ HOST_CLOSE, SYS_close, "give a handle back",
	  { HANDLE(0) } },
	{ HOST_GIVE, SYS_madvise, "memory that the guest gives back",
	  { EQUAL(2, MADV_DONTNEED) } },
	{ HOST_MAP, SYS_mmap, "file pages into the window: private, never code",
	  { EQUAL(2, PROT_READ), EQUAL(3, MAP_PRIVATE | MAP_FIXED | MAP_POPULATE) } },
	{ HOST_MAP_SHARED, SYS_mmap, "file pages into the shared window: never code",
	  { EQUAL(2, PROT_READ | PROT_WRITE), EQUAL(3, MAP_SHARED | MAP_FIXED) } },
	{ HOST_MAP, SYS_mmap, "zeros that cannot be written in their place",
	  { EQUAL(2, PROT_READ),
	    EQUAL(3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED) } },

	{ HOST_REOPEN_WRITE, SYS_openat, "make a handle writable, likewise",
	  { FD(0, SELF), EQUAL(2, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) } },
	{ HOST_REOPEN_WRITE, SYS_openat, "make a handle readable and writable, likewise",
	  { FD(0, SELF), EQUAL(2, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) } },
	{ HOST_PWRITEV, SYS_pwritev2, "write guest memory to a file",
	  { HANDLE(0), EQUAL(5, 0) } },
	{ HOST_PWRITEV, SYS_pwritev2, "append guest memory to a file",
	  { HANDLE(0), EQUAL(5, RWF_APPEND) } },
	{ HOST_CREATE, SYS_openat, "create a regular file; never open one that is there",
	  { EQUAL(2, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK),
	    AT_MOST(3, HC_MODE_MAX) } },
	{ HOST_CREATE, SYS_openat, "create a file without a name",
	  { EQUAL(2, O_RDWR | O_TMPFILE | O_CLOEXEC | O_NOCTTY | O_NONBLOCK),
	    AT_MOST(3, HC_MODE_MAX) } },
	{ HOST_CREATE, SYS_mkdirat, "create a directory",
	  { HANDLE(0), AT_MOST(2, HC_MODE_MAX) } },
	{ HOST_CREATE, SYS_symlinkat, "create a symbolic link",
	  { HANDLE(1) } },
	{ HOST_REMOVE, SYS_unlinkat, "remove a name",
	  { HANDLE(0), EQUAL(2, 0) } },
	{ HOST_REMOVE, SYS_unlinkat, "remove a directory",
	  { HANDLE(0), EQUAL(2, AT_REMOVEDIR) } },
	{ HOST_RENAME, SYS_renameat2, "rename, replace or exchange; no whiteouts",
	  { HANDLE(0), AT_MOST(4, RENAME_EXCHANGE) } },
	{ HOST_LINK, SYS_linkat, "another name for a handle, through /proc/self/fd",
	  { FD(0, SELF), EQUAL(4, AT_SYMLINK_FOLLOW) } },
	{ HOST_SET_ATTR, SYS_fchmod, "mode, without set-id bits",
	  { HANDLE(0), AT_MOST(1, HC_MODE_MAX) } },
	{ HOST_SET_ATTR, SYS_fchown, "owner and group, as far as they are free to set",
	  { HANDLE(0) } },
	{ HOST_SET_ATTR, SYS_ftruncate, "size of a file that was opened for writing",
	  { HANDLE(0) } },
	{ HOST_SET_ATTR, SYS_utimensat, "times of an open file",
	  { HANDLE(0), EQUAL(1, 0) } },
	{ HOST_SET_ATTR, SYS_utimensat, "times of a handle that cannot be opened: a symbolic link",
	  { HANDLE(0), EQUAL(3, AT_EMPTY_PATH) } },
	{ HOST_ALLOCATE, SYS_fallocate, "allocate, punch holes, zero",
	  { HANDLE(0), AT_MOST(1, 0x7f) } },
	{ HOST_SYNC, SYS_fsync, "a file or directory reaches its disk",
	  { HANDLE(0) } },
	{ HOST_SYNC, SYS_fdatasync, "a file's contents reach their disk",
	  { HANDLE(0) } },
	{ HOST_XATTR_SET, SYS_fsetxattr, "set an extended attribute",
	  { HANDLE(0), AT_MOST(4, HC_XATTR_REPLACE) } },
	{ HOST_XATTR_SET, SYS_fremovexattr, "remove an extended attribute",
	  { HANDLE(0) } },
};
/* clang-format on */

const size_t host_call_count = sizeof(host_calls) / sizeof(host_calls[0]);

static int descriptor(enum host_operand operand, const struct jail_fds *fds)
{
	switch (operand) {
	case HOST_FD_VM:
		return fds->vm;
	case HOST_FD_VCPU:
		return fds->vcpu;
	case HOST_FD_OUTCOME:
		return fds->outcome;
	case HOST_FD_SELF:
		return fds->self_fd;
	case HOST_FD_SAVE:
		return fds->save;
	case HOST_FD_TRACE:
		return fds->trace;
	case HOST_FD_NOTES:
		return fds->notes;
	case HOST_CONST:
		break;
	}
	return -1;
}

uint32_t host_value(const struct host_condition *condition, const struct jail_fds *fds)
{
	return condition->operand == HOST_CONST ? condition->value
						: (uint32_t)descriptor(condition->operand, fds);
}

int host_call_granted(const struct host_call *call, uint32_t bits, const struct jail_fds *fds)
{
	if (call->host && !(call->host & bits))
		return 0;
	for (size_t i = 0; fds && i < HOST_CONDITIONS_MAX; i++)
		if (call->conditions[i].compare != HOST_ANY &&
		    descriptor(call->conditions[i].operand, fds) == 0)
			return 0;
	return 1;
}

uint32_t host_bits_of(const struct policy *p, const struct jail_fds *fds)
{
	uint32_t bits = host_bits(p->permissions);

	if (fds && !fds->terminals)
		bits &= ~(uint32_t)HOST_TTY;
	if (fds && !fds->seekable)
		bits &= ~(uint32_t)HOST_SEEK;
	return bits;
}

uint32_t host_bits(uint32_t permissions)
{
	uint32_t bits = 0;

#define GRANT_ROW(name, number, args, tail, permission, hosts) \
	if (permissions & PERM_##permission) \
		bits |= (uint32_t)(hosts);
	HYPERCALLS(GRANT_ROW)
#undef GRANT_ROW
	return bits;
}
