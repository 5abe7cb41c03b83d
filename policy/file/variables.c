// SPDX-License-Identifier: Apache-2.0
/*
 * Paths of a policy file: absolute, or after one of three variables. Nothing
 * else is expanded, and what looks like a pattern is refused: where patterns
 * and relative paths start is where enforcement quietly fails.
 */
#include "common/cleanup.h"
#include "policy/file/load.h"
#include "policy/grants/grants.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int refuse(const struct rule *rule, const char *text, const char *reason, struct err *e)
{
	char where[320], shown[160];

	read_where(where, sizeof(where), rule);
	err_escape(shown, sizeof(shown), text, strlen(text));
	return err_set(e, ERR_SANDBOX, EINVAL, "%s: path \"%s\" %s", where, shown, reason);
}

/* In [ ] and { } a text without quotes ends where a "{" comes. */
static int unquoted(const struct rule *rule, const char *text, struct err *e)
{
	refuse(rule, text, "ends with \"$\"", e);
	err_hint(e, "between [ ] or { } a path with a variable has quotes: [\"${HOME}/data\"]");
	return -EINVAL;
}

/* The value of the variable that text starts with, and the length of its name with ${}. */
static int variable(const struct source *source, const struct rule *rule, const char *text,
		    char out[PATH_MAX], size_t *length, struct err *e)
{
	const char *value = NULL, *reason = "";

	*length = strcspn(text, "}") + 1;
	if (strncmp(text, "${CWD}", 6) == 0) {
		value = getcwd(out, PATH_MAX);
		reason = "uses ${CWD}, but the current directory has no path";
	} else if (strncmp(text, "${HOME}", 7) == 0) {
		value = getenv("HOME");
		reason = "uses ${HOME}, but HOME is not set to an absolute path";
	} else if (strncmp(text, "${POLICY_DIR}", 13) == 0) {
		value = source->directory;
		reason = "uses ${POLICY_DIR}, but a shipped policy lies in no directory";
	} else if (text[strlen(text) - 1] == '$') {
		return unquoted(rule, text, e);
	} else {
		refuse(rule, text, "uses an unknown variable", e);
		err_hint(e, "the variables are ${CWD}, ${HOME} and ${POLICY_DIR}");
		return -EINVAL;
	}
	if (!value && rule->key == RULE_READ_TRY) /* there is nothing to try */
		return 1;
	if (!value || *value != '/')
		return refuse(rule, text, reason, e);
	if (value != out && path_copy(out, value))
		return refuse(rule, text, "is too long", e);
	return 0;
}

static int relative(const struct rule *rule, const char *text, struct err *e)
{
	char shown[160];

	refuse(rule, text, "is relative", e);
	while (strncmp(text, "./", 2) == 0)
		text += 2;
	err_escape(shown, sizeof(shown), text, strlen(text));
	if (strcmp(text, "~") == 0 || strncmp(text, "~/", 2) == 0)
		err_hint(e, "write \"${HOME}%s\"", shown + 1);
	else if (strcmp(text, ".") == 0)
		err_hint(e, "write \"${CWD}\" or \"${POLICY_DIR}\"");
	else
		err_hint(e, "write \"${CWD}/%s\" or \"${POLICY_DIR}/%s\"", shown, shown);
	return -EINVAL;
}

/* What may follow a variable, or be the whole of a path. */
static int check_rest(const struct rule *rule, const char *text, const char *rest, struct err *e)
{
	if (strchr(rest, '$')) {
		refuse(rule, text, "has a \"$\" in it", e);
		err_hint(e, "a variable can only stand at the start: ${CWD}, ${HOME}, "
			    "${POLICY_DIR}");
		return -EINVAL;
	}
	if (strpbrk(rest, "*?[")) {
		refuse(rule, text, "is a pattern", e);
		err_hint(e, "name the directory that the files are in, or each file");
		return -EINVAL;
	}
	for (const char *at = rest; (at = strstr(at, "..")) != NULL; at += 2) {
		if ((at == rest || at[-1] == '/') && (!at[2] || at[2] == '/')) {
			refuse(rule, text, "has \"..\" in it", e);
			err_hint(e, "write the path without it");
			return -EINVAL;
		}
	}
	return 0;
}

static int read_one(struct source *source, struct rule *rule, const char *text, const char **out,
		    struct err *e)
{
	char start[PATH_MAX] = "", path[PATH_MAX];
	const char *rest = text;
	int rc;

	if (*text == '$' && source->is_host) {
		refuse(rule, text, "has a variable", e);
		err_hint(e, "write the path out: this file is not the caller's");
		return -EINVAL;
	}
	if (*text == '$') {
		size_t length;

		rc = variable(source, rule, text, start, &length, e);
		if (rc)
			return rc;
		rest = text + length;
		if (*rest && *rest != '/')
			return refuse(rule, text, "has no \"/\" after the variable", e);
	} else if (*text != '/') {
		return relative(rule, text, e);
	}
	rc = check_rest(rule, text, rest, e);
	if (rc)
		return rc;
	if (!*rest)
		rc = path_copy(path, start);
	else
		rc = path_join(path, *start ? start : "/", rest + 1);
	if (rc == 0)
		rc = path_tidy(start, path);
	if (rc)
		return refuse(rule, text, rc == -EINVAL ? "leads through \"..\"" : "is too long",
			      e);
	*out = rules_keep(source->to, start, strlen(start));
	return *out ? 0 : err_set(e, ERR_SANDBOX, ENOMEM, "out of memory");
}

/* Whether a key's paths may be HOST:GUEST, as those of flags. */
static int has_two_sides(enum rule_key key)
{
	return key == RULE_READ || key == RULE_READ_TRY || key == RULE_OVERLAY || key == RULE_WRITE;
}

int read_path(struct source *source, struct rule *rule, const char *text, struct err *e)
{
	const char *colon = has_two_sides(rule->key) ? strchr(text, ':') : NULL, *host;
	int rc;

	if (!colon) {
		rc = read_one(source, rule, text, &rule->value, e);
		rule->guest = rule->value;
		return rc;
	}
	if (colon == text || !colon[1]) {
		refuse(rule, text, "has an empty side of its colon", e);
		err_hint(e, "write HOST:GUEST");
		return -EINVAL;
	}
	host = rules_keep(source->to, text, (size_t)(colon - text));
	if (!host)
		return err_set(e, ERR_SANDBOX, ENOMEM, "out of memory");
	rc = read_one(source, rule, host, &rule->value, e);
	return rc ? rc : read_one(source, rule, colon + 1, &rule->guest, e);
}
