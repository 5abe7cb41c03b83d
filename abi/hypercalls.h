/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hypercalls: all that a guest can ask of the host. One row each; the
 * dispatcher, the seccomp compiler and the tests are made from the table.
 *
 * Calling: write a struct hc_request into the vCPU's hypercall page, then
 * store anything to the doorbell. The monitor copies the request once, checks
 * it in full, acts, and writes `result` and the row's OUT struct (at the start
 * of payload) back. A malformed request ends the VM; a refused or failed one
 * returns a negative errno.
 *
 * IN and OUT mark direction as the guest sees it. A gpa is a guest physical
 * address; the host never follows one except through gm_range() (I2).
 */
#ifndef ABI_HYPERCALLS_H
#define ABI_HYPERCALLS_H

#include "abi/outside.h"

#include <stdint.h>

/*
 * X(NAME, number, args, tail, permission, host calls)
 *   args        struct hc_<args> starts the payload; `void` means none
 *   tail        what follows it: NONE, SEGMENTS, NAMES, TEXTS, HANDLES
 *   permission  policy bit without which the call answers -EPERM
 *   host calls  HOST_* bits: what its service asks of the host kernel; the
 *               seccomp filter of a run is the union over the granted rows
 */
#define HYPERCALLS(X) \
	X(EXIT, 0, exit, NONE, BASE, HOST_NONE) \
	X(PANIC, 1, panic, NONE, BASE, HOST_NONE) \
	X(MEM_GROW, 2, mem_grow, NONE, BASE, HOST_MEMSLOT) \
	X(CLOCK, 3, void, NONE, BASE, HOST_CLOCK) \
	X(WAIT, 4, wait, NONE, BASE, HOST_POLL) \
	X(MEM_GIVE, 5, mem_give, SEGMENTS, BASE, HOST_GIVE) \
	X(TIMER, 6, timer, NONE, BASE, HOST_TIMER) \
	X(STREAM_READ, 8, stream_io, SEGMENTS, STREAMS, HOST_READV) \
	X(STREAM_WRITE, 9, stream_io, SEGMENTS, STREAMS, HOST_WRITEV) \
	X(STREAM_SEEK, 10, stream_seek, NONE, STREAMS, HOST_SEEK) \
	X(STREAM_ATTR, 11, stream, NONE, STREAMS, HOST_FSTAT) \
	X(TTY_GET, 12, tty_get, NONE, STREAMS, HOST_TTY) \
	X(FS_WALK, 16, fs_walk, NAMES, FILES, HOST_FSTAT) \
	X(FS_READ, 17, fs_read, SEGMENTS, FILES, HOST_PREADV) \
	X(FS_READDIR, 18, fs_readdir, NONE, TREES, HOST_LSEEK | HOST_GETDENTS) \
	X(FS_READLINK, 19, fs_readlink, NONE, TREES, HOST_READLINK) \
	X(FS_ATTR, 20, fs_handle, NONE, FILES, HOST_FSTAT) \
	X(FS_STATFS, 21, fs_handle, NONE, FILES, HOST_STATFS) \
	X(FS_CLOSE, 22, fs_close, HANDLES, FILES, HOST_NONE) \
	X(FS_MAP, 23, fs_map, NONE, FILES, HOST_MAP | HOST_MEMSLOT | HOST_FSTAT) \
	X(FS_UNMAP, 24, fs_unmap, NONE, FILES, HOST_MAP) \
	X(FS_LOAD, 25, fs_load, NAMES, TREES, \
	  HOST_WALK | HOST_FSTAT | HOST_STATFS | HOST_REOPEN | HOST_PREADV | HOST_CLOSE) \
	X(FS_SEEK, 26, fs_seek, NONE, FILES, HOST_LSEEK) \
	X(FS_XATTR_GET, 27, fs_xattr_get, TEXTS, FILES, HOST_XATTR_GET) \
	X(FS_WRITE, 28, fs_write, SEGMENTS, WRITE, \
	  HOST_PWRITEV | HOST_REOPEN | HOST_REOPEN_WRITE | HOST_MAP_SHARED | HOST_CLOSE) \
	X(FS_CREATE, 29, fs_create, NAMES, NAMES, \
	  HOST_CREATE | HOST_WALK | HOST_FSTAT | HOST_CLOSE) \
	X(FS_REMOVE, 30, fs_remove, NAMES, NAMES, \
	  HOST_REMOVE | HOST_WALK | HOST_FSTAT | HOST_CLOSE) \
	X(FS_RENAME, 31, fs_rename, NAMES, NAMES, \
	  HOST_RENAME | HOST_WALK | HOST_FSTAT | HOST_CLOSE) \
	X(FS_LINK, 32, fs_link, NAMES, NAMES, HOST_LINK | HOST_FSTAT) \
	X(FS_SET_ATTR, 33, fs_set_attr, NONE, WRITE, HOST_SET_ATTR) \
	X(FS_ALLOCATE, 34, fs_allocate, NONE, WRITE, HOST_ALLOCATE) \
	X(FS_SYNC, 35, fs_sync, NONE, WRITE, HOST_SYNC) \
	X(FS_XATTR_SET, 36, fs_xattr_set, TEXTS, WRITE, HOST_XATTR_SET)

