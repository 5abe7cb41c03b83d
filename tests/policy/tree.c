// SPDX-License-Identifier: Apache-2.0
/* Makes and removes the tree that tests/policy/ look at. */
#include "tests/policy/tree.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int tree_make(void **state)
{
	struct tree *t = calloc(1, sizeof(*t));
	char template[] = "/tmp/policy-test.XXXXXX", top[PATH_MAX];

	if (!t || !mkdtemp(template) || !realpath(template, top) || chdir(top)) {
		free(t);
		return -1;
	}
	snprintf(t->top, sizeof(t->top), "%.60s", top);
	policy_init(&t->policy);
	*state = t;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int tree_remove(void **state)
{
	struct tree *t = *state;

	policy_free(&t->policy);
	if (chdir("/") || nftw(t->top, remove_one, 8, FTW_DEPTH | FTW_PHYS))
		return -1;
	free(t);
	return 0;
}

void tree_dir(const char *path)
{
	assert_return_code(mkdir(path, 0755), 0);
}

void tree_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	close(fd);
}

void tree_link(const char *path, const char *target)
{
	assert_return_code(symlink(target, path), 0);
}

const char *tree_path(const struct tree *t, const char *path)
{
	static char buffers[4][PATH_MAX];
	static unsigned int turn;
	char *out = buffers[turn++ % 4];

	snprintf(out, PATH_MAX, "%s/%s", t->top, path);
	return out;
}

const struct grant *tree_grant(const struct tree *t, const char *guest)
{
	for (size_t i = 0; i < t->policy.grant_count; i++) {
		if (strcmp(t->policy.grants[i].guest, guest) == 0)
			return &t->policy.grants[i];
	}
	return NULL;
}

int tree_ro(struct tree *t, const char *path)
{
	return policy_grant_read(&t->policy, path, path, 0, "--ro", &t->err);
}
