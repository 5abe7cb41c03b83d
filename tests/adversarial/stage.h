/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stage of an attack: orders for the hostile image, one run of it in a
 * real monitor in its real jail, and what must hold after every run, whatever
 * the guest did: the monitor did not crash, said nothing but one outcome, and
 * kept within its memory.
 */
#ifndef TESTS_ADVERSARIAL_STAGE_H
#define TESTS_ADVERSARIAL_STAGE_H

#include "abi/hypercalls.h"
#include "hv/hv.h"
#include "tests/adversarial/image.h"
#include "tests/adversarial/valid.h"

#include <stdint.h>
#include <sys/types.h>

/* The monitor ended the VM for what the guest did. */
#define END_KILLED (END(BAD_HYPERCALL) | END(BAD_EXIT) | END(SHUTDOWN) | END(KVM_ERROR))

#define STAGE_MEMORY   (16ull << 20) /* the least that a policy can give */
#define STAGE_HANDLES  10
#define STAGE_PATIENCE 20000 /* ms; only a hang lasts so long */
#define STAGE_HASTY    1000  /* where hangs are what is looked for */

struct run {
	int ring;
	int patience;		      /* ms; 0: STAGE_PATIENCE */
	uint32_t permissions;	      /* 0: all */
	uint64_t memory;	      /* 0: STAGE_MEMORY */
	uint64_t output;	      /* bytes that may be put out; 0: any number */
	int silent_pipe;	      /* stdout is a pipe that nobody reads */
	int writes_stderr;	      /* the guest itself may write to its standard error */
	int closed_streams;	      /* 0 to 2 are closed in the caller */
	void (*watch)(pid_t monitor); /* called as the guest runs */
};

struct ending {
	uint32_t end; /* one bit, see END(); 0: the monitor broke a rule, which is printed */
	struct hv_outcome outcome;
};

extern int stage_output; /* with silent_pipe: its other end, for watch() */
extern int quick;	 /* fewer rounds, for emulated machines */
extern int hasty;	 /* short patience, for mutants */

/*
 * True for a hypercall that is to be attacked; that only those are which were
 * wanted, if any was.
 */
int stage_row(const char *name);
void stage_want_row(const char *name);

/* Once: the scratch directory, /dev/kvm, the shared image. */
void stage_open(void);
void stage_close(void);

/* Empty orders in a fresh image. */
struct orders *stage_orders(enum orders_kind kind);

/*
 * Appends a request; bytes beyond `stored` are 0xa5. The pointer holds until
 * the next run's orders.
 */
struct record *stage_record(uint32_t number, uint32_t length, const void *payload, uint32_t stored);

/* Bytes of the image that the next run gets, with the orders so far. */
uint64_t stage_image_bytes(void);

/* Runs the image under the orders. Prints a line and gives end 0 when a rule was broken. */
struct ending stage_run(const struct run *run);

/* Prints a line of diagnosis and counts a failure of the test. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
extern int failures;

/* A pseudo-random number (xorshift), the same sequence in each run; and one below limit. */
uint64_t random_next(void);
uint64_t random_below(uint64_t limit);

/* One test each: prints failures through fail(). */
struct attack {
	const char *name;
	void (*run)(void);
};

/* One list for each file of attacks; ends with a NULL name. */
extern const struct attack request_attacks[], file_attacks[], change_attacks[], limit_attacks[];
extern const struct attack random_attacks[];
extern const struct attack instruction_attacks[], memory_attacks[], endless_attacks[];
extern const struct attack lost_attacks[], leak_attacks[];

#endif