#define HC_NUMBER(name, number, ...) HC_##name = (number),
enum hc_number { HYPERCALLS(HC_NUMBER) };
#undef HC_NUMBER

#define HC_NUMBER_MAX 40

/* Policy permissions, one bit each: what the rows above require. */
enum hc_permission {
	PERM_BASE = 1 << 0,    /* every VM: end, memory, time */
	PERM_STREAMS = 1 << 1, /* the caller's stdin, stdout, stderr */
	PERM_FILES = 1 << 2,   /* read granted files */
	PERM_WRITE = 1 << 3,   /* change those granted for writing */
	PERM_TREES = 1 << 4,   /* a directory is granted: what lies below it */
	PERM_NAMES = 1 << 5,   /* one is granted for writing: make, remove and rename there */
};

/*
 * Without any of these no file is opened while the guest runs: what is granted
 * are single files to be read, and they are open before it starts.
 */
#define PERM_OPENS (PERM_TREES | PERM_WRITE)

/* Host services, one bit each; hv/jail/host-calls.c says which system calls each is. */
enum hc_host {
	HOST_NONE = 0,
	HOST_MEMSLOT = 1 << 0,
	HOST_CLOCK = 1 << 1,
	HOST_POLL = 1 << 2,
	HOST_READV = 1 << 3,
	HOST_WRITEV = 1 << 4,
	HOST_LSEEK = 1 << 5,
	HOST_FSTAT = 1 << 6,
	HOST_TTY = 1 << 7,
	HOST_WALK = 1 << 8,
	HOST_REOPEN = 1 << 9,
	HOST_PREADV = 1 << 10,
	HOST_GETDENTS = 1 << 11,
	HOST_READLINK = 1 << 12,
	HOST_STATFS = 1 << 13,
	HOST_CLOSE = 1 << 14,
	HOST_MAP = 1 << 15,
	HOST_GIVE = 1 << 16,
	HOST_XATTR_GET = 1 << 17,
	HOST_PWRITEV = 1 << 18,
	HOST_CREATE = 1 << 19,
	HOST_REMOVE = 1 << 20,
	HOST_RENAME = 1 << 21,
	HOST_LINK = 1 << 22,
	HOST_SET_ATTR = 1 << 23,
	HOST_ALLOCATE = 1 << 24,
	HOST_SYNC = 1 << 25,
	HOST_XATTR_SET = 1 << 26,
	HOST_REOPEN_WRITE = 1 << 27,
	HOST_MAP_SHARED = 1 << 28, /* FS_MAP with HC_MAP_SHARED */
	HOST_TIMER = 1 << 29,
	HOST_SEEK = 1 << 30, /* STREAM_SEEK */
};

