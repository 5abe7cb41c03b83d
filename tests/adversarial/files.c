// SPDX-License-Identifier: Apache-2.0
/*
 * Attempts to leave the granted tree by a name or by a link (I5), to open what
 * is no file (I6), and to use handles that are not the guest's (I7).
 */
#include "tests/adversarial/message.h"
#include "tests/adversarial/scene.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const struct run plain = { .ring = 3 };

static void names_that_are_no_component(void)
{
	static const struct {
		const char *name;
		size_t length;
	} bad[] = { { "", 0 },
		    { ".", 1 },
		    { "..", 2 },
		    { "/", 1 },
		    { "//", 2 },
		    { "sub/inner", 9 },
		    { "/etc", 4 },
		    { "/etc/passwd", 11 },
		    { "../outside", 10 },
		    { "sub/../../outside", 17 },
		    { "sub/", 4 },
		    { "/proc/self/root", 15 },
		    { "\0", 1 },
		    { "file\0", 5 },
		    { "..\0x", 4 },
		    { "file\0/", 6 } };
	struct message m;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		m = walk_start(H_ROOT, HC_WALK_OPEN);
		walk_name(&m, bad[i].name, bad[i].length);
		m.expect = (struct expect)KILL(NAME);
		message_check(&plain, bad[i].name, &m);
		m = walk_start(H_ROOT, HC_WALK_OPEN); /* and behind a good one */
		walk_name(&m, "sub", 3);
		walk_name(&m, bad[i].name, bad[i].length);
		m.expect = (struct expect)KILL(NAME);
		message_check(&plain, bad[i].name, &m);
	}
}

/* A name that goes on behind the length, and one behind the page: nothing there may be read. */
static void names_past_the_end(void)
{
	struct message m = walk_start(H_ROOT, 0);
	struct record *record;

	walk_name(&m, "file/", 5);
	m.length -= 2;
	m.expect = (struct expect)KILL(LENGTH);
	stage_orders(ORDERS_RECORDS);
	record = stage_record(m.number, m.length, m.args.bytes, m.length + 2);
	message_judge(&plain, "behind the length", &m, record);

	m = walk_start(H_ROOT, 0);
	memset(m.args.fs_walk.names, 'x', sizeof(m.args.fs_walk.names));
	for (size_t at = 0; at < sizeof(m.args.fs_walk.names); at += 1 + HC_NAME_MAX) {
		m.args.fs_walk.names[at] = HC_NAME_MAX;
		m.args.fs_walk.head.count++;
		m.length += 1 + HC_NAME_MAX;
	}
	m.expect = (struct expect)KILL(LENGTH);
	message_check(&plain, "behind the page", &m);
}

static void names_at_their_limits(void)
{
	char longest[HC_NAME_MAX];
	struct message m = walk_start(H_ROOT, 0);

	memset(longest, 'x', sizeof(longest));
	walk_name(&m, longest, sizeof(longest));
	m.expect = (struct expect)RESULT(-ENOENT);
	message_check(&plain, "255 bytes", &m);
	m.length++; /* what follows 255 bytes is the next name's length */
	m.expect = (struct expect)KILL(LENGTH);
	message_check(&plain, "256 bytes", &m);
	m = walk_start(H_ROOT, 0);
	for (int i = 0; i <= HC_NAMES_MAX; i++)
		walk_name(&m, "x", 1);
	m.expect = (struct expect)KILL(FIELD);
	message_check(&plain, "too many", &m);
	m.args.fs_walk.head.count--;
	m.length -= 2;
	m.expect = (struct expect)RESULT(-ENOENT);
	message_check(&plain, "as many as there may be", &m);
	names_past_the_end();
	m = walk_start(H_ROOT, 0);
	walk_name(&m, "...", 3);
	m.expect = (struct expect)RESULT(-ENOENT);
	message_check(&plain, "three dots are a name", &m);
}

