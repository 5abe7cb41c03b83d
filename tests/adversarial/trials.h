/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trials: a few bytes of machine code in ring 0 or 3, and what may become of
 * them. Many share a VM; when one ends it, the next goes on in a new one.
 */
#ifndef TESTS_ADVERSARIAL_TRIALS_H
#define TESTS_ADVERSARIAL_TRIALS_H

#include "tests/adversarial/stage.h"

/* What became of a trial; bits, because it may return and the VM end after it. */
enum fate {
	RETURNS = 1, /* came back as if all were well */
	FAULTS = 2,  /* an exception in the guest */
	KILLS = 4,   /* the monitor ended the VM */
	STALLS = 8,  /* nothing more happened until the driver's patience ended */
};

#define RING0 1
#define RING3 2
#define BOTH  (RING0 | RING3)

#define CODE(bytes) (bytes), sizeof(bytes) - 1
#define POKE_PTE(i, v) \
	{ \
		IMAGE_GVA(IMAGE_WILD_PT + 8ull * (i)), (v) \
	}
#define POKE_PDE(i, v) \
	{ \
		IMAGE_GVA(IMAGE_WILD_PD + 8ull * (i)), (v) \
	}
#define POKE_CALL \
	{ \
		IMAGE_GVA(IMAGE_HYPERCALL), HC_CLOCK \
	} /* a valid request waits */
#define SCRATCH_GVA (GUEST_DIRECT_BASE + 0x600000)

struct
try {
	const char *name;
	const char *code;
	size_t bytes;
	unsigned int rings, fates; /* RING*; enum fate that may be */
	uint64_t rax, rcx, rdx, rdi;
	struct {
		uint64_t gva, value;
	} poke[TRIAL_POKES];
	uint32_t ends;	    /* KILLS: END() bits that may be; 0: END_KILLED */
	uint32_t violation; /* KILLS: enum hv_violation that it must be, or 0 */
	int alone;	    /* may break the machine for others: a VM of its own */
	void (*look)(const struct try *t, int ring, const struct trial *trial); /* at its results */
};

/* Runs all of them, in each of their rings. In a quick run only every `quick_step`th. */
void tries_run(const struct try *tries, size_t count, size_t quick_step);

#define TRIES_RUN(tries, quick_step) tries_run(tries, sizeof(tries) / sizeof(*(tries)), quick_step)

#endif
