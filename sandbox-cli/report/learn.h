/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --learn FILE: COMMAND runs under the given policy with all of the host's
 * files shown as an overlay, but for secrets; then FILE gets the given policy
 * with what the run needed beside, as a draft for a person to review.
 */
#ifndef SANDBOX_CLI_LEARN_H
#define SANDBOX_CLI_LEARN_H

#include "policy/file/rules.h"
#include "policy/policy.h"
#include "sandbox-cli/options.h"
#include "sandbox-cli/report/notes.h"
#include "sandbox-cli/run/launch.h"

struct err;

struct learn {
	struct rules rules;   /* of the run */
	struct policy policy; /* of the run: what was given, and what is observed */
};

/*
 * Builds the policy under which COMMAND is observed; given: the finished policy
 * without it, which may refuse it. Release with learn_free(), also after an error.
 */
int learn_start(struct learn *l, const struct options *o, const struct policy *given,
		char **program, struct err *e);
void learn_free(struct learn *l);

/*
 * Writes the draft to path, which is canonical, however the run ended: complete,
 * or not at all.
 */
int learn_finish(const struct learn *l, const struct options *o, const struct policy *given,
		 const struct notes *n, const char *path, int status, struct err *e);

/*
 * learn-secrets.c: denies, in the rules of the run, each secret that is there
 * and is not granted.
 */
int learn_hide_secrets(struct rules *r, const struct policy *given, struct err *e);

/* learn-paths.c: what a run needed. */
enum learned_kind {
	LEARNED_WRITE,
	LEARNED_SHOWN, /* by the rule about a link that leads there; no line of the draft */
	LEARNED_READ,
	LEARNED_TMPFS,	 /* a private directory, for what is made in it */
	LEARNED_PLACE,	 /* the same, for a directory that was only looked at */
	LEARNED_COMMENT, /* what is wanted and not granted */
};

struct learned {
	enum learned_kind kind;
	char *text; /* owned: absolute path of the host, or the comment */
};

struct learned_list {
	struct learned *list; /* owned; sorted, nothing twice or below another that covers it */
	size_t count, capacity;
};

/* own: the draft, which is no need of the run. */
int learn_sort_out(struct learned_list *out, const struct notes *n, const struct policy *given,
		   const struct policy *run, const char *own, struct err *e);
void learned_free(struct learned_list *l);

#endif
