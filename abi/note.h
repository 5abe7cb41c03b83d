/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notes: what the guest says about the acts of its programs that the policy
 * decided, for the reports of sandbox-run. A stream of records of one size,
 * written to HC_OUTPUT_NOTES when the run wants them. Nothing rests on them: a
 * hostile guest writes what it likes, and what the monitor itself refused is
 * counted by the monitor (hv/account.h).
 */
#ifndef ABI_NOTE_H
#define ABI_NOTE_H

#include <stdint.h>

/* Which notes a run wants (boot block). */
enum boot_notes {
	BOOT_NOTES_DENIED = 1,	 /* what was refused */
	BOOT_NOTES_ALLOWED = 2,	 /* what was done: --audit of all, --learn, --receipt */
	BOOT_NOTES_KILL = 4,	 /* on-deny: kill: a refused act ends the VM (HC_EXIT_DENIED) */
	BOOT_NOTES_LATE = 8,	 /* read only if the program fails: a success need not write any */
	BOOT_NOTES_LOOKUPS = 16, /* with ALLOWED, paths that were found too: --learn */
};

enum note_op {
	NOTE_READ,
	NOTE_WRITE,
	NOTE_CREATE,
	NOTE_DELETE,
	NOTE_EXEC,
	NOTE_CONNECT,
	NOTE_LISTEN,
	NOTE_RESOLVE,
	NOTE_LIMIT,   /* object: the key of the policy file, "processes" */
	NOTE_SYSCALL, /* object: its name */
	NOTE_OPS
};

enum note_verdict { NOTE_ALLOWED, NOTE_DENIED };

enum note_flags { NOTE_LOOKUP = 1 /* of NOTE_READ: found by its name, and not opened */ };

#define NOTE_EXE    232
#define NOTE_OBJECT 752

/* Texts are bytes of the guest's choice, not NUL-terminated when they fill their field. */
struct note {
	uint16_t op;	  /* enum note_op */
	uint16_t verdict; /* enum note_verdict */
	uint32_t error;	  /* errno that the program got; 0: none */
	uint32_t count;	  /* how often since the last note about the same act; >= 1 */
	uint32_t pid;
	int64_t realtime_ns;	  /* of the last time */
	uint32_t object_length;	  /* of the whole object, which may be longer than the field */
	uint32_t flags;		  /* enum note_flags */
	char object[NOTE_OBJECT]; /* guest path, HOST:PORT, or as the op says */
	char exe[NOTE_EXE];	  /* guest path of the program */
};

_Static_assert(sizeof(struct note) == 1016, "records of one size");

#endif
