// SPDX-License-Identifier: Apache-2.0
/* I2: gm_range() gives a pointer only for memory that is the guest's, whole. */
#include "tests/unit/guest.h"

#include "abi/image.h"
#include "common/err.h"

#include <errno.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/mman.h>

static struct vm vm;
static struct gm *const gm = &vm.gm;

#define IMAGE_BYTES (8ull * GUEST_PAGE_SIZE)
#define RAM_END	    (GUEST_RAM_GPA + GUEST_RAM_INITIAL)
#define CHUNK_PAGES (GUEST_WINDOW_CHUNK / GUEST_PAGE_SIZE)

static int setup(void **state)
{
	(void)state;
	guest_start(&vm, NULL, 16);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_stop(&vm);
	return 0;
}

static void start_has_one_slot(void **state)
{
	(void)state;
	assert_int_equal(slots.added, 1);
	assert_int_equal(gm->ram_bytes, GUEST_RAM_INITIAL);
	assert_int_equal(gm->ram_limit, GUEST_MEMORY - GUEST_RAM_GPA);
}

static void zero_length_is_no_memory(void **state)
{
	(void)state;
	assert_null(gm_range(gm, 0, 0));
	assert_null(gm_range(gm, GUEST_RAM_GPA, 0));
	assert_null(gm_range(gm, GUEST_WINDOW_GPA, 0));
}

static void image_edges(void **state)
{
	(void)state;
	assert_ptr_equal(gm_range(gm, 0, 1), gm->image);
	assert_ptr_equal(gm_range(gm, 0, IMAGE_BYTES), gm->image);
	assert_ptr_equal(gm_range(gm, IMAGE_BYTES - 1, 1), gm->image + IMAGE_BYTES - 1);
	assert_null(gm_range(gm, 0, IMAGE_BYTES + 1));
	assert_null(gm_range(gm, IMAGE_BYTES - 1, 2));
	assert_null(gm_range(gm, IMAGE_BYTES, 1));
}

static void ram_edges(void **state)
{
	(void)state;
	assert_null(gm_range(gm, GUEST_RAM_GPA - 1, 1));
	assert_null(gm_range(gm, GUEST_RAM_GPA - 1, 2));
	assert_ptr_equal(gm_range(gm, GUEST_RAM_GPA, GUEST_RAM_INITIAL), gm->ram);
	assert_null(gm_range(gm, GUEST_RAM_GPA, GUEST_RAM_INITIAL + 1));
	assert_ptr_equal(gm_range(gm, RAM_END - 1, 1), gm->ram + GUEST_RAM_INITIAL - 1);
	assert_null(gm_range(gm, RAM_END - 1, 2));
	assert_null(gm_range(gm, RAM_END, 1)); /* reserved in the host, not yet the guest's */
	assert_null(gm_range(gm, 0, RAM_END));
}

static void sums_that_overflow(void **state)
{
	(void)state;
	assert_null(gm_range(gm, UINT64_MAX, 1));
	assert_null(gm_range(gm, UINT64_MAX, UINT64_MAX));
	assert_null(gm_range(gm, 1, UINT64_MAX));
	assert_null(gm_range(gm, GUEST_RAM_GPA, UINT64_MAX - GUEST_RAM_GPA + 2));
	assert_null(gm_range(gm, GUEST_RAM_GPA + 0x1000, (uint64_t)-0x1000));
	assert_null(gm_range(gm, GUEST_WINDOW_GPA, (uint64_t)-1));
}

static void doorbell_is_no_memory(void **state)
{
	(void)state;
	assert_null(gm_range(gm, GUEST_DOORBELL_GPA, 1));
	assert_null(gm_range(gm, GUEST_DOORBELL_GPA + 8, 8));
}

static void growth_adds_memory_up_to_the_limit(void **state)
{
	uint64_t rest = gm->ram_limit - GUEST_RAM_INITIAL;

	(void)state;
	assert_int_equal(gm_grow(gm, GUEST_HUGE_SIZE), 0);
	assert_int_equal(slots.gpa, RAM_END);
	assert_int_equal(slots.bytes, GUEST_HUGE_SIZE);
	/* One run of memory in guest and host, though two slots back it. */
	assert_ptr_equal(gm_range(gm, RAM_END - 1, 2), gm->ram + GUEST_RAM_INITIAL - 1);
	assert_null(gm_range(gm, RAM_END + GUEST_HUGE_SIZE - 1, 2));
	assert_int_equal(gm_grow(gm, rest), -ENOMEM);
	assert_int_equal(gm_grow(gm, UINT64_MAX), -ENOMEM);
	assert_int_equal(gm_grow(gm, rest - GUEST_HUGE_SIZE), 0);
	assert_int_equal(gm_grow(gm, GUEST_HUGE_SIZE), -ENOMEM);
	memset(gm_range(gm, GUEST_RAM_GPA, gm->ram_limit), 1, gm->ram_limit);
}

