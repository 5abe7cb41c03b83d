// SPDX-License-Identifier: Apache-2.0
/* The table of call shapes; what is not in it is shown in hexadecimal. */
#include "guest-runtime/trace/calls.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/trace/names.h"

#include <asm/unistd.h>
#include <stddef.h>

#define OPEN	ARG_OF(FLAGS_OPEN)
#define PROT	ARG_OF(FLAGS_PROT)
#define MAP	ARG_OF(FLAGS_MAP)
#define AT	ARG_OF(FLAGS_AT)
#define WHENCE	ARG_OF(FLAGS_WHENCE)
#define CLOCK	ARG_OF(FLAGS_CLOCK)
#define ADVICE	ARG_OF(FLAGS_ADVICE)
#define ACCESS	ARG_OF(FLAGS_ACCESS)
#define FCNTL	ARG_OF(FLAGS_FCNTL)
#define IOCTL	ARG_OF(FLAGS_IOCTL)
#define RLIMIT	ARG_OF(FLAGS_RLIMIT)
#define FUTEX	ARG_OF(FLAGS_FUTEX)
#define HOW	ARG_OF(FLAGS_SIGPROCMASK)
#define PRCTL	ARG_OF(FLAGS_PRCTL)
#define ARCH	ARG_OF(FLAGS_ARCH)
#define FALLOC	ARG_OF(FLAGS_FALLOCATE)
#define RENAME	ARG_OF(FLAGS_RENAME)
#define FLOCK	ARG_OF(FLAGS_FLOCK)
#define CLONE	ARG_OF(FLAGS_CLONE)
#define WAIT	ARG_OF(FLAGS_WAIT)
#define MREMAP	ARG_OF(FLAGS_MREMAP)
#define RANDOM	ARG_OF(FLAGS_RANDOM)
#define MSYNC	ARG_OF(FLAGS_MSYNC)
#define FADVISE ARG_OF(FLAGS_FADVISE)

#define SHAPE(name, ...) [__NR_##name] = { { __VA_ARGS__ }, false, true }
#define PLACE(name, ...) [__NR_##name] = { { __VA_ARGS__ }, true, true }

