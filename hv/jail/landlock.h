/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the Landlock domain is made of, as data: the rights that each ABI knows,
 * and the rule of each grant. jail_landlock() enters it; --print-policy shows
 * it; for every ABI, whatever the host's.
 */
#ifndef HV_JAIL_LANDLOCK_H
#define HV_JAIL_LANDLOCK_H

#include <stddef.h>
#include <stdint.h>

struct grant;
struct policy;

/* The kernel's struct of ABI 6; an older one accepts it while what it does not know is zero. */
struct landlock_rights {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

/* One right, and the ABI that added it. */
struct landlock_right {
	int abi;
	const char *name;	     /* the kernel's, without its prefix, in lower case */
	struct landlock_rights bits; /* one bit in one of the three */
};

#define LANDLOCK_ABI_NEWEST 6 /* of the table; later ones have nothing more to take away */

extern const struct landlock_right landlock_rights[]; /* by ABI */
extern const size_t landlock_right_count;

/* All rights that a kernel of this ABI knows: all of them are taken away. */
struct landlock_rights landlock_handled(int abi);

/*
 * What the rule of a grant gives back of them, at the grant and below; 0: it
 * has no rule, as none has in a policy that opens nothing while the guest runs.
 */
uint64_t landlock_allowed(const struct policy *p, const struct grant *grant,
			  const struct landlock_rights *handled);

#endif
