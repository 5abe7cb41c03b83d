// SPDX-License-Identifier: Apache-2.0
/*
 * From -p FILE or NAME to its rules: finds the file, reads it, and puts what
 * it extends before it.
 */
#include "policy/load.h"
#include "common/cleanup.h"
#include "policy/grants.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define POLICIES "/etc/sandbox-run/policies"

/* "policy FILE: REASON". */
static int refuse(struct rules *r, const char *shown, const char *reason, int rc)
{
	return err_set(rules_problem(r), ERR_SANDBOX, -rc, "policy %s: %s", shown, reason);
}

/* Reads a whole file of a limited size; *text: owned by the caller. */
static int read_all(struct rules *r, int fd, const char *shown, char **text, size_t *size)
{
	ssize_t got;

	*size = 0;
	*text = malloc(LOAD_SIZE_MAX + 1);
	if (!*text)
		return refuse(r, shown, "out of memory", -ENOMEM);
	while ((got = read(fd, *text + *size, LOAD_SIZE_MAX + 1 - *size)) > 0)
		*size += (size_t)got;
	if (got < 0)
		return refuse(r, shown, strerror(errno), -errno);
	if (*size > LOAD_SIZE_MAX)
		return refuse(r, shown, "longer than 64 KiB", -EFBIG);
	return 0;
}

/* Opens a policy file; *canonical: owned by r. */
static int open_file(struct rules *r, const char *path, const char *shown, const char **canonical)
{
	char real[PATH_MAX];
	struct stat opened, named;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return refuse(r, shown, strerror(errno), -errno);
	if (fstat(fd, &opened) < 0 || !S_ISREG(opened.st_mode)) {
		close(fd);
		return refuse(r, shown, "not a regular file", -EINVAL);
	}
	if (!realpath(path, real) || stat(real, &named) < 0 || named.st_ino != opened.st_ino ||
	    named.st_dev != opened.st_dev) {
		close(fd);
		return refuse(r, shown, "it moved while it was opened", -EAGAIN);
	}
	*canonical = rules_keep(r, real, strlen(real));
	if (!*canonical) {
		close(fd);
		return refuse(r, shown, "out of memory", -ENOMEM);
	}
	return fd;
}

static const char *keep_escaped(struct rules *r, const char *text)
{
	char escaped[300];

	err_escape(escaped, sizeof(escaped), text, strlen(text));
	return rules_keep(r, escaped, strlen(escaped));
}

static const char *keep_directory(struct rules *r, const char *path)
{
	size_t length = (size_t)(strrchr(path, '/') - path);

	return rules_keep(r, path, length ? length : 1);
}

static int load_file(struct rules *r, const char *path)
{
	const char *shown = keep_escaped(r, path);
	cleanup_free char *text = NULL;
	struct source source = { .shown = shown, .to = r };
	struct rules_file *file = &r->files[r->file_count];
	cleanup_close int fd = -1;

	must(r->file_count < RULES_FILES_MAX);
	if (!path || !shown)
		return -ENOMEM;
	fd = open_file(r, path, shown, &file->path);
	if (fd < 0)
		return fd;
	if (read_all(r, fd, shown, &text, &source.size))
		return -EINVAL;
	file->shown = shown;
	r->file_count++;
	source.text = text;
	source.directory = keep_directory(r, file->path);
	return source.directory ? read_source(&source) : -ENOMEM;
}

static int is_file(const char *policy)
{
	size_t length = strlen(policy);

	return strchr(policy, '/') || (length > 5 && strcmp(policy + length - 5, ".yaml") == 0);
}

/* A file, or a name: a file of the host's, else a shipped policy. */
static int load_any(struct rules *r, const char *policy)
{
	char path[PATH_MAX];

	if (is_file(policy))
		return load_file(r, policy);
	if (!value_is_name(policy)) {
		const char *shown = keep_escaped(r, policy);

		return shown ? refuse(r, shown, "neither a name nor a file", -EINVAL) : -ENOMEM;
	}
	snprintf(path, sizeof(path), "%s/%s.yaml", POLICIES, policy);
	return load_file(r, path);
}

/* The file that `extends: ./OTHER.yaml` of a file names. */
static const char *beside(struct rules *r, const struct rule *extends)
{
	const char *slash = strrchr(extends->at.file, '/');

	return rules_keep_printed(r, "%.*s%s", slash ? (int)(slash + 1 - extends->at.file) : 0,
				  extends->at.file, extends->value + 2);
}

static int extend(struct rules *r, const struct rule *extends)
{
	struct rules own = *r;
	int rc;

	if (!extends || strcmp(extends->value, "builtin:empty") == 0) {
		r->empty = 1;
		return 0;
	}
	if (strcmp(extends->value, "builtin:base") == 0)
		return 0;
	r->list = NULL;
	r->count = r->capacity = 0;
	rc = strncmp(extends->value, "./", 2) == 0 ? load_file(r, beside(r, extends))
						   : load_any(r, extends->value);
	for (size_t i = 0; i < own.count && rc == 0; i++)
		rc = rules_add(r, &own.list[i], rules_problem(r));
	free(own.list);
	return rc;
}

static const char *own_name(struct rules *r, const char *policy)
{
	const char *slash = strrchr(policy, '/'), *name = slash ? slash + 1 : policy;
	size_t length = strlen(name);

	if (length > 5 && strcmp(name + length - 5, ".yaml") == 0)
		length -= 5;
	return rules_keep(r, name, length);
}

int rules_load(struct rules *r, const char *policy, struct err *e)
{
	const struct rule *name;
	int rc = load_any(r, policy);

	if (rc == 0)
		rc = extend(r, rules_find(r, RULE_EXTENDS));
	if (rc == 0) {
		name = rules_find(r, RULE_NAME);
		r->name = name ? name->value : own_name(r, policy);
		return 0;
	}
	if (r->problem_count == 0)
		err_set(rules_problem(r), ERR_SANDBOX, ENOMEM, "out of memory");
	*e = r->problems[0];
	return rc;
}
