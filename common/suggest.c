// SPDX-License-Identifier: Apache-2.0
/* The edit distance between what was written and what there is. */
#include "common/suggest.h"

#include <string.h>

/* Letters to insert, remove or replace to make b of a; both at most SUGGEST_LONGEST. */
static size_t distance(const char *a, size_t a_length, const char *b)
{
	size_t row[SUGGEST_LONGEST + 1], b_length = strlen(b);

	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[b_length];
}

void suggest(struct suggestion *s, const char *word, size_t length, const char *candidate)
{
	size_t candidate_length = strlen(candidate), differ;

	if (length < 2 || length > SUGGEST_LONGEST || candidate_length > SUGGEST_LONGEST)
		return;
	differ = strncmp(candidate, word, length) == 0 ? 0 : distance(word, length, candidate);
	if (differ <= (candidate_length <= 3 ? 1u : 2u) && (!s->name || differ < s->differ)) {
		s->name = candidate;
		s->differ = differ;
	}
}
