// SPDX-License-Identifier: Apache-2.0
/*
 * Instructions that a guest should not have, or should not use so: none may
 * leave the VM, show virtualization or reach an MSR (I10); all that they can
 * do is to fault, to end their VM, or to be harmless.
 */
#include "tests/adversarial/trials.h"

#include <stdio.h>
#include <string.h>

#define REFUSED (FAULTS | KILLS)
#define ANYHOW	(RETURNS | FAULTS | KILLS)

/* The extensions that CPUID hides: never a success. RDI: 4 KiB of guest memory. */
static const struct try virtualization[] = {
#define VIRT(name, code) \
	{ \
		name, CODE(code), BOTH, REFUSED, .rdi = SCRATCH_GVA, .rax = 0x600000 \
	}
	VIRT("vmxon", "\xf3\x0f\xc7\x37"),
	VIRT("vmxoff", "\x0f\x01\xc4"),
	VIRT("vmlaunch", "\x0f\x01\xc2"),
	VIRT("vmresume", "\x0f\x01\xc3"),
	VIRT("vmptrld", "\x0f\xc7\x37"),
	VIRT("vmptrst", "\x0f\xc7\x3f"),
	VIRT("vmclear", "\x66\x0f\xc7\x37"),
	VIRT("vmread", "\x0f\x78\xc3"),
	VIRT("vmwrite", "\x0f\x79\xd8"),
	VIRT("invept", "\x66\x0f\x38\x80\x07"),
	VIRT("invvpid", "\x66\x0f\x38\x81\x07"),
	VIRT("vmfunc", "\x0f\x01\xd4"),
	VIRT("vmrun", "\x0f\x01\xd8"),
	VIRT("vmload", "\x0f\x01\xda"),
	VIRT("vmsave", "\x0f\x01\xdb"),
	VIRT("skinit", "\x0f\x01\xde"),
	VIRT("invlpga", "\x0f\x01\xdf"),
	VIRT("getsec", "\x0f\x37"),
	VIRT("rsm", "\x0f\xaa"),
	VIRT("encls", "\x0f\x01\xcf"),
	VIRT("pconfig", "\x0f\x01\xc5"),
	/*
	 * A CPU with a virtual GIF does not ask KVM about these, and QEMU's forgets
	 * that they need SVM: it then only holds back the guest's own interrupts.
	 */
	{ "stgi", CODE("\x0f\x01\xdc"), BOTH, ANYHOW, .alone = 1 },
	{ "clgi", CODE("\x0f\x01\xdd"), BOTH, ANYHOW, .alone = 1 },
};

static void hidden_instructions(void)
{
	TRIES_RUN(virtualization, 2);
}

/*
 * KVM's own hypercalls: an error in RAX, or a fault; nothing is done for the
 * guest. A KVM that interprets ring 0 was seen to spin on them, in the guest's
 * own time.
 */
static void look_at_hypercall(const struct try *t, int ring, const struct trial *trial)
{
	if (trial->state == TRIAL_RETURNED && (int64_t)trial->out.rax > 0)
		fail("%s with RAX %llu in ring %d gave %llu", t->name, (unsigned long long)t->rax,
		     ring, (unsigned long long)trial->out.rax);
}

static const struct try hypercalls[] = {
#define CALLS(nr) \
	{ "vmcall",   CODE("\x0f\x01\xc1"),	BOTH, ANYHOW | STALLS, .rax = nr, \
	  .alone = 1, .look = look_at_hypercall }, \
	{ \
		"vmmcall", CODE("\x0f\x01\xd9"), BOTH, ANYHOW | STALLS, .rax = nr, .alone = 1, \
									.look = look_at_hypercall \
	}
	CALLS(5),
	CALLS(9),
	CALLS(~0u),
};

static void kvm_hypercalls(void)
{
	TRIES_RUN(hypercalls, 3);
}

/* AMD's KVM has counters whatever CPUID says; the MSRs that would start them are denied. */
static void look_at_counter(const struct try *t, int ring, const struct trial *trial)
{
	if (trial->state == TRIAL_RETURNED && (trial->out.rax || trial->out.rdx))
		fail("%s in ring %d: a counter runs", t->name, ring);
}

