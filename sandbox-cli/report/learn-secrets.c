// SPDX-License-Identifier: Apache-2.0
/* What is secret on most hosts: neither shown while learning nor granted afterwards. */
#include "common/err.h"
#include "sandbox-cli/report/learn.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRETS_MAX 512 /* of one pattern */

static const char *const everywhere[] = {
	"/etc/shadow",	"/etc/shadow-",	  "/etc/gshadow",     "/etc/gshadow-",
	"/etc/ssh",	"/etc/*.keytab",  "/etc/ssl/private", "/etc/krb5.keytab",
	"/etc/sudoers", "/etc/sudoers.d", "/run/secrets",     "/var/run/secrets",
};

static const char *const at_home[] = {
	".ssh",
	".aws",
	".azure",
	".gnupg",
	".kube",
	".docker",
	".netrc",
	".git-credentials",
	".pgpass",
	".pypirc",
	".npmrc",
	".password-store",
	".local/share/keyrings",
	".config/gcloud",
	".config/gh",
	".config/git/credentials",
	".*_history",
	".history",
	".lesshst",
	".viminfo",
	".local/share/fish/fish_history",
};

static int add_secret(struct rules *r, const struct policy *given, const char *path, struct err *e)
{
	char place[PATH_MAX];
	const char *kept;
	const struct grant *g;

	if (!realpath(path, place))
		return 0;
	g = policy_covering(given, place);
	/* What the given policy shows, it shows. */
	if (g && !g->implied && (grant_is_host(g->kind) || g->kind == GRANT_TMPFS))
		return 0;
	kept = rules_keep(r, path, strlen(path));
	if (!kept)
		return err_set(e, ERR_SANDBOX, ENOMEM, "out of memory");
	return rules_add_flag(r, RULE_DENY, "--learn", kept, 0, e);
}

static int add_pattern(struct rules *r, const struct policy *given, const char *pattern,
		       struct err *e)
{
	glob_t found;
	int rc = 0;

	if (glob(pattern, GLOB_PERIOD | GLOB_NOSORT, NULL, &found))
		return 0;
	if (found.gl_pathc > SECRETS_MAX)
		rc = err_set(e, ERR_SANDBOX, E2BIG, "--learn: too many secrets like %s", pattern);
	for (size_t i = 0; i < found.gl_pathc && rc == 0; i++)
		rc = add_secret(r, given, found.gl_pathv[i], e);
	globfree(&found);
	return rc;
}

/* A path as a pattern that is nothing else. */
static int escape(char out[PATH_MAX], const char *path)
{
	size_t used = 0;

	for (; *path; path++) {
		if (used + 3 > PATH_MAX)
			return -ENAMETOOLONG;
		if (strchr("*?[\\", *path))
			out[used++] = '\\';
		out[used++] = *path;
	}
	out[used] = '\0';
	return 0;
}

static int add_home(struct rules *r, const struct policy *given, const char *home, struct err *e)
{
	char pattern[PATH_MAX + 64];
	int rc = 0;

	for (size_t i = 0; i < sizeof(at_home) / sizeof(*at_home) && rc == 0; i++) {
		snprintf(pattern, sizeof(pattern), "%s/%s", home, at_home[i]);
		rc = add_pattern(r, given, pattern, e);
	}
	return rc;
}

int learn_hide_secrets(struct rules *r, const struct policy *given, struct err *e)
{
	const char *home = getenv("HOME");
	char pattern[PATH_MAX];
	int rc = 0;

	for (size_t i = 0; i < sizeof(everywhere) / sizeof(*everywhere) && rc == 0; i++)
		rc = add_pattern(r, given, everywhere[i], e);
	if (rc == 0 && home && *home == '/' && escape(pattern, home) == 0)
		rc = add_home(r, given, pattern, e);
	/* Those of others, too, as far as they can be seen. */
	if (rc == 0)
		rc = add_home(r, given, "/root", e);
	if (rc == 0)
		rc = add_home(r, given, "/home/*", e);
	return rc;
}
