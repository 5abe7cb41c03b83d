// SPDX-License-Identifier: Apache-2.0
/*
 * Learning. The policy of the run is the given one with "/" as an overlay, so
 * that all can be read that the caller may read, and nothing that is written
 * stays; secrets are denied in it, as holes, before there is a guest.
 */
#include "sandbox-cli/report/learn.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/judge/print.h"
#include "sandbox-cli/build.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILE_MAX   (60u << 10) /* bytes of a draft: a policy file is at most 64 KiB */
#define RULES_LEFT 16	       /* of RULES_MAX */

/* The rules of the run, beside the given ones. */
static int add_observed(void *context, struct rules *r, struct err *e)
{
	static const char *const own[] = { "/dev", "/proc", "/sys" };
	const struct policy *given = context;
	int rc = rules_add_flag(r, RULE_OVERLAY, "--learn", "/", 0, e);

	/* Without the base there are none of these, and the host's are not for a task. */
	for (size_t i = 0; i < sizeof(own) / sizeof(*own) && rc == 0 && r->empty; i++)
		if (!policy_covering(given, own[i]))
			rc = rules_add_flag(r, RULE_DENY, "--learn", own[i], 0, e);
	return rc ? rc : learn_hide_secrets(r, given, e);
}

static int refuse(const char *file, int error, struct err *e)
{
	char shown[200];

	err_escape(shown, sizeof(shown), file, strlen(file));
	return err_set(e, ERR_SANDBOX, error, "--learn %s: %s", shown, strerror(error));
}

static int check_given(const struct options *o, const struct policy *given, struct err *e)
{
	char name[100];

	if (!given->learn_refused)
		return 0;
	err_escape(name, sizeof(name), given->name, strlen(given->name));
	err_set(e, ERR_SANDBOX, EPERM, "--learn: policy %s says learn: refuse or locked: true",
		name);
	err_hint(e, "learning is for programs that you trust to run: leave %s out",
		 o->policy ? "--policy" : "--learn");
	return -EPERM;
}

int learn_start(struct learn *l, const struct options *o, const struct policy *given,
		char **program, struct err *e)
{
	int rc;

	rules_init(&l->rules);
	policy_init(&l->policy);
	rc = check_given(o, given, e);
	if (rc)
		return rc;
	free(*program);
	*program = NULL;
	return build_policy_more(&l->policy, &l->rules, o, add_observed, (void *)(uintptr_t)given,
				 program, e);
}

void learn_free(struct learn *l)
{
	policy_free(&l->policy);
	rules_free(&l->rules);
}

struct draft {
	const struct learned_list *learned;
	const char *own;
	size_t left_out;
};

static int lies_in_write(const struct learned_list *l, const char *path)
{
	for (size_t i = 0; i < l->count; i++) {
		size_t length = strlen(l->list[i].text);

		if (l->list[i].kind == LEARNED_WRITE &&
		    strncmp(path, l->list[i].text, length) == 0 && path[length] == '/')
			return 1;
	}
	return 0;
}

static int add_learned(void *context, struct rules *r, struct err *e)
{
	static const enum rule_key keys[] = { [LEARNED_WRITE] = RULE_WRITE,
					      [LEARNED_READ] = RULE_READ,
					      [LEARNED_TMPFS] = RULE_TMPFS,
					      [LEARNED_PLACE] = RULE_TMPFS };
	struct draft *d = context;
	size_t bytes = 0;
	int rc = 0;

	d->left_out = 0;
	for (size_t i = 0; i < d->learned->count && rc == 0; i++) {
		const struct learned *line = &d->learned->list[i];

		bytes += strlen(line->text) + 32;
		if (line->kind == LEARNED_COMMENT)
			continue;
		if (bytes > FILE_MAX / 2 || r->count + RULES_LEFT > RULES_MAX)
			d->left_out++;
		else
			rc = rules_add_flag(r, keys[line->kind], "--learn", line->text, 0, e);
	}
	if (rc == 0 && lies_in_write(d->learned, d->own))
		rc = rules_add_flag(r, RULE_DENY, "--learn", d->own, 0, e);
	return rc;
}

static void print_head(FILE *out, const struct options *o, int status, const struct draft *d)
{
	time_t now = time(NULL);
	char date[40] = "", word[200];
	struct tm tm;

	if (gmtime_r(&now, &tm))
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S UTC", &tm);
	fputs("# Draft of a policy, learned from:", out);
	for (int i = 0; i < 32 && o->command[i]; i++) {
		err_escape(word, sizeof(word), o->command[i], strlen(o->command[i]));
		fprintf(out, " %s", word);
	}
	fprintf(out, "\n# on %s; it ended with status %d.\n", date, status);
	fputs("# It covers one run; review before use.\n", out);
	if (d->left_out)
		fprintf(out, "# %zu more paths do not fit into a policy file.\n", d->left_out);
	for (size_t i = 0; i < d->learned->count; i++)
		if (d->learned->list[i].kind == LEARNED_COMMENT)
			fprintf(out, "# %s\n", d->learned->list[i].text);
	fputc('\n', out);
}

/* The given policy with what was learned, as text. */
static int print_draft(FILE *out, const struct options *o, struct draft *d, int status,
		       struct err *e)
{
	cleanup_free char *program = NULL;
	static struct rules rules;
	struct policy policy;
	int rc;

	rules_init(&rules);
	policy_init(&policy);
	rc = build_policy_more(&policy, &rules, o, add_learned, d, &program, e);
	if (rc == 0) {
		print_head(out, o, status, d);
		rc = policy_print(out, &policy, &rules, e);
	}
	policy_free(&policy);
	rules_free(&rules);
	return rc;
}

/* Next to its place to be: complete, or not at all. */
static int put_in_place(const char *path, const char *text, size_t size, struct err *e)
{
	cleanup_free char *temporary = NULL;
	const char *slash = strrchr(path, '/');
	mode_t mask = umask(0);
	int fd, error = 0;

	umask(mask);
	if (asprintf(&temporary, "%.*s/.%.200s.XXXXXX", (int)(slash - path), path, slash + 1) < 0) {
		temporary = NULL;
		return refuse(path, ENOMEM, e);
	}
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return refuse(path, errno, e);
	if (write(fd, text, size) != (ssize_t)size)
		error = errno ? errno : ENOSPC;
	else if (fchmod(fd, 0666 & ~mask) < 0 || rename(temporary, path) < 0)
		error = errno;
	close(fd);
	if (error) {
		unlink(temporary);
		return refuse(path, error, e);
	}
	return 0;
}

int learn_finish(const struct learn *l, const struct options *o, const struct policy *given,
		 const struct notes *n, const char *path, int status, struct err *e)
{
	struct learned_list learned = { .list = NULL };
	struct draft draft = { .learned = &learned, .own = path };
	cleanup_free char *text = NULL;
	size_t size = 0;
	FILE *out;
	int rc = learn_sort_out(&learned, n, given, &l->policy, path, e);

	draft.left_out = n->lost;
	out = rc ? NULL : open_memstream(&text, &size);
	if (rc == 0 && !out)
		rc = refuse(path, ENOMEM, e);
	if (rc == 0) {
		rc = print_draft(out, o, &draft, status, e);
		if (fclose(out) && rc == 0)
			rc = refuse(path, ENOMEM, e);
	}
	if (rc == 0)
		rc = put_in_place(path, text, size, e);
	learned_free(&learned);
	return rc;
}
