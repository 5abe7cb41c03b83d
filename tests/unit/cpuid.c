// SPDX-License-Identifier: Apache-2.0
/* I10: what CPUID must not show the guest, whatever the host has. */
#include "tests/unit/guest.h"

#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES 32

static struct kvm_cpuid2 *list;
static struct cpuid_offer offer;

static void add(uint32_t leaf, uint32_t subleaf)
{
	list->entries[list->nent++] = (struct kvm_cpuid_entry2){
		.function = leaf,
		.index = subleaf,
		.flags = KVM_CPUID_FLAG_SIGNIFCANT_INDEX,
		.eax = ~0u,
		.ebx = ~0u,
		.ecx = ~0u,
		.edx = ~0u,
	};
}

/* A host that has everything. */
static int setup(void **state)
{
	(void)state;
	list = calloc(1, sizeof(*list) + ENTRIES * sizeof(list->entries[0]));
	assert_non_null(list);
	add(0x1, 0);
	add(0x40000000, 0);
	add(0x7, 0);
	add(0x7, 1);
	add(0xa, 0);
	add(0xb, 0);
	add(0xb, 1);
	add(0x1f, 2);
	add(0xd, 0);
	add(0xd, 1);
	add(0xd, 2);
	add(0xd, 9);
	add(0xd, 18);
	add(0xd, 64);
	add(0x40000001, 0);
	add(0x4fffffff, 0);
	add(0x80000001, 0);
	add(0x80000008, 0);
	add(0x8000001e, 0);
	cpuid_mask(list, &offer);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(list);
	return 0;
}

static const struct kvm_cpuid_entry2 *find(uint32_t leaf, uint32_t subleaf)
{
	for (uint32_t i = 0; i < list->nent; i++)
		if (list->entries[i].function == leaf && list->entries[i].index == subleaf)
			return &list->entries[i];
	return NULL;
}

static void no_virtualization(void **state)
{
	(void)state;
	assert_false(find(0x1, 0)->ecx & 1u << 5);
	assert_false(find(0x80000001, 0)->ecx & 1u << 2);
	assert_false(find(0x1, 0)->ecx & (1u << 21 | 1u << 24)); /* x2APIC, TSC deadline */
}

static void no_hypervisor_leaves(void **state)
{
	(void)state;
	assert_null(find(0x40000000, 0));
	assert_null(find(0x40000001, 0));
	assert_null(find(0x4fffffff, 0));
	assert_false(find(0x1, 0)->ecx & 1u << 31);
	assert_null(find(0xa, 0));
}

static void no_state_that_is_not_switched(void **state)
{
	(void)state;
	assert_int_equal(find(0xd, 0)->eax, 0xe7);
	assert_int_equal(find(0xd, 0)->edx, 0);
	assert_int_equal(offer.xcr0, 0xe7);
	assert_int_equal(find(0xd, 1)->ecx, 0);
	assert_non_null(find(0xd, 2));
	assert_null(find(0xd, 9));
	assert_null(find(0xd, 18));
	assert_null(find(0xd, 64));
	assert_false(find(0x7, 0)->ecx & (1u << 7 | 1u << 3));
	assert_false(find(0x7, 0)->edx & (1u << 20 | 7u << 22 | 1u << 5));
	assert_int_equal(find(0x7, 1)->eax, ~0u); /* another subleaf is left alone */
}

static void random_numbers_can_be_hidden(void **state)
{
	struct kvm_cpuid_entry2 *first = (struct kvm_cpuid_entry2 *)find(0x1, 0);
	struct kvm_cpuid_entry2 *more = (struct kvm_cpuid_entry2 *)find(0x7, 0);
	struct kvm_cpuid_entry2 one = *first, two = *more;

	(void)state;
	first->ecx |= 1u << 30;
	more->ebx |= 1u << 18;
	one.ecx &= ~(1u << 30);
	two.ebx &= ~(1u << 18);
	cpuid_hide_random(list);
	assert_memory_equal(first, &one, sizeof(one)); /* and nothing else */
	assert_memory_equal(more, &two, sizeof(two));
}

static void one_processor(void **state)
{
	(void)state;
	assert_int_equal(find(0x1, 0)->ebx >> 16, 1);
	assert_int_equal(find(0xb, 0)->edx, 0);
	assert_int_equal(find(0xb, 1)->edx, 0);
	assert_int_equal(find(0x1f, 2)->edx, 0);
	assert_int_equal(find(0x8000001e, 0)->eax, 0);
}

