// SPDX-License-Identifier: Apache-2.0
/* The answers of CPUID, by KVM's rules (arch/x86/kvm/cpuid.c: kvm_cpuid). */
#include "guest-runtime/entry/cpuid.h"

#include "abi/boot.h"
#include "guest-runtime/entry/sites.h"
#include "guest-runtime/host/boot.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/uaccess.h"

#define PREFIXES_MAX 4

#define LEAF_TOPOLOGY	0x0bu
#define LEAF_TOPOLOGY_2 0x1fu
#define EBX_AMD		0x68747541u /* "Auth" */
#define EBX_HYGON	0x6f677948u /* "Hygo" */

static const struct boot_cpuid *find(uint32_t leaf, uint32_t subleaf)
{
	const struct boot_block *boot = boot_block();
	const struct boot_cpuid *rows = (const void *)((const char *)boot + boot->cpuid);

	for (uint32_t i = 0; i < boot->cpuid_count; i++)
		if (rows[i].leaf == leaf && (!rows[i].subleaf_counts || rows[i].subleaf == subleaf))
			return &rows[i];
	return NULL;
}

/* Intel's CPUs answer for a leaf beyond their last what the last basic one says. */
static const struct boot_cpuid *beyond(uint32_t leaf, uint32_t subleaf)
{
	const struct boot_cpuid *basic = find(0, 0);
	const struct boot_cpuid *range =
		leaf >> 28 == 4 ? find(leaf & 0xffffff00, 0) : find(leaf & 0x80000000, 0);

	if (!basic || basic->ebx == EBX_AMD || basic->ebx == EBX_HYGON ||
	    (range && leaf <= range->eax))
		return NULL;
	return find(basic->eax, subleaf);
}

static struct boot_cpuid look_up(uint32_t leaf, uint32_t subleaf)
{
	const struct boot_cpuid *row = find(leaf, subleaf);
	struct boot_cpuid none = { 0 };

	if (!row)
		row = beyond(leaf, subleaf);
	if (!row && (leaf == LEAF_TOPOLOGY || leaf == LEAF_TOPOLOGY_2) && find(leaf, 1)) {
		none.ecx = subleaf & 0xff;
		none.edx = find(leaf, 1)->edx;
	}
	return row ? *row : none;
}

static void answer(struct frame *frame)
{
	const struct boot_cpuid row = look_up((uint32_t)frame->rax, (uint32_t)frame->rcx);

	frame->rax = row.eax;
	frame->rbx = row.ebx;
	frame->rcx = row.ecx;
	frame->rdx = row.edx;
}

void cpuid_ask(uint32_t leaf, uint32_t subleaf, uint32_t registers[4])
{
	struct boot_cpuid row = { 0 };

	if (boot_block()->cpuid_count)
		row = look_up(leaf, subleaf);
	else
		__asm__ volatile("cpuid"
				 : "=a"(row.eax), "=b"(row.ebx), "=c"(row.ecx), "=d"(row.edx)
				 : "a"(leaf), "c"(subleaf));
	registers[0] = row.eax;
	registers[1] = row.ebx;
	registers[2] = row.ecx;
	registers[3] = row.edx;
}

/* The processor ignores these before CPUID. */
static bool is_prefix(uint8_t byte)
{
	return byte == 0x66 || byte == 0xf2 || byte == 0xf3 || (byte & 0xf0) == 0x40;
}

bool cpuid_event(struct frame *frame)
{
	uint8_t code[PREFIXES_MAX + 2];
	size_t at = 0;

	if (!boot_block()->cpuid_count || copy_from_user(code, frame->rip, 2))
		return false;
	for (; at < PREFIXES_MAX && is_prefix(code[at]); at++)
		if (copy_from_user(code + at + 2, frame->rip + at + 2, 1))
			return false;
	if (code[at] != 0x0f || code[at + 1] != 0xa2)
		return false;
	answer(frame);
	frame->rip += at + 2;
	if (at == 0)
		cpuid_site_hit(frame->rip);
	frame->rip = sites_return(frame->rip);
	return true;
}

void cpuid_dispatch(struct frame *frame)
{
	answer(frame);
}
