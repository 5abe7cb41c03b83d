// SPDX-License-Identifier: Apache-2.0
/*
 * Acts under a policy with a write grant: what the filter lets through then,
 * Landlock holds outside of that grant.
 */
#include "tests/jail/acts.h"

#include "tests/jail/scene.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KILLED	   ENDED_BY_SECCOMP
#define TEXT(text) ((long)(text))
#define REOPEN	   (O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
#define CREATE	   (O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
#define TEMPORARY  (O_RDWR | O_TMPFILE | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
#define FCHMODAT2  452 /* Linux 6.6 */

/* clang-format off */
const struct act write_acts[] = {
	{ "re-open a granted file to write", SYS_openat,
	  { ACT_SELF, ACT_FILE_PATH, REOPEN | O_WRONLY }, EACCES, EACCES, 1 },
	{ "the same, to read and write", SYS_openat,
	  { ACT_SELF, ACT_FILE_PATH, REOPEN | O_RDWR }, EACCES, EACCES, 1 },
	{ "re-open a file outside to write", SYS_openat,
	  { ACT_SELF, ACT_OUTSIDE_PATH, REOPEN | O_WRONLY }, EACCES, EACCES, 1 },
	{ "the monitor's own memory", SYS_openat,
	  { ACT_SELF, TEXT("/proc/self/mem"), REOPEN | O_RDWR }, EACCES, EACCES, 1 },
	{ "O_TRUNC", SYS_openat,
	  { ACT_SELF, ACT_WRITABLE_FILE_PATH, REOPEN | O_WRONLY | O_TRUNC }, KILLED, ACT_ANY, 0 },
	{ "O_APPEND", SYS_openat,
	  { ACT_SELF, ACT_WRITABLE_FILE_PATH, REOPEN | O_WRONLY | O_APPEND }, KILLED, 0, 0 },
	{ "open by a name", SYS_openat,
	  { ACT_WRITABLE, TEXT("file"), REOPEN | O_WRONLY }, KILLED, 0, 0 },
	{ "create in a read grant", SYS_openat,
	  { ACT_DIR, TEXT("new"), CREATE, 0600 }, EACCES, EACCES, 1 },
	{ "create outside", SYS_openat,
	  { ACT_DIR, ACT_NEW_OUTSIDE_PATH, CREATE, 0600 }, EACCES, EACCES, 1 },
	{ "create or open", SYS_openat,
	  { ACT_WRITABLE, TEXT("file"), CREATE & ~O_EXCL, 0600 }, KILLED, 0, 0 },
	{ "create with a set-user-id bit", SYS_openat,
	  { ACT_WRITABLE, TEXT("new"), CREATE, 04755 }, KILLED, ACT_ANY, 0 },
	{ "unnamed file in a read grant", SYS_openat,
	  { ACT_DIR, TEXT("."), TEMPORARY, 0600 }, EACCES, EACCES, 1 },
	{ "unnamed file with a set-id bit", SYS_openat,
	  { ACT_WRITABLE, TEXT("."), TEMPORARY, 02755 }, KILLED, ACT_ANY, 0 },
	{ "truncate by name", SYS_truncate,
	  { ACT_OUTSIDE_PATH, 1 }, KILLED, EACCES, 3 },
	{ "mkdirat outside", SYS_mkdirat,
	  { ACT_DIR, ACT_NEW_OUTSIDE_PATH, 0700 }, EACCES, EACCES, 1 },
	{ "mkdirat in a read grant", SYS_mkdirat,
	  { ACT_DIR, TEXT("new"), 0700 }, EACCES, EACCES, 1 },
	{ "mkdirat with a set-group-id bit", SYS_mkdirat,
	  { ACT_DIR, TEXT("new"), 02755 }, KILLED, EACCES, 1 },
	{ "symlinkat in a read grant", SYS_symlinkat,
	  { TEXT("/etc"), ACT_DIR, TEXT("new") }, EACCES, EACCES, 1 },
	{ "mknodat, a device", SYS_mknodat,
	  { ACT_WRITABLE, TEXT("new"), S_IFCHR | 0600, 0x103 }, KILLED, EACCES, 1 },
	{ "mknodat, a FIFO", SYS_mknodat,
	  { ACT_WRITABLE, TEXT("new"), S_IFIFO | 0600 }, KILLED, EACCES, 1 },
	{ "mknodat, a socket", SYS_mknodat,
	  { ACT_WRITABLE, TEXT("new"), S_IFSOCK | 0600 }, KILLED, EACCES, 1 },
	{ "mknodat, a disk", SYS_mknodat,
	  { ACT_WRITABLE, TEXT("new"), S_IFBLK | 0600, 0x700 }, KILLED, EACCES, 1 },
	{ "unlinkat in a read grant", SYS_unlinkat,
	  { ACT_DIR, TEXT("link"), 0 }, EACCES, EACCES, 1 },
	{ "unlinkat outside", SYS_unlinkat,
	  { ACT_DIR, ACT_OUTSIDE_PATH, 0 }, EACCES, EACCES, 1 },
	{ "rmdir in a read grant", SYS_unlinkat,
	  { ACT_DIR, TEXT("sub"), AT_REMOVEDIR }, EACCES, EACCES, 1 },
	{ "rename out of a read grant", SYS_renameat2,
	  { ACT_DIR, TEXT("file"), ACT_WRITABLE, TEXT("new"), 0 }, EACCES, EACCES, 2 },
	{ "rename a file from outside", SYS_renameat2,
	  { ACT_DIR, ACT_OUTSIDE_PATH, ACT_WRITABLE, TEXT("new"), 0 }, EACCES, EACCES, 2 },
	{ "rename into a read grant", SYS_renameat2,
	  { ACT_WRITABLE, TEXT("file"), ACT_DIR, TEXT("new"), 0 }, EACCES, EACCES, 2 },
	{ "exchange with a read grant", SYS_renameat2,
	  { ACT_WRITABLE, TEXT("file"), ACT_DIR, TEXT("file"), 2 }, EACCES, EACCES, 2 },
	{ "rename a FIFO", SYS_renameat2,
	  { ACT_WRITABLE, TEXT("fifo"), ACT_WRITABLE, TEXT("new"), 0 }, EACCES, EACCES, 1 },
	{ "rename that leaves a whiteout", SYS_renameat2,
	  { ACT_WRITABLE, TEXT("fifo"), ACT_WRITABLE, TEXT("new"), 4 }, KILLED, ACT_ANY, 0 },
	{ "renameat", SYS_renameat,
	  { ACT_DIR, TEXT("file"), ACT_WRITABLE, TEXT("new") }, KILLED, EACCES, 2 },
	{ "link a granted file", SYS_linkat,
	  { ACT_SELF, ACT_FILE_PATH, ACT_WRITABLE, TEXT("new"), AT_SYMLINK_FOLLOW },
	  EXDEV, EXDEV, 2 },
	{ "link a file outside", SYS_linkat,
	  { ACT_SELF, ACT_OUTSIDE_PATH, ACT_WRITABLE, TEXT("new"), AT_SYMLINK_FOLLOW },
	  EXDEV, EXDEV, 2 },
	{ "linkat by a name", SYS_linkat,
	  { ACT_DIR, TEXT("file"), ACT_WRITABLE, TEXT("new"), AT_SYMLINK_FOLLOW },
	  KILLED, EXDEV, 2 },
	{ "linkat that does not follow", SYS_linkat,
	  { ACT_SELF, ACT_WRITABLE_FILE_PATH, ACT_WRITABLE, TEXT("new"), AT_EMPTY_PATH },
	  KILLED, ACT_ANY, 0 },
	{ "fchmod of what is not open", SYS_fchmod,
	  { ACT_FILE, 0600 }, EBADF, EBADF, 1 },
	{ "fchmod, set-user-id", SYS_fchmod, { ACT_FILE, 04755 }, KILLED, EBADF, 0 },
	{ "fchown of what is not open", SYS_fchown,
	  { ACT_FILE, -1, -1 }, EBADF, EBADF, 1 },
	{ "fchmodat", SYS_fchmodat,
	  { ACT_SELF, ACT_OUTSIDE_PATH, 0644 }, KILLED, 0, 0 },
	{ "fchmodat2", FCHMODAT2,
	  { ACT_FILE, TEXT(""), 0644, AT_EMPTY_PATH }, KILLED, ACT_ANY, 0 },
	{ "fchownat", SYS_fchownat,
	  { ACT_FILE, TEXT(""), -1, -1, AT_EMPTY_PATH }, KILLED, 0, 0 },
	{ "setxattr", SYS_setxattr,
	  { ACT_FILE_PATH, TEXT("user.x"), ACT_BUFFER, 1, 0 }, KILLED, ACT_ANY, 0 },
	{ "fsetxattr of what is not open", SYS_fsetxattr,
	  { ACT_FILE, TEXT("user.x"), ACT_BUFFER, 1, 0 }, EBADF, EBADF, 1 },
	{ "utimensat by name", SYS_utimensat,
	  { ACT_DIR, ACT_OUTSIDE_PATH, ACT_BUFFER, 0 }, KILLED, 0, 0 },
	{ "times of a file outside, which no layer holds", SYS_utimensat,
	  { ACT_DIR, ACT_OUTSIDE_PATH, ACT_BUFFER, AT_EMPTY_PATH }, 0, 0, 0 },
	{ "pwrite64", SYS_pwrite64, { 1, ACT_BUFFER, 1, 0 }, KILLED, ACT_ANY, 0 },
	{ "pwritev2 to a stream", SYS_pwritev2,
	  { 1, ACT_IOVEC, 1, 0, 0, 0 }, KILLED, ACT_ANY, 0 },
	{ "pwritev2 with other flags", SYS_pwritev2,
	  { ACT_FILE, ACT_IOVEC, 1, 0, 0, 1 }, KILLED, EBADF, 0 },
	{ "copy_file_range", SYS_copy_file_range,
	  { ACT_FILE, 0, ACT_FILE, 0, 1, 0 }, KILLED, EBADF, 0 },
	{ "execve", SYS_execve, { TEXT("/bin/true") }, KILLED, EACCES, 1 },
	{ "socket", SYS_socket, { AF_UNIX, SOCK_STREAM, 0 }, KILLED, 0, 0 },
	{ "mprotect", SYS_mprotect,
	  { ACT_BUFFER, 4096, PROT_READ | PROT_EXEC }, KILLED, ACT_ANY, 0 },
};
/* clang-format on */

const size_t write_act_count = sizeof(write_acts) / sizeof(write_acts[0]);
