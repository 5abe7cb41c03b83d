// SPDX-License-Identifier: Apache-2.0
/* The names of flags and of small enumerations that system calls take. */
#include "guest-runtime/trace/names.h"

#include <asm/ioctls.h>
#include <asm/mman.h>
#include <asm/prctl.h>
#include <linux/falloc.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/random.h>
#include <linux/resource.h>
#include <linux/sched.h>
#include <linux/time.h>
#include <linux/wait.h>

#define F(name) \
	{ \
		(uint64_t)(name), #name \
	}
#define END \
	{ \
		0, NULL \
	}

static const struct flag open_values[] = { F(O_RDONLY), F(O_WRONLY), F(O_RDWR), END };
static const struct flag open_flags[] = { F(O_CREAT),
					  F(O_EXCL),
					  F(O_NOCTTY),
					  F(O_TRUNC),
					  { 020200000, "O_TMPFILE" },
					  F(O_APPEND),
					  F(O_NONBLOCK),
					  { 04010000, "O_SYNC" },
					  F(O_DSYNC),
					  F(O_DIRECT),
					  F(O_LARGEFILE),
					  F(O_DIRECTORY),
					  F(O_NOFOLLOW),
					  F(O_NOATIME),
					  F(O_CLOEXEC),
					  F(O_PATH),
					  END };
static const struct flag prot_values[] = { F(PROT_NONE), END };
static const struct flag prot_flags[] = { F(PROT_READ), F(PROT_WRITE), F(PROT_EXEC),
					  F(PROT_GROWSDOWN), END };
static const struct flag map_values[] = { F(MAP_SHARED), F(MAP_PRIVATE), F(MAP_SHARED_VALIDATE),
					  END };
static const struct flag map_flags[] = { F(MAP_FIXED),		 F(MAP_ANONYMOUS),
					 F(MAP_32BIT),		 F(MAP_GROWSDOWN),
					 F(MAP_DENYWRITE),	 F(MAP_LOCKED),
					 F(MAP_NORESERVE),	 F(MAP_POPULATE),
					 F(MAP_NONBLOCK),	 F(MAP_STACK),
					 F(MAP_HUGETLB),	 F(MAP_SYNC),
					 F(MAP_FIXED_NOREPLACE), END };
static const struct flag at_values[] = { { 0, "0" }, END };
static const struct flag at_flags[] = { F(AT_SYMLINK_NOFOLLOW), F(AT_REMOVEDIR),
					F(AT_SYMLINK_FOLLOW),	F(AT_NO_AUTOMOUNT),
					F(AT_EMPTY_PATH),	F(AT_STATX_FORCE_SYNC),
					F(AT_STATX_DONT_SYNC),	END };
static const struct flag whences[] = { F(SEEK_SET),  F(SEEK_CUR),  F(SEEK_END),
				       F(SEEK_DATA), F(SEEK_HOLE), END };
static const struct flag clocks[] = { F(CLOCK_REALTIME),
				      F(CLOCK_MONOTONIC),
				      F(CLOCK_PROCESS_CPUTIME_ID),
				      F(CLOCK_THREAD_CPUTIME_ID),
				      F(CLOCK_MONOTONIC_RAW),
				      F(CLOCK_REALTIME_COARSE),
				      F(CLOCK_MONOTONIC_COARSE),
				      F(CLOCK_BOOTTIME),
				      F(CLOCK_TAI),
				      END };
static const struct flag advices[] = {
	F(MADV_NORMAL),	    F(MADV_RANDOM),	   F(MADV_SEQUENTIAL),	   F(MADV_WILLNEED),
	F(MADV_DONTNEED),   F(MADV_FREE),	   F(MADV_REMOVE),	   F(MADV_DONTFORK),
	F(MADV_DOFORK),	    F(MADV_MERGEABLE),	   F(MADV_UNMERGEABLE),	   F(MADV_HUGEPAGE),
	F(MADV_NOHUGEPAGE), F(MADV_DONTDUMP),	   F(MADV_DODUMP),	   F(MADV_COLD),
	F(MADV_PAGEOUT),    F(MADV_POPULATE_READ), F(MADV_POPULATE_WRITE), END
};
static const struct flag access_values[] = { { 0, "F_OK" }, END };
static const struct flag access_flags[] = { { 4, "R_OK" }, { 2, "W_OK" }, { 1, "X_OK" }, END };
static const struct flag fcntls[] = { F(F_DUPFD),
				      F(F_GETFD),
				      F(F_SETFD),
				      F(F_GETFL),
				      F(F_SETFL),
				      F(F_GETLK),
				      F(F_SETLK),
				      F(F_SETLKW),
				      F(F_SETOWN),
				      F(F_GETOWN),
				      F(F_OFD_GETLK),
				      F(F_OFD_SETLK),
				      F(F_OFD_SETLKW),
				      F(F_DUPFD_CLOEXEC),
				      F(F_SETPIPE_SZ),
				      F(F_GETPIPE_SZ),
				      F(F_ADD_SEALS),
				      F(F_GET_SEALS),
				      END };
