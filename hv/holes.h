/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy's holes (I5): what lies below a grant and is not given with it.
 * Found by identity, so that neither a rename nor a second name leads around,
 * and by place, so that nothing which the host puts there does.
 */
#ifndef HV_HOLES_H
#define HV_HOLES_H

#include <stdint.h>

struct handle;
struct vm;

/* Which kinds an object is: bits 1 << enum hole_kind. */
unsigned int holes_at(const struct vm *vm, uint64_t dev, uint64_t ino);

/* Which kinds a place is, a name in that directory, whatever is there. */
unsigned int holes_in(const struct vm *vm, const struct handle *dir, const char *name);

/* Fills to's as_dev and as_ino: what that place in dir is known as. */
void holes_follow(const struct vm *vm, const struct handle *dir, const char *name,
		  struct handle *to);

#endif
