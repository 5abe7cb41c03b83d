/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy's holes (I5): what lies below a grant and is not given with it.
 * Found by identity, so that neither a rename nor a second name leads around.
 */
#ifndef HV_HOLES_H
#define HV_HOLES_H

#include <stdint.h>

struct vm;

/* Which kinds an object is: bits 1 << enum hole_kind. */
unsigned int holes_at(const struct vm *vm, uint64_t dev, uint64_t ino);

/* Which kinds a place is, a name in the directory with that identity, whatever is there. */
unsigned int holes_in(const struct vm *vm, uint64_t dev, uint64_t ino, const char *name);

#endif
