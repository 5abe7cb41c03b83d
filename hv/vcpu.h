/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vCPU: made in 64-bit mode at the image's entry, in the ring of the
 * image's code selector, and run until the VM ends.
 */
#ifndef HV_VCPU_H
#define HV_VCPU_H

#include "abi/hypercalls.h"

#include <stdint.h>

struct err;
struct hv_cpuid;
struct image_header;
struct kvm_cpuid2;
struct kvm_run;
struct vm;

struct vcpu {
	int fd;
	struct kvm_run *run;	    /* shared with the kernel, not with the guest */
	uint64_t tsc_khz;	    /* 0: unknown */
	uint32_t features;	    /* CPUID leaf 1, EDX, as the guest sees it */
	uint64_t xcr0;		    /* 0: no XSAVE */
	uint32_t xsave_bytes;	    /* of XSAVE's area with all of xcr0 */
	struct kvm_cpuid2 *answers; /* owned: CPUID of ring 3 is an exception; NULL: is not */
	int warned;		    /* of a lost page, and no hypercall since */
	struct hc_request *request; /* the hypercall page, in guest memory (I3) */
};

/* Creates vCPU 0 of vm with registers as the image's header says; the memory slots are there. */
int vcpu_create(struct vm *vm, int kvm_fd, struct hv_cpuid *cpuid, struct err *e);

/* Enters the guest and serves it; returns only through vm_kill(). */
_Noreturn void vcpu_run(struct vm *vm);

/* Registers in the order of struct hc_panic; zeros when the kernel does not tell. */
void vcpu_registers(const struct vcpu *vcpu, uint64_t regs[HC_PANIC_REGS]);

#define CPUID_ENTRIES	 256
#define CPUID_COMPONENTS 8 /* state components that may be offered have lower numbers */

/* What the vCPU offers, see cpuid.c. */
struct cpuid_offer {
	uint64_t xcr0;	       /* state components that CPUID lists; 0: none */
	uint32_t address_bits; /* of a physical address; 36 when CPUID does not say */
	uint32_t features;     /* leaf 1, EDX */
	uint32_t component_end[CPUID_COMPONENTS]; /* in XSAVE's area; of x87 and SSE 0 */
};

/* Gives the vCPU the host's CPUID without what a guest must not see (I10). */
int cpuid_set(int kvm_fd, int vcpu_fd, struct hv_cpuid *shared, int random_fixed,
	      struct cpuid_offer *offer, struct err *e);

/*
 * Makes CPUID of ring 3 an exception. What the vCPU would have answered, for the
 * caller to free; NULL: nothing was changed, KVM does not know how.
 */
struct kvm_cpuid2 *cpuid_fault(int vcpu_fd);

/*
 * KVM's list into list, which has room for CPUID_ENTRIES: the shared one when
 * it comes. 0, or -1 with errno.
 */
int cpuid_supported(int kvm_fd, struct hv_cpuid *shared, struct kvm_cpuid2 *list);

/* The masking itself, for tests: edits the list in place. */
void cpuid_mask(struct kvm_cpuid2 *list, struct cpuid_offer *offer);

/* Takes out RDRAND and RDSEED: a program that looks before it uses them finds none. */
void cpuid_hide_random(struct kvm_cpuid2 *list);

/* Descriptors of the caches for leaf 2, see cpuid-caches.c; a part of the masking. */
void cpuid_describe_caches(struct kvm_cpuid2 *list);

/* Size of XSAVE's area for these components. */
uint32_t cpuid_xsave_bytes(const struct cpuid_offer *offer, uint64_t xcr0);

#endif
