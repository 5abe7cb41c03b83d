/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small trinity: system calls with half-plausible arguments at the runtime.
 * values.c, structs.c, paths.c and random.c make arguments, calls.c has the
 * table of calls, main.c the processes. Nothing of libc is used by those who
 * make the calls, since the calls may take away any memory of it.
 */
#ifndef TESTS_FUZZ_SYSCALLS_FUZZ_H
#define TESTS_FUZZ_SYSCALLS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#define ARENA	    0x10000000ul /* where most pointers lead */
#define ARENA_SIZE  (1ul << 20)
#define STACKS	    0x20000000ul /* of what clone makes */
#define STACKS_SIZE (64ul * 16384)
#define SPACE	    0x40000000ul /* addresses for mmap and the like */
#define SPACE_SIZE  (64ul << 20)

enum kind {
	ARG_NONE,
	ARG_ANY,
	ARG_FD,
	ARG_PATH,
	ARG_BUFFER, /* words of any kind */
	ARG_TEXT,   /* a name that is no path */
	ARG_SIZE,
	ARG_OFFSET,
	ARG_SMALL,
	ARG_MODE,
	ARG_PID,
	ARG_ID, /* of a user, a group */
	ARG_SIGNAL,
	ARG_SIGSET,
	ARG_EIGHT, /* bytes of a signal set */
	ARG_ACTION,
	ARG_IOVEC,
	ARG_COUNT,
	ARG_TIME,
	ARG_SOCKADDR,
	ARG_SOCKLEN,
	ARG_SOCKLEN_AT,
	ARG_MESSAGE,
	ARG_POLL,
	ARG_ADDRESS,
	ARG_LENGTH,
	ARG_VECTOR, /* of strings */
	ARG_OBJECT, /* of System V: an identifier */
	ARG_KEY,
	ARG_STACK,
	ARG_CLONE_ARGS,
	ARG_FLAGS, /* some of values together */
	ARG_ONE	   /* one of values */
};

struct argument {
	enum kind kind;
	unsigned int count;
	const uint64_t *values;
};

struct call {
	long number;
	const char *name;
	struct argument arguments[6];
};

extern const struct call calls[];
extern const unsigned int call_count;

/* Of one thread: no two share it. */
struct source {
	uint64_t state;
};

/* A handler, and its way back. */
#define SA_RESTORER 0x04000000
void on_signal(int signal);
void restore(void);

uint64_t draw(struct source *source, uint64_t below);
uint64_t anything(struct source *source);
uint64_t argument_value(struct source *source, const struct argument *argument);
void arena_fill(struct source *source);

#endif