#define HC_PAYLOAD_MAX 4072 /* header and payload fill the page */

struct hc_request {
	uint32_t number;  /* IN enum hc_number */
	uint32_t length;  /* IN bytes of payload that are meant, 0 to HC_PAYLOAD_MAX */
	int64_t result;	  /* OUT >= 0, or -errno */
	uint64_t outside; /* OUT HC_OUTSIDE_* of abi/outside.h */
	uint8_t payload[HC_PAYLOAD_MAX];
};

_Static_assert(sizeof(struct hc_request) == 4096, "one page");

/* A run of guest physical memory that lies in one memslot. */
struct hc_segment {
	uint64_t gpa;
	uint64_t length; /* bytes, > 0 */
};

#define HC_SEGMENTS_MAX 128
#define HC_NAMES_MAX	64  /* components in one FS_WALK */
#define HC_NAME_MAX	255 /* bytes of a component, without NUL */
#define HC_CLOSE_MAX	256
#define HC_IO_MAX	0x7ffff000 /* bytes in one transfer, Linux's own limit */

/* File attributes, as stat(2) has them. Times are ns since the epoch. */
struct hc_attr {
	uint64_t dev, ino, rdev;
	uint32_t mode, nlink, uid, gid;
	int64_t size, blocks; /* bytes; units of 512 bytes */
	int64_t blksize;
	int64_t atime_ns, mtime_ns, ctime_ns;
};

enum hc_exit_kind {
	HC_EXIT_STATUS,	   /* code: exit status 0 to 255 */
	HC_EXIT_SIGNAL,	   /* code: signal number 1 to 64 */
	HC_EXIT_NO_EXEC,   /* code: errno why the program could not be started */
	HC_EXIT_NO_MEMORY, /* code 0: the program does not fit; SIGKILL: memory ran out later */
	HC_EXIT_DENIED,	   /* code 0: a forbidden act, and the policy kills for it */
};

struct hc_exit {
	uint32_t kind; /* IN enum hc_exit_kind */
	uint32_t code; /* IN */
};

#define HC_PANIC_REGS 20

/* A bug of the runtime. regs: rax rbx rcx rdx rsi rdi rbp r8-r15 rip rsp rflags cr2 vector */
struct hc_panic {
	uint64_t regs[HC_PANIC_REGS]; /* IN */
	char message[120];	      /* IN need not be NUL-terminated */
};

struct hc_mem_grow {
	uint64_t bytes; /* IN multiple of GUEST_HUGE_SIZE; result 0, -ENOMEM at the limit */
};

/* MEM_GIVE: whole pages of RAM whose content is not needed any more; they read as zeros later. */
struct hc_mem_give {
	uint32_t pad;
	uint32_t count; /* IN segments that follow; result 0 */
};

/*
 * TIMER: when the time is over, and a program of the guest runs (ring 3, below
 * GUEST_USER_END) then or later, event 2 interrupts it; again and again, until
 * the next TIMER. For a guest whose program makes no system call.
 */
struct hc_timer {
	int64_t after_ns; /* IN > 0; 0: no more events */
};

struct hc_clock_out {
	int64_t realtime_ns;  /* OUT CLOCK_REALTIME */
	int64_t monotonic_ns; /* OUT CLOCK_MONOTONIC */
};

/* Streams: the caller's descriptors 0, 1, 2. */
#define HC_STREAMS 3

/* What STREAM_WRITE also takes, when the run has it (boot block, outputs): write-only. */
enum hc_output {
	HC_OUTPUT_SAVE = 3,  /* --save-changes */
	HC_OUTPUT_TRACE = 4, /* --trace */
	HC_OUTPUT_NOTES = 5, /* records of abi/note.h, to the launcher */
};

#define HC_OUTPUTS_END 6

