/* SPDX-License-Identifier: Apache-2.0 */
/* One field of a request at one of its extremes, in a request that is valid but for it. */
#ifndef TESTS_ADVERSARIAL_FIELDS_H
#define TESTS_ADVERSARIAL_FIELDS_H

#include "tests/adversarial/valid.h"

struct field {
	uint32_t number;
	const char *name;
	size_t offset, size;
	uint64_t value;
	struct expect expect;
};

extern const struct field fields[];
extern const size_t field_count;

#endif
