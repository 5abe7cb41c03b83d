// SPDX-License-Identifier: Apache-2.0
/* Sizes and times with mandatory units: a bare number never means anything. */
#include "common/units.h"
#include "common/cleanup.h"
#include "common/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit sizes[] = {
	{ "KiB", 1ull << 10 },
	{ "MiB", 1ull << 20 },
	{ "GiB", 1ull << 30 },
	{ NULL, 0 },
};

static const struct unit times[] = {
	{ "ms", 1000000ull },
	{ "s", 1000000000ull },
	{ "m", 60000000000ull },
	{ "h", 3600000000000ull },
	{ NULL, 0 },
};

static int refuse(const char *option, const char *text, const char *reason, struct err *e)
{
	char shown[64];

	err_escape(shown, sizeof(shown), text, strlen(text));
	return err_set(e, ERR_SANDBOX, EINVAL, "%s: \"%s\" %s", option, shown, reason);
}

/* Reads digits; returns what follows them, or NULL when there are none or too many. */
static const char *digits(const char *text, uint64_t *value)
{
	const char *at = text;

	*value = 0;
	for (; *at >= '0' && *at <= '9'; at++) {
		if (mul_ovf(*value, 10u, value) || add_ovf(*value, (uint64_t)(*at - '0'), value))
			return NULL;
	}
	return at;
}

static int parse(const char *option, const char *text, const struct unit *units, const char *legal,
		 uint64_t *value, struct err *e)
{
	const char *unit = digits(text, value);

	if (!unit)
		return refuse(option, text, "is too big", e);
	if (unit == text || strchr(unit, '.')) {
		int rc = refuse(option, text, "is not a whole number with a unit", e);

		err_hint(e, "write a number and one of %s", legal);
		return rc;
	}
	for (; units->name; units++) {
		if (strcmp(unit, units->name) != 0)
			continue;
		if (mul_ovf(*value, units->factor, value))
			return refuse(option, text, "is too big", e);
		if (*value == 0)
			return refuse(option, text, "is nothing", e);
		return 0;
	}
	if (*unit) {
		int rc = refuse(option, text, "has an unknown unit", e);

		err_hint(e, "the units are %s", legal);
		return rc;
	}
	return refuse(option, text, "has no unit", e);
}

int units_size(const char *option, const char *text, uint64_t *bytes, struct err *e)
{
	uint64_t number;
	int rc = parse(option, text, sizes, "KiB, MiB, GiB", bytes, e);

	/* "2" was hardly meant as 2 MiB: show it as both. */
	if (rc && !e->hint[0] && digits(text, &number) && !*digits(text, &number)) {
		if (number <= 64)
			err_hint(e, "write \"%lluGiB\" or \"%lluMiB\"", (unsigned long long)number,
				 (unsigned long long)number * 1024);
		else
			err_hint(e, "write \"%lluMiB\" or \"%lluKiB\"", (unsigned long long)number,
				 (unsigned long long)number);
	}
	return rc;
}

int units_time(const char *option, const char *text, uint64_t *ns, struct err *e)
{
	uint64_t number;
	int rc = parse(option, text, times, "ms, s, m, h", ns, e);

	if (rc && !e->hint[0] && digits(text, &number) && !*digits(text, &number))
		err_hint(e, "write \"%llus\" or \"%llum\"", (unsigned long long)number,
			 (unsigned long long)number);
	return rc;
}

int units_count(const char *option, const char *text, uint64_t most, uint64_t *count, struct err *e)
{
	const char *end = digits(text, count);
	int rc;

	if (end && (end == text || *end))
		rc = refuse(option, text, "is not a whole number", e);
	else if (!end || *count > most)
		rc = refuse(option, text, "is too big", e);
	else if (*count == 0)
		rc = refuse(option, text, "is nothing", e);
	else
		return 0;
	err_hint(e, "write a number from 1 to %llu", (unsigned long long)most);
	return rc;
}

/* With the largest unit of which it is a whole number. */
static void print(char *out, unsigned long size, uint64_t value, const struct unit *units)
{
	const struct unit *best = units;

	for (; units->name; units++)
		if (value % units->factor == 0)
			best = units;
	snprintf(out, size, "%llu%s", (unsigned long long)(value / best->factor), best->name);
}

void units_print_size(char *out, unsigned long size, uint64_t bytes)
{
	print(out, size, bytes, sizes);
}

void units_print_time(char *out, unsigned long size, uint64_t ns)
{
	print(out, size, ns, times);
}
