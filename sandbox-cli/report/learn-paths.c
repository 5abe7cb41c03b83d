// SPDX-License-Identifier: Apache-2.0
/*
 * From what a run did to what it needs beside the given policy: for each
 * observed path at most one line, and no line that another one covers.
 */
#include "common/cleanup.h"
#include "common/err.h"
#include "common/json.h"
#include "sandbox-cli/report/denials.h"
#include "sandbox-cli/report/learn.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define COMMENTS_MAX 100

struct sorting {
	struct learned_list *out;
	const struct policy *given, *run;
	const char *own;
	int comments;
	int failed; /* out of memory */
};

static void add(struct sorting *s, enum learned_kind kind, char *text)
{
	struct learned_list *out = s->out;

	if (text && out->count == out->capacity) {
		size_t more = out->capacity ? 2 * out->capacity : 64;
		struct learned *list = reallocarray(out->list, more, sizeof(*list));

		if (list) {
			out->list = list;
			out->capacity = more;
		}
	}
	if (!text || out->count == out->capacity) {
		s->failed = 1;
		free(text);
		return;
	}
	out->list[out->count++] = (struct learned){ .kind = kind, .text = text };
}

static void comment(struct sorting *s, const char *what, const char *op, const char *object,
		    uint64_t count)
{
	char shown[1024], *text;

	if (s->comments++ >= COMMENTS_MAX)
		return;
	err_escape(shown, sizeof(shown), object, strlen(object));
	if (asprintf(&text, "%s, not granted: %s %s (%" PRIu64 "x)", what, op, shown, count) < 0)
		text = NULL;
	add(s, LEARNED_COMMENT, text);
}

/* What a rule of a file can hold as it is: no pattern, no variable, no HOST:GUEST. */
static int can_be_written(const char *path)
{
	uint32_t point;

	for (size_t at = 0, length = strlen(path), size; at < length; at += size) {
		size = json_utf8(path + at, length - at, &point);
		if (!size || json_is_control(point) ||
		    (point < 128 && strchr("*?[]{}$:\\", (int)point)))
			return 0;
	}
	return 1;
}

static void grant(struct sorting *s, enum learned_kind kind, const char *path,
		  const struct act *act)
{
	if (can_be_written(path))
		add(s, kind, strdup(path));
	else
		comment(s, "has a name that a policy file cannot hold", notes_op_name(act->op),
			path, act->count);
}

/*
 * The path as a rule has it: absolute, without "." and ".."; links stay, so that
 * a rule shows them, too, but where ".." follows. 0: there is none.
 */
static int tidy(char out[PATH_MAX], const char *path)
{
	size_t used = 0;

	if (strstr(path, "/../") ||
	    (strlen(path) > 2 && strcmp(path + strlen(path) - 3, "/..") == 0))
		return realpath(path, out) != NULL;
	while (*path) {
		size_t length;

		path += strspn(path, "/");
		length = strcspn(path, "/");
		if (length && !(length == 1 && *path == '.')) {
			if (used + length + 2 > PATH_MAX)
				return 0;
			out[used++] = '/';
			memcpy(out + used, path, length);
			used += length;
		}
		path += length;
	}
	if (!used)
		out[used++] = '/';
	out[used] = '\0';
	return 1;
}

static void parent_of(char path[PATH_MAX])
{
	char *slash = strrchr(path, '/');

	if (slash)
		slash[slash == path] = '\0';
}

/* A directory: what was listed is to be read, what was only looked at need not show anything. */
static void learn_directory(struct sorting *s, const char *path, const struct act *act)
{
	enum policy_object there = policy_look(s->given, path, NULL, NULL);

	if (there == POLICY_HOST || there == POLICY_PRIVATE || strcmp(path, "/") == 0)
		return;
	if (act->flags & NOTE_LOOKUP) {
		if (there == POLICY_NOTHING)
			grant(s, LEARNED_PLACE, path, act);
	} else if (denial_is_wide(path)) {
		comment(s, "listed", "read", path, act->count);
		if (there == POLICY_NOTHING)
			grant(s, LEARNED_PLACE, path, act);
	} else {
		grant(s, LEARNED_READ, path, act);
	}
}

static void learn_read(struct sorting *s, const char *path, const struct act *act)
{
	char place[PATH_MAX];
	struct stat st;

	/* What the run made is its own; what it may not look at it has not seen. */
	if (stat(path, &st) < 0) {
		if (lstat(path, &st) == 0 &&
		    policy_look(s->given, path, NULL, NULL) == POLICY_NOTHING)
			comment(s, "a link to nothing", "read", path, act->count);
		return;
	}
	if (S_ISDIR(st.st_mode)) {
		learn_directory(s, path, act);
		return;
	}
	if (policy_look(s->given, path, NULL, NULL) != POLICY_NOTHING)
		return;
	if (S_ISREG(st.st_mode)) {
		grant(s, LEARNED_READ, path, act);
		if ((act->flags & NOTE_LOOKUP) && realpath(path, place) && strcmp(place, path) != 0)
			add(s, LEARNED_SHOWN, strdup(place));
	}
	if (!S_ISREG(st.st_mode))
		comment(s, "neither a file nor a directory", "read", path, act->count);
}

