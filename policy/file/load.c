// SPDX-License-Identifier: Apache-2.0
/*
 * From -p FILE or NAME to its rules: finds the policy, reads it, and puts what
 * it extends before it.
 */
#include "policy/file/load.h"
#include "common/cleanup.h"
#include "common/suggest.h"
#include "policy/file/profiles.h"
#include "policy/grants/grants.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUFFIX ".yaml"

/* A copy that r owns, or NULL. */
static const char *keep_escaped(struct rules *r, const char *text)
{
	char escaped[300];

	err_escape(escaped, sizeof(escaped), text, strlen(text));
	return rules_keep(r, escaped, strlen(escaped));
}

static int no_memory(struct rules *r)
{
	return err_set(rules_problem(r), ERR_SANDBOX, ENOMEM, "out of memory");
}

static const char *keep_directory(struct rules *r, const char *path)
{
	size_t length = (size_t)(strrchr(path, '/') - path);

	return rules_keep(r, path, length ? length : 1);
}

/* Reads a policy file; path is kept by r. */
static int load_file(struct rules *r, const char *path)
{
	cleanup_free char *text = NULL;
	struct source source = { .to = r };
	struct rules_file file = { 0 };
	int rc;

	file.path = path;
	file.shown = keep_escaped(r, path);
	if (!file.shown)
		return no_memory(r);
	rc = file_read(r, &file, &text, &source.size);
	if (rc)
		return rc;
	must(r->file_count < RULES_FILES_MAX);
	r->files[r->file_count++] = file;
	source.shown = file.shown;
	source.text = text;
	source.directory = keep_directory(r, file.canonical);
	return source.directory ? read_source(&source) : no_memory(r);
}

static int load_profile(struct rules *r, const char *name, const char *text, size_t size)
{
	struct source source = { .text = text, .size = size, .to = r };

	source.shown = rules_keep_printed(r, "%s" SUFFIX, name);
	return source.shown ? read_source(&source) : no_memory(r);
}

static int not_found(struct rules *r, const char *name)
{
	struct suggestion meant = { 0 };
	struct err *e = rules_problem(r);
	char path[PATH_MAX];

	for (size_t i = 0; !r->host.policies && profiles_name(i); i++)
		suggest(&meant, name, strlen(name), profiles_name(i));
	err_set(e, ERR_SANDBOX, ENOENT, "policy %s: there is none of this name", name);
	snprintf(path, sizeof(path), "%s" SUFFIX, name);
	if (r->host.policies)
		err_hint(e, HOST_FILE " allows names of %s/ only", r->host.policies);
	else if (meant.name)
		err_hint(e, "did you mean \"%s\"?", meant.name);
	else if (access(name, F_OK) == 0)
		err_hint(e, "for the file in the current directory write -p ./%s", name);
	else if (access(path, F_OK) == 0)
		err_hint(e, "for the file in the current directory write -p ./%s", path);
	else
		err_hint(e,
			 "name one of %s/, or a shipped one (see sandbox-policy(5)), or a file "
			 "such as ./%s",
			 LOAD_POLICIES, path);
	return -ENOENT;
}

static int is_file(const char *policy)
{
	size_t length = strlen(policy), suffix = strlen(SUFFIX);

	return strchr(policy, '/') ||
	       (length > suffix && strcmp(policy + length - suffix, SUFFIX) == 0);
}

/* A policy by its name: of the host's, else a shipped one. */
static int load_name(struct rules *r, const char *name)
{
	const char *directory = r->host.policies ? r->host.policies : LOAD_POLICIES;
	const char *path, *text;
	size_t size;

	if (!value_is_name(name)) {
		const char *shown = keep_escaped(r, name);

		return shown ? err_set(rules_problem(r), ERR_SANDBOX, EINVAL,
				       "policy \"%s\": neither a name nor a file", shown)
			     : no_memory(r);
	}
	path = rules_keep_printed(r, "%s/%s" SUFFIX, directory, name);
	if (!path)
		return no_memory(r);
	if (access(path, F_OK) == 0)
		return load_file(r, path);
	text = r->host.policies ? NULL : profiles_find(name, &size);
	if (!text)
		return not_found(r, name);
	/* A file that comes into being there would take the shipped one's place. */
	must(r->file_count < RULES_FILES_MAX);
	r->files[r->file_count++] = (struct rules_file){ path, path, path };
	return load_profile(r, name, text, size);
}

