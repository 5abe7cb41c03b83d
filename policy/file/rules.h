/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What policy files and flags say, each rule with the place where it was said:
 * builtin, then `extends`, then the file, then the flags. Lists are united,
 * scalars replaced. rules_resolve() makes the policy in force of them.
 */
#ifndef POLICY_RULES_H
#define POLICY_RULES_H

#include "common/err.h"

#include <stddef.h>
#include <stdint.h>

struct policy;

/*
 * What a rule is about: the keys of a policy file, in the order of the schema
 * (policy/file/schema.h).
 */
enum rule_key {
	RULE_VERSION,
	RULE_NAME,
	RULE_EXTENDS,
	RULE_WORKDIR,
	RULE_READ,
	RULE_READ_TRY,
	RULE_OVERLAY,
	RULE_WRITE,
	RULE_TMPFS,
	RULE_DENY,
	RULE_ENV_PASS,
	RULE_ENV_SET,
	RULE_CONNECT,
	RULE_LISTEN,
	RULE_LOOPBACK,
	RULE_CPUS,
	RULE_MEMORY,
	RULE_PROCESSES,
	RULE_OPEN_FILES,
	RULE_FILE_SIZE,
	RULE_DISK,
	RULE_OUTPUT,
	RULE_WALL_TIME,
	RULE_CPU_TIME,
	RULE_KILL_AFTER,
	RULE_CLOCK,
	RULE_RANDOM,
	RULE_ON_DENY,
	RULE_AUDIT,
	RULE_LEARN,
	RULE_LOCKED,
	RULE_POLICIES, /* of host.yaml, not of a policy */
	RULE_KEY_COUNT
};

/* Where a rule was said. Lines and columns count from 1. */
struct origin {
	const char *file;	   /* as the user named it, escaped: "ci.yaml"; of a flag "--ro" */
	unsigned int line, column; /* of a flag 0 */
};

enum rule_layer { LAYER_EXTENDED, LAYER_FILE, LAYER_FLAG };

struct rule {
	enum rule_key key;
	struct origin at;
	enum rule_layer layer;
	const char *name;    /* of the origin, as grants have it: "ci.yaml:9", "--ro" */
	const char *written; /* as written: "${CWD}/src", "2GiB", "NAME=VALUE" */
	const char *value;   /* of a path: variables expanded, on the host; else as written */
	const char *guest;   /* of a path: where the task sees it, most often as value; else NULL */
	uint64_t number; /* of a scalar: bytes, ns, a count, percent, a choice's index, 0 or 1 */
};

/* A policy file that was read, or would have been: the task must not be able to change it. */
struct rules_file {
	const char *shown;     /* as in origins */
	const char *path;      /* as it was opened */
	const char *canonical; /* without links */
};

/* What the host's administrator says in /etc/sandbox-run/host.yaml. */
struct rules_host {
	struct rules_file file; /* itself; path NULL: there is none */
	const char *policies;	/* -p takes names of this directory only; NULL: whatever is named */
	int locked;		/* as if every policy said `locked: true` */
};

#define RULES_MAX	   2048
#define RULES_FILES_MAX	   4
#define RULES_PROBLEMS_MAX 10

struct rules {
	struct rule *list; /* in the order of merging; of a scalar only the one in force */
	size_t count, capacity;
	const char *name; /* of the policy, in reports */
	int empty;	  /* extends builtin:empty: without the builtin base */
	struct rules_host host;
	struct rules_file files[RULES_FILES_MAX]; /* the first one is that of -p, if it is a file */
	size_t file_count;
	struct rules_text *texts; /* owns every string */
	/* What is wrong with the files, the first ones; problem_count may be higher. */
	struct err problems[RULES_PROBLEMS_MAX];
	size_t problem_count;
};

/* No policy file: the builtin base alone. Release with rules_free(), after the policy. */
void rules_init(struct rules *r);
void rules_free(struct rules *r);

/* Reads /etc/sandbox-run/host.yaml, if there is one; first of all. Errors are as rules_load()'s. */
int rules_load_host(struct rules *r, struct err *e);

/*
 * Reads a policy: a file when policy holds a slash or ends in ".yaml", else a
 * name. On errors e is the first of r->problems.
 */
int rules_load(struct rules *r, const char *policy, struct err *e);

/* A copy that r owns, or NULL: for the texts of rules. */
const char *rules_keep(struct rules *r, const char *text, size_t length);

/*
 * Adds what a flag says. value is the rule's text (of a path HOST or
 * HOST:GUEST, of the environment NAME or NAME=VALUE), number its number.
 */
int rules_add_flag(struct rules *r, enum rule_key key, const char *option, const char *value,
		   uint64_t number, struct err *e);

/* True when flags may only narrow the policy. */
int rules_are_locked(const struct rules *r);

/* The rule in force of a scalar, or NULL: the default. */
const struct rule *rules_find(const struct rules *r, enum rule_key key);

/* Fills an empty policy, whose strings may be those of r. What is left is policy_finish(). */
int rules_resolve(const struct rules *r, struct policy *p, struct err *e);

/*
 * Refuses policy files that the task could change: another run would go by what
 * it wrote. The policy is finished.
 */
int rules_check_files(const struct rules *r, const struct policy *p, struct err *e);

/* An error of policy_finish() that is about a file's rule gets its column and key. */
void rules_say_where(const struct rules *r, struct err *e);

#endif
