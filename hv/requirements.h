/* SPDX-License-Identifier: Apache-2.0 */
/* What the monitor needs of the host's KVM: the one list, for vm.c and for --doctor. */
#ifndef HV_REQUIREMENTS_H
#define HV_REQUIREMENTS_H

#include <linux/kvm.h>

#define REQUIRED_KVM_API    12
#define REQUIRED_KVM_KERNEL "5.10" /* the first Linux that has all of them */

/* X(capability): KVM_CHECK_EXTENSION must give more than 0. */
#define REQUIRED_KVM_CAPABILITIES(X) \
	X(KVM_CAP_USER_MEMORY) \
	X(KVM_CAP_EXT_CPUID) \
	X(KVM_CAP_XCRS) \
	X(KVM_CAP_SYNC_MMU)	/* the window changes under live slots */ \
	X(KVM_CAP_READONLY_MEM) /* the window is */ \
	X(KVM_CAP_IMMEDIATE_EXIT) \
	X(KVM_CAP_USER_NMI) /* tells the guest of a page that the host took away */ \
	X(KVM_CAP_X86_MSR_FILTER)

#endif
