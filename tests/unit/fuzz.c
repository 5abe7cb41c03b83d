// SPDX-License-Identifier: Apache-2.0
/*
 * I3, I4: whatever a request says, the monitor answers it or ends the VM; it
 * does not fall, leak a descriptor, or touch memory that is not the guest's.
 * UNIT_FUZZ_CALLS and UNIT_FUZZ_SEED choose how long and which way.
 */
#include "tests/unit/guest.h"
#include "tests/unit/rows.h"

#include "hv/dispatch.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CALLS 100000

static struct vm vm;
static uint64_t random_state;

static uint64_t draw(uint64_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % below;
}

static uint64_t value(void)
{
	static const uint64_t edges[] = { 0,
					  1,
					  2,
					  3,
					  4,
					  16,
					  64,
					  65,
					  128,
					  129,
					  255,
					  256,
					  4095,
					  4096,
					  0x7fffffff,
					  0x80000000,
					  UINT32_MAX,
					  INT64_MAX,
					  1ull << 63,
					  UINT64_MAX,
					  GUEST_RAM_GPA,
					  GUEST_RAM_GPA - 1,
					  GUEST_RAM_GPA + GUEST_RAM_INITIAL,
					  GUEST_WINDOW_GPA,
					  GUEST_DOORBELL_GPA,
					  GUEST_HUGE_SIZE,
					  GUEST_WINDOW_CHUNK / GUEST_PAGE_SIZE,
					  GUEST_WINDOW_MAX / GUEST_PAGE_SIZE };
	uint64_t edge = edges[draw(sizeof(edges) / sizeof(*edges))];

	switch (draw(4)) {
	case 0:
		return draw(8); /* most often a handle, a count, a stream */
	case 1:
		return edge + draw(3) - 1;
	case 2:
		return random_state;
	default:
		return edge;
	}
}

/* Two small numbers, a segment that is the guest's, or anything. */
static uint64_t word(size_t index)
{
	switch (draw(3)) {
	case 0:
		return draw(4) | (draw(2) ? draw(4) << 32 : 0);
	case 1:
		return index % 2 ? BUFFER_GPA : 1 + draw(4096);
	default:
		return draw(2) ? value() : (value() & UINT32_MAX) << 32 | (uint32_t)value();
	}
}

/* Fills a payload with them, or with names that are there, or with a page of the guest's. */
static void fill(uint8_t *payload, const struct row *row)
{
	static const char names[] = "\4file\3dir\4link\4fifo\2..\1/";
	static const uint8_t starts[] = { 0, 5, 9, 14 }; /* of a name */

	for (size_t i = 0; i < HC_PAYLOAD_MAX / 8; i++) {
		uint64_t v = word(i);

		memcpy(payload + i * 8, &v, 8);
	}
	if (row->tail == SEGMENTS && !draw(4)) {
		const struct hc_mem_give one = { .pad = (uint32_t)draw(4), .count = 1 };
		const struct hc_segment page = { BUFFER_GPA, GUEST_PAGE_SIZE };

		memcpy(payload, &one, sizeof(one));
		memcpy(payload + row->args, &page, sizeof(page));
	}
	if ((row->tail == NAMES || row->tail == TEXTS) && draw(4)) {
		struct hc_fs_walk args = { .handle = (uint32_t)draw(4),
					   .flags = (uint32_t)draw(4),
					   .count = (uint32_t)draw(3) };
		const struct hc_segment page = { BUFFER_GPA, GUEST_PAGE_SIZE };
		size_t start = starts[draw(4)];

		memcpy(payload, &args, sizeof(args));
		if (row->args == sizeof(args) + sizeof(page) && draw(2))
			memcpy(payload + sizeof(args), &page, sizeof(page));
		memcpy(payload + row->args, names + start, sizeof(names) - start);
	}
}

static uint32_t length_of(const struct row *row)
{
	static const uint32_t tails[] = { 0, 4, 4, 5, 8, 9, 10, 16, 16, 32 };

	if (!draw(8))
		return (uint32_t)value();
	return row->args + (draw(3) ? tails[draw(sizeof(tails) / sizeof(*tails))] : 0);
}

static unsigned long setting(const char *name, unsigned long standard)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : standard;
}

static void requests_at_random(void **state)
{
	unsigned long calls = setting("UNIT_FUZZ_CALLS", CALLS), served = 0;
	uint64_t seen = 1 << HC_EXIT | 1 << HC_PANIC; /* rows that were served; these never are */
	uint8_t payload[HC_PAYLOAD_MAX];

	(void)state;
	random_state = setting("UNIT_FUZZ_SEED", 0x9e3779b97f4a7c15);
	for (unsigned long i = 0; i < calls; i++) {
		const struct row *row = &rows[draw(ROWS)];
		uint32_t number = draw(50) ? row->number : (uint32_t)value();

		fill(payload, row);
		if (number == HC_WAIT) /* not for long */
			memset(payload, 0, sizeof(int64_t));
		guest_call(&vm, number, payload, length_of(row));
		assert_true(killed.end <= HV_END_BAD_HYPERCALL);
		if (!killed.end) {
			served++;
			seen |= 1ull << number;
		}
		assert_non_null(handles_get(&vm.handles, 0));
	}
	print_message("# %lu of %lu calls were served\n", served, calls);
	for (size_t i = 0; i < ROWS; i++)
		if (!(seen & 1ull << rows[i].number))
			fail_msg("hypercall %u was never served", rows[i].number);
}

/*
 * Streams lead nowhere; the one grant, a writable one, has a file, a directory,
 * a link and a FIFO.
 */
static int setup(void **state)
{
	char grant[512];
	const char *grants[] = { grant, NULL };
	char *scratch = scratch_make();
	int root = open(scratch, O_RDONLY | O_DIRECTORY), null = open("/dev/null", O_RDWR);

	scratch_write(scratch, "file", "hello");
	assert_int_equal(mkdirat(root, "dir", 0755), 0);
	assert_int_equal(mkfifoat(root, "fifo", 0644), 0);
	assert_int_equal(symlinkat("/etc", root, "link"), 0);
	close(root);
	assert_int_equal(dup2(null, 0), 0);
	close(null);
	*state = scratch;
	snprintf(grant, sizeof(grant), GUEST_WRITABLE "%s", scratch);
	guest_start(&vm, grants, 32);
	vm.streams = 1;
	return 0;
}

static int teardown(void **state)
{
	guest_stop(&vm);
	scratch_remove(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(requests_at_random, setup, teardown),
	};
	sigset_t alarm;

	sigemptyset(&alarm); /* TIMER's, blocked as in the monitor */
	sigaddset(&alarm, SIGALRM);
	sigprocmask(SIG_BLOCK, &alarm, NULL);
	return RUN(tests, "fuzz");
}
