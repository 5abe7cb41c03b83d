/* SPDX-License-Identifier: Apache-2.0 */
/* What several measurements of one thing amount to. For tests/bench/ only. */
#ifndef BENCH_SAMPLES_H
#define BENCH_SAMPLES_H

#include <stdio.h>
#include <stdlib.h>

#define SAMPLES_MAX 1000

struct samples {
	unsigned count;
	double values[SAMPLES_MAX];
};

/* One more, or none when there is no more room. */
static inline void samples_add(struct samples *s, double value)
{
	if (s->count < SAMPLES_MAX)
		s->values[s->count++] = value;
}

static inline int samples_compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The value that percent of the samples do not exceed; sort first. */
static inline double samples_at(const struct samples *s, unsigned percent)
{
	return s->count ? s->values[(s->count - 1) * percent / 100] : 0;
}

/* "ok COUNT MEDIAN P10 P90", separated by tabs. */
static inline void samples_print(struct samples *s, FILE *out)
{
	qsort(s->values, s->count, sizeof(*s->values), samples_compare);
	fprintf(out, "ok\t%u\t%.1f\t%.1f\t%.1f\n", s->count, samples_at(s, 50), samples_at(s, 10),
		samples_at(s, 90));
}

#endif
