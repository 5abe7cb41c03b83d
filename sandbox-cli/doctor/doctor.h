/* SPDX-License-Identifier: Apache-2.0 */
/* --doctor: whether this host can run sandboxes, item by item, each with its fix. */
#ifndef SANDBOX_CLI_DOCTOR_H
#define SANDBOX_CLI_DOCTOR_H

#include <stddef.h>

enum doctor_verdict {
	DOCTOR_OK,
	DOCTOR_FAIL, /* sandboxes cannot run */
	DOCTOR_SKIP, /* cannot be looked at because an earlier item failed */
};

struct doctor_finding {
	char detail[256]; /* one line */
	char fix[256];	  /* one line; DOCTOR_FAIL only */
};

struct doctor_check {
	const char *what;
	enum doctor_verdict (*look)(struct doctor_finding *f);
};

extern const struct doctor_check doctor_checks[];
extern const size_t doctor_check_count;

/* Prints all checks to stdout; returns the exit status: 0, or 125 when one failed. */
int doctor_run(void);

#endif