struct hc_wait_stream {
	uint16_t events; /* IN POLLIN | POLLOUT | POLLPRI; 0: not waited for */
	uint16_t pad;
};

/*
 * STOPPED: a signal has stopped the first process, and nothing else is to go
 * on: sandbox-run stops, too, before it waits. It goes on with SIGCONT, which
 * is then set in request.outside. EAGAIN: something is set there already, and
 * sandbox-run has not heard of the stop.
 */
enum hc_wait_flags { HC_WAIT_STOPPED = 1 };

struct hc_wait {
	int64_t timeout_ns; /* IN relative; -1: no limit */
	struct hc_wait_stream stream[HC_STREAMS];
	uint32_t flags; /* IN enum hc_wait_flags */
};

struct hc_wait_out {
	uint16_t revents[HC_STREAMS]; /* OUT result: number of streams with events */
	uint16_t pad;
};

struct hc_stream {
	uint32_t stream; /* IN 0 to 2 */
	uint32_t pad;
};

struct hc_stream_io {
	uint32_t stream; /* IN */
	uint32_t count;	 /* IN segments that follow, 1 to HC_SEGMENTS_MAX; result: bytes */
};

struct hc_stream_seek {
	uint32_t stream; /* IN */
	uint32_t whence; /* IN SEEK_SET 0, SEEK_CUR 1, SEEK_END 2 */
	int64_t offset;	 /* IN; result: new offset */
};

/* With --tty the window's size is that of the caller's terminal, whichever stream is named. */
enum hc_tty_what { HC_TTY_TERMIOS, HC_TTY_WINSIZE };

struct hc_tty_get {
	uint32_t stream; /* IN */
	uint32_t what; /* IN enum hc_tty_what; OUT struct termios (kernel's, 36 bytes) or winsize */
};

#define HC_TTY_OUT 64

/*
 * FS_WALK: from `handle`, look up each name in turn without following
 * symbolic links; stop after `count` names, at a non-directory that is not the
 * last, at a symbolic link, or at an error. Each name in the tail is a length
 * byte (1 to 255) and that many bytes: no NUL, no '/', not "." and not "..".
 * With HC_WALK_OPEN a final regular file or directory can also be read, with
 * HC_WALK_WRITE a regular file below a write grant can be written; with both,
 * both. EROFS when the grant does not allow it.
 * result: 0 when at least one name was walked or count is 0; else -errno of
 * the first. When the walk stopped by error after some names, `error` says it;
 * so it does when all names were walked but the last could not be opened.
 */
enum hc_walk_flags { HC_WALK_OPEN = 1, HC_WALK_WRITE = 2 };

struct hc_fs_walk {
	uint32_t handle; /* IN */
	uint32_t flags;	 /* IN enum hc_walk_flags */
	uint32_t count;	 /* IN names that follow, 0 (a copy of handle) to HC_NAMES_MAX */
	uint32_t pad;
};

struct hc_fs_walk_out {
	uint32_t walked;     /* OUT names walked */
	uint32_t handle;     /* OUT handle of the last object walked to, to be closed */
	int32_t error;	     /* OUT 0 or errno of the name after `walked`, or of the opening */
	uint32_t opened;     /* OUT 1: handle was opened as the flags asked */
	struct hc_attr attr; /* OUT of handle */
};

struct hc_fs_handle {
	uint32_t handle; /* IN */
	uint32_t pad;
};

struct hc_fs_read {
	uint32_t handle; /* IN opened regular file */
	uint32_t count;	 /* IN segments that follow; result: bytes, 0 at the end */
	int64_t offset;	 /* IN >= 0 */
};

/*
 * As many entries as fit: room for another of HC_DIRENT_MAX bytes is left only
 * at the end of the directory.
 */
#define HC_DIRENT_MAX 280 /* bytes of a struct linux_dirent64 with a name of HC_NAME_MAX */

