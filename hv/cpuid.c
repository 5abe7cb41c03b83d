// SPDX-License-Identifier: Apache-2.0
/*
 * CPUID of the guest: what KVM supports here, less the virtualization
 * extensions (I10), the hypervisor's own leaves, and features whose state the
 * runtime does not switch. One table says what is hidden and why.
 */
#include "hv/vcpu.h"

#include "abi/layout.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "common/syscall.h"

#include <errno.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>

/* Bits of a guest physical address: the window's end must be reachable. */
#define ADDRESS_BITS 37
_Static_assert(GUEST_WINDOW_GPA + GUEST_WINDOW_MAX <= 1ull << ADDRESS_BITS, "reachable");

/* x87, SSE, AVX, and the three parts of AVX-512: all that the runtime saves and restores. */
#define XCR0_OFFERED	  0xe7u
#define LEAF_HIGHEST	  0x0u
#define LEAF_FEATURES	  0x1u
#define LEAF_PMU	  0xau
#define LEAF_XSAVE	  0xdu
#define LEAF_TOPOLOGY	  0xbu
#define LEAF_TOPOLOGY_2	  0x1fu
#define LEAF_TOPOLOGY_AMD 0x8000001eu
#define LEAF_ADDRESS	  0x80000008u

#define LEAF_MORE_FEATURES 0x7u
#define RDRAND		   (1u << 30) /* leaf 1, ECX */
#define RDSEED		   (1u << 18) /* leaf 7, EBX */

#define HYPERVISOR_FIRST 0x40000000u
#define HYPERVISOR_LAST	 0x4fffffffu

enum reg { EAX, EBX, ECX, EDX };

static const struct hidden {
	uint32_t leaf, subleaf;
	enum reg reg;
	uint32_t bits;
} hidden[] = {
	{ 0x1, 0, ECX, 1u << 5 },	     /* VMX (I10) */
	{ 0x80000001, 0, ECX, 1u << 2 },     /* SVM (I10) */
	{ 0x1, 0, ECX, 1u << 21 },	     /* x2APIC: MSRs that the MSR filter does not cover */
	{ 0x1, 0, ECX, 1u << 24 },	     /* TSC deadline timer: no local APIC here */
	{ 0x1, 0, ECX, 1u << 31 },	     /* hypervisor present: its leaves are dropped */
	{ 0x7, 0, ECX, 1u << 7 },	     /* CET shadow stacks: need MSRs */
	{ 0x7, 0, EDX, 1u << 20 },	     /* CET branch tracking */
	{ 0x7, 0, EDX, 7u << 22 | 1u << 5 }, /* AMX: not in XCR0_OFFERED; user interrupts */
	{ 0x7, 0, ECX, 1u << 3 },	     /* protection keys: not in XCR0_OFFERED */
};

static uint32_t *reg_of(struct kvm_cpuid_entry2 *entry, enum reg reg)
{
	switch (reg) {
	case EAX:
		return &entry->eax;
	case EBX:
		return &entry->ebx;
	case ECX:
		return &entry->ecx;
	default:
		return &entry->edx;
	}
}

static int same_subleaf(const struct kvm_cpuid_entry2 *entry, uint32_t subleaf)
{
	return !(entry->flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX) || entry->index == subleaf;
}

static void mask_entry(struct kvm_cpuid_entry2 *entry, struct cpuid_offer *offer)
{
	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		if (entry->function == hidden[i].leaf && same_subleaf(entry, hidden[i].subleaf))
			*reg_of(entry, hidden[i].reg) &= ~hidden[i].bits;
	if (entry->function == LEAF_FEATURES) {
		/* One processor, number 0: not the host's topology. */
		entry->ebx = (entry->ebx & 0xffff) | 1u << 16;
		offer->features = entry->edx;
	}
	if (entry->function == LEAF_XSAVE && entry->index == 0) {
		entry->eax &= XCR0_OFFERED;
		entry->edx = 0;
		offer->xcr0 = entry->eax;
	}
	/* The number of the host's processor, in every subleaf that an older KVM passes on. */
	if (entry->function == LEAF_TOPOLOGY || entry->function == LEAF_TOPOLOGY_2)
		entry->edx = 0;
	if (entry->function == LEAF_TOPOLOGY_AMD)
		entry->eax = entry->ebx = entry->ecx = 0;
	if (entry->function == LEAF_ADDRESS)
		offer->address_bits = entry->eax & 0xff;
	if (entry->function == LEAF_XSAVE && entry->index == 1)
		entry->ecx = entry->edx = 0; /* supervisor states: need MSRs */
	if (entry->function == LEAF_XSAVE && entry->index > 1 && entry->index < CPUID_COMPONENTS)
		offer->component_end[entry->index] = entry->eax + entry->ebx;
}

