// SPDX-License-Identifier: Apache-2.0
/*
 * /etc/sandbox-run/host.yaml, by which a host's administrator keeps users to
 * certain policies. Only root's word counts: a file that anybody else could
 * have written is an error, not ignored.
 */
#include "common/cleanup.h"
#include "policy/file/load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int host_owns(struct rules *r, const struct rules_file *file, const struct stat *st)
{
	struct err *e;

	if (st->st_uid == 0 && !(st->st_mode & (S_IWGRP | S_IWOTH)))
		return 0;
	e = rules_problem(r);
	err_set(e, ERR_SANDBOX, EPERM, "policy %s: others than root can change it", file->shown);
	err_hint(e, "chown root %s; chmod go-w %s", file->shown, file->shown);
	return -EPERM;
}

/* Takes the keys of host.yaml out of the list, which is left empty. */
static void take(struct rules *r)
{
	const struct rule *policies = rules_find(r, RULE_POLICIES);
	const struct rule *locked = rules_find(r, RULE_LOCKED);

	r->host.policies = policies ? policies->value : NULL;
	r->host.locked = locked && locked->number;
	r->count = 0;
}

int rules_load_host(struct rules *r, struct err *e)
{
	cleanup_free char *text = NULL;
	struct source source = { .shown = HOST_FILE, .to = r, .is_host = 1 };
	int rc;

	if (access(HOST_FILE, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	r->host.file = (struct rules_file){ .shown = HOST_FILE, .path = HOST_FILE };
	rc = file_read(r, &r->host.file, &text, &source.size);
	source.text = text;
	if (rc == 0)
		rc = read_source(&source);
	if (rc)
		*e = r->problems[0];
	else
		take(r);
	return rc;
}