/* Walks and expects to stop after `walked` names at an object of that type, not opened. */
static void stop_at(const char *what, const char *const *names, uint32_t walked, mode_t type)
{
	struct message m = walk_start(H_ROOT, HC_WALK_OPEN);
	struct hc_fs_walk_out out;
	struct record *record;

	for (; *names; names++)
		walk_name(&m, *names, strlen(*names));
	record = message_check(&plain, what, &m);
	memcpy(&out, record->reply, sizeof(out));
	if (out.walked != walked || out.opened || out.error || (out.attr.mode & S_IFMT) != type)
		fail("%s: walked %u, opened %u, error %d, mode 0%o", what, out.walked, out.opened,
		     out.error, out.attr.mode);
}

static void links_are_not_followed(void)
{
	static const char *const link[] = { "link", NULL };
	static const char *const up[] = { "linkdir", NULL };
	static const char *const through[] = { "linkdir", "outside", NULL };
	static const char *const far[] = { "linkdir", "linkdir", "granted", "file", NULL };

	stop_at("a link at the end", link, 1, S_IFLNK);
	stop_at("a link to a directory", up, 1, S_IFLNK);
	stop_at("a link on the way", through, 1, S_IFLNK);
	stop_at("links on the way", far, 1, S_IFLNK);
}

static void special_files_are_not_opened(void)
{
	static const char *const fifo[] = { "fifo", NULL };
	static const char *const device[] = { "device", NULL };

	stop_at("a fifo", fifo, 1, S_IFIFO);
	if (scene_has_device())
		stop_at("a device", device, 1, S_IFCHR);
}

static struct message close_of(const uint32_t *handles, uint32_t count)
{
	struct message m = { HC_FS_CLOSE,
			     KILL(HANDLE),
			     (uint32_t)sizeof(struct hc_fs_close),
			     { .fs_close = { { count, 0 }, { 0 } } } };

	memcpy(m.args.fs_close.handles, handles, count * sizeof(*handles));
	m.length += count * (uint32_t)sizeof(*handles);
	return m;
}

static void closing_what_is_not_ours(void)
{
	static const struct {
		const char *what;
		uint32_t count, handles[3];
	} bad[] = { { "a grant", 1, { H_ROOT } },
		    { "a grant behind others", 3, { H_FILE, H_SUB, H_ROOT } },
		    { "one handle twice", 2, { H_FILE, H_FILE } },
		    { "one handle twice, apart", 3, { H_FILE, H_SUB, H_FILE } },
		    { "a free one", 1, { H_FREE } },
		    { "one past the table", 1, { STAGE_HANDLES } },
		    { "one far past the table", 1, { ~0u } },
		    { "a descriptor's number", 1, { 1u << 30 } } };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct message m = close_of(bad[i].handles, bad[i].count);

		message_check(&plain, bad[i].what, &m);
	}
}

/* A handle that was closed names nothing, in whatever call. */
static void use_after_close(void)
{
	static const uint32_t file[] = { H_FILE };
	const struct message gone = close_of(file, 1);

	for (unsigned int i = 0; i < valid_count; i++) {
		struct message m = valid[i];
		struct record *record;

		if (m.number < HC_FS_WALK || m.number == HC_FS_UNMAP)
			continue;
		if (m.number == HC_FS_CLOSE)
			m = gone;
		else /* a handle is the first field of all of these */
			m.args.fs_handle.handle = H_FILE;
		m.expect = (struct expect)KILL(HANDLE);
		stage_orders(ORDERS_RECORDS);
		message_prelude();
		message_record(&gone);
		record = message_record(&m);
		message_judge(&plain, "of a closed handle", &m, record);
	}
}

