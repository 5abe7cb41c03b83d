/* SPDX-License-Identifier: Apache-2.0 */
/* The policy in force as a policy file, for --print-policy. */
#ifndef POLICY_PRINT_H
#define POLICY_PRINT_H

#include <limits.h>
#include <stdio.h>

struct err;
struct policy;
struct rule;
struct rules;

/*
 * Prints the rules r as one policy file that says the same as all of them, each line
 * with its origin; what the finished policy p makes of a path is in the comment
 * beside it. -EINVAL with e filled for a rule of a flag that no policy file can say:
 * then nothing is printed.
 */
int policy_print(FILE *out, const struct policy *p, const struct rules *r, struct err *e);

/* One scalar of YAML, quoted when it has to be; the text is UTF-8. */
void print_scalar(FILE *out, const char *text);

/* True when a scalar can hold the text: UTF-8. */
int print_can_say(const char *text);

/*
 * A path that a rule has, absolute and without "..", which a policy file does
 * not have. 0 or -errno.
 */
int print_path(char out[PATH_MAX], const char *written);

/* True when a rule about a path has a part in the finished policy. */
int print_counts(const struct policy *p, const struct rule *rule);

/* The number of a scalar rule: bytes, times, choices and so on, as a file has them. */
void print_number(char *out, size_t size, const struct rule *rule);

#endif
