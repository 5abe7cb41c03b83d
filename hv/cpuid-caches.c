// SPDX-License-Identifier: Apache-2.0
/*
 * Cache descriptors for CPUID leaf 2. Newer CPUs answer there "see leaf 4", and
 * the GNU C library then asks four times as many CPUIDs at each program's
 * start: each is an exit where the host is a VM itself, in all a millisecond.
 * So leaf 2 names, for each cache of leaf 4, the largest one that the vendor
 * has a descriptor for and that claims no more than there is. Leaf 4 is exact.
 */
#include "hv/vcpu.h"

#include <linux/kvm.h>
#include <stddef.h>

#define LEAF_DESCRIPTORS 0x2u
#define LEAF_CACHES	 0x4u
#define SEE_LEAF_4	 0xffu

enum cache_type { CACHE_NONE, CACHE_DATA, CACHE_CODE, CACHE_UNIFIED };

#define KIB 1024u
#define MIB (1024u * KIB)

/* Lines of 64 bytes, all of them; of one cache from small to large. */
static const struct descriptor {
	uint8_t level, type; /* as leaf 4 has them */
	uint8_t code;
	uint32_t bytes;
} descriptors[] = {
	{ 1, CACHE_DATA, 0x67, 16 * KIB },     { 1, CACHE_DATA, 0x0e, 24 * KIB },
	{ 1, CACHE_DATA, 0x2c, 32 * KIB },     { 1, CACHE_CODE, 0x30, 32 * KIB },
	{ 2, CACHE_UNIFIED, 0x21, 256 * KIB }, { 2, CACHE_UNIFIED, 0x80, 512 * KIB },
	{ 2, CACHE_UNIFIED, 0x87, 1 * MIB },   { 2, CACHE_UNIFIED, 0x7d, 2 * MIB },
	{ 3, CACHE_UNIFIED, 0xd1, 1 * MIB },   { 3, CACHE_UNIFIED, 0xd7, 2 * MIB },
	{ 3, CACHE_UNIFIED, 0xd8, 4 * MIB },   { 3, CACHE_UNIFIED, 0xe4, 8 * MIB },
	{ 3, CACHE_UNIFIED, 0xea, 12 * MIB },  { 3, CACHE_UNIFIED, 0xeb, 18 * MIB },
	{ 3, CACHE_UNIFIED, 0xec, 24 * MIB },
};

static uint8_t describe(const struct kvm_cpuid_entry2 *cache)
{
	uint32_t level = cache->eax >> 5 & 7, type = cache->eax & 31;
	uint64_t line = (cache->ebx & 0xfff) + 1ull, partitions = (cache->ebx >> 12 & 0x3ff) + 1ull;
	uint64_t ways = (cache->ebx >> 22) + 1ull;
	uint64_t bytes = line * partitions * ways * (cache->ecx + 1ull);
	uint8_t code = 0;

	for (size_t i = 0; i < sizeof(descriptors) / sizeof(*descriptors); i++)
		if (descriptors[i].level == level && descriptors[i].type == type &&
		    descriptors[i].bytes <= bytes)
			code = descriptors[i].code;
	return line == 64 ? code : 0;
}

/*
 * What leaf 2 is to say of the caches, first level lowest; 0: it stays as it
 * is, since one of them has no descriptor, or there are too many. Three fit
 * into a register: its top bit would say that it means nothing.
 */
static uint32_t describe_all(const struct kvm_cpuid2 *list, uint8_t *first)
{
	uint32_t others = 0, count = 0;

	for (uint32_t i = 0; i < list->nent; i++) {
		const struct kvm_cpuid_entry2 *entry = &list->entries[i];
		uint8_t code;

		if (entry->function != LEAF_CACHES || (entry->eax & 31) == CACHE_NONE)
			continue;
		code = describe(entry);
		if (!code || count > 3)
			return 0;
		if (!count++)
			*first = code;
		else
			others = others << 8 | code;
	}
	return others;
}

void cpuid_describe_caches(struct kvm_cpuid2 *list)
{
	struct kvm_cpuid_entry2 *entry = NULL;
	uint8_t first = 0;
	uint32_t others;

	for (uint32_t i = 0; i < list->nent; i++)
		if (list->entries[i].function == LEAF_DESCRIPTORS)
			entry = &list->entries[i];
	if (!entry || entry->ecx || entry->edx)
		return;
	others = describe_all(list, &first);
	/* Byte 0 of EAX is a count. */
	for (uint32_t shift = 8; others && shift < 24; shift += 8)
		if ((entry->eax >> shift & 0xff) == SEE_LEAF_4) {
			entry->eax ^= (SEE_LEAF_4 ^ (uint32_t)first) << shift;
			entry->ecx = others;
			return;
		}
}