/* A directory in which names come and go. */
static void learn_changes(struct sorting *s, char path[PATH_MAX], const struct act *act)
{
	const char *home = getenv("HOME");
	char made[PATH_MAX];
	struct stat st;

	snprintf(made, sizeof(made), "%s", path);
	do
		parent_of(path);
	while (strcmp(path, "/") != 0 && (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode)));
	if (!denial_is_wide(path))
		grant(s, LEARNED_WRITE, path, act);
	else if (strcmp(path, "/tmp") == 0 || strcmp(path, "/var/tmp") == 0 ||
		 (home && strcmp(path, home) == 0))
		grant(s, LEARNED_TMPFS, path, act); /* private, and gone at the end */
	else
		comment(s, "wanted", notes_op_name(act->op), made, act->count);
}

static void learn_change(struct sorting *s, char path[PATH_MAX], const struct act *act)
{
	const struct grant *g = policy_covering(s->given, path);
	struct stat st;
	int there = lstat(path, &st) == 0;

	if (g && g->kind != GRANT_READ && g->kind != GRANT_DENY && g->kind != GRANT_SYMLINK)
		return;
	if (act->op != NOTE_WRITE)
		learn_changes(s, path, act);
	else if (there && S_ISDIR(st.st_mode) && denial_is_wide(path))
		comment(s, "wanted", "write", path, act->count);
	else if (there && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		grant(s, LEARNED_WRITE, path, act);
}

static void learn_act(struct sorting *s, const struct act *act)
{
	char path[PATH_MAX];

	if (act->verdict == NOTE_DENIED) {
		if (denial_counts(s->run, act))
			comment(s, "wanted", notes_op_name(act->op), act->object, act->count);
		return;
	}
	if (!denial_is_path(act) || act->cut || !tidy(path, act->object) ||
	    strcmp(path, s->own) == 0)
		return;
	/* Of the VM's own file systems there is nothing to grant. */
	if (!policy_covering(s->run, path) || !grant_is_host(policy_covering(s->run, path)->kind))
		return;
	if (act->op == NOTE_READ || act->op == NOTE_EXEC)
		learn_read(s, path, act);
	else
		learn_change(s, path, act);
}

/* Compares paths so that what lies below a directory follows it at once. */
static int compare_paths(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	if (*a == *b)
		return 0;
	if (*a == '/' || *b == '/')
		return !*a || (*a == '/' && *b) ? -1 : 1;
	return (unsigned char)*a - (unsigned char)*b;
}

/* Of two lines about one path the first kind counts; comments come last. */
static int order(const void *left, const void *right)
{
	const struct learned *a = left, *b = right;
	int comments = (a->kind == LEARNED_COMMENT) - (b->kind == LEARNED_COMMENT);
	int text = comments ? comments : compare_paths(a->text, b->text);

	return text ? text : (int)a->kind - (int)b->kind;
}

static int is_at_or_below(const char *path, const char *top)
{
	size_t length = strlen(top);

	return strncmp(path, top, length) == 0 && (path[length] == '/' || !path[length]);
}

/* In order: the last directories that are given whole, for reading and for writing. */
struct tops {
	const char *read, *write;
};

static int is_covered(const struct tops *tops, const struct learned *line,
		      const struct learned *before)
{
	if (before && before->kind != LEARNED_COMMENT && line->kind != LEARNED_COMMENT &&
	    strcmp(before->text, line->text) == 0)
		return 1;
	if (line->kind == LEARNED_COMMENT)
		return before && before->kind == LEARNED_COMMENT &&
		       strcmp(before->text, line->text) == 0;
	if (tops->write && is_at_or_below(line->text, tops->write))
		return 1;
	return line->kind != LEARNED_WRITE && tops->read && is_at_or_below(line->text, tops->read);
}

/* A directory that was only looked at is there when something below it is, also what links show. */
static void leave_out_places(struct learned_list *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->count; i++) {
		struct learned *line = &l->list[i];

		int below = i + 1 < l->count && l->list[i + 1].kind != LEARNED_COMMENT &&
			    is_at_or_below(l->list[i + 1].text, line->text);

		if (line->kind == LEARNED_SHOWN || (line->kind == LEARNED_PLACE && below))
			free(line->text);
		else
			l->list[kept++] = *line;
	}
	l->count = kept;
}

static void leave_out_covered(struct learned_list *l)
{
	struct tops tops = { NULL, NULL };
	size_t kept = 0;

	if (l->count)
		qsort(l->list, l->count, sizeof(*l->list), order);
	for (size_t i = 0; i < l->count; i++) {
		struct learned *line = &l->list[i];

		if (is_covered(&tops, line, kept ? &l->list[kept - 1] : NULL)) {
			free(line->text);
			continue;
		}
		if (line->kind == LEARNED_WRITE)
			tops.write = line->text;
		if (line->kind == LEARNED_READ)
			tops.read = line->text;
		l->list[kept++] = *line;
	}
	l->count = kept;
	leave_out_places(l);
}

int learn_sort_out(struct learned_list *out, const struct notes *n, const struct policy *given,
		   const struct policy *run, const char *own, struct err *e)
{
	struct sorting s = { .out = out, .given = given, .run = run, .own = own };

	for (size_t i = 0; i < n->count && !s.failed; i++)
		learn_act(&s, &n->acts[i]);
	/* Where the program starts. */
	if (policy_look(given, run->workdir, NULL, NULL) == POLICY_NOTHING &&
	    can_be_written(run->workdir))
		add(&s, LEARNED_PLACE, strdup(run->workdir));
	if (s.failed)
		return err_set(e, ERR_SANDBOX, ENOMEM, "--learn: out of memory");
	leave_out_covered(out);
	return 0;
}

void learned_free(struct learned_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->list[i].text);
	free(l->list);
	*l = (struct learned_list){ .list = NULL };
}