static void growth_that_kvm_refuses_changes_nothing(void **state)
{
	(void)state;
	slots.error = EINVAL;
	assert_int_equal(gm_grow(gm, GUEST_HUGE_SIZE), -EINVAL);
	assert_null(gm_range(gm, RAM_END, 1));
	assert_int_equal(gm_window_back(gm, GM_WINDOW_READ, 0), -EINVAL);
	assert_null(gm_range(gm, GUEST_WINDOW_GPA, 1));
}

static void slots_are_bounded(void **state)
{
	(void)state;
	gm->ram_slots = GM_RAM_SLOTS;
	assert_int_equal(gm_grow(gm, GUEST_HUGE_SIZE), -ENOMEM);
}

static void window_needs_its_chunk(void **state)
{
	uint64_t second = GUEST_WINDOW_GPA + GUEST_WINDOW_CHUNK;

	(void)state;
	assert_null(gm_range(gm, GUEST_WINDOW_GPA, 1));
	assert_int_equal(gm_window_back(gm, GM_WINDOW_READ, CHUNK_PAGES + 3), 0);
	assert_int_equal(slots.gpa, second);
	assert_int_equal(slots.bytes, GUEST_WINDOW_CHUNK);
	assert_null(gm_range(gm, GUEST_WINDOW_GPA, 1));
	assert_null(gm_range(gm, second - 1, 2));
	assert_ptr_equal(gm_range(gm, second, GUEST_WINDOW_CHUNK),
			 gm->windows[GM_WINDOW_READ].host + GUEST_WINDOW_CHUNK);
	assert_null(gm_range(gm, second, GUEST_WINDOW_CHUNK + 1));
	assert_null(gm_range(gm, second + GUEST_WINDOW_CHUNK - 1, 2));
	assert_null(gm_range(gm, GUEST_WINDOW_GPA + GUEST_WINDOW_MAX, 1));
	assert_int_equal(slots.flags, KVM_MEM_READONLY);
	assert_int_equal(gm_window_back(gm, GM_WINDOW_READ, CHUNK_PAGES), 0); /* once only */
	assert_int_equal(slots.added, 2);
}

static void the_shared_window_is_another(void **state)
{
	uint64_t last = GUEST_SHARED_GPA + GUEST_SHARED_MAX - GUEST_WINDOW_CHUNK;

	(void)state;
	assert_false(gm_windows_used(gm));
	assert_int_equal(gm_window_back(gm, GM_WINDOW_SHARED, 15 * CHUNK_PAGES), 0);
	assert_true(gm_windows_used(gm));
	assert_int_equal(slots.gpa, last);
	assert_int_equal(slots.flags, 0);
	assert_ptr_equal(gm_range(gm, last, GUEST_WINDOW_CHUNK),
			 gm->windows[GM_WINDOW_SHARED].host + GUEST_SHARED_MAX -
				 GUEST_WINDOW_CHUNK);
	assert_null(gm_range(gm, last, GUEST_WINDOW_CHUNK + 1));
	assert_null(gm_range(gm, last - 1, 2));
	assert_null(gm_range(gm, GUEST_SHARED_GPA + GUEST_SHARED_MAX, 1));
	assert_null(gm_range(gm, GUEST_WINDOW_GPA + GUEST_WINDOW_MAX - GUEST_WINDOW_CHUNK, 1));
	/* The two adjoin in the guest, not in the host. */
	assert_int_equal(gm_window_back(gm, GM_WINDOW_READ, 15 * CHUNK_PAGES), 0);
	assert_int_equal(gm_window_back(gm, GM_WINDOW_SHARED, 0), 0);
	assert_null(gm_range(gm, GUEST_SHARED_GPA - 1, 2));
}

static void ram_alone_is_the_monitors_to_touch(void **state)
{
	(void)state;
	assert_int_equal(gm_window_back(gm, GM_WINDOW_READ, 0), 0);
	assert_null(gm_ram_range(gm, GUEST_WINDOW_GPA, 1));
	assert_null(gm_ram_range(gm, 0, 1));
	assert_null(gm_ram_range(gm, GUEST_RAM_GPA, 0));
	assert_null(gm_ram_range(gm, RAM_END, 1));
	assert_ptr_equal(gm_ram_range(gm, RAM_END - 1, 1), gm->ram + GUEST_RAM_INITIAL - 1);
}

static void what_is_given_back_reads_as_zeros(void **state)
{
	uint8_t *ram = gm->ram;

	(void)state;
	memset(ram, 7, 3 * GUEST_PAGE_SIZE);
	assert_int_equal(gm_give(gm, ram + GUEST_PAGE_SIZE, GUEST_PAGE_SIZE), 0);
	assert_int_equal(ram[GUEST_PAGE_SIZE - 1], 7);
	assert_int_equal(ram[GUEST_PAGE_SIZE], 0);
	assert_int_equal(ram[2 * GUEST_PAGE_SIZE], 7);
	assert_int_equal(gm_give(gm, ram + 1, GUEST_PAGE_SIZE), -EINVAL);
	assert_int_equal(gm_give(gm, ram, GUEST_PAGE_SIZE + 1), -EINVAL);
	assert_int_equal(gm_give(gm, gm->image, GUEST_PAGE_SIZE), -EINVAL);
	assert_int_equal(gm_give(gm, gm->windows[GM_WINDOW_READ].host, GUEST_PAGE_SIZE), -EINVAL);
	assert_int_equal(gm_give(gm, ram + GUEST_RAM_INITIAL, GUEST_PAGE_SIZE), -EINVAL);
	assert_int_equal(ram[0], 7);
}

