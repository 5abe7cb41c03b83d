/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What keeps others on the same core from learning of a run, and the run of
 * them. The one layer that is not demanded: hosts differ in what they offer,
 * and many need none of it. What was done is said (-v, --doctor).
 */
#ifndef HV_JAIL_SIDECHANNELS_H
#define HV_JAIL_SIDECHANNELS_H

#include <stddef.h>
#include <stdint.h>

enum sidechannel_state {
	SIDECHANNEL_NOT_OFFERED, /* by this kernel, CPU or boot command line */
	SIDECHANNEL_APPLIED,
	SIDECHANNEL_NOT_NEEDED, /* the CPU is not affected, or nothing shares its core */
};

enum sidechannel {
	SIDECHANNEL_CORE,   /* no other task runs on a sibling of the core at the same time */
	SIDECHANNEL_BRANCH, /* no indirect branch predictor is shared */
	SIDECHANNEL_STORE,  /* no speculative store bypass in the monitor */
	SIDECHANNEL_L1D,    /* L1D is flushed when the monitor leaves the CPU */
	SIDECHANNELS
};

extern const char *const sidechannel_names[SIDECHANNELS];

/* Does for the calling process what it can, for good; two bits of state for each, lowest first. */
uint32_t jail_sidechannels(void);

static inline enum sidechannel_state sidechannel_state(uint32_t states, enum sidechannel which)
{
	uint32_t state = states >> (2 * which) & 3;

	return state > SIDECHANNEL_NOT_NEEDED ? SIDECHANNEL_NOT_OFFERED
					      : (enum sidechannel_state)state;
}

/* "applied: core scheduling; not offered: L1D flush"; states may come from a stranger. */
void sidechannels_describe(char *out, size_t size, uint32_t states);

#endif