static const struct try privileged[] = {
#define PRIV(name, code, fates) \
	{ \
		name, CODE(code), BOTH, fates, .rdi = SCRATCH_GVA, .alone = 1 \
	}
	PRIV("hlt", "\xf4", REFUSED),
	PRIV("sti; hlt", "\xfb\xf4", REFUSED),
	PRIV("cli", "\xfa", ANYHOW),
	PRIV("mwait", "\x0f\x01\xc9", ANYHOW),
	PRIV("monitor", "\x0f\x01\xc8", ANYHOW),
	PRIV("wbinvd", "\x0f\x09", ANYHOW),
	PRIV("invd", "\x0f\x08", ANYHOW),
	{ "rdpmc", CODE("\x0f\x33"), BOTH, ANYHOW, .look = look_at_counter },
	PRIV("clts", "\x0f\x06", ANYHOW),
	PRIV("lmsw", "\x0f\x01\xf0", ANYHOW),
	PRIV("swapgs", "\x0f\x01\xf8", ANYHOW),
	PRIV("sysenter", "\x0f\x34", ANYHOW | STALLS),
	PRIV("sysexit", "\x0f\x35", ANYHOW | STALLS),
	PRIV("sysret", "\x48\x0f\x07", ANYHOW | STALLS),
	PRIV("syscall", "\x0f\x05", ANYHOW),
	PRIV("invpcid", "\x66\x0f\x38\x82\x07", ANYHOW),
	PRIV("invlpg", "\x0f\x01\x3f", ANYHOW),
	PRIV("xsetbv", "\x0f\x01\xd1", ANYHOW),
	PRIV("stac", "\x0f\x01\xcb", ANYHOW),
	PRIV("lidt", "\x0f\x01\x1f", ANYHOW),
	PRIV("lidt; ud2", "\x0f\x01\x1f\x0f\x0b", REFUSED),
	PRIV("lgdt", "\x0f\x01\x17", ANYHOW),
	PRIV("lldt", "\x66\xb8\x40\x00\x0f\x00\xd0", ANYHOW),
	PRIV("ltr", "\x66\xb8\x40\x00\x0f\x00\xd8", ANYHOW),
	PRIV("int3", "\xcc", FAULTS | KILLS),
	PRIV("int1", "\xf1", REFUSED),
	PRIV("int 0x0d", "\xcd\x0d", REFUSED),
	PRIV("int 0x20", "\xcd\x20", REFUSED),
	PRIV("int 0x80", "\xcd\x80", REFUSED),
	PRIV("int 0xff", "\xcd\xff", REFUSED),
	PRIV("ud0", "\x0f\xff\xc0", REFUSED),
	PRIV("ud2", "\x0f\x0b", REFUSED),
	PRIV("iretq on nothing", "\x48\xcf", REFUSED),
	PRIV("far return on nothing", "\x48\xcb", REFUSED),
	PRIV("cmpxchg16b", "\x48\x0f\xc7\x0f", ANYHOW),
	PRIV("xrstor of nothing", "\x0f\xae\x2f", ANYHOW),
	PRIV("single step", "\x9c\x81\x0c\x24\x00\x01\x00\x00\x9d\x90", ANYHOW),
	PRIV("alignment check", "\x9c\x81\x0c\x24\x00\x00\x04\x00\x9d\x48\x8b\x47\x01", ANYHOW),
	PRIV("I/O privilege", "\x9c\x81\x0c\x24\x00\x30\x00\x00\x9d\xec", REFUSED),
	PRIV("nested task", "\x9c\x81\x0c\x24\x00\x40\x00\x00\x9d\x48\xcf", REFUSED),
};

/* No stack for the exception, none for the double fault: the third shuts down. */
static const struct try triple[] = {
	{ "triple fault", CODE("\x31\xe4\x0f\x0b"), RING0, KILLS, .ends = END(SHUTDOWN) },
	{ "triple fault, no page tables", CODE("\x0f\x22\xdf"), RING0, KILLS | STALLS,
	  .rdi = 0x700000000,
	  .ends = END(SHUTDOWN) | END(BAD_EXIT) | END(KVM_ERROR) | END(BAD_HYPERCALL), .alone = 1 },
};

static void privileged_instructions(void)
{
	TRIES_RUN(privileged, 4);
	TRIES_RUN(triple, 2);
}

#define MSRS_MAX 140

