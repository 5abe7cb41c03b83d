/* SPDX-License-Identifier: Apache-2.0 */
/* A policy file as YAML events. */
#ifndef POLICY_EVENTS_H
#define POLICY_EVENTS_H

#include "policy/file/load.h"

#include <yaml.h>

struct events {
	struct source *source;
	yaml_parser_t parser;
	yaml_event_t event; /* the current one */
	int have_event;
};

/* 0 or -ENOMEM; then events_end() releases. */
int events_start(struct events *in, struct source *source);
void events_end(struct events *in);

/* Goes on to the next event; 0, or -errno with a problem noted. */
int events_next(struct events *in);

/*
 * Passes over a value that nothing is known about; the current event is its
 * first, then its last.
 */
int events_skip(struct events *in);

/* Notes that the file has not the form of a policy; -EINVAL. */
int events_refuse(struct events *in, const char *what, const char *hint);

/* A place for one more problem. */
struct err *events_problem(struct events *in);

struct origin events_origin(const struct events *in, yaml_mark_t mark);

/* Where the current event starts, "FILE:LINE:COL"; until the next call. */
const char *events_here(const struct events *in);

/* The text of the current event, a scalar; and escaped for messages, until the next call. */
const char *events_scalar(const struct events *in);
const char *events_shown(const struct events *in);

#endif
