/* SPDX-License-Identifier: Apache-2.0 */
/* What a test of the monitor's system calls says to the seams under them, and they to it. */
#ifndef TESTS_ADVERSARIAL_FETCH_SEAMS_H
#define TESTS_ADVERSARIAL_FETCH_SEAMS_H

#include "tests/unit/guest.h"

struct seams {
	struct vm *vm;
	int serving;		/* hc_dispatch() is running */
	int racing;		/* system calls are checked and not made */
	int fetches;		/* copies out of the request's page */
	const char *broken;	/* the bound that was broken */
	const uint8_t *flip_to; /* what the page holds right after it was copied */
	int walled;		/* the guest's RAM is out of reach but for copies */
	int data_fetches;	/* copies out of it */
	const char *data_flip;	/* what it holds right after such a copy */
	enum { MAPS_WORK, MAPS_OF_FILES_FAIL, ALL_MAPS_FAIL } maps;
};

extern struct seams seams; /* the test's */

/* Notes the first thing that does not hold. */
void seams_demand(int holds, const char *what);

/* Takes the guest's RAM away from this process, kernel included, or gives it back. */
void seams_wall(int up);

/* Before a call: no descriptor is on its way yet. */
void seams_reset(void);

#endif
