/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boot block: everything the runtime learns about its run, written by the
 * monitor at GUEST_RAM_GPA before the first instruction. Read-only by custom:
 * the monitor never looks at it again.
 *
 * Strings are NUL-terminated bytes at offsets from the start of the block.
 */
#ifndef ABI_BOOT_H
#define ABI_BOOT_H

#include "abi/hypercalls.h"

#include <stdint.h>

#define BOOT_MAGIC 0x31544f4f42524753ull /* "SGRBOOT1" */
#define BOOT_SEED  64

enum boot_mount_kind {
	BOOT_MOUNT_HOST,    /* a host file or directory behind handle; BOOT_MOUNT_WRITABLE */
	BOOT_MOUNT_OVERLAY, /* a host directory behind handle, below; changes stay in the VM */
	BOOT_MOUNT_TMPFS,   /* empty private directory */
	BOOT_MOUNT_SYMLINK, /* a symbolic link holding target */
	BOOT_MOUNT_DEV,	    /* device files */
	BOOT_MOUNT_PROC,    /* what programs read of procfs */
	BOOT_MOUNT_SYS,	    /* what programs read of sysfs and cgroup2 */
	BOOT_MOUNT_NOTHING, /* --deny: the name does not exist, whatever is below it */
};

enum boot_mount_flags { BOOT_MOUNT_WRITABLE = 1 };

struct boot_mount {
	uint32_t kind;	 /* enum boot_mount_kind */
	uint32_t handle; /* BOOT_MOUNT_HOST, BOOT_MOUNT_OVERLAY: file handle, never to be closed */
	uint32_t path;	 /* offset: absolute guest path, no ".", "..", "//" */
	uint32_t target; /* offset: BOOT_MOUNT_SYMLINK */
	uint32_t mode;	 /* with a handle: st_mode of the granted object */
	uint32_t flags;	 /* enum boot_mount_flags */
};

/*
 * The answer to the FS_WALK with HC_WALK_OPEN that finds the program, so that
 * its start does not leave the VM for it. The handle is the runtime's, whether
 * it uses the answer or not.
 */
struct boot_walk {
	uint32_t answered; /* 0: nothing below counts */
	uint32_t handle;   /* IN of the walk */
	uint32_t path;	   /* offset: the names, with "/" between them */
	uint32_t pad;
	struct hc_fs_walk_out reply;
};

/*
 * --tty: stdin, stdout and stderr of the first process are the slave of a
 * pseudo terminal that the runtime makes, and that is the controlling terminal
 * of the session which the first process leads. The runtime is its master: what
 * stream 0 gives (the caller's terminal sends each byte as it is typed) goes to
 * the line, what the line puts out goes to stream 1, which a program never
 * reaches otherwise.
 *
 * HC_OUTSIDE_INPUT says that stream 0 has something, so that Ctrl-C reaches a
 * program that computes; when the line is full the rest stays in the stream.
 * When stream 0 ends: with BOOT_TTY_INPUT the terminal hangs up, without it
 * VEOF comes, as script(1) has it. SIGWINCH in request.outside, of either kind,
 * means that the size is to be asked again (TTY_GET) and changes as by
 * TIOCSWINSZ; no process gets that signal itself.
 */
enum boot_tty_flags {
	BOOT_TTY = 1,	      /* the run has --tty; else nothing of struct boot_tty counts */
	BOOT_TTY_INPUT = 2,   /* stream 0 comes from the caller's terminal */
	BOOT_TTY_TERMIOS = 4, /* termios is that of the caller's terminal; else the usual one */
};

#define BOOT_TERMIOS 36 /* bytes of the kernel's struct termios */

struct boot_tty {
	uint32_t flags;		/* enum boot_tty_flags */
	uint16_t rows, columns; /* never 0 */
	uint8_t termios[BOOT_TERMIOS];
};

/* What CPUID answers, as struct kvm_cpuid_entry2 has it. */
struct boot_cpuid {
	uint32_t leaf, subleaf;
	uint32_t subleaf_counts; /* 0: the answer is the same for all */
	uint32_t eax, ebx, ecx, edx;
};

struct boot_block {
	uint64_t magic;
	uint64_t size;	      /* bytes of this block with all it points to */
	uint64_t ram_bytes;   /* RAM backed now, from GUEST_RAM_GPA */
	uint64_t ram_limit;   /* RAM that HC_MEM_GROW may reach */
	uint64_t tsc_khz;     /* guest RDTSC frequency; 0: unknown, ask HC_CLOCK each time */
	int64_t realtime_ns;  /* CLOCK_REALTIME when the block was written */
	uint64_t xcr0;	      /* state components of XSAVE; 0: there is only FXSAVE */
	uint32_t xsave_bytes; /* of XSAVE's area with all of them */
	uint32_t features;    /* CPUID leaf 1, EDX */
	uint8_t seed[BOOT_SEED];
	uint32_t uid, gid;
	uint32_t group_count;
	uint32_t groups; /* offset: uint32_t[group_count] */
	uint32_t argc;
	uint32_t argv; /* offset: argc strings, one after the other */
	uint32_t envc;
	uint32_t envp;	  /* offset: envc strings, one after the other */
	uint32_t program; /* offset: absolute guest path of the file to execute */
	uint32_t name; /* offset: what the program learns as its path, AT_EXECFN; maybe relative */
	uint32_t workdir; /* offset: absolute guest path */
	uint32_t mount_count;
	uint32_t mounts; /* offset: struct boot_mount[mount_count] */
	struct boot_walk walk;
	uint32_t cpus;
	/* Bit i: stream i (0 to 2) was open in the caller, or output i is there. */
	uint32_t streams;
	uint64_t open_files;	  /* RLIMIT_NOFILE that the program sees */
	uint64_t file_size[2];	  /* RLIMIT_FSIZE that it sees, soft and hard */
	uint64_t disk;		  /* bytes that files in the VM's memory may have; 0: no limit */
	uint64_t ignored_signals; /* bit n - 1: signal n is ignored, as the caller had it */
	uint32_t umask;		  /* the caller's */
	uint32_t cpuid_count;	  /* 0: CPUID is answered by KVM; else it is a #GP in ring 3 */
	uint32_t cpuid;		  /* offset: struct boot_cpuid[cpuid_count] */
	uint32_t stream_flags[3]; /* F_GETFL of each stream that is open */
	uint32_t processes;	  /* that may be at one time, threads counted */
	struct boot_tty tty;
	uint32_t notes;	   /* enum boot_notes of abi/note.h */
	uint32_t loopback; /* 0: the interface lo is down, there is no network at all */
};

#endif
