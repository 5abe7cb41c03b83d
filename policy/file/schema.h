/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of a policy file: the only list. The reader, its messages and
 * sandbox-policy(5) are made from it.
 */
#ifndef POLICY_SCHEMA_H
#define POLICY_SCHEMA_H

#include "policy/file/rules.h"

enum key_type {
	TYPE_VERSION, /* 1 */
	TYPE_NAME,    /* letters, digits, ".", "-", "_" */
	TYPE_EXTENDS, /* builtin:base, builtin:empty, a shipped name, or ./FILE.yaml */
	TYPE_PATH,
	TYPE_PATHS,	/* list */
	TYPE_VARIABLES, /* list of names of environment variables */
	TYPE_SETTINGS,	/* mapping of names of environment variables to values */
	TYPE_PEERS,	/* list of HOST:PORT */
	TYPE_PORTS,	/* list */
	TYPE_BOOL,
	TYPE_CPUS,
	TYPE_SIZE,
	TYPE_COUNT,
	TYPE_TIME,
	TYPE_CLOCK,
	TYPE_RANDOM,
	TYPE_CHOICE,
};

#define SCHEMA_CHOICES_MAX 4

struct key {
	const char *section; /* "limits", or "" at the top */
	const char *name;
	enum key_type type;
	const char *choices[SCHEMA_CHOICES_MAX]; /* TYPE_CHOICE: a rule's number is an index */
	uint64_t least, most;			 /* numbers; 0: as far as the type goes */
	const char *standard;			 /* without the key, in words */
	const char *option;			 /* the flag that says the same, or NULL */
	const char *meaning;			 /* sentences for the manual */
	const char *example;			 /* a value, in one line of YAML */
	int in_host;				 /* a key of host.yaml, too, or only */
};

struct section {
	const char *name;
	const char *meaning;
};

/* Indexed by enum rule_key. */
extern const struct key schema[RULE_KEY_COUNT];

extern const struct section schema_sections[];
extern const size_t schema_section_count;

/* True when the key's value is a list or a mapping: what several files say is united. */
int schema_is_list(enum rule_key key);

/* The key called name of a section of a policy, or of host.yaml; or RULE_KEY_COUNT. */
enum rule_key schema_find(const char *section, const char *name, int in_host);

/* True when a policy, or host.yaml, may have the key. */
int schema_belongs(enum rule_key key, int in_host);

/* What a value of the type looks like, for messages: "a size such as 2GiB". */
const char *schema_expects(enum rule_key key);

#endif
