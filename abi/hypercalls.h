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

#include <stdint.h>

/*
 * X(NAME, number, args, tail, permission, host calls)
 *   args        struct hc_<args> starts the payload; `void` means none
 *   tail        what follows it: NONE, SEGMENTS, NAMES, HANDLES
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
	X(STREAM_READ, 8, stream_io, SEGMENTS, STREAMS, HOST_READV) \
	X(STREAM_WRITE, 9, stream_io, SEGMENTS, STREAMS, HOST_WRITEV) \
	X(STREAM_SEEK, 10, stream_seek, NONE, STREAMS, HOST_LSEEK) \
	X(STREAM_ATTR, 11, stream, NONE, STREAMS, HOST_FSTAT) \
	X(TTY_GET, 12, tty_get, NONE, STREAMS, HOST_TTY) \
	X(FS_WALK, 16, fs_walk, NAMES, FILES, HOST_WALK | HOST_FSTAT | HOST_REOPEN | HOST_CLOSE) \
	X(FS_READ, 17, fs_read, SEGMENTS, FILES, HOST_PREADV) \
	X(FS_READDIR, 18, fs_readdir, NONE, FILES, HOST_LSEEK | HOST_GETDENTS) \
	X(FS_READLINK, 19, fs_readlink, NONE, FILES, HOST_READLINK) \
	X(FS_ATTR, 20, fs_handle, NONE, FILES, HOST_FSTAT) \
	X(FS_STATFS, 21, fs_handle, NONE, FILES, HOST_STATFS) \
	X(FS_CLOSE, 22, fs_close, HANDLES, FILES, HOST_CLOSE) \
	X(FS_MAP, 23, fs_map, NONE, FILES, HOST_MAP | HOST_MEMSLOT) \
	X(FS_UNMAP, 24, fs_unmap, NONE, FILES, HOST_MAP)

#define HC_NUMBER(name, number, ...) HC_##name = (number),
enum hc_number { HYPERCALLS(HC_NUMBER) };
#undef HC_NUMBER

#define HC_NUMBER_MAX 40

/* Policy permissions, one bit each: what the rows above require. */
enum hc_permission {
	PERM_BASE = 1 << 0,    /* every VM: end, memory, time */
	PERM_STREAMS = 1 << 1, /* the caller's stdin, stdout, stderr */
	PERM_FILES = 1 << 2,   /* read granted files */
};

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
};

#define HC_PAYLOAD_MAX 4080 /* header and payload fill the page */

struct hc_request {
	uint32_t number; /* IN enum hc_number */
	uint32_t length; /* IN bytes of payload that are meant, 0 to HC_PAYLOAD_MAX */
	int64_t result;	 /* OUT >= 0, or -errno */
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
	HC_EXIT_STATUS,	  /* code: exit status 0 to 255 */
	HC_EXIT_SIGNAL,	  /* code: signal number 1 to 64 */
	HC_EXIT_NO_EXEC,  /* code: errno why the program could not be started */
	HC_EXIT_NO_MEMORY /* code 0: the program does not fit; SIGKILL: memory ran out later */
};

struct hc_exit {
	uint32_t kind; /* IN enum hc_exit_kind */
	uint32_t code; /* IN */
};

#define HC_PANIC_REGS 20

/* A bug of the runtime. Order of regs: rax rbx rcx rdx rsi rdi rbp r8-r15 rip rsp rflags cr2 vector */
struct hc_panic {
	uint64_t regs[HC_PANIC_REGS]; /* IN */
	char message[120];	      /* IN need not be NUL-terminated */
};

struct hc_mem_grow {
	uint64_t bytes; /* IN multiple of GUEST_HUGE_SIZE; result 0, -ENOMEM at the limit */
};

struct hc_clock_out {
	int64_t realtime_ns;  /* OUT CLOCK_REALTIME */
	int64_t monotonic_ns; /* OUT CLOCK_MONOTONIC */
};

/* Streams: the caller's descriptors 0, 1, 2. */
#define HC_STREAMS 3

struct hc_wait_stream {
	uint16_t events; /* IN POLLIN | POLLOUT | POLLPRI; 0: not waited for */
	uint16_t pad;
};

struct hc_wait {
	int64_t timeout_ns; /* IN relative; -1: no limit */
	struct hc_wait_stream stream[HC_STREAMS];
	uint32_t pad;
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
 * With HC_WALK_OPEN a final regular file or directory can also be read.
 * result: 0 when at least one name was walked or count is 0; else -errno of
 * the first. When the walk stopped by error after some names, `error` says it;
 * so it does when all names were walked but the last could not be opened.
 */
enum hc_walk_flags { HC_WALK_OPEN = 1 };

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
	uint32_t opened;     /* OUT 1: handle can be read (HC_WALK_OPEN was done) */
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

struct hc_fs_readdir {
	uint32_t handle; /* IN opened directory */
	uint32_t pad;
	uint64_t cookie; /* IN 0, or d_off of the last entry taken */
	struct hc_segment
		buffer; /* OUT struct linux_dirent64 records; result: bytes, 0 at the end */
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
 * FS_MAP: file pages appear, read-only, in the window. A store there and a touch
 * past the end of the file end the VM.
 */
struct hc_fs_map {
	uint32_t handle;      /* IN opened regular file */
	uint32_t pages;	      /* IN > 0 */
	uint64_t file_page;   /* IN first page of the file */
	uint64_t window_page; /* IN first page of the window; the range must lie in one chunk */
};

struct hc_fs_unmap {
	uint64_t window_page; /* IN */
	uint64_t pages;	      /* IN > 0, in one chunk */
};

#endif