static const uint32_t msrs[] = {
	0x0,	    0x10,	0x11,	    0x12,	0x17,	    0x1b,	0x2a,
	0x33,	    0x34,	0x3a,	    0x3b,	0x48,	    0x49,	0x79,
	0x7a,	    0x8b,	0x9b,	    0x9e,	0xc1,	    0xcd,	0xce,
	0xe1,	    0xe2,	0xe7,	    0xfe,	0x10a,	    0x10b,	0x11e,
	0x122,	    0x123,	0x140,	    0x174,	0x175,	    0x176,	0x179,
	0x17a,	    0x17b,	0x186,	    0x198,	0x199,	    0x19a,	0x19c,
	0x1a0,	    0x1a2,	0x1a4,	    0x1a6,	0x1c4,	    0x1c5,	0x1c8,
	0x1c9,	    0x1d9,	0x1db,	    0x1dd,	0x1fc,	    0x200,	0x201,
	0x250,	    0x258,	0x268,	    0x277,	0x2ff,	    0x309,	0x345,
	0x38d,	    0x38f,	0x390,	    0x400,	0x401,	    0x480,	0x481,
	0x482,	    0x485,	0x486,	    0x48b,	0x48c,	    0x48d,	0x491,
	0x4c1,	    0x560,	0x570,	    0x600,	0x606,	    0x6a0,	0x6a2,
	0x6a4,	    0x6a8,	0x6e0,	    0x770,	0x800,	    0x802,	0x808,
	0x80b,	    0x830,	0x83f,	    0xd90,	0xda0,	    0xdff,	0x40000000,
	0x40000001, 0x40000020, 0x40000073, 0x40000106, 0x4b564d00, 0x4b564d01, 0x4b564d02,
	0x4b564d03, 0x4b564d04, 0x4b564d05, 0x4b564d06, 0x4b564d07, 0x4b564df0, 0x4b564df1,
	0x4b564df2, 0xc0000080, 0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084, 0xc0000100,
	0xc0000101, 0xc0000102, 0xc0000103, 0xc0000104, 0xc000011e, 0xc0010000, 0xc0010010,
	0xc0010015, 0xc001001a, 0xc001001f, 0xc0010020, 0xc0010055, 0xc0010114, 0xc0010115,
	0xc0010117, 0xc0010131, 0xc0011020, 0xc0011029, 0xc001102a, 0xdeadbeef, 0xffffffff,
};

/*
 * Writes of it, while it cannot be read: VT-x's KVM has a shorter way for this
 * one, which does not ask the filter, and drops the value where there is no
 * local APIC, as here.
 */
#define MSR_TSC_DEADLINE 0x6e0

static void no_msr_is_reachable(void)
{
	static struct try tries[3 * MSRS_MAX];
	static char names[3 * MSRS_MAX][24];
	size_t count = 0;

	_Static_assert(sizeof(msrs) / sizeof(*msrs) <= MSRS_MAX, "room for all");
	for (size_t i = 0; i < sizeof(msrs) / sizeof(*msrs); i++) {
		for (int way = 0; way < 3; way++) {
			snprintf(names[count], sizeof(names[count]), "%s 0x%x",
				 way ? "wrmsr" : "rdmsr", msrs[i]);
			tries[count] = (struct try){ names[count], CODE("\x0f\x32"), BOTH, REFUSED,
						     .rcx = msrs[i] };
			if (way)
				tries[count].code = "\x0f\x30";
			if (way && msrs[i] == MSR_TSC_DEADLINE)
				tries[count].fates |= RETURNS;
			if (way == 2)
				tries[count].rax = tries[count].rdx = 0x01010101;
			count++;
		}
	}
	tries_run(tries, count, 5);
}

static const struct try control[] = {
#define CR(name, code, value, fates) \
	{ \
		name " = " #value, CODE(code), BOTH, fates, .rax = (value), .alone = 1 \
	}
#define CR0(value)	  CR("cr0", "\x0f\x22\xc0", value, ANYHOW | STALLS)
#define CR3(value)	  CR("cr3", "\x0f\x22\xd8", value, ANYHOW | STALLS)
#define CR4(value, fates) CR("cr4", "\x0f\x22\xe0", value, fates)
#define CR8(value)	  CR("cr8", "\x44\x0f\x22\xc0", value, ANYHOW)
	CR4(0x2620, REFUSED), /* VMXE (I10) */
	CR4(0x4620, REFUSED), /* SMXE */
	CR4(~0ull, REFUSED),
	CR4(1ull << 63, REFUSED),
	CR0(0),
	CR0(1),
	CR0(0x80000000),
	CR0(0xe0050033),
	CR0(0x80040033),
	CR0(~0ull),
	CR0(1ull << 32 | 0x80050033),
	CR0(0x50033),
	CR3(GUEST_DOORBELL_GPA),
	CR3(GUEST_DOORBELL_GPA | 0xfff),
	CR3(GUEST_WINDOW_GPA),
	CR3(GUEST_RAM_GPA + GUEST_RAM_INITIAL),
	CR3(1ull << 51),
	CR3(1ull << 63),
	CR3(~0ull),
	CR3(GUEST_RAM_GPA),
	CR4(0, ANYHOW | STALLS),
	CR4(0x20, ANYHOW | STALLS),
	CR4(0x20620, ANYHOW | STALLS),
	CR4(0x100620, ANYHOW | STALLS),
	CR4(0x200620, ANYHOW | STALLS),
	CR4(0x1620, ANYHOW | STALLS),
	CR4(0x400620, ANYHOW | STALLS),
	CR4(0x800620, ANYHOW | STALLS),
	CR4(0x40620, ANYHOW | STALLS),
	CR8(0),
	CR8(15),
	CR8(16),
	CR8(~0ull),
	CR("cr2", "\x0f\x22\xd0", ~0ull, ANYHOW),
	CR("cr1", "\x0f\x22\xc8", 0, REFUSED),
	CR("dr0", "\x0f\x23\xc0", GUEST_DOORBELL_GVA, ANYHOW),
	CR("dr7", "\x0f\x23\xf8", 0xffff27ff, ANYHOW),
	CR("dr7", "\x0f\x23\xf8", ~0ull, ANYHOW),
};

