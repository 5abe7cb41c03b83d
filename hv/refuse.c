// SPDX-License-Identifier: Apache-2.0
/*
 * Acts that the policy does not allow: a permission that it lacks, a grant
 * that is not for writing, a hole. An honest runtime has asked its own tables
 * before and seldom gets here.
 */
#include "hv/vm.h"

int vm_refuse(struct vm *vm, int error)
{
	vm->refused = 1;
	if (vm->kills)
		vm_kill(vm, HV_END_DENIED, (uint32_t)-error);
	return error;
}