/* clang-format off */
static const struct call_shape shapes[] = {
	/* files */
	SHAPE(read, 'f', 'b', 'n'),
	SHAPE(write, 'f', 'w', 'n'),
	SHAPE(pread64, 'f', 'b', 'n', 'i'),
	SHAPE(pwrite64, 'f', 'w', 'n', 'i'),
	SHAPE(readv, 'f', 'V', 'n'),
	SHAPE(writev, 'f', 'v', 'n'),
	SHAPE(preadv, 'f', 'V', 'n', 'i'),
	SHAPE(pwritev, 'f', 'v', 'n', 'i'),
	SHAPE(preadv2, 'f', 'V', 'n', 'i', 'i', 'x'),
	SHAPE(pwritev2, 'f', 'v', 'n', 'i', 'i', 'x'),
	SHAPE(open, 'p', OPEN, 'm'),
	SHAPE(creat, 'p', 'm'),
	SHAPE(openat, 'd', 'p', OPEN, 'm'),
	SHAPE(openat2, 'd', 'p', 'a', 'n'),
	SHAPE(close, 'f'),
	SHAPE(close_range, 'n', 'n', 'x'),
	SHAPE(lseek, 'f', 'i', WHENCE),
	SHAPE(stat, 'p', 's'),
	SHAPE(lstat, 'p', 's'),
	SHAPE(fstat, 'f', 's'),
	SHAPE(newfstatat, 'd', 'p', 's', AT),
	SHAPE(statx, 'd', 'p', AT, 'x', 'a'),
	SHAPE(statfs, 'p', 'a'),
	SHAPE(fstatfs, 'f', 'a'),
	SHAPE(access, 'p', ACCESS),
	SHAPE(faccessat, 'd', 'p', ACCESS),
	SHAPE(faccessat2, 'd', 'p', ACCESS, AT),
	SHAPE(getdents, 'f', 'a', 'n'),
	SHAPE(getdents64, 'f', 'a', 'n'),
	SHAPE(getcwd, 'b', 'n'),
	SHAPE(chdir, 'p'),
	SHAPE(fchdir, 'f'),
	SHAPE(chroot, 'p'),
	SHAPE(mkdir, 'p', 'm'),
	SHAPE(mkdirat, 'd', 'p', 'm'),
	SHAPE(rmdir, 'p'),
	SHAPE(unlink, 'p'),
	SHAPE(unlinkat, 'd', 'p', AT),
	SHAPE(rename, 'p', 'p'),
	SHAPE(renameat, 'd', 'p', 'd', 'p'),
	SHAPE(renameat2, 'd', 'p', 'd', 'p', RENAME),
	SHAPE(link, 'p', 'p'),
	SHAPE(linkat, 'd', 'p', 'd', 'p', AT),
	SHAPE(symlink, 'p', 'p'),
	SHAPE(symlinkat, 'p', 'd', 'p'),
	SHAPE(readlink, 'p', 'b', 'n'),
	SHAPE(readlinkat, 'd', 'p', 'b', 'n'),
	SHAPE(mknod, 'p', 'm', 'x'),
	SHAPE(mknodat, 'd', 'p', 'm', 'x'),
	SHAPE(truncate, 'p', 'i'),
	SHAPE(ftruncate, 'f', 'i'),
	SHAPE(fallocate, 'f', FALLOC, 'i', 'i'),
	SHAPE(chmod, 'p', 'm'),
	SHAPE(fchmod, 'f', 'm'),
	SHAPE(fchmodat, 'd', 'p', 'm'),
	SHAPE(chown, 'p', 'u', 'u'),
	SHAPE(lchown, 'p', 'u', 'u'),
	SHAPE(fchown, 'f', 'u', 'u'),
	SHAPE(fchownat, 'd', 'p', 'u', 'u', AT),
	SHAPE(utimensat, 'd', 'p', 't', AT),
	SHAPE(fsync, 'f'),
	SHAPE(fdatasync, 'f'),
	SHAPE(sync, 0),
	SHAPE(syncfs, 'f'),
	SHAPE(sync_file_range, 'f', 'i', 'i', 'x'),
	SHAPE(flock, 'f', FLOCK),
	SHAPE(fcntl, 'f', FCNTL, 'x'),
	SHAPE(ioctl, 'f', IOCTL, 'a'),
	SHAPE(sendfile, 'f', 'f', 'a', 'n'),
	SHAPE(copy_file_range, 'f', 'a', 'f', 'a', 'n', 'x'),
	SHAPE(splice, 'f', 'a', 'f', 'a', 'n', 'x'),
	SHAPE(tee, 'f', 'f', 'n', 'x'),
	SHAPE(fadvise64, 'f', 'i', 'n', FADVISE),
	SHAPE(readahead, 'f', 'i', 'n'),
	SHAPE(umask, 'm'),
	SHAPE(dup, 'f'),
	SHAPE(dup2, 'f', 'f'),
	SHAPE(dup3, 'f', 'f', OPEN),
	SHAPE(pipe, '2'),
	SHAPE(pipe2, '2', OPEN),
	SHAPE(memfd_create, 'p', 'x'),
	SHAPE(getxattr, 'p', 'p', 'b', 'n'),
	SHAPE(lgetxattr, 'p', 'p', 'b', 'n'),
	SHAPE(fgetxattr, 'f', 'p', 'b', 'n'),
	SHAPE(setxattr, 'p', 'p', 'w', 'n', 'x'),
	SHAPE(lsetxattr, 'p', 'p', 'w', 'n', 'x'),
	SHAPE(fsetxattr, 'f', 'p', 'w', 'n', 'x'),
	SHAPE(listxattr, 'p', 'b', 'n'),
	SHAPE(llistxattr, 'p', 'b', 'n'),
	SHAPE(flistxattr, 'f', 'b', 'n'),
	SHAPE(removexattr, 'p', 'p'),
	SHAPE(lremovexattr, 'p', 'p'),
	SHAPE(fremovexattr, 'f', 'p'),
	SHAPE(poll, 'P', 'n', 'i'),
	SHAPE(ppoll, 'P', 'n', 't', 'g'),
	SHAPE(select, 'n', 'a', 'a', 'a', 'y'),
	SHAPE(pselect6, 'n', 'a', 'a', 'a', 't', 'a'),
	SHAPE(epoll_create1, OPEN),
	SHAPE(epoll_ctl, 'f', 'i', 'f', 'a'),
	SHAPE(epoll_wait, 'f', 'a', 'n', 'i'),
	SHAPE(epoll_pwait, 'f', 'a', 'n', 'i', 'g'),
	SHAPE(eventfd2, 'n', OPEN),
	SHAPE(timerfd_create, CLOCK, OPEN),
	SHAPE(timerfd_settime, 'f', 'x', 'a', 'a'),
	SHAPE(signalfd4, 'f', 'g', 'n', OPEN),
	SHAPE(inotify_init1, OPEN),
	SHAPE(inotify_add_watch, 'f', 'p', 'x'),
	SHAPE(inotify_rm_watch, 'f', 'i'),
	/* memory */
	PLACE(mmap, 'a', 'n', PROT, MAP, 'f', 'x'),
	PLACE(mremap, 'a', 'n', 'n', MREMAP, 'a'),
	PLACE(brk, 'a'),
	SHAPE(munmap, 'a', 'n'),
	SHAPE(mprotect, 'a', 'n', PROT),
	SHAPE(madvise, 'a', 'n', ADVICE),
	SHAPE(mincore, 'a', 'n', 'a'),
	SHAPE(msync, 'a', 'n', MSYNC),
	SHAPE(mlock, 'a', 'n'),
	SHAPE(munlock, 'a', 'n'),
	/* processes */
	SHAPE(execve, 'p', 'N', 'a'),
	SHAPE(execveat, 'd', 'p', 'N', 'a', AT),
	SHAPE(exit, 'u'),
	SHAPE(exit_group, 'u'),
	SHAPE(fork, 0),
	SHAPE(vfork, 0),
	SHAPE(clone, CLONE, 'a', 'a', 'a', 'a'),
	SHAPE(clone3, 'a', 'n'),
	SHAPE(wait4, 'u', 'W', WAIT, 'a'),
	SHAPE(waitid, 'u', 'u', 'a', WAIT, 'a'),
	SHAPE(pidfd_open, 'u', 'x'),
	SHAPE(pidfd_getfd, 'f', 'f', 'x'),
	SHAPE(pidfd_send_signal, 'f', 'S', 'a', 'x'),
	SHAPE(unshare, CLONE),
	SHAPE(getpid, 0),
	SHAPE(getppid, 0),
	SHAPE(gettid, 0),
	SHAPE(getuid, 0),
	SHAPE(geteuid, 0),
	SHAPE(getgid, 0),
	SHAPE(getegid, 0),
	SHAPE(getpgrp, 0),
	SHAPE(setsid, 0),
	SHAPE(vhangup, 0),
	SHAPE(getsid, 'u'),
	SHAPE(getpgid, 'u'),
	SHAPE(setpgid, 'u', 'u'),
	SHAPE(setuid, 'u'),
	SHAPE(setgid, 'u'),
	SHAPE(setresuid, 'u', 'u', 'u'),
	SHAPE(setresgid, 'u', 'u', 'u'),
	SHAPE(getgroups, 'n', 'a'),
	SHAPE(set_tid_address, 'a'),
	SHAPE(set_robust_list, 'a', 'n'),
	SHAPE(arch_prctl, ARCH, 'a'),
	SHAPE(prctl, PRCTL, 'x', 'x', 'x', 'x'),
	SHAPE(prlimit64, 'u', RLIMIT, 'l', 'L'),
	SHAPE(getrlimit, RLIMIT, 'L'),
	SHAPE(setrlimit, RLIMIT, 'l'),
	SHAPE(getrusage, 'u', 'a'),
	SHAPE(sched_yield, 0),
	SHAPE(sched_getaffinity, 'u', 'n', 'a'),
	SHAPE(sched_setaffinity, 'u', 'n', 'a'),
	SHAPE(futex, 'a', FUTEX, 'n', 'a', 'a', 'x'),
	SHAPE(rseq, 'a', 'n', 'x', 'x'),
	SHAPE(uname, 'a'),
	SHAPE(sysinfo, 'a'),
	SHAPE(getrandom, 'a', 'n', RANDOM),
	/* signals and time */
	SHAPE(rt_sigaction, 'S', 'e', 'E', 'n'),
	SHAPE(rt_sigprocmask, HOW, 'g', 'a', 'n'),
	SHAPE(rt_sigsuspend, 'g', 'n'),
	SHAPE(rt_sigpending, 'a', 'n'),
	SHAPE(rt_sigreturn, 0),
	SHAPE(rt_sigtimedwait, 'g', 'a', 't', 'n'),
	SHAPE(sigaltstack, 'a', 'a'),
	SHAPE(kill, 'u', 'S'),
	SHAPE(tkill, 'u', 'S'),
	SHAPE(tgkill, 'u', 'u', 'S'),
	SHAPE(pause, 0),
	SHAPE(alarm, 'n'),
	SHAPE(nanosleep, 't', 'a'),
	SHAPE(clock_nanosleep, CLOCK, 'x', 't', 'a'),
	SHAPE(clock_gettime, CLOCK, 'T'),
	SHAPE(clock_getres, CLOCK, 'T'),
	SHAPE(gettimeofday, 'a', 'a'),
	SHAPE(time, 'a'),
	SHAPE(times, 'a'),
	/* sockets */
	SHAPE(socket, 'i', 'x', 'i'),
	SHAPE(socketpair, 'i', 'x', 'i', '2'),
	SHAPE(bind, 'f', 'a', 'n'),
	SHAPE(connect, 'f', 'a', 'n'),
	SHAPE(listen, 'f', 'i'),
	SHAPE(accept, 'f', 'a', 'a'),
	SHAPE(accept4, 'f', 'a', 'a', 'x'),
	SHAPE(getsockname, 'f', 'a', 'a'),
	SHAPE(getpeername, 'f', 'a', 'a'),
	SHAPE(setsockopt, 'f', 'i', 'i', 'a', 'n'),
	SHAPE(getsockopt, 'f', 'i', 'i', 'a', 'a'),
	SHAPE(sendto, 'f', 'w', 'n', 'x', 'a', 'n'),
	SHAPE(recvfrom, 'f', 'b', 'n', 'x', 'a', 'a'),
	SHAPE(sendmsg, 'f', 'a', 'x'),
	SHAPE(recvmsg, 'f', 'a', 'x'),
	SHAPE(sendmmsg, 'f', 'a', 'n', 'x'),
	SHAPE(recvmmsg, 'f', 'a', 'n', 'x', 't'),
	SHAPE(shutdown, 'f', 'i'),
};
/* clang-format on */

const struct call_shape *call_shape(uint32_t number)
{
	return number < ARRAY_SIZE(shapes) && shapes[number].known ? &shapes[number] : NULL;
}
