// SPDX-License-Identifier: Apache-2.0
/*
 * Making the vCPU: CPUID, 64-bit mode at the entry that the image's header
 * names, and the system-call MSRs. It starts in ring 3 for the runtime: no
 * ring-0 instruction is needed to boot.
 */
#include "hv/vcpu.h"

#include "abi/image.h"
#include "abi/layout.h"
#include "common/err.h"
#include "common/syscall.h"
#include "hv/vm.h"

#include <errno.h>
#include <linux/kvm.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#define CR0_LONG     0x80050033ull /* PG AM WP NE ET MP PE */
#define CR4_BASE     0x620ull	   /* PAE OSFXSR OSXMMEXCPT */
#define CR4_FSGSBASE (1ull << 16)
#define CR4_OSXSAVE  (1ull << 18)
#define EFER_LONG    0xd01ull /* NXE LMA LME SCE */
#define RFLAGS_START 0x202ull /* IF */
#define TSS_LIMIT    0x67     /* no I/O bitmap: ports are closed to ring 3 */

#define MSR_STAR     0xc0000081u
#define MSR_LSTAR    0xc0000082u
#define MSR_SFMASK   0xc0000084u
#define STAR_VALUE   ((uint64_t)(GUEST_DS_USER - 8) << 48 | (uint64_t)GUEST_CS_KERNEL << 32)
#define SFMASK_VALUE 0x40700ull /* AC DF IF TF */

_Static_assert(STAR_VALUE == 0x0023001000000000ull, "SYSRET loads GUEST_CS_USER, GUEST_DS_USER");

static int failed(struct err *e, const char *what)
{
	return err_set(e, ERR_SANDBOX, errno, "%s: %s", what, strerror(errno));
}

/* Segments, tables and control registers; paging is on from the first instruction. */
static void fill_sregs(struct kvm_sregs *s, const struct image_header *header)
{
	uint8_t ring = header->cs & 3;
	struct kvm_segment code = { .limit = ~0u,
				    .selector = header->cs,
				    .present = 1,
				    .type = 11,
				    .dpl = ring,
				    .s = 1,
				    .l = 1,
				    .g = 1 };
	struct kvm_segment data = { .limit = ~0u,
				    .selector = header->ss,
				    .present = 1,
				    .type = 3,
				    .dpl = ring,
				    .s = 1,
				    .db = 1,
				    .g = 1 };

	s->cs = code;
	s->ds = s->es = s->fs = s->gs = s->ss = data;
	s->tr = (struct kvm_segment){ .base = header->tss,
				      .limit = TSS_LIMIT,
				      .selector = GUEST_TSS,
				      .present = 1,
				      .type = 11 };
	s->gdt.base = header->gdt;
	s->gdt.limit = header->gdt_limit;
	s->idt.base = header->idt;
	s->idt.limit = header->idt_limit;
	s->cr0 = CR0_LONG;
	s->cr3 = header->cr3;
	s->efer = EFER_LONG;
}

/*
 * CR4 with as much as this KVM takes. What CPUID says is no guide: a KVM that
 * runs ring 3 natively lists a baseline and takes more.
 */
static int set_sregs(int fd, const struct image_header *header, int *xsave, struct err *e)
{
	static const uint64_t extras[] = { CR4_FSGSBASE | CR4_OSXSAVE, CR4_OSXSAVE, CR4_FSGSBASE,
					   0 };
	struct kvm_sregs s;

	if (host_ioctl(fd, KVM_GET_SREGS, &s))
		return failed(e, "KVM_GET_SREGS");
	fill_sregs(&s, header);
	for (size_t i = 0; i < sizeof(extras) / sizeof(*extras); i++) {
		s.cr4 = CR4_BASE | extras[i];
		*xsave = !!(extras[i] & CR4_OSXSAVE);
		if (!host_ioctl(fd, KVM_SET_SREGS, &s))
			return 0;
	}
	return failed(e, "KVM_SET_SREGS");
}

/*
 * Opens the extended register state that CPUID lists, which also says where
 * each component is saved.
 */
