// SPDX-License-Identifier: Apache-2.0
/* I3, I4, I8: every row refuses what is not exactly its request, before it acts. */
#include "tests/unit/guest.h"
#include "tests/unit/rows.h"

#include "hv/dispatch.h"

#include <errno.h>
#include <string.h>

#define STREAM_ARGS (uint32_t)sizeof(struct hc_stream_io)

static struct vm vm;
static uint8_t payload[HC_PAYLOAD_MAX];

static int setup(void **state)
{
	static const char *const grants[] = { "/usr", NULL };

	(void)state;
	guest_start(&vm, grants, 16);
	memset(payload, 0, sizeof(payload));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_stop(&vm);
	return 0;
}

static int has_row(uint32_t number)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].number == number)
			return 1;
	return 0;
}

static void expect(uint32_t number, uint32_t length, enum hv_violation violation)
{
	guest_call(&vm, number, payload, length);
	if (!guest_violated(violation))
		fail_msg("%u length %u: end %u code %u, not violation %u", number, length,
			 killed.end, killed.code, violation);
}

static void numbers_without_a_row(void **state)
{
	(void)state;
	for (uint32_t number = 0; number < 2 * HC_NUMBER_MAX; number++)
		if (!has_row(number))
			expect(number, 0, HV_VIOLATION_NUMBER);
	expect(UINT32_MAX, 0, HV_VIOLATION_NUMBER);
	expect(1u << 31, 0, HV_VIOLATION_NUMBER);
}

/* Rows with a tail have count 1 here, so that the length alone is wrong. */
static void set_count(const struct row *row, uint32_t count)
{
	size_t at = row->tail == SEGMENTS  ? offsetof(struct hc_fs_read, count)
		    : row->tail == HANDLES ? offsetof(struct hc_fs_close, count)
					   : offsetof(struct hc_fs_walk, count);

	if (row->tail != NONE)
		memcpy(payload + at, &count, sizeof(count));
}

static void lengths_of_every_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *row = &rows[i];

		memset(payload, 0, row->args);
		memset(payload + row->args, 0xff, sizeof(payload) - row->args);
		set_count(row, 1);
		for (uint32_t length = 0; length < row->args; length++)
			expect(row->number, length, HV_VIOLATION_LENGTH);
		expect(row->number, row->args + 1, HV_VIOLATION_LENGTH);
		expect(row->number, HC_PAYLOAD_MAX, HV_VIOLATION_LENGTH);
		expect(row->number, HC_PAYLOAD_MAX + 1, HV_VIOLATION_LENGTH);
		expect(row->number, UINT32_MAX, HV_VIOLATION_LENGTH);
		expect(row->number, UINT32_MAX - 7, HV_VIOLATION_LENGTH);
		if (row->tail != NONE) /* the tail that the count promises is not there */
			expect(row->number, row->args, HV_VIOLATION_LENGTH);
	}
}

static void permissions_of_every_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		vm.permissions = ~rows[i].permission;
		/* Refused before anything is decoded: the length is wrong too. */
		assert_int_equal(guest_call(&vm, rows[i].number, NULL, UINT32_MAX), -EPERM);
		assert_int_equal(killed.end, 0);
	}
}

static void counts_of_tails(void **state)
{
	static const uint32_t bad[] = { 0, 129, 257, 0x10000000, 0x10000001, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		for (size_t j = 0; j < sizeof(bad) / sizeof(*bad); j++) {
			const struct row *row = &rows[i];

			if (row->tail == NONE ||
			    ((row->tail == NAMES || row->tail == TEXTS) && !bad[j]) ||
			    (row->tail == HANDLES && bad[j] == 129))
				continue;
			memset(payload, 0, sizeof(payload));
			set_count(row, bad[j]);
			expect(row->number, row->args, HV_VIOLATION_FIELD);
		}
	}
}

/* Arguments of that size with a count, and as many equal segments; the payload's length. */
static uint32_t put_segments(uint32_t args, uint32_t count, uint64_t gpa, uint64_t length)
{
	struct hc_segment segment = { .gpa = gpa, .length = length };

	memset(payload, 0, args);
	set_count(&(struct row){ .tail = SEGMENTS }, count);
	for (uint32_t i = 0; i < count; i++)
		memcpy(payload + args + i * sizeof(segment), &segment, sizeof(segment));
	return args + count * (uint32_t)sizeof(segment);
}

