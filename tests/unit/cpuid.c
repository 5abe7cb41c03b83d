// SPDX-License-Identifier: Apache-2.0
/* I10: what CPUID must not show the guest, whatever the host has. */
#include "tests/unit/guest.h"

#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES 16

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
	assert_false(find(0x7, 0)->edx & (1u << 20 | 7u << 22));
	assert_int_equal(find(0x7, 1)->eax, ~0u); /* another subleaf is left alone */
}

static void one_processor(void **state)
{
	(void)state;
	assert_int_equal(find(0x1, 0)->ebx >> 16, 1);
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_virtualization),
		TEST(no_hypervisor_leaves),
		TEST(no_state_that_is_not_switched),
		TEST(one_processor),
		TEST(a_bare_host),
	};

	return RUN(tests, "cpuid");
}
