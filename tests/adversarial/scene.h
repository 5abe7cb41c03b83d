/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's files around an attack: a tree that is granted for reading, one for writing, a secret
 * outside of both, and their state.
 */
#ifndef TESTS_ADVERSARIAL_SCENE_H
#define TESTS_ADVERSARIAL_SCENE_H

#include <stdint.h>

#define SCENE_FILE   "0123456789abcdef" /* contents of granted/file */
#define SCENE_SECRET "secret"		/* contents of outside */

struct policy;

/* Makes the tree below $TMPDIR or /tmp and fills in a finished policy that grants both. */
void scene_make(struct policy *p);
void scene_remove(void);

/* Puts writable/ back to what it was, whatever a guest made of it. */
void scene_restore(void);

/* Path of what has that name in the scene. */
const char *scene_path(const char *name);

/* A hash of all names, types, sizes, contents and times of change; equal if nothing was
 * touched. Not of what is in writable/. */
uint64_t scene_state(void);

/* True when the host lets us make a device file: granted/device is /dev/null's. */
int scene_has_device(void);

#endif
