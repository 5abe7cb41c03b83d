// SPDX-License-Identifier: Apache-2.0
/* The policy's holes: a short list, searched at each step of a walk. */
#include "hv/holes.h"

#include "hv/vm.h"
#include "policy/policy.h"

#include <string.h>

unsigned int holes_at(const struct vm *vm, uint64_t dev, uint64_t ino)
{
	unsigned int kinds = 0;

	for (size_t i = 0; i < vm->hole_count; i++) {
		const struct hole *hole = &vm->holes[i];

		if (!hole->name && hole->ino == ino && hole->dev == dev)
			kinds |= 1u << hole->kind;
	}
	return kinds;
}

/* The directory itself, or the one whose place it has. */
static int is_of(const struct hole *hole, const struct handle *dir)
{
	return (hole->ino == dir->ino && hole->dev == dir->dev) ||
	       (hole->ino == dir->as_ino && hole->dev == dir->as_dev);
}

unsigned int holes_in(const struct vm *vm, const struct handle *dir, const char *name)
{
	unsigned int kinds = 0;

	for (size_t i = 0; i < vm->hole_count; i++) {
		const struct hole *hole = &vm->holes[i];

		if (hole->name && is_of(hole, dir) && strcmp(hole->name, name) == 0)
			kinds |= 1u << hole->kind;
	}
	return kinds;
}

void holes_follow(const struct vm *vm, const struct handle *dir, const char *name,
		  struct handle *to)
{
	to->as_dev = to->as_ino = 0;
	for (size_t i = 0; i < vm->hole_count; i++) {
		const struct hole *hole = &vm->holes[i];

		/* What is known as itself is known anyway: of two ways the other one counts. */
		if (hole->kind == HOLE_WAY && is_of(hole, dir) && strcmp(hole->name, name) == 0 &&
		    (hole->to_dev != to->dev || hole->to_ino != to->ino)) {
			to->as_dev = hole->to_dev;
			to->as_ino = hole->to_ino;
		}
	}
}