static void a_bare_host(void **state)
{
	(void)state;
	list->nent = 0;
	add(0x0, 0);
	cpuid_mask(list, &offer);
	assert_int_equal(list->nent, 1);
	assert_int_equal(offer.xcr0, 0);
	assert_int_equal(offer.address_bits, 36);
}

/* One cache of leaf 4 with lines of 64 bytes. */
static void add_cache(uint32_t index, uint32_t level, uint32_t type, uint32_t ways, uint32_t sets)
{
	struct kvm_cpuid_entry2 *entry = &list->entries[list->nent];

	add(0x4, index);
	entry->eax = 1u << 26 | level << 5 | type;
	entry->ebx = (ways - 1) << 22 | 63;
	entry->ecx = sets - 1;
	entry->edx = 0;
}

/* The caches and leaf 2 of a CPU of today. */
static struct kvm_cpuid_entry2 *start_caches(uint32_t eax)
{
	struct kvm_cpuid_entry2 *leaf2 = &list->entries[0];

	list->nent = 0;
	add(0x2, 0);
	leaf2->eax = eax;
	leaf2->ebx = 0xf0;
	leaf2->ecx = leaf2->edx = 0;
	add_cache(0, 1, 1, 12, 64);	   /* 48 KiB */
	add_cache(1, 1, 2, 8, 64);	   /* 32 KiB */
	add_cache(2, 2, 3, 20, 1024);	   /* 1.25 MiB */
	add_cache(3, 3, 3, 16, 32 * 1024); /* 32 MiB */
	return leaf2;
}

static void caches_that_are_no_larger(void **state)
{
	const struct kvm_cpuid_entry2 *leaf2 = start_caches(0x00feff01);

	(void)state;
	cpuid_mask(list, &offer);
	assert_int_equal(leaf2->eax, 0x00fe2c01); /* 32 KiB */
	assert_int_equal(leaf2->ebx, 0xf0);
	assert_int_equal(leaf2->ecx, 0x3087ec); /* 32 KiB, 1 MiB, 24 MiB */
	assert_int_equal(leaf2->edx, 0);
	assert_int_equal(find(0x4, 0)->ecx, 63); /* exact as before */
}

static void caches_that_leaf_2_cannot_tell(void **state)
{
	struct kvm_cpuid_entry2 *leaf2 = start_caches(0x00feff01);

	(void)state;
	add_cache(4, 4, 3, 16, 1024); /* a fourth level */
	cpuid_mask(list, &offer);
	assert_int_equal(leaf2->eax, 0x00feff01);
	assert_int_equal(leaf2->ecx, 0);
	leaf2 = start_caches(0x00feff01);
	list->entries[1].ebx = 31; /* lines of 32 bytes, one way */
	cpuid_mask(list, &offer);
	assert_int_equal(leaf2->eax, 0x00feff01);
	leaf2 = start_caches(0x00000001); /* does not refer to leaf 4 */
	cpuid_mask(list, &offer);
	assert_int_equal(leaf2->ecx, 0);
}

static void leaves_that_say_nothing(void **state)
{
	(void)state;
	list->nent = 0;
	add(0x0, 0);
	list->entries[0].eax = 0x24;
	add(0x1, 0);
	add(0x14, 0);
	memset(&list->entries[2].eax, 0, 4 * sizeof(uint32_t));
	add(0x1f, 0); /* only the number of the host's processor */
	memset(&list->entries[3].eax, 0, 3 * sizeof(uint32_t));
	cpuid_mask(list, &offer);
	assert_int_equal(list->nent, 2);
	assert_int_equal(find(0x0, 0)->eax, 0x1);
}

static void area_of_the_components(void **state)
{
	const struct cpuid_offer some = { .component_end = { [2] = 832, [5] = 1152, [7] = 2688 } };

	(void)state;
	assert_int_equal(cpuid_xsave_bytes(&some, 0x3), 576);
	assert_int_equal(cpuid_xsave_bytes(&some, 0x7), 832);
	assert_int_equal(cpuid_xsave_bytes(&some, 0xe7), 2688);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_virtualization),
		TEST(no_hypervisor_leaves),
		TEST(no_state_that_is_not_switched),
		TEST(random_numbers_can_be_hidden),
		TEST(one_processor),
		TEST(a_bare_host),
		TEST(caches_that_are_no_larger),
		TEST(caches_that_leaf_2_cannot_tell),
		TEST(leaves_that_say_nothing),
		TEST(area_of_the_components),
	};

	return RUN(tests, "cpuid");
}