static const struct flag ioctls[] = {
	F(TCGETS),     F(TCSETS),      F(TCSETSW),   F(TCSETSF),
	F(TIOCGWINSZ), F(TIOCSWINSZ),  F(TIOCGPGRP), F(TIOCSPGRP),
	F(TIOCSCTTY),  F(TIOCNOTTY),   F(TIOCGPTN),  F(TIOCSPTLCK),
	F(FIONREAD),   F(FIONBIO),     F(FIOCLEX),   F(FIONCLEX),
	F(FIOASYNC),   F(FICLONE),     F(FIGETBSZ),  F(FS_IOC_GETFLAGS),
	F(TIOCGPTLCK), F(TIOCGPTPEER), F(TIOCGSID),  F(TIOCPKT),
	F(TCFLSH),     F(TCXONC),      F(TCSBRK),    F(TCSBRKP),
	F(TIOCOUTQ),   F(TIOCSTI),     END
};
static const struct flag rlimits[] = { F(RLIMIT_CPU),
				       F(RLIMIT_FSIZE),
				       F(RLIMIT_DATA),
				       F(RLIMIT_STACK),
				       F(RLIMIT_CORE),
				       F(RLIMIT_RSS),
				       F(RLIMIT_NPROC),
				       F(RLIMIT_NOFILE),
				       F(RLIMIT_MEMLOCK),
				       F(RLIMIT_AS),
				       F(RLIMIT_LOCKS),
				       F(RLIMIT_SIGPENDING),
				       F(RLIMIT_MSGQUEUE),
				       F(RLIMIT_NICE),
				       F(RLIMIT_RTPRIO),
				       F(RLIMIT_RTTIME),
				       END };
static const struct flag futex_values[] = { F(FUTEX_WAIT),	     F(FUTEX_WAKE),
					    F(FUTEX_REQUEUE),	     F(FUTEX_CMP_REQUEUE),
					    F(FUTEX_WAKE_OP),	     F(FUTEX_LOCK_PI),
					    F(FUTEX_UNLOCK_PI),	     F(FUTEX_TRYLOCK_PI),
					    F(FUTEX_WAIT_BITSET),    F(FUTEX_WAKE_BITSET),
					    F(FUTEX_LOCK_PI2),	     F(FUTEX_WAIT_REQUEUE_PI),
					    F(FUTEX_CMP_REQUEUE_PI), END };
static const struct flag futex_flags[] = { F(FUTEX_PRIVATE_FLAG), F(FUTEX_CLOCK_REALTIME), END };
static const struct flag sigprocmasks[] = {
	{ 0, "SIG_BLOCK" }, { 1, "SIG_UNBLOCK" }, { 2, "SIG_SETMASK" }, END
};
static const struct flag prctls[] = {
	F(PR_SET_PDEATHSIG),   F(PR_GET_PDEATHSIG),    F(PR_GET_DUMPABLE),     F(PR_SET_DUMPABLE),
	F(PR_SET_KEEPCAPS),    F(PR_SET_NAME),	       F(PR_GET_NAME),	       F(PR_CAPBSET_READ),
	F(PR_CAPBSET_DROP),    F(PR_SET_NO_NEW_PRIVS), F(PR_GET_NO_NEW_PRIVS), F(PR_SET_SECCOMP),
	F(PR_SET_THP_DISABLE), F(PR_SET_VMA),	       F(PR_CAP_AMBIENT),      END
};
static const struct flag archs[] = { F(ARCH_SET_GS), F(ARCH_SET_FS), F(ARCH_GET_FS), F(ARCH_GET_GS),
				     END };
