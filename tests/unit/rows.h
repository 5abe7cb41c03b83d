/* SPDX-License-Identifier: Apache-2.0 */
/* The table of hypercalls (abi/hypercalls.h) for tests that try each row. */
#ifndef TESTS_UNIT_ROWS_H
#define TESTS_UNIT_ROWS_H

#include "hv/dispatch.h"

enum tail { NONE, SEGMENTS, NAMES, TEXTS, HANDLES };

static const struct row {
	uint16_t number, args; /* args: bytes before the tail */
	enum tail tail;
	uint32_t permission; /* PERM_* */
} rows[] = {
#define ROW(NAME, number, args, tail, permission, ...) \
	{ number, sizeof(struct hc_##args), tail, PERM_##permission },
	HYPERCALLS(ROW)
#undef ROW
};

#define ROWS (sizeof(rows) / sizeof(*rows))

#endif
