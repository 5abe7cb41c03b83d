// SPDX-License-Identifier: Apache-2.0
/*
 * What can be made from HYPERCALLS alone, without KVM: every word of every
 * request at every boundary, every handle that a row may not have; and that
 * the guest's data, which a second vCPU could change, is taken at most once.
 * The monitor's system calls are watched meanwhile. cmocka; TAP.
 */
#include "tests/unit/guest.h"

#include "hv/dispatch.h"
#include "tests/adversarial/fetch-guest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const uint64_t boundaries[] = { 0,
				       1,
				       2,
				       0x7f,
				       0xff,
				       0xffff,
				       GUEST_PAGE_SIZE - 1,
				       GUEST_HUGE_SIZE,
				       INT32_MAX - 1,
				       INT32_MAX,
				       1ull << 31,
				       UINT32_MAX - 1,
				       UINT32_MAX,
				       1ull << 32,
				       GUEST_RAM_GPA + GUEST_MEMORY - 1,
				       GUEST_DOORBELL_GPA,
				       GUEST_WINDOW_GPA + GUEST_WINDOW_MAX - 1,
				       GUEST_SHARED_GPA + GUEST_SHARED_MAX,
				       1ull << 51,
				       1ull << 52,
				       1ull << 62,
				       INT64_MAX - 1,
				       INT64_MAX,
				       1ull << 63,
				       UINT64_MAX - 4095,
				       UINT64_MAX - 1,
				       UINT64_MAX };

#define BOUNDARIES (sizeof(boundaries) / sizeof(*boundaries))

static unsigned int handles_open(void)
{
	unsigned int open = 0;

	for (uint32_t i = 0; i < FETCH_HANDLES; i++)
		open += handles_get(&fetch_vm.handles, i) != NULL;
	return open;
}

static void must_hold(const struct message *m, const char *what, uint64_t value)
{
	seams_demand(seams.fetches == 1, "a request is copied once");
	seams_demand(fetch_vm.gm.ram_bytes <= fetch_vm.gm.ram_limit, "memory is bounded");
	seams_demand(fetch_vm.handles.table[H_ROOT].root && fetch_vm.handles.table[H_DIR].root,
		     "grants stay");
	seams_demand(!fetch_vm.handles.table[H_ROOT].changeable, "no grant gets more rights");
	seams_demand(killed.end == 0 || killed.end == HV_END_BAD_HYPERCALL || m->number <= HC_PANIC,
		     "what is malformed ends as a bad hypercall");
	if (seams.broken)
		fail_msg("%s, %s 0x%llx: not held: %s", row_name(m->number), what,
			 (unsigned long long)value, seams.broken);
}

/* One request in a guest that has all its handles; the system calls are checked and not made. */
static void try(const struct message *m, const char *what, uint64_t value)
{
	if (handles_open() != H_FREE) {
		guest_stop(&fetch_vm);
		fetch_start();
	}
	memcpy(gm_range(&fetch_vm.gm, MESSAGE_BUFFER, 16), "0123456789abcdef", 16);
	seams.racing = 1;
	fetch_serve(m);
	seams.racing = 0;
	must_hold(m, what, value);
}

static void every_word_at_every_boundary(void **state)
{
	unsigned long tried = 0, refused = 0;
	char what[32];

	(void)state;
	fetch_start();
	for (unsigned int i = 0; i < valid_count; i++) {
		for (uint32_t at = 0; at < valid[i].length; at += 4) {
			for (size_t j = 0; j < BOUNDARIES; j++) {
				size_t size = boundaries[j] >> 32 ? 8 : 4;
				struct message m = valid[i];

				if (at % size || at + size > m.length)
					continue;
				memcpy(m.args.bytes + at, &boundaries[j], size);
				snprintf(what, sizeof(what), "byte %u", at);
				try(&m, what, boundaries[j]);
				tried++;
				refused += killed.end != 0;
			}
		}
		for (size_t j = 0; j < BOUNDARIES; j++) {
			struct message m = valid[i];

			m.length = (uint32_t)boundaries[j];
			if (m.length > HC_PAYLOAD_MAX)
				continue; /* hostile and decode have these */
			try(&m, "length", m.length);
		}
	}
	print_message("# %lu requests, %lu of them refused\n", tried, refused);
	assert_true(refused > tried / 10 && refused < tried);
	guest_stop(&fetch_vm);
}

/* Where each row has handles: all begin with one, but for these. */
static const struct {
	uint32_t number, offset;
} second[] = { { HC_FS_RENAME, offsetof(struct hc_fs_rename, to_handle) },
	       { HC_FS_LINK, offsetof(struct hc_fs_link, object) } };

static uint32_t handle_at(uint32_t number, int n)
{
	if (number == HC_FS_CLOSE)
		return n ? UINT32_MAX : sizeof(struct hc_fs_close);
	if (number < HC_FS_WALK || number == HC_FS_UNMAP)
		return UINT32_MAX;
	for (size_t i = 0; n && i < sizeof(second) / sizeof(*second); i++)
		if (second[i].number == number)
			return second[i].offset;
	return n ? UINT32_MAX : 0;
}

