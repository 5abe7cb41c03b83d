// SPDX-License-Identifier: Apache-2.0
/*
 * Hostile guests against the real monitor in its real jail: raw images instead
 * of the runtime. Prints TAP.
 *   hostile [--quick] [--hasty] [--row=NAME...] [WORDS...]
 * only the attacks whose name holds one of WORDS; of those on every row, on
 * these. --hasty: one failure is enough.
 */
#include "tests/adversarial/scene.h"
#include "tests/adversarial/stage.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct attack *const lists[] = { request_attacks,	   file_attacks,    change_attacks,
					      limit_attacks,	   random_attacks,  memory_attacks,
					      instruction_attacks, endless_attacks, lost_attacks,
					      leak_attacks };

static int wanted(const struct attack *attack, char *const *words)
{
	int any = 0;

	for (; *words; words++) {
		if (strncmp(*words, "--", 2) == 0)
			continue;
		any = 1;
		if (strstr(attack->name, *words))
			return 1;
	}
	return !any;
}

static int count_descriptors(void)
{
	DIR *directory = opendir("/proc/self/fd");
	int count = 0;

	while (directory && readdir(directory))
		count++;
	if (directory)
		closedir(directory);
	return count;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int run_attack(const struct attack *attack, int number)
{
	uint64_t state = scene_state();
	int descriptors = count_descriptors();
	int64_t start = now_ms();

	failures = 0;
	attack->run();
	if (scene_state() != state)
		fail("files of the host have changed");
	if (count_descriptors() != descriptors)
		fail("the test leaks descriptors");
	printf("%sok %d - %s\n", failures ? "not " : "", number, attack->name);
	printf("# %lld ms\n", (long long)(now_ms() - start));
	return failures != 0;
}

int main(int argc, char **argv)
{
	int number = 0, failed = 0;

	(void)argc;
	for (char **word = argv + 1; *word; word++) {
		quick |= strcmp(*word, "--quick") == 0;
		hasty |= strcmp(*word, "--hasty") == 0;
		if (strncmp(*word, "--row=", 6) == 0)
			stage_want_row(*word + 6);
	}
	stage_open();
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		for (const struct attack *attack = lists[i]; attack->name; attack++)
			if (wanted(attack, argv + 1))
				failed += run_attack(attack, ++number);
	printf("1..%d\n", number);
	stage_close();
	return failed || !number;
}
