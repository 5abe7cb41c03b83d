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

unsigned int holes_in(const struct vm *vm, uint64_t dev, uint64_t ino, const char *name)
{
	unsigned int kinds = 0;

	for (size_t i = 0; i < vm->hole_count; i++) {
		const struct hole *hole = &vm->holes[i];

		if (hole->name && hole->ino == ino && hole->dev == dev &&
		    strcmp(hole->name, name) == 0)
			kinds |= 1u << hole->kind;
	}
	return kinds;
}
