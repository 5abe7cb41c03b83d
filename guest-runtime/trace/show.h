/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments as text, into one bounded line. */
#ifndef GUEST_TRACE_SHOW_H
#define GUEST_TRACE_SHOW_H

#include "guest-runtime/trace/calls.h"

#include <stddef.h>
#include <stdint.h>

#define LINE_MAX 1024 /* what is longer is cut */

struct line {
	char text[LINE_MAX];
	size_t length;
};

void line_put(struct line *line, const char *text, ...) __attribute__((format(printf, 2, 3)));

/* Is the argument filled by the call: to be shown when it has returned? */
bool show_is_output(enum argument kind);

/* Argument `index` of the call; result counts for outputs only. */
void show_argument(struct line *line, const struct call_shape *shape, unsigned int index,
		   const uint64_t arguments[6], long result);

void show_result(struct line *line, const struct call_shape *shape, long result);

#endif
