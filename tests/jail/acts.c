// SPDX-License-Identifier: Apache-2.0
/* The forbidden acts, and how one is done. */
#include "tests/jail/acts.h"

#include "tests/jail/scene.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/kvm.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define KILLED	   ENDED_BY_SECCOMP
#define TEXT(text) ((long)(text))
#define REOPEN	   (O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
#define WALK	   (O_PATH | O_NOFOLLOW | O_CLOEXEC)
#define UNMAP	   (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED)
#define X32	   0x40000000

/* clang-format off */
const struct act acts[] = {
	/* Files: the filter refuses the form, Landlock the file. */
	{ "openat: read /etc/shadow", SYS_openat,
	  { AT_FDCWD, TEXT("/etc/shadow"), O_RDONLY }, KILLED, EACCES, 1 },
	{ "openat: read /etc/shadow, in the form that re-opens", SYS_openat,
	  { ACT_SELF, TEXT("/etc/shadow"), REOPEN }, EACCES, EACCES, 1 },
	{ "openat: read a file outside of the grants, likewise", SYS_openat,
	  { ACT_SELF, ACT_OUTSIDE_PATH, REOPEN }, EACCES, EACCES, 1 },
	{ "openat: list /, likewise", SYS_openat,
	  { ACT_SELF, TEXT("/"), REOPEN }, EACCES, EACCES, 1 },
	{ "openat: list the parent of a grant, likewise", SYS_openat,
	  { ACT_SELF, TEXT("/tmp"), REOPEN }, EACCES, EACCES, 1 },
	{ "openat: /dev/kvm again", SYS_openat,
	  { ACT_SELF, TEXT("/dev/kvm"), REOPEN }, EACCES, EACCES, 1 },
	{ "openat: the monitor's own memory", SYS_openat,
	  { ACT_SELF, TEXT("/proc/self/mem"), REOPEN }, EACCES, EACCES, 1 },
	{ "openat: re-open form, not relative to /proc/self/fd", SYS_openat,
	  { ACT_DIR, TEXT("file"), REOPEN }, KILLED, 0, 0 },
	{ "openat: write to a granted file", SYS_openat,
	  { ACT_SELF, ACT_FILE_PATH, REOPEN | O_WRONLY }, KILLED, EACCES, 1 },
	{ "openat: read and write", SYS_openat,
	  { ACT_SELF, ACT_FILE_PATH, REOPEN | O_RDWR }, KILLED, EACCES, 1 },
	{ "openat: O_TRUNC", SYS_openat,
	  { ACT_SELF, ACT_FILE_PATH, REOPEN | O_TRUNC }, KILLED, EACCES, 3 },
	{ "openat: O_APPEND", SYS_openat,
	  { ACT_SELF, ACT_FILE_PATH, REOPEN | O_APPEND }, KILLED, 0, 0 },
	{ "openat: create below a grant", SYS_openat,
	  { ACT_DIR, TEXT("new"), WALK | O_CREAT, 0600 }, KILLED, ACT_ANY, 0 },
	{ "openat: create for writing", SYS_openat,
	  { ACT_DIR, TEXT("new"), O_CREAT | O_WRONLY, 0600 }, KILLED, EACCES, 1 },
	{ "openat: unnamed file", SYS_openat,
	  { ACT_DIR, TEXT("."), O_TMPFILE | O_RDWR, 0600 }, KILLED, EACCES, 1 },
	{ "openat: walk that follows links", SYS_openat,
	  { ACT_DIR, TEXT("link"), O_PATH | O_CLOEXEC }, KILLED, 0, 0 },
	{ "openat: the same through /proc/self/fd", SYS_openat,
	  { ACT_SELF, ACT_FILE_PATH, O_PATH | O_CLOEXEC }, KILLED, 0, 0 },
	{ "openat: walk with bits above the flags", SYS_openat,
	  { ACT_DIR, TEXT("file"), WALK | 1l << 32 }, KILLED, 0, 0 },
	{ "openat2", SYS_openat2, { ACT_DIR, TEXT("file"), ACT_BUFFER, 24 }, KILLED, 0, 0 },
	{ "open", SYS_open, { ACT_FILE_PATH, O_RDONLY }, KILLED, 0, 0 },
	{ "creat", SYS_creat, { ACT_NEW_PATH, 0600 }, KILLED, EACCES, 1 },
	{ "open_by_handle_at", SYS_open_by_handle_at,
	  { ACT_DIR, ACT_BUFFER, 0 }, KILLED, ACT_ANY, 0 },
	{ "truncate", SYS_truncate, { ACT_FILE_PATH, 16 }, KILLED, EACCES, 3 },
	{ "unlink", SYS_unlink, { ACT_LINK_PATH }, KILLED, EACCES, 1 },
	{ "unlinkat", SYS_unlinkat, { ACT_DIR, TEXT("link"), 0 }, KILLED, EACCES, 1 },
	{ "rmdir", SYS_rmdir, { ACT_SUB_PATH }, KILLED, EACCES, 1 },
	{ "rename", SYS_rename, { ACT_FILE_PATH, ACT_NEW_PATH }, KILLED, EACCES, 1 },
	{ "link", SYS_link, { ACT_FILE_PATH, ACT_NEW_PATH }, KILLED, EACCES, 1 },
	{ "symlink", SYS_symlink, { TEXT("/etc"), ACT_NEW_PATH }, KILLED, EACCES, 1 },
	{ "mkdir", SYS_mkdir, { ACT_NEW_PATH, 0700 }, KILLED, EACCES, 1 },
	{ "mknod: a device", SYS_mknod,
	  { ACT_NEW_PATH, S_IFCHR | 0600, 0x103 }, KILLED, EACCES, 1 },
	{ "mknod: a FIFO", SYS_mknod, { ACT_NEW_PATH, S_IFIFO | 0600 }, KILLED, EACCES, 1 },
	{ "chmod", SYS_chmod, { ACT_FILE_PATH, 0644 }, KILLED, 0, 0 },
	{ "chown", SYS_chown, { ACT_FILE_PATH, 1, 1 }, KILLED, EPERM, 0 },
	{ "utimensat", SYS_utimensat, { AT_FDCWD, ACT_FILE_PATH }, KILLED, 0, 0 },
	{ "newfstatat: by name", SYS_newfstatat,
	  { AT_FDCWD, TEXT("/etc/shadow"), ACT_BUFFER }, KILLED, 0, 0 },
	{ "statx", SYS_statx, { AT_FDCWD, TEXT("/"), 0, 0, ACT_BUFFER }, KILLED, 0, 0 },
	{ "access", SYS_access, { TEXT("/etc/shadow") }, KILLED, ACT_ANY, 0 },
	{ "getcwd", SYS_getcwd, { ACT_BUFFER, 4096 }, KILLED, 0, 0 },
	{ "chdir", SYS_chdir, { TEXT("/") }, KILLED, 0, 0 },
	{ "chroot", SYS_chroot, { TEXT("/") }, KILLED, EPERM, 0 },
	{ "mount", SYS_mount, { TEXT("none"), TEXT("/tmp"), TEXT("tmpfs") }, KILLED, EPERM, 0 },
	{ "open_tree", SYS_open_tree, { AT_FDCWD, TEXT("/"), 1 }, KILLED, EPERM, 0 },
	{ "inotify_init1", SYS_inotify_init1, { 0 }, KILLED, 0, 0 },
	{ "sendfile", SYS_sendfile, { 1, 0, 0, 1 }, KILLED, ACT_ANY, 0 },
	{ "splice", SYS_splice, { 0, 0, 1, 0, 1 }, KILLED, ACT_ANY, 0 },

	/* Descriptors: the right call on the wrong one. */
	{ "read: stdin", SYS_read, { 0, ACT_BUFFER, 1 }, KILLED, 0, 0 },
	{ "write: stdout", SYS_write, { 1, ACT_BUFFER, 1 }, KILLED, 0, 0 },
	{ "write: the outcome", SYS_write, { ACT_OUTCOME, ACT_BUFFER, 0 }, KILLED, 0, 0 },
	{ "writev: stdout", SYS_writev, { 1, ACT_BUFFER, 0 }, KILLED, 0, 0 },
	{ "pwritev2: bits above the descriptor", SYS_pwritev2,
	  { 1l << 32 | 1, ACT_BUFFER, 0, -1, -1, 0 }, KILLED, 0, 0 },
	{ "readv: stdin", SYS_readv, { 0, ACT_BUFFER, 0 }, KILLED, ACT_ANY, 0 },
	{ "preadv: a stream", SYS_preadv, { 0, ACT_BUFFER, 1, 0 }, KILLED, ACT_ANY, 0 },
	{ "pwritev", SYS_pwritev, { 1, ACT_BUFFER, 1, 0 }, KILLED, ACT_ANY, 0 },
	{ "pwrite64", SYS_pwrite64, { 1, ACT_BUFFER, 1, 0 }, KILLED, ACT_ANY, 0 },
	{ "close: a stream", SYS_close, { 1 }, KILLED, 0, 0 },
	{ "preadv2: a handle", SYS_preadv2,
	  { ACT_FILE, ACT_IOVEC, 1, 0, 0, RWF_NOWAIT }, KILLED, ACT_ANY, 0 },
	{ "preadv2: elsewhere in a stream", SYS_preadv2,
	  { 0, ACT_IOVEC, 1, 0, 0, 0 }, KILLED, ACT_ANY, 0 },
	{ "preadv2: the same, with bits above", SYS_preadv2,
	  { 0, ACT_IOVEC, 1, 0xffffffff, 0, 0 }, KILLED, ACT_ANY, 0 },
	{ "pwritev2: elsewhere in a stream", SYS_pwritev2,
	  { 1, ACT_IOVEC, 1, 0, 0, 0 }, KILLED, ACT_ANY, 0 },
	{ "pwritev2: a file, without a write grant", SYS_pwritev2,
	  { ACT_FILE, ACT_IOVEC, 1, 0, 0, 0 }, KILLED, EBADF, 0 },
	{ "lseek: the outcome's number with bits above", SYS_lseek,
	  { 1l << 32 | 1, 0, 0 }, KILLED, ACT_ANY, 0 },
	{ "pwritev2: a handle", SYS_pwritev2,
	  { ACT_FILE, ACT_IOVEC, 1, 0, 0, RWF_NOWAIT }, KILLED, ACT_ANY, 0 },
	{ "pwritev2 that appends", SYS_pwritev2,
	  { 1, ACT_IOVEC, 1, -1, -1, RWF_NOWAIT | RWF_APPEND }, KILLED, ACT_ANY, 0 },
	{ "ppoll: more than the streams and the launcher", SYS_ppoll,
	  { ACT_BUFFER, 5, ACT_BUFFER, 0, 8 }, KILLED, 0, 0 },
	{ "ppoll: with a signal mask", SYS_ppoll,
	  { ACT_BUFFER, 1, ACT_BUFFER, ACT_BUFFER, 8 }, KILLED, 0, 0 },
	{ "clock_gettime: another clock", SYS_clock_gettime,
	  { CLOCK_BOOTTIME, ACT_BUFFER }, KILLED, 0, 0 },
	{ "dup", SYS_dup, { 0 }, KILLED, 0, 0 },
	{ "dup2", SYS_dup2, { ACT_FILE, 1 }, KILLED, 0, 0 },
	{ "fcntl: duplicate", SYS_fcntl, { 0, F_DUPFD, 0 }, KILLED, 0, 0 },
	{ "pipe2", SYS_pipe2, { ACT_BUFFER, 0 }, KILLED, 0, 0 },

	/* KVM: the right request on the wrong descriptor, and wrong requests. */
	{ "KVM_RUN on the VM", SYS_ioctl, { ACT_VM, KVM_RUN }, KILLED, ENOTTY, 0 },
	{ "KVM_RUN on a stream", SYS_ioctl, { 0, KVM_RUN }, KILLED, ENOTTY, 0 },
	{ "KVM_RUN with bits above the request", SYS_ioctl,
	  { ACT_VCPU, 1l << 32 | KVM_RUN }, KILLED, ACT_ANY, 0 },
	{ "KVM_CREATE_VCPU", SYS_ioctl, { ACT_VM, KVM_CREATE_VCPU, 1 }, KILLED, ACT_ANY, 0 },
	{ "KVM_SET_MSRS", SYS_ioctl, { ACT_VCPU, KVM_SET_MSRS, ACT_BUFFER }, KILLED, 0, 0 },
	{ "KVM_SET_REGS", SYS_ioctl, { ACT_VCPU, KVM_SET_REGS, ACT_BUFFER }, KILLED, 0, 0 },
	{ "KVM_SET_SREGS", SYS_ioctl, { ACT_VCPU, KVM_SET_SREGS, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "KVM_SET_CPUID2", SYS_ioctl,
	  { ACT_VCPU, KVM_SET_CPUID2, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "KVM_SET_USER_MEMORY_REGION on the vCPU", SYS_ioctl,
	  { ACT_VCPU, KVM_SET_USER_MEMORY_REGION, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "KVM_X86_SET_MSR_FILTER", SYS_ioctl,
	  { ACT_VM, KVM_X86_SET_MSR_FILTER, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "KVM_CREATE_IRQCHIP", SYS_ioctl, { ACT_VM, KVM_CREATE_IRQCHIP }, KILLED, ACT_ANY, 0 },
	{ "KVM_CREATE_DEVICE", SYS_ioctl,
	  { ACT_VM, KVM_CREATE_DEVICE, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "KVM_IRQFD", SYS_ioctl, { ACT_VM, KVM_IRQFD, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "TIOCSTI", SYS_ioctl, { 0, TIOCSTI, ACT_BUFFER }, KILLED, ENOTTY, 0 },
	{ "TIOCLINUX", SYS_ioctl, { 0, TIOCLINUX, ACT_BUFFER }, KILLED, ENOTTY, 0 },
	{ "TCSETS", SYS_ioctl, { 0, TCSETS, ACT_BUFFER }, KILLED, ENOTTY, 0 },
	{ "TCGETS on a handle", SYS_ioctl, { ACT_FILE, TCGETS, ACT_BUFFER }, KILLED, EBADF, 0 },

	/* Processes. */
	{ "execve", SYS_execve, { TEXT("/bin/true") }, KILLED, EACCES, 1 },
	{ "execveat", SYS_execveat,
	  { ACT_FILE, TEXT(""), 0, 0, AT_EMPTY_PATH }, KILLED, EACCES, 0 },
	{ "fork", SYS_fork, { 0 }, KILLED, ACT_ANY, 0 },
	{ "clone", SYS_clone, { SIGCHLD }, KILLED, ACT_ANY, 0 },
	{ "clone3", SYS_clone3, { 0 }, KILLED, EINVAL, 0 },
	{ "kill: the launcher", SYS_kill, { ACT_PARENT, 0 }, KILLED, EPERM, 6 },
	{ "tgkill: the launcher", SYS_tgkill, { ACT_PARENT, ACT_PARENT, 0 }, KILLED, EPERM, 6 },
	{ "pidfd_open", SYS_pidfd_open, { ACT_PARENT }, KILLED, 0, 0 },
	{ "ptrace: the launcher", SYS_ptrace, { PTRACE_ATTACH, ACT_PARENT }, KILLED, EPERM, 1 },
	{ "process_vm_readv: the launcher", SYS_process_vm_readv,
	  { ACT_PARENT, ACT_IOVEC, 1, ACT_IOVEC, 1 }, KILLED, EPERM, 1 },
	{ "prctl: outlive the parent", SYS_prctl, { PR_SET_PDEATHSIG, 0 }, KILLED, 0, 0 },
	{ "prctl: dumpable again", SYS_prctl, { PR_SET_DUMPABLE, 1 }, KILLED, 0, 0 },
	{ "prctl: raise an ambient capability", SYS_prctl,
	  { PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 1 }, KILLED, EPERM, 0 },
	{ "capset", SYS_capset, { ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "setuid", SYS_setuid, { 1 }, KILLED, EPERM, 0 },
	{ "setgroups", SYS_setgroups, { 0 }, KILLED, EPERM, 0 },
	{ "setsid", SYS_setsid, { 0 }, KILLED, 0, 0 },
	{ "unshare: mounts", SYS_unshare, { CLONE_NEWNS }, KILLED, EPERM, 0 },
	{ "setns", SYS_setns, { ACT_FILE, 0 }, KILLED, EBADF, 0 },
	{ "sethostname", SYS_sethostname, { ACT_BUFFER, 0 }, KILLED, EPERM, 0 },
	{ "personality", SYS_personality, { 0xffffffff }, KILLED, 0, 0 },
	{ "setrlimit: more files", SYS_prlimit64, { 0, RLIMIT_NOFILE, ACT_BUFFER }, KILLED, 0, 0 },
	{ "setpriority", SYS_setpriority, { 0, 0, -5 }, KILLED, EACCES, 0 },
	{ "rt_sigaction", SYS_rt_sigaction, { SIGUSR1, 0, 0, 8 }, KILLED, 0, 0 },
	{ "setitimer: CPU time", SYS_setitimer, { ITIMER_PROF, ACT_BUFFER }, KILLED, 0, 0 },
	{ "rt_sigtimedwait: a set of another size", SYS_rt_sigtimedwait,
	  { ACT_BUFFER, 0, ACT_BUFFER, 16 }, KILLED, EINVAL, 0 },
	{ "timer_create", SYS_timer_create, { 0, 0, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "nanosleep", SYS_nanosleep, { ACT_BUFFER, 0 }, KILLED, 0, 0 },

	/* Memory. */
	{ "mmap: executable", SYS_mmap,
	  { ACT_WINDOW, 4096, PROT_READ | PROT_EXEC, UNMAP, -1 }, KILLED, 0, 0 },
	{ "mmap: writable", SYS_mmap,
	  { ACT_WINDOW, 4096, PROT_READ | PROT_WRITE, UNMAP, -1 }, KILLED, 0, 0 },
	{ "mmap: not at a fixed place", SYS_mmap,
	  { 0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1 }, KILLED, 0, 0 },
	{ "mmap: shared", SYS_mmap,
	  { ACT_WINDOW, 4096, PROT_NONE, (UNMAP & ~MAP_PRIVATE) | MAP_SHARED, -1 }, KILLED, 0, 0 },
	{ "mmap: a file, shared and writable, without the permission to write", SYS_mmap,
	  { ACT_WINDOW, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, ACT_FILE }, KILLED,
	  ACT_ANY, 0 },
	{ "madvise: another advice", SYS_madvise,
	  { ACT_WINDOW, 4096, MADV_WILLNEED }, KILLED, 0, 0 },
	{ "mmap: locked", SYS_mmap,
	  { ACT_WINDOW, 4096, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_LOCKED, -1 },
	  KILLED, EPERM, 0 },
	{ "mprotect: executable", SYS_mprotect,
	  { ACT_BUFFER, 4096, PROT_READ | PROT_EXEC }, KILLED, ACT_ANY, 0 },
	{ "mremap", SYS_mremap, { ACT_WINDOW, 4096, 8192, MREMAP_MAYMOVE }, KILLED, ACT_ANY, 0 },
	{ "munmap", SYS_munmap, { ACT_WINDOW, 4096 }, KILLED, 0, 0 },
	{ "brk", SYS_brk, { 0 }, KILLED, ACT_ANY, 0 },
	{ "mlock", SYS_mlock, { ACT_BUFFER, 1 }, KILLED, EPERM, 0 },
	{ "memfd_create", SYS_memfd_create, { TEXT("x"), 0 }, KILLED, 0, 0 },
	{ "userfaultfd", SYS_userfaultfd, { 0 }, KILLED, ACT_ANY, 0 },
	{ "shmget", SYS_shmget, { 0, 4096, 0600 }, KILLED, ACT_ANY, 0 },

	/* Network. */
	{ "socket: IPv4", SYS_socket, { AF_INET, SOCK_STREAM, 0 }, KILLED, 0, 0 },
	{ "socket: Unix", SYS_socket, { AF_UNIX, SOCK_STREAM, 0 }, KILLED, 0, 0 },
	{ "socket: netlink", SYS_socket, { AF_NETLINK, SOCK_RAW, 0 }, KILLED, 0, 0 },
	{ "socketpair", SYS_socketpair, { AF_UNIX, SOCK_STREAM, 0, ACT_BUFFER }, KILLED, 0, 0 },
	{ "connect", SYS_connect, { 0, ACT_BUFFER, 16 }, KILLED, ENOTSOCK, 0 },
	{ "bind", SYS_bind, { 0, ACT_BUFFER, 16 }, KILLED, ENOTSOCK, 0 },
	{ "sendmsg", SYS_sendmsg, { 0, ACT_BUFFER, 0 }, KILLED, ENOTSOCK, 0 },
	{ "recvmsg", SYS_recvmsg, { 0, ACT_BUFFER, 0 }, KILLED, ENOTSOCK, 0 },

	/* The rest of the kernel. */
	{ "bpf", SYS_bpf, { 0, ACT_BUFFER, 4 }, KILLED, ACT_ANY, 0 },
	{ "perf_event_open", SYS_perf_event_open, { ACT_BUFFER, 0, -1, -1 }, KILLED, ACT_ANY, 0 },
	{ "io_uring_setup", SYS_io_uring_setup, { 1, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "keyctl", SYS_keyctl, { 0 }, KILLED, ACT_ANY, 0 },
	{ "init_module", SYS_init_module, { 0 }, KILLED, ACT_ANY, 0 },
	{ "seccomp", SYS_seccomp, { 2, 0, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "landlock_create_ruleset", SYS_landlock_create_ruleset, { 0, 0, 1 }, KILLED, 0, 0 },
	{ "futex", SYS_futex, { ACT_BUFFER, 1, 1 }, KILLED, 0, 0 },
	{ "getpid", SYS_getpid, { 0 }, KILLED, ACT_ANY, 0 },

	/* The same ends by other calls. */
	{ "process_vm_writev: the launcher", SYS_process_vm_writev,
	  { ACT_PARENT, ACT_IOVEC, 1, ACT_IOVEC, 1 }, KILLED, EPERM, 1 },
	{ "kill: all of the group", SYS_kill, { 0, 0 }, KILLED, ACT_ANY, 0 },
	{ "kill: init", SYS_kill, { 1, 0 }, KILLED, EPERM, 6 },
	{ "tkill: the launcher", SYS_tkill, { ACT_PARENT, 0 }, KILLED, EPERM, 6 },
	{ "rt_sigqueueinfo: the launcher", SYS_rt_sigqueueinfo,
	  { ACT_PARENT, 0, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "pidfd_send_signal", SYS_pidfd_send_signal, { ACT_FILE }, KILLED, ACT_ANY, 0 },
	{ "pidfd_getfd", SYS_pidfd_getfd, { ACT_FILE }, KILLED, ACT_ANY, 0 },
	{ "kcmp: the launcher", SYS_kcmp, { ACT_PARENT, ACT_PARENT, 1 }, KILLED, ACT_ANY, 0 },
	{ "ptrace: be traced", SYS_ptrace, { PTRACE_TRACEME }, KILLED, ACT_ANY, 0 },
	{ "prlimit: the launcher", SYS_prlimit64,
	  { ACT_PARENT, RLIMIT_NOFILE, 0, ACT_BUFFER }, KILLED, 0, 0 },
	{ "sched_setaffinity: the launcher", SYS_sched_setaffinity, { ACT_PARENT }, KILLED, ACT_ANY, 0 },
	{ "sched_setscheduler: real time", SYS_sched_setscheduler, { 0, 1 }, KILLED, ACT_ANY, 0 },
	{ "setpgid", SYS_setpgid, { 0, 0 }, KILLED, ACT_ANY, 0 },
	{ "fcntl: who gets signals of a stream", SYS_fcntl,
	  { 0, F_SETOWN, ACT_PARENT }, KILLED, ACT_ANY, 0 },
	{ "fcntl: a lease", SYS_fcntl, { ACT_FILE, 1024, 0 }, KILLED, ACT_ANY, 0 },
	{ "fcntl: a lock", SYS_fcntl, { 0, F_SETLK, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "fcntl: flags of a stream", SYS_fcntl, { 0, F_SETFL, O_NONBLOCK }, KILLED, 0, 0 },
	{ "flock", SYS_flock, { 0, 8 }, KILLED, ACT_ANY, 0 },
	{ "FIOASYNC", SYS_ioctl, { 0, FIOASYNC, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "TIOCSCTTY", SYS_ioctl, { 0, TIOCSCTTY, 0 }, KILLED, ENOTTY, 0 },
	{ "TIOCSPGRP", SYS_ioctl, { 0, TIOCSPGRP, ACT_BUFFER }, KILLED, ENOTTY, 0 },
	{ "TIOCSETD", SYS_ioctl, { 0, TIOCSETD, ACT_BUFFER }, KILLED, ENOTTY, 0 },
	{ "TIOCSWINSZ", SYS_ioctl, { 0, TIOCSWINSZ, ACT_BUFFER }, KILLED, ENOTTY, 0 },
	{ "FS_IOC_SETFLAGS", SYS_ioctl, { ACT_FILE, FS_IOC_SETFLAGS, ACT_BUFFER }, KILLED, EBADF, 0 },
	{ "KVM_CREATE_VM on the VM", SYS_ioctl, { ACT_VM, KVM_CREATE_VM, 0 }, KILLED, ENOTTY, 0 },
	{ "KVM_IOEVENTFD", SYS_ioctl, { ACT_VM, KVM_IOEVENTFD, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "KVM_ENABLE_CAP", SYS_ioctl, { ACT_VM, KVM_ENABLE_CAP, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "KVM_GET_MSRS", SYS_ioctl, { ACT_VCPU, KVM_GET_MSRS, ACT_BUFFER }, KILLED, 0, 0 },
	{ "KVM_SET_GUEST_DEBUG", SYS_ioctl,
	  { ACT_VCPU, KVM_SET_GUEST_DEBUG, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "KVM_SET_NESTED_STATE", SYS_ioctl,
	  { ACT_VCPU, KVM_SET_NESTED_STATE, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "modify_ldt", SYS_modify_ldt, { 0, ACT_BUFFER, 8 }, KILLED, ACT_ANY, 0 },
	{ "arch_prctl", SYS_arch_prctl, { 0x1003, ACT_BUFFER }, KILLED, 0, 0 },
	{ "iopl", SYS_iopl, { 3 }, KILLED, ACT_ANY, 0 },
	{ "ioperm", SYS_ioperm, { 0x80, 1, 1 }, KILLED, ACT_ANY, 0 },
	{ "set_robust_list", SYS_set_robust_list, { ACT_BUFFER, 24 }, KILLED, 0, 0 },
	{ "sigaltstack", SYS_sigaltstack, { 0, ACT_BUFFER }, KILLED, 0, 0 },
	{ "rt_sigprocmask", SYS_rt_sigprocmask, { 0, 0, ACT_BUFFER, 8 }, KILLED, 0, 0 },
	{ "alarm", SYS_alarm, { 0 }, KILLED, 0, 0 },
	{ "setresuid", SYS_setresuid, { 1, 1, 1 }, KILLED, EPERM, 0 },
	{ "setfsuid", SYS_setfsuid, { -1 }, KILLED, ACT_ANY, 0 },
	{ "umount2", SYS_umount2, { TEXT("/proc"), 2 }, KILLED, EPERM, 0 },
	{ "pivot_root", SYS_pivot_root, { TEXT("/"), TEXT("/") }, KILLED, EPERM, 0 },
	{ "fsopen", SYS_fsopen, { TEXT("tmpfs"), 0 }, KILLED, EPERM, 0 },
	{ "move_mount", SYS_move_mount, { ACT_DIR, TEXT(""), ACT_DIR, TEXT("") }, KILLED, ACT_ANY, 0 },
	{ "unshare: users", SYS_unshare, { CLONE_NEWUSER }, KILLED, ACT_ANY, 0 },
	{ "name_to_handle_at", SYS_name_to_handle_at,
	  { AT_FDCWD, TEXT("/"), ACT_BUFFER, ACT_BUFFER, 0 }, KILLED, ACT_ANY, 0 },
	{ "fanotify_init", SYS_fanotify_init, { 0, 0 }, KILLED, ACT_ANY, 0 },
	{ "landlock_restrict_self", SYS_landlock_restrict_self, { -1 }, KILLED, ACT_ANY, 0 },
	{ "memfd_secret", 447, { 0 }, KILLED, ACT_ANY, 0 },
	{ "pkey_mprotect", SYS_pkey_mprotect,
	  { ACT_BUFFER, 0, PROT_EXEC, -1 }, KILLED, ACT_ANY, 0 },
	{ "remap_file_pages", SYS_remap_file_pages, { ACT_WINDOW, 4096, 0, 0, 0 }, KILLED, ACT_ANY, 0 },
	{ "mbind", SYS_mbind, { ACT_WINDOW, 4096, 0 }, KILLED, ACT_ANY, 0 },
	{ "move_pages: the launcher", SYS_move_pages, { ACT_PARENT, 0 }, KILLED, ACT_ANY, 0 },
	{ "mlockall", SYS_mlockall, { 1 }, KILLED, EPERM, 0 },
	{ "shmat", SYS_shmat, { -1 }, KILLED, ACT_ANY, 0 },
	{ "semget", SYS_semget, { 0, 1, 0600 }, KILLED, ACT_ANY, 0 },
	{ "msgget", SYS_msgget, { -1, 0 }, KILLED, ACT_ANY, 0 },
	{ "mq_open", SYS_mq_open, { TEXT("x"), 0 }, KILLED, ACT_ANY, 0 },
	{ "io_uring_enter", SYS_io_uring_enter, { -1 }, KILLED, ACT_ANY, 0 },
	{ "io_setup", SYS_io_setup, { 1, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "add_key", SYS_add_key, { TEXT("user"), TEXT("x"), 0, 0, -4 }, KILLED, ACT_ANY, 0 },
	{ "request_key", SYS_request_key, { TEXT("user"), TEXT("x") }, KILLED, ACT_ANY, 0 },
	{ "eventfd2", SYS_eventfd2, { 0 }, KILLED, 0, 0 },
	{ "epoll_create1", SYS_epoll_create1, { 0 }, KILLED, 0, 0 },
	{ "timerfd_create", SYS_timerfd_create, { 1, 0 }, KILLED, 0, 0 },
	{ "signalfd4", SYS_signalfd4, { -1, ACT_BUFFER, 8 }, KILLED, 0, 0 },
	{ "vmsplice", SYS_vmsplice, { 1, ACT_IOVEC, 0 }, KILLED, ACT_ANY, 0 },
	{ "tee", SYS_tee, { 0, 1, 0 }, KILLED, ACT_ANY, 0 },
	{ "accept4", SYS_accept4, { 0 }, KILLED, ENOTSOCK, 0 },
	{ "listen", SYS_listen, { 0, 1 }, KILLED, ENOTSOCK, 0 },
	{ "setsockopt", SYS_setsockopt, { 0, 1, 2, ACT_BUFFER, 4 }, KILLED, ENOTSOCK, 0 },
	{ "sendto", SYS_sendto, { 0, ACT_BUFFER, 1 }, KILLED, ENOTSOCK, 0 },
	{ "socket: packet", SYS_socket, { AF_PACKET, SOCK_RAW, 0 }, KILLED, EPERM, 0 },
	{ "socket: vsock", SYS_socket, { 40, SOCK_STREAM, 0 }, KILLED, ACT_ANY, 0 },
	{ "syslog", SYS_syslog, { 10 }, KILLED, ACT_ANY, 0 },
	{ "acct", SYS_acct, { 0 }, KILLED, EPERM, 0 },
	{ "reboot: no magic number", SYS_reboot, { 0 }, KILLED, EPERM, 0 },
	{ "kexec_load", SYS_kexec_load, { 0, 17, 0, -1 }, KILLED, ACT_ANY, 0 },
	{ "settimeofday", SYS_settimeofday, { ACT_BUFFER, 0 }, KILLED, EPERM, 0 },
	{ "clock_adjtime", SYS_clock_adjtime, { -1, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "uname", SYS_uname, { ACT_BUFFER }, KILLED, 0, 0 },
	{ "sysinfo", SYS_sysinfo, { ACT_BUFFER }, KILLED, 0, 0 },
	{ "getdents: the old call", SYS_getdents, { ACT_DIR, ACT_BUFFER, 4096 }, KILLED, EBADF, 0 },
	{ "setxattr: a read grant", SYS_setxattr,
	  { ACT_FILE_PATH, TEXT("user.x"), ACT_BUFFER, 1, 0 }, KILLED, ACT_ANY, 0 },
	{ "lchown: a read grant", SYS_lchown, { ACT_FILE_PATH, -1, -1 }, KILLED, 0, 0 },
	{ "utime: a read grant", SYS_utime, { ACT_FILE_PATH, 0 }, KILLED, 0, 0 },
	{ "openat: through /proc/self/root", SYS_openat,
	  { ACT_SELF, TEXT("/proc/self/root/proc/version"), REOPEN }, EACCES, EACCES, 1 },
	{ "openat: through /proc/self/cwd", SYS_openat,
	  { ACT_SELF, TEXT("/proc/self/cwd"), REOPEN }, EACCES, EACCES, 1 },
	{ "openat: the launcher's memory", SYS_openat,
	  { ACT_SELF, TEXT("../../1/environ"), REOPEN }, EACCES, EACCES, 1 },
	{ "openat: a sysfs file", SYS_openat,
	  { ACT_SELF, TEXT("/sys/kernel/mm/transparent_hugepage/enabled"), REOPEN },
	  EACCES, ACT_ANY, 0 },

	{ "x32 number of exit_group", X32 | SYS_exit_group, { 0 }, KILLED, ENOSYS, 0 },
	{ "x32 number of fstat", X32 | SYS_fstat, { 0, ACT_BUFFER }, KILLED, ACT_ANY, 0 },
	{ "no such number", 100000, { 0 }, KILLED, ENOSYS, 0 },
	{ "number -1", -1, { 0 }, KILLED, ENOSYS, 0 },
};
/* clang-format on */

const size_t act_count = sizeof(acts) / sizeof(acts[0]);

static long resolve(struct scene *s, long argument)
{
	switch (argument) {
	case ACT_VM:
		return s->fds.vm;
	case ACT_VCPU:
		return s->fds.vcpu;
	case ACT_OUTCOME:
		return s->fds.outcome;
	case ACT_SELF:
		return s->fds.self_fd;
	case ACT_DIR:
		return s->grants[GRANTED_DIR].fd;
	case ACT_FILE:
		return s->grants[GRANTED_FILE].fd;
	case ACT_WRITABLE:
		return s->grants[GRANTED_WRITABLE].fd;
	case ACT_PARENT:
		return s->parent;
	case ACT_BUFFER:
		return (long)s->buffer;
	case ACT_IOVEC:
		return (long)&s->iovec;
	case ACT_WINDOW:
		return (long)s->window;
	case ACT_FILE_PATH:
		return (long)scene_file;
	case ACT_LINK_PATH:
		return (long)scene_link;
	case ACT_SUB_PATH:
		return (long)scene_sub;
	case ACT_NEW_PATH:
		return (long)scene_new;
	case ACT_OUTSIDE_PATH:
		return (long)scene_outside;
	case ACT_NEW_OUTSIDE_PATH:
		return (long)scene_new_outside;
	case ACT_WRITABLE_FILE_PATH:
		return (long)scene_writable_file;
	default:
		return argument;
	}
}

int act_run(struct scene *s, const void *argument)
{
	const struct act *act = argument;
	long a[ACT_ARGUMENTS];
	long r;

	for (size_t i = 0; i < ACT_ARGUMENTS; i++)
		a[i] = resolve(s, act->arguments[i]);
	r = syscall(act->number, a[0], a[1], a[2], a[3], a[4], a[5]);
	return scene_answer(r);
}