struct hc_fs_readdir {
	uint32_t handle; /* IN opened directory */
	uint32_t pad;
	uint64_t cookie; /* IN 0, or d_off of the last entry taken */
	/* OUT struct linux_dirent64 records; result: bytes, 0 at the end. */
	struct hc_segment buffer;
};

struct hc_fs_readlink {
	uint32_t handle; /* IN of a symbolic link */
	uint32_t pad;
	struct hc_segment buffer; /* OUT; result: bytes, not NUL-terminated */
};

struct hc_fs_statfs_out {
	uint64_t type, bsize, blocks, bfree, bavail, files, ffree, namelen, frsize, flags;
};

struct hc_fs_close {
	uint32_t count; /* IN uint32_t handles that follow, 1 to HC_CLOSE_MAX */
	uint32_t pad;
};

/*
 * FS_MAP: file pages appear in the window, read-only; or with HC_MAP_SHARED,
 * of a handle opened for writing, in the shared window, where stores reach the
 * file. A store into the read-only one ends the VM. A touch past the end of
 * the file (which the host may have truncated) is an event, vector 2, at the
 * instruction that touches: the runtime then asks for the files' sizes and
 * unmaps what is past them. Two such events without a hypercall between them
 * end the VM. Pages that are not mapped read as zeros and cannot be written.
 */
enum hc_map_flags { HC_MAP_SHARED = 1 };

struct hc_fs_map {
	uint32_t handle;      /* IN opened regular file */
	uint32_t pages;	      /* IN > 0 */
	uint64_t file_page;   /* IN first page of the file */
	uint64_t window_page; /* IN first page of the window; the range must lie in one chunk */
	uint32_t flags;	      /* IN enum hc_map_flags */
	uint32_t pad;
};

struct hc_fs_unmap {
	uint64_t window_page; /* IN */
	uint64_t pages;	      /* IN > 0, in one chunk */
	uint32_t flags;	      /* IN HC_MAP_SHARED: of the shared window */
	uint32_t pad;
};

/*
 * FS_LOAD: many small files of one directory in one call. For each name, in
 * order, a struct hc_load_entry at the start of the buffer; the first bytes of
 * the regular files that can be read follow, each at a multiple of
 * HC_LOAD_ALIGN. The buffer lies in RAM and has room for all entries. A file
 * whose bytes do not fit behind others' ends the call before it.
 * result: names done.
 */
#define HC_LOAD_ALIGN 64

struct hc_fs_load {
	uint32_t handle; /* IN of a directory */
	uint32_t bytes;	 /* IN the most that is read of one file; 0: nothing is opened */
	uint32_t count;	 /* IN names that follow, 1 to HC_NAMES_MAX */
	uint32_t pad;
	struct hc_segment buffer; /* OUT */
};

struct hc_load_entry {
	int32_t error;	     /* OUT 0, or errno: there is no such name, or it could not be read */
	uint32_t opened;     /* OUT 1: a regular file that could be read: start and length count */
	uint32_t start;	     /* OUT of the content, from the start of the buffer */
	uint32_t length;     /* OUT bytes of content; less than attr.size when there was no room */
	struct hc_attr attr; /* OUT, when error is 0 */
};

enum hc_seek_whence { HC_SEEK_DATA = 3, HC_SEEK_HOLE = 4 };

struct hc_fs_seek {
	uint32_t handle; /* IN opened regular file */
	uint32_t whence; /* IN enum hc_seek_whence */
	int64_t offset;	 /* IN >= 0; result: offset found, -ENXIO */
};

/*
 * One name: that attribute's value; none: the list of names. As fgetxattr(2),
 * flistxattr(2). The name is a text: as FS_WALK's, of any bytes but NUL.
 */
struct hc_fs_xattr_get {
	uint32_t handle; /* IN opened */
	uint32_t pad;
	uint32_t count; /* IN names that follow, 0 or 1 */
	uint32_t pad2;
	struct hc_segment buffer; /* OUT; length 0: only the size is asked; result: bytes */
};

