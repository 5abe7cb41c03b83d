/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that read policy files share. */
#ifndef POLICY_LOAD_H
#define POLICY_LOAD_H

#include "policy/file/rules.h"
#include "policy/file/schema.h"

#define LOAD_SIZE_MAX (64u << 10) /* bytes of a policy file */

/* The same as rules_keep(), of what is printed. */
const char *rules_keep_printed(struct rules *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Adds a rule, whose strings r owns already; a scalar replaces the one that is there. */
int rules_add(struct rules *r, const struct rule *rule, struct err *e);

/* A place for one more problem, never NULL: those over RULES_PROBLEMS_MAX are only counted. */
struct err *rules_problem(struct rules *r);

/* Takes a scalar out. */
void rules_drop(struct rules *r, enum rule_key key);

#define LOAD_POLICIES "/etc/sandbox-run/policies" /* NAME.yaml of -p NAME */
#define HOST_FILE     "/etc/sandbox-run/host.yaml"

/*
 * Reads the file at file->path; fills file->canonical. *text: owned by the caller.
 * What is wrong becomes a problem of r.
 */
int file_read(struct rules *r, struct rules_file *file, char **text, size_t *size);

struct stat;

/* 0 when only root can change the file; else a problem of r. */
int host_owns(struct rules *r, const struct rules_file *file, const struct stat *st);

/*
 * Refuse rules that can have no effect. The first compares what is written in one
 * file, notes problems and returns -EINVAL for any; the second looks at what the
 * rules became, before policy_finish().
 */
int useless_check_text(struct rules *r);
struct policy;
int useless_check_grants(const struct rules *r, const struct policy *p, struct err *e);

/* Drops grants at a path where a later layer says something else. */
void overrule(const struct rules *r, struct policy *p);

/*
 * Refuse what a locked policy does not let a flag say: of a scalar before it is
 * added, of other rules when the policy without flags is resolved.
 */
int locked_check_scalar(const struct rules *r, const struct rule *rule, struct err *e);
int locked_check_rule(const struct rules *r, const struct policy *p, const struct rule *rule,
		      struct err *e);

/* A policy file while it is read. */
struct source {
	const char *shown;     /* as the user named it, escaped */
	const char *text;      /* the whole of it */
	size_t size;	       /* bytes */
	const char *directory; /* canonical, of the file, for ${POLICY_DIR}; NULL: it has none */
	int is_host;	       /* it is host.yaml */
	struct rules *to;      /* takes the file's own rules, without those that it extends */
};

/* Reads the text: every rule goes to source->to, every problem, too. 0, or -EINVAL for any. */
int read_source(struct source *source);

/*
 * Reads one value of a key; of a list one element, of a mapping NAME=VALUE. rule has its
 * key and origin. 0 with rule filled, 1 to leave it out, else -errno with e filled.
 */
int read_value(struct source *source, struct rule *rule, const char *text, struct err *e);

/* The path that a rule writes: variables expanded, checked to be absolute and plain. */
int read_path(struct source *source, struct rule *rule, const char *text, struct err *e);

/*
 * Checks HOST:PORT, or a port to listen on; there is no network in this
 * release: always an error.
 */
int read_peer(struct rule *rule, const char *text, struct err *e);

/* One of the words of a TYPE_CHOICE, to its index. */
int read_choice(struct rule *rule, const char *text, struct err *e);

/* "0.25" to 25 percent of the one CPU that a VM has. */
int read_cpus(struct rule *rule, const char *text, struct err *e);

/* True for letters, digits, ".", "-", "_": the name of a policy. */
int value_is_name(const char *text);

/* "FILE:LINE:COL: KEY" of a rule, the start of its messages. */
void read_where(char *out, size_t size, const struct rule *rule);

#endif