static int set_xcr0(struct vcpu *vcpu, const struct cpuid_offer *offer, struct err *e)
{
	static const uint64_t sets[] = { 0xe7, 0x07, 0x03 }; /* AVX-512; AVX; SSE */
	struct kvm_xcrs xcrs = { .nr_xcrs = 1 };

	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		xcrs.xcrs[0].value = sets[i];
		if ((sets[i] & ~offer->xcr0) && sets[i] != 0x03)
			continue;
		if (host_ioctl(vcpu->fd, KVM_SET_XCRS, &xcrs))
			continue;
		vcpu->xcr0 = sets[i];
		vcpu->xsave_bytes = cpuid_xsave_bytes(offer, sets[i]);
		return 0;
	}
	return failed(e, "KVM_SET_XCRS");
}

static int set_msrs(int fd, const struct image_header *header, struct err *e)
{
	struct {
		uint32_t nmsrs, pad; /* struct kvm_msrs */
		struct kvm_msr_entry entries[3];
	} msrs = {
		.nmsrs = 3,
		.entries = { { .index = MSR_STAR, .data = STAR_VALUE },
			     { .index = MSR_LSTAR, .data = header->lstar },
			     { .index = MSR_SFMASK, .data = SFMASK_VALUE } },
	};

	_Static_assert(offsetof(struct kvm_msrs, entries) == 8, "the kernel's layout");
	return host_ioctl(fd, KVM_SET_MSRS, &msrs) == 3 ? 0 : failed(e, "KVM_SET_MSRS");
}

static int set_state(struct vcpu *vcpu, const struct image_header *header,
		     const struct cpuid_offer *offer, struct err *e)
{
	struct kvm_regs regs = { .rip = header->entry_rip,
				 .rsp = header->entry_rsp,
				 .rflags = RFLAGS_START,
				 .rdi = GUEST_DIRECT_BASE + GUEST_RAM_GPA }; /* the boot block */
	int xsave = 0, error = set_sregs(vcpu->fd, header, &xsave, e);

	if (!error && xsave)
		error = set_xcr0(vcpu, offer, e);
	if (!error)
		error = set_msrs(vcpu->fd, header, e);
	if (!error && host_ioctl(vcpu->fd, KVM_SET_REGS, &regs))
		error = failed(e, "KVM_SET_REGS");
	return error;
}

/* KVM's own hypercalls obey CPUID, which lists none of them. */
static int deny_hypercalls(int kvm_fd, int fd, struct err *e)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_ENFORCE_PV_FEATURE_CPUID, .args[0] = 1 };

	if (host_ioctl(kvm_fd, KVM_CHECK_EXTENSION, (void *)(uintptr_t)cap.cap) <= 0)
		return 0; /* older than this kind of hypercall's being optional */
	return host_ioctl(fd, KVM_ENABLE_CAP, &cap) ? failed(e, "KVM_ENABLE_CAP") : 0;
}

int vcpu_create(struct vm *vm, int kvm_fd, struct hv_cpuid *cpuid, struct err *e)
{
	const struct image_header *header = gm_range(&vm->gm, GUEST_IMAGE_GPA, sizeof(*header));
	struct vcpu *vcpu = &vm->vcpu;
	struct cpuid_offer offer;
	int error, khz, size = host_ioctl(kvm_fd, KVM_GET_VCPU_MMAP_SIZE, NULL);

	must(header);
	if (header->hypercall % GUEST_PAGE_SIZE == 0)
		vcpu->request = gm_range(&vm->gm, header->hypercall, sizeof(*vcpu->request));
	if (!vcpu->request)
		return err_set(e, ERR_SANDBOX, EINVAL, "guest runtime: no hypercall page");
	vcpu->fd = host_ioctl(vm->fd, KVM_CREATE_VCPU, NULL);
	if (vcpu->fd < 0)
		return failed(e, "cannot create a vCPU");
	if (size < (int)sizeof(*vcpu->run))
		return failed(e, "KVM_GET_VCPU_MMAP_SIZE");
	vcpu->run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED)
		return failed(e, "cannot map the vCPU");
	error = cpuid_set(kvm_fd, vcpu->fd, cpuid, vm->random_fixed, &offer, e);
	if (!error)
		error = deny_hypercalls(kvm_fd, vcpu->fd, e);
	if (!error)
		error = set_state(vcpu, header, &offer, e);
	khz = host_ioctl(vcpu->fd, KVM_GET_TSC_KHZ, NULL);
	vcpu->answers = error ? NULL : cpuid_fault(vcpu->fd);
	if (vcpu->answers && vm->random_fixed)
		cpuid_hide_random(vcpu->answers); /* some KVMs do not let it be taken away */
	vcpu->features = offer.features;
	vcpu->tsc_khz = khz > 0 ? (uint64_t)khz : 0;
	return error;
}
