// SPDX-License-Identifier: Apache-2.0
/*
 * A Linux program that takes its VM over: inside ACT WORDS... Run in the
 * sandbox by tests/adversarial/inside.sh, which looks at what became of it.
 */
#include "tests/adversarial/inside/call.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int (*act)(char **words);
} acts[] = {
	{ "crawl", crawl },	{ "vandal", vandal }, { "race", race },
	{ "handles", handles }, { "say", say },	      { "refused", refused },
};

int main(int argc, char **argv)
{
	if (argc < 2)
		return 97;
	setvbuf(stdout, NULL, _IOLBF, 0); /* an act may end the VM at once */
	call_init();
	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++)
		if (strcmp(argv[1], acts[i].name) == 0)
			return acts[i].act(argv + 2);
	return 97;
}