/* The rows below need a handle that came from a write grant: EROFS for others. */

struct hc_fs_write {
	uint32_t handle; /* IN opened for writing */
	uint32_t count;	 /* IN segments that follow; result: bytes */
	int64_t offset;	 /* IN >= 0; -1: append */
};

#define HC_MODE_MAX 01777 /* of what the guest creates or changes: no set-id bits */

enum hc_create_kind {
	HC_CREATE_FILE,	     /* must not exist; opened for reading and writing */
	HC_CREATE_DIRECTORY, /* mode counts */
	HC_CREATE_SYMLINK,   /* target counts */
	HC_CREATE_TEMPORARY, /* O_TMPFILE: no name; opened for reading and writing */
};

/* OUT struct hc_fs_walk_out: walked 1, the new object's handle and attributes. */
struct hc_fs_create {
	uint32_t handle;	  /* IN of a directory */
	uint32_t kind;		  /* IN enum hc_create_kind */
	uint32_t count;		  /* IN names that follow: 1, or 0 for HC_CREATE_TEMPORARY */
	uint32_t mode;		  /* IN 0 to HC_MODE_MAX; umask is the guest's to apply */
	struct hc_segment target; /* IN of a symbolic link: 1 to 4095 bytes without NUL */
};

struct hc_fs_remove {
	uint32_t handle;    /* IN of a directory */
	uint32_t directory; /* IN 1: rmdir, 0: unlink */
	uint32_t count;	    /* IN 1 name follows */
	uint32_t pad;
};

struct hc_fs_rename {
	uint32_t handle;    /* IN directory of the first name */
	uint32_t to_handle; /* IN directory of the second */
	uint32_t count;	    /* IN 2 names follow */
	uint32_t flags;	    /* IN RENAME_NOREPLACE 1, RENAME_EXCHANGE 2 */
};

struct hc_fs_link {
	uint32_t handle; /* IN directory of the new name */
	uint32_t object; /* IN handle of what gets it: no directory, from a write grant too */
	uint32_t count;	 /* IN 1 name follows */
	uint32_t pad;
};

#define HC_TIME_NOW INT64_MIN /* the host's present time; who may write may set it, as UTIME_NOW */

enum hc_set_what {
	HC_SET_MODE = 1,
	HC_SET_OWNER = 2,
	HC_SET_ATIME = 4,
	HC_SET_MTIME = 8,
	HC_SET_SIZE = 16, /* needs a handle opened for writing */
};

struct hc_fs_set_attr {
	uint32_t handle;   /* IN opened; for times alone, any */
	uint32_t what;	   /* IN enum hc_set_what, at least one */
	uint32_t mode;	   /* IN 0 to HC_MODE_MAX */
	uint32_t uid, gid; /* IN -1: as it is */
	uint32_t pad;
	int64_t size;		    /* IN >= 0 */
	int64_t atime_ns, mtime_ns; /* IN since the epoch, or HC_TIME_NOW */
};

struct hc_fs_allocate {
	uint32_t handle; /* IN opened for writing */
	uint32_t mode; /* IN FALLOC_FL_*; what the host's file system does not know is EOPNOTSUPP */
	int64_t offset, length; /* IN >= 0, > 0 */
};

struct hc_fs_sync {
	uint32_t handle; /* IN opened */
	uint32_t data;	 /* IN 1: fdatasync, 0: fsync */
};

enum hc_xattr_flags { HC_XATTR_CREATE = 1, HC_XATTR_REPLACE = 2, HC_XATTR_REMOVE = 4 };

struct hc_fs_xattr_set {
	uint32_t handle; /* IN opened */
	uint32_t flags;	 /* IN enum hc_xattr_flags */
	uint32_t count;	 /* IN 1 name follows, a text */
	uint32_t pad;
	struct hc_segment value; /* IN; length 0: an empty one */
};

#endif