static int load_any(struct rules *r, const char *policy)
{
	const char *path;

	if (!is_file(policy))
		return load_name(r, policy);
	if (r->host.policies) {
		const char *shown = keep_escaped(r, policy);
		struct err *e = rules_problem(r);

		err_set(e, ERR_SANDBOX, EPERM, "policy %s: " HOST_FILE " allows names only",
			shown ? shown : "");
		err_hint(e, "name a policy of %s/", r->host.policies);
		return -EPERM;
	}
	path = rules_keep(r, policy, strlen(policy));
	return path ? load_file(r, path) : no_memory(r);
}

/* The file that `extends: ./OTHER.yaml` of a file names; shipped policies extend builtins only. */
static int load_beside(struct rules *r, const struct rule *extends)
{
	const char *from = r->files[0].path, *slash = strrchr(from, '/');
	const char *path = rules_keep_printed(r, "%.*s%s", slash ? (int)(slash + 1 - from) : 0,
					      from, extends->value + strlen("./"));

	return path ? load_file(r, path) : no_memory(r);
}

static int is_builtin(const struct rule *extends)
{
	return !extends || strncmp(extends->value, "builtin:", 8) == 0;
}

/* What a policy extends. Where that cannot be read at all, the place is the line that names it. */
static int load_extended(struct rules *r, const struct rule *extends)
{
	static const char start[] = "policy ";
	size_t before = r->problem_count;
	int rc = strncmp(extends->value, "./", 2) == 0 ? load_beside(r, extends)
						       : load_name(r, extends->value);

	if (rc && r->problem_count == before + 1 && before < RULES_PROBLEMS_MAX) {
		struct err *e = &r->problems[before], was = *e;

		if (strncmp(was.what, start, strlen(start)) != 0)
			return rc;
		err_set(e, was.status, -rc, "%s:%u:%u: extends: %s", extends->at.file,
			extends->at.line, extends->at.column, was.what + strlen(start));
		err_hint(e, "%s", was.hint);
	}
	return rc;
}

static int too_deep(struct rules *r, const struct rule *extends, const struct rule *child)
{
	struct err *e = rules_problem(r);

	err_set(e, ERR_SANDBOX, EINVAL,
		"%s:%u:%u: extends: %s, which %s extends, may only extend a builtin",
		extends->at.file, extends->at.line, extends->at.column, extends->at.file,
		child->at.file);
	err_hint(e, "one level is all: write extends: builtin:base, and the rest out");
	return -EINVAL;
}

/* Puts the rules that a policy extends before its own. */
static int extend(struct rules *r)
{
	const struct rule *extends = rules_find(r, RULE_EXTENDS), *base = extends;
	struct rule *own = r->list, child = { 0 };
	size_t count = r->count;
	int rc = 0;

	if (!is_builtin(extends)) {
		child = *extends;
		r->list = NULL;
		r->count = r->capacity = 0;
		rc = load_extended(r, &child);
		base = rules_find(r, RULE_EXTENDS);
		if (rc == 0 && !is_builtin(base))
			rc = too_deep(r, base, &child);
		rules_drop(r, RULE_NAME);
		for (size_t i = 0; i < r->count; i++)
			r->list[i].layer = LAYER_EXTENDED;
	}
	r->empty = !base || strcmp(base->value, "builtin:empty") == 0;
	if (r->list == own)
		return rc;
	for (size_t i = 0; i < count && rc == 0; i++) {
		struct err e = { 0 };

		rc = rules_add(r, &own[i], &e);
		if (rc)
			*rules_problem(r) = e;
	}
	free(own);
	return rc;
}

static const char *own_name(struct rules *r, const char *policy)
{
	const char *slash = strrchr(policy, '/'), *name = slash ? slash + 1 : policy;
	size_t length = strlen(name), suffix = strlen(SUFFIX);

	if (length > suffix && strcmp(name + length - suffix, SUFFIX) == 0)
		length -= suffix;
	return rules_keep(r, name, length);
}

int rules_load(struct rules *r, const char *policy, struct err *e)
{
	int rc = load_any(r, policy);

	if (rc == 0)
		rc = extend(r);
	if (rc == 0)
		rc = useless_check_text(r);
	if (rc == 0) {
		const struct rule *name = rules_find(r, RULE_NAME);

		r->name = name ? name->value : own_name(r, policy);
		if (!r->name)
			rc = no_memory(r);
	}
	if (rc)
		*e = r->problems[0];
	return rc;
}
