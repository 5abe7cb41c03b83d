// SPDX-License-Identifier: Apache-2.0
/*
 * The summary of denials: the most frequent ones, each with its rule and the
 * flag that would allow it. Objects come from the guest and are escaped (I11).
 */
#include "sandbox-cli/report/summary.h"
#include "common/err.h"
#include "policy/policy.h"
#include "sandbox-cli/report/denials.h"
#include "sandbox-cli/report/notes.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX  10
#define LOOKED_MAX 1024 /* paths that are looked for on the host */
#define NAME_SHOWN 200
#define WIDE	   60 /* a column is no wider for one long name */

/* Numbers of what was denied; the most frequent acts first. */
struct picked {
	const struct act *acts[LINES_MAX];
	size_t count;	 /* of these */
	uint64_t kinds;	 /* distinct acts that were denied */
	uint64_t others; /* acts, not told apart */
};

static void pick(struct picked *picked, const struct act *act)
{
	size_t at = picked->count;

	picked->kinds++;
	while (at > 0 && picked->acts[at - 1]->count < act->count)
		at--;
	if (at == LINES_MAX)
		return;
	if (picked->count < LINES_MAX)
		picked->count++;
	for (size_t i = picked->count - 1; i > at; i--)
		picked->acts[i] = picked->acts[i - 1];
	picked->acts[at] = act;
}

/* The error about a program that was killed for memory says so, and what to do, in its own line. */
static int is_said(const struct act *act, const struct launch_result *r)
{
	return r && r->end == LAUNCH_OUTCOME && r->outcome.end == HV_END_NO_MEMORY &&
	       act->op == NOTE_LIMIT && strcmp(act->object, "memory") == 0;
}

/* r: of the run whose summary is printed; NULL: all count. */
static void pick_all(struct picked *picked, const struct notes *n, const struct policy *p,
		     const struct launch_result *r)
{
	int looked = 0;

	for (size_t i = 0; i < n->count; i++) {
		const struct act *act = &n->acts[i];

		if (act->error == ENOENT && looked++ >= LOOKED_MAX)
			picked->others += act->verdict == NOTE_DENIED ? act->count : 0;
		else if (denial_counts(p, act) && !is_said(act, r))
			pick(picked, act);
	}
	for (int op = 0; op < NOTE_OPS; op++)
		picked->others += n->others[op];
}

/* How the run ended, in a word or two. */
static void describe_end(char *out, size_t size, const struct launch_result *r, int status)
{
	const struct hv_outcome *o = &r->outcome;

	if (r->end == LAUNCH_TIMEOUT || r->timed_out)
		snprintf(out, size, "ran out of time");
	else if (r->end == LAUNCH_OUTCOME && o->end == HV_END_DENIED)
		snprintf(out, size, "was killed for a forbidden act");
	else if (r->end == LAUNCH_OUTCOME && o->end == HV_END_NO_EXEC)
		snprintf(out, size, "could not be executed");
	else if (status > 128 && !(r->end == LAUNCH_OUTCOME && o->end == HV_END_STATUS))
		snprintf(out, size, "was killed by signal %d", status - 128);
	else
		snprintf(out, size, "exited %d", status);
}

/* Why: the rule that decided. */
static void describe_rule(char *out, size_t size, const struct policy *p, const struct act *act)
{
	static const char *const kinds[] = {
		[GRANT_READ] = "read",	 [GRANT_TMPFS] = "tmpfs",     [GRANT_SYMLINK] = "link",
		[GRANT_DEV] = "dev",	 [GRANT_PROC] = "proc",	      [GRANT_SYS] = "sys",
		[GRANT_WRITE] = "write", [GRANT_OVERLAY] = "overlay", [GRANT_DENY] = "deny",
	};
	const struct grant *g = denial_grant(p, act);
	char rule[NAME_SHOWN];

	if (g) {
		err_escape(rule, sizeof(rule), g->rule, strlen(g->rule));
		if (*rule == '-') /* an option says it itself */
			snprintf(out, size, "%s", rule);
		else
			snprintf(out, size, "%s %s", rule, kinds[g->kind]);
	} else if (act->op == NOTE_LIMIT) {
		snprintf(out, size, "limit reached");
	} else if (act->op == NOTE_SYSCALL) {
		snprintf(out, size, "always refused");
	} else {
		snprintf(out, size, "no rule");
	}
}

