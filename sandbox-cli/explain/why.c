// SPDX-License-Identifier: Apache-2.0
/*
 * Puts a decision into words: verdict, object, rule, what the program sees, and
 * what would allow it.
 */
#include "sandbox-cli/explain/why.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "common/quote.h"
#include "policy/judge/decide.h"
#include "policy/policy.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SHOWN 4096 /* bytes of an escaped path */

/* After the rule's origin. */
static const char *const reasons[] = {
	[DECIDED_GRANT] = "allows it",
	[DECIDED_PRIVATE] = "allows it in the VM alone: what the host has stays as it is",
	[DECIDED_OWN] = "gives the VM's own, which has the names that it has",
	[DECIDED_LOOPBACK] = "none is needed: it is the VM's own loopback",
	[DECIDED_NO_RULE] = "none: nothing shows it",
	[DECIDED_BARE] = "none: the directory is there for what lies below, and cannot be changed",
	[DECIDED_READ] = "lets it be read, not changed",
	[DECIDED_DENY] = "denies it",
	[DECIDED_HOLE] = "keeps it from the program, under whatever path",
	[DECIDED_ROOT] = "puts it there: its place stays",
	[DECIDED_MISSING] = "allows it, but the host has no such file",
	[DECIDED_HIDDEN] = "puts a private directory over it, which is empty at first",
	[DECIDED_HOST] = "allows it, but the host's own permissions do not",
	[DECIDED_SPECIAL] =
		"allows it, but devices, FIFOs and sockets of the host are never opened",
	[DECIDED_ALONE] = "none: \"loopback: false\" takes the VM's own loopback away",
	[DECIDED_NETWORK] = "none: there is no network beyond the VM in this release",
};

char *why_path(const char *what, const char *written, struct err *e)
{
	const char *top = NULL, *rest = written;
	char *made, here[PATH_MAX];
	struct stat st;

	if (*written == '~' && (written[1] == '/' || !written[1])) {
		rest = written + 1;
		top = getenv("HOME");
		if (!top || *top != '/') {
			err_set(e, ERR_SANDBOX, EINVAL,
				"%s: HOME is not set to a path, so there is "
				"no ~",
				what);
			return NULL;
		}
	} else if (*written != '/') {
		top = getcwd(here, sizeof(here));
		if (!top) {
			err_set(e, ERR_SANDBOX, errno, "%s: the current directory: %s", what,
				strerror(errno));
			return NULL;
		}
	}
	if (asprintf(&made, "%s%s%s", top ? top : "", top && *rest != '/' ? "/" : "", rest) < 0) {
		err_set(e, ERR_SANDBOX, ENOMEM, "out of memory");
		return NULL;
	}
	if (strpbrk(made, "*?[") && lstat(made, &st) < 0) {
		char shown[200];

		err_escape(shown, sizeof(shown), written, strlen(written));
		err_set(e, ERR_SANDBOX, EINVAL, "%s: path \"%s\" is a pattern", what, shown);
		err_hint(e, "name the directory that the files are in, or each file");
		free(made);
		return NULL;
	}
	return made;
}

static void print_error(FILE *out, const struct decision *d)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {
		{ ENOENT, "ENOENT" }, { EACCES, "EACCES" }, { EROFS, "EROFS" },
		{ EBUSY, "EBUSY" },   { EPERM, "EPERM" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].error == d->error)
			fprintf(out, "seen: %s, %s\n", names[i].name, strerror(d->error));
}

/* --ro PATH, or --ro HOST:GUEST where the object's names differ; nothing that cannot be said. */
static void print_option(FILE *out, const struct decision *d)
{
	const char *host = *d->host ? d->host : d->path;
	cleanup_free char *argument = NULL;
	char word[2 * SHOWN];
	int same = strcmp(host, d->path) == 0;

	if (!d->option || strchr(host, ':'))
		return;
	if (asprintf(&argument, "%s%s%s", host, same ? "" : ":", same ? "" : d->path) < 0) {
		argument = NULL;
		return;
	}
	if (quote_word(word, sizeof(word), argument) == 0)
		fprintf(out, "allow: %s %s%s%s\n", d->option, word,
			d->instead ? "  # in place of " : "", d->instead ? d->rule : "");
}

static void print_file(FILE *out, const char *object, const struct decision *d)
{
	char shown[SHOWN];

	if (strcmp(object, d->path) != 0) {
		err_escape(shown, sizeof(shown), d->path, strlen(d->path));
		fprintf(out, "path: %s\n", shown);
	}
	if (*d->host && strcmp(d->host, d->path) != 0) {
		err_escape(shown, sizeof(shown), d->host, strlen(d->host));
		fprintf(out, "host: %s\n", shown);
	}
}

static void print(FILE *out, enum act act, const char *object, const struct decision *d)
{
	const char *reason = d->reason == DECIDED_BARE && d->allowed
				     ? "none: the directory is there for what lies below"
				     : reasons[d->reason];
	char shown[SHOWN];

	err_escape(shown, sizeof(shown), object, strlen(object));
	fprintf(out, "%s: %s %s\n", d->allowed ? "allowed" : "denied", act_names[act], shown);
	if (act_is_file(act))
		print_file(out, object, d);
	fprintf(out, "rule: %s%s%s\n", d->rule ? d->rule : "", d->rule ? " " : "", reason);
	if (!d->allowed) {
		print_error(out, d);
		print_option(out, d);
	}
}

int why_print(FILE *out, const struct policy *p, const char *text, struct err *e)
{
	static struct decision d;
	cleanup_free char *path = NULL;
	const char *object;
	enum act act;
	int rc = act_parse("--why", text, &act, &object, e);

	if (rc)
		return rc;
	if (act_is_file(act)) {
		path = why_path("--why", object, e);
		if (!path)
			return -EINVAL;
		object = path;
	}
	rc = policy_decide(p, act, object, &d);
	if (rc) {
		char shown[200];

		err_escape(shown, sizeof(shown), text, strlen(text));
		return err_set(e, ERR_SANDBOX, -rc, "--why %s: %s", shown, strerror(-rc));
	}
	print(out, act, object, &d);
	return d.allowed ? 0 : WHY_DENIED;
}
