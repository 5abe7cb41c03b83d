// SPDX-License-Identifier: Apache-2.0
/*
 * Runs contestants in turn, round by round, so that what drifts hits all alike.
 *   startbench HOW ROUNDS LIMIT <ROWS
 * HOW is "wall": start to end of the command is the measurement; "piped": the
 * same, and its output goes into a pipe, not to /dev/null; or "inside": the
 * command prints it, as the first number. LIMIT is seconds for one run. ROWS
 * are lines NAME|COMMAND WORDS... The result is a line for each measure
 * and contestant, separated by tabs: MEASURE NAME ok COUNT MEDIAN P10 P90, or
 * MEASURE NAME failed REASON. Times are nanoseconds; wall and piped have two measures.
 */
#include "tests/bench/child.h"
#include "tests/bench/samples.h"

#include <string.h>

#define CONTESTANTS_MAX 16
#define WORDS_MAX	64
#define WARM_UPS	2 /* before ROUNDS rounds, or one when these are FEW */
#define FEW		5

struct contestant {
	char line[4096];
	char *argv[WORDS_MAX + 1];
	char why[400]; /* it failed, and is out */
	struct samples exit, gone;
};

enum how { WALL, PIPED, INSIDE, HOWS };

static const char *const how_names[HOWS] = { "wall", "piped", "inside" };

static struct contestant all[CONTESTANTS_MAX];
static unsigned count;

static int parse(struct contestant *c)
{
	char *rest = strchr(c->line, '|'), *save;
	unsigned words = 0;

	if (!rest)
		return -1;
	*rest++ = '\0';
	for (char *word = strtok_r(rest, " \n", &save); word; word = strtok_r(NULL, " \n", &save)) {
		if (words == WORDS_MAX)
			return -1;
		c->argv[words++] = word;
	}
	return words ? 0 : -1;
}

static int read_rows(void)
{
	while (count < CONTESTANTS_MAX && fgets(all[count].line, sizeof(all->line), stdin)) {
		if (parse(&all[count]))
			return -1;
		count++;
	}
	return count && feof(stdin) ? 0 : -1;
}

/* round 0 and below warm up: caches, the program's pages, the contestant's own first-time work. */
static void run_one(struct contestant *c, enum how how, long round)
{
	struct child_run run;
	double value;
	char *end;

	if (c->why[0])
		return;
	if (child_run(c->argv, how != WALL, &run)) {
		snprintf(c->why, sizeof(c->why), "%s", run.why);
		if (round > 0)
			snprintf(c->why, sizeof(c->why), "run %ld: %s", round, run.why);
		return;
	}
	value = how == INSIDE ? strtod(run.output, &end) : run.exit_ns;
	if (how == INSIDE && end == run.output) {
		snprintf(c->why, sizeof(c->why), "printed no number");
		return;
	}
	if (round < 1)
		return;
	samples_add(&c->exit, value);
	samples_add(&c->gone, run.gone_ns);
}

static void print(const char *measure, struct contestant *c, struct samples *s)
{
	printf("%s\t%s\t", measure, c->line);
	if (c->why[0])
		printf("failed\t%s\n", c->why);
	else
		samples_print(s, stdout);
}

static enum how how_of(const char *name)
{
	enum how how = 0;

	while (how < HOWS && strcmp(name, how_names[how]) != 0)
		how++;
	return how;
}

int main(int argc, char **argv)
{
	enum how how = argc > 1 ? how_of(argv[1]) : HOWS;
	long rounds = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
	long limit = argc > 3 ? strtol(argv[3], NULL, 10) : 0;

	if (how == HOWS || rounds < 1 || limit < 1 || read_rows() || child_init((unsigned)limit)) {
		fprintf(stderr, "usage: startbench wall|piped|inside ROUNDS LIMIT <ROWS\n");
		return 2;
	}
	for (long round = rounds > FEW ? 1 - WARM_UPS : 0; round <= rounds; round++)
		for (unsigned i = 0; i < count; i++)
			run_one(&all[i], how, round);
	for (unsigned i = 0; i < count; i++)
		print(how == INSIDE ? "inside" : "exit", &all[i], &all[i].exit);
	for (unsigned i = 0; i < count && how != INSIDE; i++)
		print("gone", &all[i], &all[i].gone);
	return 0;
}