static void every_handle_that_is_none(void **state)
{
	static const uint32_t none[] = { H_FREE,    FETCH_HANDLES - 1, FETCH_HANDLES, 4096,
					 INT32_MAX, 1u << 31,	       UINT32_MAX };
	unsigned int tried = 0;

	(void)state;
	fetch_start();
	for (unsigned int i = 0; i < valid_count; i++) {
		for (int n = 0; n < 2; n++) {
			const uint32_t at = handle_at(valid[i].number, n);

			for (size_t j = 0; at != UINT32_MAX && j < sizeof(none) / sizeof(*none);
			     j++) {
				struct message m = valid[i];

				memcpy(m.args.bytes + at, &none[j], sizeof(none[j]));
				try(&m, "handle", none[j]);
				if (!guest_violated(HV_VIOLATION_HANDLE))
					fail_msg("%s with handle %u: end %u code %u",
						 row_name(m.number), none[j], killed.end,
						 killed.code);
				tried++;
			}
		}
	}
	assert_true(tried > 100);
	guest_stop(&fetch_vm);
}

/*
 * Of the wrong kind: refused or served, but nothing is done that its kind or
 * its grant does not allow.
 */
static void every_handle_of_another_kind(void **state)
{
	static const uint32_t read_only[] = { H_ROOT, H_FILE, H_SUB, H_LINK, H_FIFO, H_CLOSED };

	(void)state;
	fetch_start();
	for (unsigned int i = 0; i < valid_count; i++) {
		for (int n = 0; n < 2; n++) {
			const uint32_t at = handle_at(valid[i].number, n);

			for (uint32_t handle = H_ROOT; at != UINT32_MAX && handle < H_FREE;
			     handle++) {
				struct message m = valid[i];

				memcpy(m.args.bytes + at, &handle, sizeof(handle));
				try(&m, "handle", handle);
				if (m.number == HC_FS_CLOSE)
					assert_int_equal(killed.end != 0, handle <= H_DIR);
				for (size_t j = 0; m.number >= HC_FS_WRITE && j < 6; j++)
					if (handle == read_only[j] &&
					    fetch_vm.vcpu.request->result != -EROFS)
						fail_msg("%s with handle %u: result %lld, end %u",
							 row_name(m.number), handle,
							 (long long)fetch_vm.vcpu.request->result,
							 killed.end);
			}
		}
	}
	guest_stop(&fetch_vm);
}

/* Behind a wall: who reads the guest's data but by one copy dies of it. */
static void data_is_taken_once(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < valid_count; i++) {
		const int takes = valid[i].number == HC_FS_CREATE;

		fetch_start();
		seams_wall(1);
		fetch_serve(&valid[i]);
		seams_wall(0);
		if (seams.data_fetches != takes)
			fail_msg("%s: the guest's data was copied %d times",
				 row_name(valid[i].number), seams.data_fetches);
		must_hold(&valid[i], "behind a wall", 0);
		guest_stop(&fetch_vm);
	}
}

/* What a second vCPU writes there later does not count. */
static void data_that_changes_later_does_not_count(void **state)
{
	static const char *const flips[] = { "/etc/passwd\0\0\0\0\0",
					     "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" };
	char target[64];

	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (unsigned int j = 0; j < valid_count; j++) {
			struct message m = valid[j];

			if (m.number != HC_FS_CREATE)
				continue;
			fetch_start();
			seams.data_flip = flips[i];
			assert_int_equal(fetch_serve(&m), 0);
			seams.data_flip = NULL;
			struct hc_fs_readlink look = { .handle = H_FREE,
						       .buffer = { MESSAGE_BUFFER, 64 } };

			assert_int_equal(guest_call(&fetch_vm, HC_FS_READLINK, &look, sizeof(look)),
					 16);
			memcpy(target, gm_range(&fetch_vm.gm, MESSAGE_BUFFER, 16), 16);
			assert_memory_equal(target, "0123456789abcdef", 16);
			guest_stop(&fetch_vm);
		}
}

/* No hole under a slot, where the monitor's next mapping would be the guest's memory. */
static void a_mapping_that_fails_leaves_no_hole(void **state)
{
	const struct hc_fs_map map = { .handle = H_FILE, .pages = 1 };
	const struct message m = { HC_FS_MAP, RESULT(0), sizeof(map), { .fs_map = map } };

	(void)state;
	fetch_start();
	seams.maps = MAPS_OF_FILES_FAIL;
	assert_int_equal(fetch_serve(&m), -ENOMEM);
	assert_int_equal(killed.end, 0);
	assert_int_equal(*(volatile uint8_t *)gm_range(&fetch_vm.gm, GUEST_WINDOW_GPA, 1), 0);
	seams.maps = ALL_MAPS_FAIL;
	fetch_serve(&m);
	assert_int_equal(killed.end, HV_END_KVM_ERROR);
	seams.maps = MAPS_WORK;
	guest_stop(&fetch_vm);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fetch_setup, fetch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_word_at_every_boundary),
		TEST(every_handle_that_is_none),
		TEST(every_handle_of_another_kind),
		TEST(data_is_taken_once),
		TEST(data_that_changes_later_does_not_count),
		TEST(a_mapping_that_fails_leaves_no_hole),
	};

	return RUN(tests, "sweep");
}
