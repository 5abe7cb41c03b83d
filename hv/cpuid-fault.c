// SPDX-License-Identifier: Apache-2.0
/*
 * CPUID costs an exit, and programs ask dozens of times as they start. Where
 * KVM can make it an exception, the guest answers itself.
 */
#include "hv/vcpu.h"

#include "common/syscall.h"

#include <linux/kvm.h>
#include <stddef.h>
#include <stdlib.h>

#define MSR_MISC_FEATURES_ENABLES 0x140u
#define CPUID_FAULT		  1u

static int enable(int vcpu_fd)
{
	struct {
		uint32_t nmsrs, pad; /* struct kvm_msrs */
		struct kvm_msr_entry entry;
	} msrs = { .nmsrs = 1,
		   .entry = { .index = MSR_MISC_FEATURES_ENABLES, .data = CPUID_FAULT } };

	_Static_assert(offsetof(struct kvm_msrs, entries) == 8, "the kernel's layout");
	return host_ioctl(vcpu_fd, KVM_SET_MSRS, &msrs) == 1;
}

struct kvm_cpuid2 *cpuid_fault(int vcpu_fd)
{
	struct kvm_cpuid2 *list =
		calloc(1, sizeof(*list) + CPUID_ENTRIES * sizeof(list->entries[0]));

	if (!list)
		return NULL;
	list->nent = CPUID_ENTRIES;
	if (!host_ioctl(vcpu_fd, KVM_GET_CPUID2, list) && enable(vcpu_fd))
		return list;
	free(list);
	return NULL;
}