static const struct flag fallocate_flags[] = { F(FALLOC_FL_KEEP_SIZE),	    F(FALLOC_FL_PUNCH_HOLE),
					       F(FALLOC_FL_COLLAPSE_RANGE), F(FALLOC_FL_ZERO_RANGE),
					       F(FALLOC_FL_INSERT_RANGE),   END };
static const struct flag rename_flags[] = { F(RENAME_NOREPLACE), F(RENAME_EXCHANGE),
					    F(RENAME_WHITEOUT), END };
static const struct flag flock_values[] = {
	{ 1, "LOCK_SH" }, { 2, "LOCK_EX" }, { 8, "LOCK_UN" }, END
};
static const struct flag flock_flags[] = { { 4, "LOCK_NB" }, END };
static const struct flag clone_flags[] = { F(CLONE_VM),
					   F(CLONE_FS),
					   F(CLONE_FILES),
					   F(CLONE_SIGHAND),
					   F(CLONE_PIDFD),
					   F(CLONE_VFORK),
					   F(CLONE_THREAD),
					   F(CLONE_SYSVSEM),
					   F(CLONE_SETTLS),
					   F(CLONE_PARENT_SETTID),
					   F(CLONE_CHILD_CLEARTID),
					   F(CLONE_CHILD_SETTID),
					   END };
static const struct flag wait_flags[] = { F(WNOHANG),	 F(WUNTRACED), F(WEXITED),
					  F(WCONTINUED), F(WNOWAIT),   F(__WNOTHREAD),
					  F(__WCLONE),	 F(__WALL),    END };
static const struct flag mremap_flags[] = { F(MREMAP_MAYMOVE), F(MREMAP_FIXED), F(MREMAP_DONTUNMAP),
					    END };
static const struct flag random_flags[] = { F(GRND_NONBLOCK), F(GRND_RANDOM), F(GRND_INSECURE),
					    END };
static const struct flag msync_flags[] = { F(MS_ASYNC), F(MS_INVALIDATE), F(MS_SYNC), END };
static const struct flag fadvices[] = { { 0, "POSIX_FADV_NORMAL" },
					{ 1, "POSIX_FADV_RANDOM" },
					{ 2, "POSIX_FADV_SEQUENTIAL" },
					{ 3, "POSIX_FADV_WILLNEED" },
					{ 4, "POSIX_FADV_DONTNEED" },
					{ 5, "POSIX_FADV_NOREUSE" },
					END };

const struct flag_set flag_sets[FLAGS_COUNT] = {
	[FLAGS_OPEN] = { O_ACCMODE, open_values, open_flags },
	[FLAGS_PROT] = { 0, prot_values, prot_flags },
	[FLAGS_MAP] = { MAP_TYPE, map_values, map_flags },
	[FLAGS_AT] = { 0, at_values, at_flags },
	[FLAGS_WHENCE] = { ~0ull, whences, NULL },
	[FLAGS_CLOCK] = { ~0ull, clocks, NULL },
	[FLAGS_ADVICE] = { ~0ull, advices, NULL },
	[FLAGS_ACCESS] = { 0, access_values, access_flags },
	[FLAGS_FCNTL] = { ~0ull, fcntls, NULL },
	[FLAGS_IOCTL] = { ~0ull, ioctls, NULL },
	[FLAGS_RLIMIT] = { ~0ull, rlimits, NULL },
	[FLAGS_FUTEX] = { ~(uint64_t)(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME), futex_values,
			  futex_flags },
	[FLAGS_SIGPROCMASK] = { ~0ull, sigprocmasks, NULL },
	[FLAGS_PRCTL] = { ~0ull, prctls, NULL },
	[FLAGS_ARCH] = { ~0ull, archs, NULL },
	[FLAGS_FALLOCATE] = { 0, at_values, fallocate_flags },
	[FLAGS_RENAME] = { 0, at_values, rename_flags },
	[FLAGS_FLOCK] = { 11, flock_values, flock_flags },
	[FLAGS_CLONE] = { 0, at_values, clone_flags },
	[FLAGS_WAIT] = { 0, at_values, wait_flags },
	[FLAGS_MREMAP] = { 0, at_values, mremap_flags },
	[FLAGS_RANDOM] = { 0, at_values, random_flags },
	[FLAGS_MSYNC] = { 0, at_values, msync_flags },
	[FLAGS_FADVISE] = { ~0ull, fadvices, NULL },
};
