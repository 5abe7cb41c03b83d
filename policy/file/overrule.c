// SPDX-License-Identifier: Apache-2.0
/*
 * A later layer has the last word about a path: a flag's grant takes the place
 * of one that the file has at the very path, and the file's of one that it
 * extends. Denials stay, and two rules of one layer that contradict do, too:
 * they are an error later.
 */
#include "policy/file/load.h"
#include "policy/grants/grants.h"

#include <string.h>

/* Of a file's rule the name is its own string; of flags all are one layer. */
static int layer_of(const struct rules *r, const struct grant *g)
{
	for (size_t i = 0; i < r->count; i++) {
		if (r->list[i].name == g->rule)
			return (int)r->list[i].layer;
	}
	return -1;
}

static int can_be_overruled(const struct grant *g)
{
	return !g->implied && g->kind != GRANT_DENY && g->kind != GRANT_SYMLINK;
}

static int is_overruled(const struct rules *r, const struct policy *p, const struct grant *g)
{
	int layer = layer_of(r, g);

	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *other = &p->grants[i];

		if (can_be_overruled(other) && strcmp(other->guest, g->guest) == 0 &&
		    layer_of(r, other) > layer)
			return 1;
	}
	return 0;
}

void overrule(const struct rules *r, struct policy *p)
{
	size_t at = 0;

	while (at < p->grant_count) {
		struct grant *g = &p->grants[at];

		if (!can_be_overruled(g) || !is_overruled(r, p, g)) {
			at++;
			continue;
		}
		grants_release(g);
		memmove(g, g + 1, (p->grant_count - at - 1) * sizeof(*g));
		p->grant_count--;
	}
}