/* The last leaf below 0x80000000 that says anything: each one less is one exit less. */
static void lower_highest(struct kvm_cpuid2 *list)
{
	struct kvm_cpuid_entry2 *head = NULL;
	uint32_t highest = LEAF_FEATURES;

	for (uint32_t i = 0; i < list->nent; i++) {
		struct kvm_cpuid_entry2 *entry = &list->entries[i];

		if (entry->function == LEAF_HIGHEST)
			head = entry;
		else if (entry->function < HYPERVISOR_FIRST && entry->function > highest)
			highest = entry->function;
	}
	if (head && head->eax > highest)
		head->eax = highest;
}

static int says_something(const struct kvm_cpuid_entry2 *entry)
{
	return (entry->eax | entry->ebx | entry->ecx | entry->edx) != 0;
}

static int dropped(const struct kvm_cpuid_entry2 *entry)
{
	if (!says_something(entry)) /* the same to the guest, and KVM's work is less */
		return 1;
	if (entry->function == LEAF_PMU) /* counters would be one more side channel */
		return 1;
	if (entry->function >= HYPERVISOR_FIRST && entry->function <= HYPERVISOR_LAST)
		return 1;
	return entry->function == LEAF_XSAVE && entry->index > 1 &&
	       (entry->index > 31 || !(XCR0_OFFERED & 1u << entry->index));
}

void cpuid_mask(struct kvm_cpuid2 *list, struct cpuid_offer *offer)
{
	uint32_t kept = 0;

	*offer = (struct cpuid_offer){ .address_bits = 36 };
	for (uint32_t i = 0; i < list->nent; i++) {
		mask_entry(&list->entries[i], offer);
		if (!dropped(&list->entries[i]))
			list->entries[kept++] = list->entries[i];
	}
	list->nent = kept;
	lower_highest(list);
	cpuid_describe_caches(list);
}

uint32_t cpuid_xsave_bytes(const struct cpuid_offer *offer, uint64_t xcr0)
{
	uint32_t bytes = 512 + 64; /* FXSAVE's area and the header: x87 and SSE */

	for (uint32_t i = 2; i < CPUID_COMPONENTS; i++)
		if ((xcr0 >> i & 1) && offer->component_end[i] > bytes)
			bytes = offer->component_end[i];
	return bytes;
}

void cpuid_hide_random(struct kvm_cpuid2 *list)
{
	for (uint32_t i = 0; i < list->nent; i++) {
		struct kvm_cpuid_entry2 *entry = &list->entries[i];

		if (entry->function == LEAF_FEATURES)
			entry->ecx &= ~RDRAND;
		if (entry->function == LEAF_MORE_FEATURES && entry->index == 0)
			entry->ebx &= ~RDSEED;
	}
}

int cpuid_set(int kvm_fd, int vcpu_fd, struct hv_cpuid *shared, int random_fixed,
	      struct cpuid_offer *offer, struct err *e)
{
	cleanup_free struct kvm_cpuid2 *list =
		calloc(1, sizeof(*list) + CPUID_ENTRIES * sizeof(list->entries[0]));

	if (!list)
		return err_set(e, ERR_SANDBOX, ENOMEM, "CPUID: out of memory");
	if (cpuid_supported(kvm_fd, shared, list))
		return err_set(e, ERR_SANDBOX, errno, "KVM CPUID: %s", strerror(errno));
	cpuid_mask(list, offer);
	if (random_fixed)
		cpuid_hide_random(list);
	if (offer->address_bits < ADDRESS_BITS)
		return err_set(e, ERR_SANDBOX, EINVAL,
			       "this CPU has %u bits of physical address, fewer than %d",
			       offer->address_bits, ADDRESS_BITS);
	if (host_ioctl(vcpu_fd, KVM_SET_CPUID2, list))
		return err_set(e, ERR_SANDBOX, errno, "KVM CPUID: %s", strerror(errno));
	return 0;
}
