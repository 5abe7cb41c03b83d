// SPDX-License-Identifier: Apache-2.0
/*
 * What a policy does not permit is not served (I8), what a caller closed stays
 * closed, memory ends where the policy says (I12), and replies hold nothing of
 * an earlier one (I13).
 */
#include "hv/memory.h"
#include "tests/adversarial/message.h"
#include "tests/unit/rows.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

static struct message valid_of(uint32_t number)
{
	for (unsigned int i = 0; i < valid_count; i++)
		if (valid[i].number == number)
			return valid[i];
	return (struct message){ .number = number };
}

/* Refused before it is looked at: as it stands, and with a length and fields out of range. */
static void permissions(void)
{
	for (size_t i = 0; i < ROWS; i++) {
		struct run run = { .ring = 3, .writes_stderr = 1 };
		struct message m = valid_of(rows[i].number);
		struct record *record;

		if (rows[i].permission == PERM_BASE)
			continue;
		run.permissions = ~rows[i].permission;
		m.expect = (struct expect)RESULT(-EPERM);
		stage_orders(ORDERS_RECORDS);
		message_record(&m);
		m.length = ~0u;
		memset(m.args.bytes, 0xff, 64);
		record = stage_record(m.number, m.length, m.args.bytes, 64);
		message_judge(&run, "without permission", &m, record);
	}
}

static void waiting_without_permission(void)
{
	const struct run run = { .ring = 3, .permissions = PERM_BASE };
	struct message m = valid_of(HC_WAIT);
	struct record *record;

	m.args.wait.stream[0].events = POLLIN;
	m.expect = (struct expect)RESULT(-EPERM);
	stage_orders(ORDERS_RECORDS);
	record = message_record(&m);
	message_judge(&run, "for a stream", &m, record);
}

static void mapping_without_permission(void)
{
	const struct run run = { .ring = 3, .permissions = PERM_BASE | PERM_FILES | PERM_TREES };
	struct message m = valid_of(HC_FS_MAP);

	m.args.fs_map.flags = HC_MAP_SHARED;
	m.expect = (struct expect)RESULT(-EPERM);
	message_check(&run, "to be written", &m);
}

static void closed_streams(void)
{
	static const uint32_t calls[] = { HC_STREAM_READ, HC_STREAM_WRITE, HC_STREAM_SEEK,
					  HC_STREAM_ATTR, HC_TTY_GET };
	const struct run run = { .ring = 3, .closed_streams = 1 };
	struct message m;

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		m = valid_of(calls[i]);
		m.expect = (struct expect)RESULT(-EBADF);
		message_check(&run, "on a closed stream", &m);
	}
	m = valid_of(HC_WAIT);
	m.args.wait.stream[1].events = POLLOUT;
	m.expect = (struct expect)RESULT(1);
	message_check(&run, "for a closed stream", &m);
}

#define GROWS 64

/* To the limit in steps, past it, and then into memory that was never given. */
static void growing_past_the_limit(void)
{
	const struct run run = { .ring = 3, .memory = 64ull << 20 };
	const int64_t steps =
		(int64_t)((run.memory - GUEST_RAM_GPA - GUEST_RAM_INITIAL) / GUEST_HUGE_SIZE);
	const struct message grow = valid_of(HC_MEM_GROW);
	struct message m = grow;
	struct record *records[GROWS];

	stage_orders(ORDERS_RECORDS);
	for (int i = 0; i < GROWS; i++)
		records[i] = message_record(&m);
	m.expect = (struct expect)RESULT(-ENOMEM);
	message_judge(&run, "past the limit", &m, records[GROWS - 1]);
	for (int i = 0; i < GROWS; i++)
		if (records[i]->result != (i < steps ? 0 : -ENOMEM))
			fail("growth %d: %lld", i, (long long)records[i]->result);

	stage_orders(ORDERS_RECORDS);
	for (int i = 0; i < GROWS; i++)
		message_record(&grow);
	m = valid_of(HC_STREAM_READ);
	m.args.stream_io.segments[0] = (struct hc_segment){ run.memory - 8, 16 };
	m.expect = (struct expect)KILL(SEGMENT);
	message_judge(&run, "across the limit", &m, message_record(&m));
}

/* In the smallest steps a VM runs out of memory slots before it runs out of memory. */
static void growing_in_small_steps(void)
{
	const struct run run = { .ring = 3, .memory = 2048ull << 20 };
	const int tries = 600;
	struct message m = valid_of(HC_MEM_GROW);
	struct record *last = NULL;

	stage_orders(ORDERS_RECORDS);
	for (int i = 0; i < tries; i++)
		last = message_record(&m);
	m.expect = (struct expect)RESULT(-ENOMEM);
	message_judge(&run, "in small steps", &m, last);
}

#define GIB (1ull << 30)