static void the_table_of_handles_is_bounded(void)
{
	const int64_t first = H_FREE;
	struct message m = walk_start(H_SUB, 0); /* no names: a copy of the handle */
	struct record *records[3 * STAGE_HANDLES], *last;

	stage_orders(ORDERS_RECORDS);
	message_prelude();
	for (int i = 0; i < 3 * STAGE_HANDLES; i++)
		records[i] = message_record(&m);
	last = records[3 * STAGE_HANDLES - 1];
	m.expect = (struct expect)RESULT(-EMFILE);
	message_judge(&plain, "into a full table", &m, last);
	for (int64_t i = 0; i < 3 * STAGE_HANDLES; i++)
		if (records[i]->result != (first + i < STAGE_HANDLES ? 0 : -EMFILE))
			fail("copy %lld of a handle: %lld", (long long)i,
			     (long long)records[i]->result);
}

/* What is mapped in the window is one chunk of guest memory, and nothing next to it is. */
static void segments_in_the_window(void)
{
	static const struct {
		uint64_t gpa, length;
		struct expect expect;
	} edges[] = {
		{ GUEST_WINDOW_GPA, 16, RESULT(16) },
		{ GUEST_WINDOW_GPA + GUEST_WINDOW_CHUNK - 1, 2, KILL(SEGMENT) },
		{ GUEST_WINDOW_GPA, GUEST_WINDOW_CHUNK + 1, KILL(SEGMENT) },
		{ GUEST_WINDOW_GPA + GUEST_WINDOW_CHUNK, 1, KILL(SEGMENT) },
		/* 32 chunks on, in a bitmap of 32 */
		{ GUEST_WINDOW_GPA + 32ull * GUEST_WINDOW_CHUNK, 1, KILL(SEGMENT) },
		{ GUEST_WINDOW_GPA - 1, 2, KILL(SEGMENT) },
	};

	for (size_t i = 0; i < sizeof(edges) / sizeof(*edges); i++) {
		struct message m = { .number = 0 };
		struct record *record;

		stage_orders(ORDERS_RECORDS);
		message_prelude();
		for (unsigned int j = 0; j < valid_count; j++) {
			if (valid[j].number == HC_FS_MAP)
				message_record(&valid[j]);
			if (valid[j].number == HC_STREAM_WRITE)
				m = valid[j];
		}
		m.args.stream_io.segments[0] = (struct hc_segment){ edges[i].gpa, edges[i].length };
		m.expect = edges[i].expect;
		record = message_record(&m);
		message_judge(&plain, "from the window", &m, record);
	}
}

/* File pages that cannot be written, and pages that no file is behind: errors, no crash. */
static void pages_that_the_host_cannot_touch(void)
{
	static const uint64_t bad[] = { 0, 8 * GUEST_PAGE_SIZE, GUEST_WINDOW_CHUNK - 16 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		for (unsigned int j = 0; j < valid_count; j++) {
			struct message m = valid[j];
			struct record *record;

			if (m.number != HC_FS_READ && m.number != HC_STREAM_READ)
				continue;
			stage_orders(ORDERS_RECORDS);
			message_prelude();
			for (unsigned int k = 0; k < valid_count; k++)
				if (valid[k].number == HC_FS_MAP)
					message_record(&valid[k]);
			*(m.number == HC_FS_READ ? m.args.fs_read.segments
						 : m.args.stream_io.segments) =
				(struct hc_segment){ GUEST_WINDOW_GPA + bad[i], 16 };
			m.expect = (struct expect)RESULT(-EFAULT);
			record = message_record(&m);
			message_judge(&plain, "into the window", &m, record);
		}
	}
}

const struct attack file_attacks[] = {
	{ "names that are no component", names_that_are_no_component },
	{ "names at their limits", names_at_their_limits },
	{ "links are not followed", links_are_not_followed },
	{ "special files are not opened", special_files_are_not_opened },
	{ "closing handles that are not the guest's", closing_what_is_not_ours },
	{ "handles after their close", use_after_close },
	{ "the table of handles is bounded", the_table_of_handles_is_bounded },
	{ "segments in the window", segments_in_the_window },
	{ "pages that the host cannot touch", pages_that_the_host_cannot_touch },
	{ NULL, NULL },
};
