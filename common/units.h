/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes, times and counts as command line and policy files have them. */
#ifndef COMMON_UNITS_H
#define COMMON_UNITS_H

#include <stdint.h>

struct err;

/*
 * "512MiB" to bytes, "1.5h" is refused: whole numbers with a unit, within
 * uint64_t. what: named in errors, e.g. "--memory".
 */
int units_size(const char *what, const char *text, uint64_t *bytes, struct err *e);
int units_time(const char *what, const char *text, uint64_t *ns, struct err *e);

/* The other way, as short as it is exact; what is no whole number of the least unit is cut off. */
void units_print_size(char *out, unsigned long size, uint64_t bytes);
void units_print_time(char *out, unsigned long size, uint64_t ns);

/* A count from 1 to most: no unit, no sign. */
int units_count(const char *what, const char *text, uint64_t most, uint64_t *count, struct err *e);

#endif