static void control_registers(void)
{
	TRIES_RUN(control, 4);
}

/* No port leads anywhere. Ring 3 has no I/O bitmap. */
static void ports(void)
{
	static const struct {
		const char *name, *code;
		size_t bytes;
	} ways[] = { { "in al", CODE("\xec") },	 { "in eax", CODE("\xed") },
		     { "out al", CODE("\xee") }, { "out eax", CODE("\xef") },
		     { "insb", CODE("\x6c") },	 { "rep insl", CODE("\xf3\x6d") },
		     { "outsb", CODE("\x6e") },	 { "rep outsw", CODE("\x66\xf3\x6f") } };
	static const uint16_t known[] = { 0x20, 0x40,  0x60,  0x64,  0x70,  0x80,   0x92,
					  0xb2, 0x3f8, 0x510, 0xcf8, 0xcfc, 0x5658, 0xffff };
	struct try tries[32];

	for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		size_t way = i % (sizeof(ways) / sizeof(*ways));

		tries[i] = (struct try){ ways[way].name,  ways[way].code,
					 ways[way].bytes, BOTH,
					 REFUSED,	  .rdx = random_below(1 << 16),
					 .rcx = 3,	  .rdi = SCRATCH_GVA };
		if (i < sizeof(known) / sizeof(*known))
			tries[i].rdx = known[i];
	}
	TRIES_RUN(tries, 5);
}

/* Only ring 0 counts: where ring 3 is native, its CPUID is the host's. */
static void look_at_cpuid(const struct try *t, int ring, const struct trial *trial)
{
	uint32_t ebx = (uint32_t)trial->out.rbx, ecx = (uint32_t)trial->out.rcx;

	(void)ring;
	if (t->rax == 1 && ecx & 1u << 5)
		fail("CPUID shows VMX");
	if (t->rax == 1 && ecx & 1u << 21)
		fail("CPUID shows x2APIC");
	if (t->rax == 0x80000001 && ecx & 1u << 2)
		fail("CPUID shows SVM");
	if (t->rax == 0x40000000 && ebx == 0x4b4d564b) /* "KVMK" */
		fail("CPUID shows KVM's leaves");
}

static void cpuid(void)
{
	static const uint32_t leaves[] = { 0x0,	       0x1,	   0x4,	       0x7,
					   0xa,	       0xb,	   0xd,	       0x12,
					   0x40000000, 0x40000001, 0x80000000, 0x80000001,
					   0x8000000a, 0x8000001f, 0xffffffff };
	struct try tries[sizeof(leaves) / sizeof(*leaves)];

	for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++)
		tries[i] = (struct try){ "cpuid", CODE("\x0f\xa2"), RING0,
					 RETURNS, .rax = leaves[i], .look = look_at_cpuid };
	TRIES_RUN(tries, 1);
}

const struct attack instruction_attacks[] = {
	{ "CPUID hides virtualization", cpuid },
	{ "no MSR is reachable", no_msr_is_reachable },
	{ "instructions of hidden extensions", hidden_instructions },
	{ "KVM's own hypercalls", kvm_hypercalls },
	{ "privileged instructions", privileged_instructions },
	{ "control registers", control_registers },
	{ "ports", ports },
	{ NULL, NULL },
};
