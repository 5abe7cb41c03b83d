/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped policies. */
#ifndef POLICY_PROFILES_H
#define POLICY_PROFILES_H

#include <stddef.h>

/* Text of the policy called name, size bytes, or NULL. */
const char *profiles_find(const char *name, size_t *size);

/* Name of one of them, or NULL after the last. */
const char *profiles_name(size_t index);

#endif
