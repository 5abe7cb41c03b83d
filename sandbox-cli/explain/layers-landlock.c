// SPDX-License-Identifier: Apache-2.0
/* The Landlock layer: the rules for this host's kernel, and what each ABI adds to them. */
#include "common/err.h"
#include "hv/jail/landlock.h"
#include "policy/policy.h"
#include "sandbox-cli/explain/layers.h"

#include <string.h>
#include <sys/stat.h>

#define SHOWN 1024

/* Names of the rights in bits that no ABI before `since` has. */
static void print_rights(FILE *out, const struct landlock_rights *bits, int since)
{
	const char *before = "";

	for (size_t i = 0; i < landlock_right_count; i++) {
		const struct landlock_right *right = &landlock_rights[i];

		if (right->abi < since ||
		    !((right->bits.fs & bits->fs) || (right->bits.net & bits->net) ||
		      (right->bits.scoped & bits->scoped)))
			continue;
		fprintf(out, "%s%s", before, right->name);
		before = " ";
	}
}

static void print_rules(FILE *out, const struct policy *p, int abi)
{
	struct landlock_rights handled = landlock_handled(abi);

	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *g = &p->grants[i];
		struct landlock_rights given = { .fs = landlock_allowed(p, g, &handled) };
		char host[SHOWN];

		if (!given.fs)
			continue;
		err_escape(host, sizeof(host), g->host, strlen(g->host));
		fprintf(out, "#   %s: ", host);
		print_rights(out, &given, 0);
		fprintf(out, "  # %s\n", g->rule);
	}
}

/* What an ABI adds to the rules of all grants together. */
static struct landlock_rights given_back(const struct policy *p, int abi)
{
	struct landlock_rights handled = landlock_handled(abi), given = { 0 };

	for (size_t i = 0; i < p->grant_count; i++)
		given.fs |= landlock_allowed(p, &p->grants[i], &handled);
	return given;
}

void layers_print_landlock(FILE *out, const struct policy *p, int abi)
{
	if (abi < 1) {
		fputs("# Landlock: not on this kernel, so no run is started; with ABI 1 it would "
		      "be:\n",
		      out);
		abi = 1;
	} else {
		fprintf(out,
			"# Landlock, ABI %d of this kernel; of all else nothing can be read "
			"or changed:\n",
			abi);
	}
	print_rules(out, p, abi);
	fputs("# Landlock, what each ABI takes away, and of that the rules give back to some:\n",
	      out);
	for (int n = 1; n <= LANDLOCK_ABI_NEWEST; n++) {
		struct landlock_rights handled = landlock_handled(n), given = given_back(p, n);

		fprintf(out, "#   ABI %d: ", n);
		print_rights(out, &handled, n);
		fputs("; back: ", out);
		print_rights(out, &given, n);
		fputs(n <= abi ? "\n" : "; not on this kernel: seccomp alone\n", out);
	}
}