static void print_act(const struct policy *p, const struct act *act, int width)
{
	char object[WIDE * 4], rule[NAME_SHOWN + 16], flag[DENIAL_FLAG], times[24];
	const struct grant *g = denial_grant(p, act);

	err_escape(object, sizeof(object), act->object, strlen(act->object));
	describe_rule(rule, sizeof(rule), p, act);
	denial_flag(flag, p, act);
	if (g && g->kind == GRANT_DENY)
		snprintf(flag, sizeof(flag), "(denied by rule)");
	snprintf(times, sizeof(times), "x%" PRIu64, act->count);
	if (*flag)
		fprintf(stderr, "  %-8s %-*s %-4s %-19s %s\n", notes_op_name(act->op), width,
			object, times, rule, flag);
	else
		fprintf(stderr, "  %-8s %-*s %-4s %s\n", notes_op_name(act->op), width, object,
			times, rule);
}

static int column_width(const struct picked *picked)
{
	char object[WIDE * 4];
	int width = 28;

	for (size_t i = 0; i < picked->count; i++) {
		const char *text = picked->acts[i]->object;
		int length;

		err_escape(object, sizeof(object), text, strlen(text));
		length = (int)strlen(object);
		if (length > width && length <= WIDE)
			width = length;
	}
	return width;
}

void summary_print(const struct notes *n, const struct policy *p, const struct launch_result *r,
		   const char *name, int status)
{
	struct picked picked = { .count = 0 };
	char shown[NAME_SHOWN], end[64], policy[NAME_SHOWN];
	size_t lines;
	int width;

	pick_all(&picked, n, p, r);
	if (!picked.kinds && !picked.others)
		return;
	err_escape(shown, sizeof(shown), name, strlen(name));
	err_escape(policy, sizeof(policy), p->name, strlen(p->name));
	describe_end(end, sizeof(end), r, status);
	fprintf(stderr, "sandbox-run: %s %s; policy %s denied %" PRIu64 " %s:\n", shown, end,
		policy, picked.kinds, picked.kinds == 1 ? "thing" : "things");
	lines = picked.kinds > LINES_MAX || picked.others ? LINES_MAX - 1 : LINES_MAX;
	width = column_width(&picked);
	for (size_t i = 0; i < picked.count && i < lines; i++)
		print_act(p, picked.acts[i], width);
	if (picked.others)
		fprintf(stderr, "  and %" PRIu64 " more acts, not told apart\n", picked.others);
	else if (picked.kinds > lines)
		fprintf(stderr, "  and %" PRIu64 " more: see --audit FILE\n", picked.kinds - lines);
}

uint64_t summary_count(const struct notes *n, const struct policy *p)
{
	struct picked picked = { .count = 0 };

	pick_all(&picked, n, p, NULL);
	return picked.kinds;
}

void summary_missing(const struct notes *n)
{
	int lines = 0;

	for (size_t i = 0; i < n->count && lines < LINES_MAX; i++) {
		const struct act *act = &n->acts[i];
		char name[64];

		if (act->verdict != NOTE_DENIED || !denial_is_missing_call(act))
			continue;
		err_escape(name, sizeof(name), act->object, strlen(act->object));
		fprintf(stderr, "%s%s%s (x%" PRIu64 ", returned ENOSYS)",
			lines++ ? ", " : "sandbox-run: not implemented: ",
			isdigit((unsigned char)*name) ? "system call " : "", name, act->count);
	}
	if (lines)
		fputc('\n', stderr);
}