static void window_pages_lie_in_one_chunk(void **state)
{
	const uint64_t all = GUEST_WINDOW_MAX / GUEST_PAGE_SIZE;

	(void)state;
	assert_ptr_equal(gm_window_pages(gm, GM_WINDOW_READ, 0, CHUNK_PAGES),
			 gm->windows[GM_WINDOW_READ].host);
	assert_null(gm_window_pages(gm, GM_WINDOW_READ, 0, 0));
	assert_null(gm_window_pages(gm, GM_WINDOW_READ, 0, CHUNK_PAGES + 1));
	assert_null(gm_window_pages(gm, GM_WINDOW_READ, 1, CHUNK_PAGES));
	assert_null(gm_window_pages(gm, GM_WINDOW_READ, CHUNK_PAGES - 1, 2));
	assert_non_null(gm_window_pages(gm, GM_WINDOW_READ, all - 1, 1));
	assert_null(gm_window_pages(gm, GM_WINDOW_READ, all - 1, 2));
	assert_null(gm_window_pages(gm, GM_WINDOW_READ, all, 1));
	assert_null(gm_window_pages(gm, GM_WINDOW_READ, UINT64_MAX, 1));
	assert_null(gm_window_pages(gm, GM_WINDOW_READ, UINT64_MAX, UINT64_MAX));
	assert_null(gm_window_pages(gm, GM_WINDOW_READ, 1ull << 52, 1));
}

static void bad_images_are_refused(void **state)
{
	static _Alignas(GUEST_PAGE_SIZE) uint8_t blob[2 * GUEST_PAGE_SIZE];
	struct gm other;
	struct err e;
	const struct hv_image images[] = {
		{ .bytes = NULL, .size = GUEST_PAGE_SIZE },
		{ .bytes = blob, .size = sizeof(blob) }, /* no magic */
		{ .bytes = gm->image + 8, .size = GUEST_PAGE_SIZE },
		{ .bytes = gm->image, .size = 0 },
		{ .bytes = gm->image, .size = GUEST_PAGE_SIZE + 1 },
		{ .bytes = gm->image, .size = GUEST_IMAGE_MAX + GUEST_PAGE_SIZE },
	};
	const struct hv_image good = { .bytes = gm->image, .size = GUEST_PAGE_SIZE };

	(void)state;
	for (size_t i = 0; i < sizeof(images) / sizeof(*images); i++)
		assert_int_equal(gm_init(&other, gm->vm_fd, &images[i], GUEST_MEMORY, &e), -EINVAL);
	assert_int_equal(gm_init(&other, gm->vm_fd, &good, GUEST_HUGE_SIZE, &e), -EINVAL);
	assert_int_equal(gm_init(&other, gm->vm_fd, &good, GUEST_MEMORY + 4096, &e), -EINVAL);
}

/* Where the host has no page yet, a guest that reads and then writes it is filled twice. */
static void the_image_is_there_before_the_start(void **state)
{
	static _Alignas(GUEST_PAGE_SIZE) uint8_t blob[GUEST_PAGE_SIZE];
	const struct image_header header = { .magic = IMAGE_MAGIC,
					     .zeroes = GUEST_IMAGE_MAX - sizeof(blob) };
	const struct hv_image image = { .bytes = blob, .size = sizeof(blob) };
	unsigned char present[GUEST_IMAGE_MAX / GUEST_PAGE_SIZE];
	struct gm other;
	struct err e;

	(void)state;
	memcpy(blob, &header, sizeof(header));
	assert_int_equal(gm_init(&other, gm->vm_fd, &image, GUEST_MEMORY, &e), 0);
	assert_int_equal(mincore(other.image, GUEST_IMAGE_MAX, present), 0);
	for (size_t i = 0; i < sizeof(present); i++)
		assert_true(present[i] & 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(start_has_one_slot),
		TEST(zero_length_is_no_memory),
		TEST(image_edges),
		TEST(ram_edges),
		TEST(sums_that_overflow),
		TEST(doorbell_is_no_memory),
		TEST(growth_adds_memory_up_to_the_limit),
		TEST(growth_that_kvm_refuses_changes_nothing),
		TEST(slots_are_bounded),
		TEST(window_needs_its_chunk),
		TEST(the_shared_window_is_another),
		TEST(ram_alone_is_the_monitors_to_touch),
		TEST(what_is_given_back_reads_as_zeros),
		TEST(window_pages_lie_in_one_chunk),
		TEST(bad_images_are_refused),
		TEST(the_image_is_there_before_the_start),
	};

	return RUN(tests, "memory");
}