static void segments_outside_of_guest_memory(void **state)
{
	static const struct hc_segment bad[] = {
		{ BUFFER_GPA, 0 },
		{ BUFFER_GPA, UINT64_MAX },
		{ BUFFER_GPA, GUEST_RAM_INITIAL + 1 },
		{ BUFFER_GPA - 1, 2 },
		{ UINT64_MAX, 1 },
		{ GUEST_DOORBELL_GPA, 8 },
		{ GUEST_WINDOW_GPA, 8 }, /* no chunk there yet */
		{ 8 * GUEST_PAGE_SIZE, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		for (size_t j = 0; j < sizeof(bad) / sizeof(*bad); j++) {
			uint32_t length;

			if (rows[i].tail != SEGMENTS)
				continue;
			length = put_segments(rows[i].args, 1, bad[j].gpa, bad[j].length);
			expect(rows[i].number, length, HV_VIOLATION_SEGMENT);
		}
	}
	put_segments(STREAM_ARGS, 3, BUFFER_GPA,
		     1); /* one bad among good ones: nothing is written */
	memset(payload + STREAM_ARGS + 40, 0xff, 8);
	expect(HC_STREAM_WRITE, STREAM_ARGS + 48, HV_VIOLATION_SEGMENT);
}

static void transfers_are_bounded(void **state)
{
	uint32_t length = put_segments(STREAM_ARGS, 128, BUFFER_GPA, GUEST_RAM_INITIAL);

	(void)state;
	vm.streams = 0; /* 128 x 14 MiB are below Linux's limit */
	assert_int_equal(guest_call(&vm, HC_STREAM_WRITE, payload, length), -EBADF);
	assert_int_equal(killed.end, 0);
	assert_int_equal(gm_grow(&vm.gm, 0x1000000), 0);
	length = put_segments(STREAM_ARGS, 128, BUFFER_GPA, GUEST_RAM_INITIAL + 0x1000000);
	expect(HC_STREAM_WRITE, length, HV_VIOLATION_FIELD);
}

static uint32_t put_name(const char *name, size_t length)
{
	struct hc_fs_walk args = { .handle = 0, .count = 1 };

	memcpy(payload, &args, sizeof(args));
	payload[sizeof(args)] = (uint8_t)length;
	memcpy(payload + sizeof(args) + 1, name, length);
	return (uint32_t)(sizeof(args) + 1 + length);
}

static void names_that_are_no_component(void **state)
{
	static const struct {
		const char *name;
		size_t length;
	} bad[] = { { "", 0 },	   { ".", 1 },	    { "..", 2 },   { "/", 1 },	{ "a/b", 3 },
		    { "/etc", 4 }, { "../etc", 6 }, { "a\0b", 3 }, { "\0", 1 }, { "usr/", 4 } };
	char longest[HC_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		expect(HC_FS_WALK, put_name(bad[i].name, bad[i].length), HV_VIOLATION_NAME);
	/* 255 bytes are a name; there is no way to say 256: the byte after is the next name's. */
	memset(longest, 'x', sizeof(longest));
	assert_int_equal(guest_call(&vm, HC_FS_WALK, payload, put_name(longest, 255)), -ENOENT);
	assert_int_equal(killed.end, 0);
	expect(HC_FS_WALK, put_name(longest, 255) + 1, HV_VIOLATION_LENGTH);
	assert_int_equal(guest_call(&vm, HC_FS_WALK, payload, put_name("...", 3)), -ENOENT);
	assert_int_equal(killed.end, 0);
}

static void names_that_leave_their_tail(void **state)
{
	uint32_t length = put_name("bin", 3);

	(void)state;
	expect(HC_FS_WALK, length - 1, HV_VIOLATION_LENGTH); /* name cut off */
	expect(HC_FS_WALK, length + 1, HV_VIOLATION_LENGTH); /* a byte too many */
	payload[sizeof(struct hc_fs_walk)] = 255;
	expect(HC_FS_WALK, length, HV_VIOLATION_LENGTH);
	put_name("bin", 3);
	set_count(&(struct row){ .tail = NAMES }, 2); /* a second name lies after the end */
	expect(HC_FS_WALK, length, HV_VIOLATION_LENGTH);
	set_count(&(struct row){ .tail = NAMES }, HC_NAMES_MAX + 1);
	expect(HC_FS_WALK, length, HV_VIOLATION_FIELD);
}

static void replies_show_nothing_old(void **state)
{
	const uint8_t *reply = guest_reply(&vm);

	(void)state;
	assert_int_equal(guest_call(&vm, HC_CLOCK, NULL, 0), 0);
	for (size_t i = sizeof(struct hc_clock_out); i < HC_PAYLOAD_MAX; i++)
		assert_int_equal(reply[i], 0xa5); /* the guest's own bytes, untouched */
	assert_true(((const struct hc_clock_out *)(const void *)reply)->monotonic_ns > 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers_without_a_row),
		TEST(lengths_of_every_row),
		TEST(permissions_of_every_row),
		TEST(counts_of_tails),
		TEST(segments_outside_of_guest_memory),
		TEST(transfers_are_bounded),
		TEST(names_that_are_no_component),
		TEST(names_that_leave_their_tail),
		TEST(replies_show_nothing_old),
	};

	return RUN(tests, "decode");
}
