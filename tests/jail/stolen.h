/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attacker in a stolen monitor: a build of sandbox-run whose monitor, once
 * its jail is closed, runs an act of a table instead of the guest. Its exit
 * status is what the act came to.
 */
#ifndef TESTS_JAIL_STOLEN_H
#define TESTS_JAIL_STOLEN_H

#include "tests/jail/acts.h"
#include "tests/jail/scene.h"

/* Of several system calls, of which some are allowed: where do they lead? */
struct step {
	const char *name;
	uint32_t needs;		     /* PERM_*: without these it is not tried */
	int (*run)(struct scene *s); /* 0: reached; else an errno */
};

extern const struct step steps[];
extern const size_t step_count;

/* What a stolen monitor can do, under those policies of which SECURITY.md says so. */
extern const struct step abilities[];
extern const size_t ability_count;

/* Makes the scene's paths, of which the monitor's acts speak, below a root. */
void stolen_paths(const char *root);

#endif