/* Memory enough for more than Linux moves in one call, in one segment and in two. */
static void transfers_are_bounded(void)
{
	const struct run run = { .ring = 3, .memory = 4 * GIB };
	const struct hc_segment all = { GUEST_RAM_GPA, 2 * GIB };
	struct message grow = valid_of(HC_MEM_GROW), m;

	grow.args.mem_grow.bytes = 3 * GIB;
	for (int i = 0; i < 4; i++) {
		m = valid_of(i == 0 ? HC_FS_READDIR : i == 3 ? HC_FS_LOAD : HC_FS_READ);
		if (i == 0)
			m.args.fs_readdir.buffer = all;
		else if (i == 3)
			m.args.fs_load.head.buffer = all;
		else
			m.args.fs_read.segments[0] = all;
		if (i == 2) {
			m.args.fs_read.segments[0].length = m.args.fs_read.segments[1].length = GIB;
			m.args.fs_read.segments[1].gpa = GUEST_RAM_GPA;
			m.args.fs_read.head.count = 2;
			m.length += (uint32_t)sizeof(struct hc_segment);
		}
		m.expect = (struct expect)KILL(FIELD);
		stage_orders(ORDERS_RECORDS);
		message_prelude();
		message_record(&grow);
		message_judge(&run, "of 2 GiB", &m, message_record(&m));
	}
}

/* Whatever the guest says about what it wrote, no more comes out. */
static void output_is_bounded(void)
{
	const struct run run = { .ring = 3, .output = 4096 };
	struct message m = { HC_STREAM_WRITE,
			     RESULT(4096),
			     sizeof(struct hc_stream_io) + 16,
			     { .stream_io = { { 1, 1 }, { { GUEST_RAM_GPA, 10000 } } } } };

	message_check(&run, "the part that is allowed", &m);
	stage_orders(ORDERS_RECORDS);
	message_record(&m);
	m.args.stream_io.head.stream = 2;
	m.expect = (struct expect){ EXPECT_END, END(OUTPUT) };
	message_judge(&run, "more, to another stream", &m, message_record(&m));
}

#define CHUNK_PAGES (GUEST_WINDOW_CHUNK / GUEST_PAGE_SIZE)

/*
 * All memory, all slots, both windows whole, all handles, the shortest alarm:
 * stage_run() looks at what it holds.
 */
static void everything_at_its_limit(void)
{
	const struct run run = { .ring = 3, .memory = 32ull << 20 };
	struct message m = valid_of(HC_MEM_GROW), map = valid_of(HC_FS_MAP);

	stage_orders(ORDERS_RECORDS);
	message_prelude();
	for (int i = 0; i < 16; i++)
		message_record(&m);
	map.args.fs_map.pages = CHUNK_PAGES;
	for (uint32_t i = 0; i < 2 * GM_WINDOW_CHUNKS; i++) {
		map.args.fs_map.flags = i & 1 ? HC_MAP_SHARED : 0;
		map.args.fs_map.handle = i & 1 ? H_WRITE : H_FILE;
		map.args.fs_map.window_page = (uint64_t)(i / 2) * CHUNK_PAGES;
		message_record(&map);
	}
	m = walk_start(H_ROOT, HC_WALK_OPEN);
	for (int i = 0; i < 2 * STAGE_HANDLES; i++)
		message_record(&m);
	m = valid_of(HC_TIMER);
	m.args.timer.after_ns = 1;
	message_record(&m);
	m = valid_of(HC_CLOCK);
	for (int i = 0; i < 2000; i++)
		message_record(&m);
	message_judge(&run, "at the end of all", &m, message_record(&m));
}

/* WAIT answers less than FS_ATTR before it: nothing of that may shine through. */
static void replies_are_clean(void)
{
	const struct run run = { .ring = 3 };
	static const uint8_t zeros[sizeof(struct hc_wait_out)];
	struct message m = valid_of(HC_FS_ATTR);
	struct record *record;

	stage_orders(ORDERS_RECORDS);
	message_prelude();
	m.args.fs_handle.handle = H_FILE;
	message_record(&m);
	m = valid_of(HC_WAIT);
	record = message_record(&m);
	message_judge(&run, "after FS_ATTR", &m, record);
	if (memcmp(record->reply, zeros, sizeof(zeros)) != 0)
		fail("WAIT's reply is not zero where nothing was waited for");
}

const struct attack limit_attacks[] = {
	{ "hypercalls without permission", permissions },
	{ "waiting for streams without permission", waiting_without_permission },
	{ "mapping to write without permission", mapping_without_permission },
	{ "streams that the caller closed", closed_streams },
	{ "growing past the limit", growing_past_the_limit },
	{ "growing in small steps", growing_in_small_steps },
	{ "transfers are bounded", transfers_are_bounded },
	{ "output is bounded", output_is_bounded },
	{ "everything at its limit", everything_at_its_limit },
	{ "replies are clean", replies_are_clean },
	{ NULL, NULL },
};
