// SPDX-License-Identifier: Apache-2.0
/*
 * The reader of notes against guests that send anything: it counts what makes
 * sense, keeps no more than it has room for, and never waits (I11, I12).
 */
#include "sandbox-cli/report/notes.h"
#include "common/err.h"
#include "policy/policy.h"
#include "sandbox-cli/report/audit.h"
#include "sandbox-cli/report/denials.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct notes notes;
static int writer;
static uint64_t heard;	      /* by the listener */
static uint64_t random_state; /* of xorshift */

static void listen_to(void *context, struct act *act, enum note_op op, uint64_t n)
{
	(void)act;
	assert_true(op < NOTE_OPS);
	*(uint64_t *)context += n;
}

static int setup(void **state)
{
	struct err e;

	(void)state;
	heard = 0;
	notes = (struct notes){ .fd = -1, .listener = listen_to, .context = &heard };
	return notes_open(&notes, &writer, &e);
}

static int teardown(void **state)
{
	(void)state;
	if (writer >= 0)
		close(writer);
	notes_close(&notes);
	return 0;
}

static struct note make(enum note_op op, const char *object)
{
	struct note note = { .op = (uint16_t)op,
			     .verdict = NOTE_DENIED,
			     .error = ENOENT,
			     .count = 1,
			     .object_length = (uint32_t)strlen(object) };

	memcpy(note.object, object, strlen(object));
	return note;
}

static void send_bytes(const void *bytes, size_t size)
{
	assert_int_equal(write(writer, bytes, size), size);
}

static void acts_are_told_apart_and_counted(void **state)
{
	struct note note = make(NOTE_READ, "/a");

	(void)state;
	send_bytes(&note, sizeof(note));
	note.count = 4;
	note.error = EACCES;
	send_bytes(&note, sizeof(note));
	note.op = NOTE_WRITE;
	send_bytes(&note, sizeof(note));
	note.verdict = NOTE_ALLOWED;
	send_bytes(&note, sizeof(note));
	note = make(NOTE_READ, "/a/");
	send_bytes(&note, sizeof(note));
	notes_drain(&notes);
	assert_int_equal(notes.count, 4);
	assert_int_equal(notes.acts[0].count, 5);
	assert_int_equal(notes.acts[0].error, EACCES);
	assert_string_equal(notes.acts[0].object, "/a");
	assert_int_equal(heard, 14);
	assert_int_equal(notes.malformed, 0);
}

static void records_come_in_pieces(void **state)
{
	struct note note = make(NOTE_READ, "/piece");

	(void)state;
	for (size_t at = 0; at < sizeof(note); at += 127) {
		size_t left = sizeof(note) - at;

		assert_int_equal(notes.count, 0);
		send_bytes((char *)&note + at, left < 127 ? left : 127);
		assert_true(notes_read(&notes));
	}
	assert_int_equal(notes.count, 1);
	close(writer);
	writer = -1;
	assert_false(notes_read(&notes));
}

static void nothing_there_is_not_waited_for(void **state)
{
	(void)state;
	assert_true(notes_read(&notes));
	notes_drain(&notes);
	assert_int_equal(notes.count, 0);
}

static void nonsense_is_left_out(void **state)
{
	struct note bad[6];

	(void)state;
	for (size_t i = 0; i < 6; i++)
		bad[i] = make(NOTE_READ, "/x");
	bad[0].op = NOTE_OPS;
	bad[1].verdict = NOTE_DENIED + 1;
	bad[2].error = 4096;
	bad[3].count = 0;
	bad[4].flags = NOTE_LOOKUP + 1;
	bad[5].op = UINT16_MAX;
	for (size_t i = 0; i < 6; i++)
		notes_take(&notes, &bad[i]);
	assert_int_equal(notes.count, 0);
	assert_int_equal(notes.malformed, 6);
	assert_int_equal(heard, 0);
}

/* Texts fill their fields and have no end. */
static void texts_without_an_end(void **state)
{
	struct note note = make(NOTE_READ, "");

	(void)state;
	memset(note.object, 'o', sizeof(note.object));
	memset(note.exe, 'e', sizeof(note.exe));
	note.object_length = UINT32_MAX;
	notes_take(&notes, &note);
	assert_int_equal(strlen(notes.acts[0].object), NOTE_OBJECT);
	assert_int_equal(strlen(notes.acts[0].exe), NOTE_EXE);
	assert_true(notes.acts[0].cut);
}

/* Long ones fill the room for texts, short ones that for acts; the rest is only counted. */
static void what_does_not_fit_is_counted(void **state)
{
	const uint32_t more = 1000;

	(void)state;
	for (uint32_t i = 0; i < NOTES_ACTS_MAX + more; i++) {
		struct note note = make(NOTE_CONNECT, "");

		memcpy(note.object, "n", 2);
		for (int digit = 0; digit < 8; digit++)
			note.object[1 + digit] = (char)('a' + (i >> 4 * digit & 15));
		notes_take(&notes, &note);
	}
	assert_int_equal(notes.count, NOTES_ACTS_MAX);
	assert_int_equal(notes.others[NOTE_CONNECT], more);
	assert_int_equal(heard, NOTES_ACTS_MAX + more);
	for (uint32_t i = 0; i < 20000; i++) {
		struct note note = make(NOTE_READ, "");

		memset(note.object, 'x', sizeof(note.object));
		memcpy(note.object, &(uint32_t){ i | 0x01010101 << 1 }, 4);
		note.verdict = NOTE_ALLOWED;
		notes_take(&notes, &note);
	}
	assert_int_equal(notes.count, NOTES_ACTS_MAX);
	assert_true(notes.text_used <= NOTES_TEXT_MAX);
	assert_true(notes.lost > 0);
}

static void long_texts_have_their_bound(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < NOTES_ACTS_MAX; i++) {
		struct note note = make(NOTE_READ, "");

		memset(note.object, 'x', sizeof(note.object));
		memset(note.exe, 'e', sizeof(note.exe));
		for (int digit = 0; digit < 8; digit++)
			note.object[digit] = (char)('a' + (i >> 4 * digit & 15));
		notes_take(&notes, &note);
	}
	assert_true(notes.text_used <= NOTES_TEXT_MAX);
	assert_int_equal(notes.count, NOTES_TEXT_MAX / (NOTE_OBJECT + NOTE_EXE + 2));
	assert_int_equal(notes.count + notes.others[NOTE_READ], NOTES_ACTS_MAX);
}

static uint64_t draw(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* Anything, cut anywhere: no record is taken for what it is not, and every report can use all. */
static void streams_at_random(void **state)
{
	static uint8_t bytes[8 * sizeof(struct note)];
	struct policy p;
	char flag[DENIAL_FLAG];

	(void)state;
	policy_init(&p);
	random_state = 0x9e3779b97f4a7c15;
	for (int round = 0; round < 4000; round++) {
		size_t size = draw() % sizeof(bytes);

		for (size_t i = 0; i < size; i++)
			bytes[i] = (uint8_t)(draw() % 3 ? 0 : draw());
		for (size_t i = 0; i + 12 < size && round % 2; i += sizeof(struct note))
			bytes[i + 8] |= 1; /* count */
		send_bytes(bytes, size);
		notes_drain(&notes);
	}
	assert_true(notes.count > 0);
	for (size_t i = 0; i < notes.count; i++) {
		assert_true(notes.acts[i].op < NOTE_OPS && notes.acts[i].count > 0);
		assert_true(strlen(notes.acts[i].object) <= NOTE_OBJECT);
		denial_flag(flag, &p, &notes.acts[i]);
		assert_null(memchr(flag, '\n', strlen(flag)));
		assert_non_null(denial_rule(&p, &notes.acts[i]));
	}
	policy_free(&p);
}

/* What is suggested is one word of a shell, or nothing. */
static void a_suggestion_is_one_word(void **state)
{
	static const struct {
		const char *name, *word; /* NULL: none is suggested */
	} cases[] = {
		{ "plain-1.x", "%s/plain-1.x" },
		{ "two words", "'%s/two words'" },
		{ "a;touch b", "'%s/a;touch b'" },
		{ "$(id)", "'%s/$(id)'" },
		{ "`id`", "'%s/`id`'" },
		{ "it's", NULL },
		{ "'; id; '", NULL },
		{ "host:guest", NULL },
		{ "back\\slash", NULL },
		{ "line\nend", NULL },
		{ "\x1b[2J", NULL },
		{ "umlaut-\xc3\xa4", NULL },
	};
	char directory[] = "/tmp/notes-XXXXXX", path[128], wanted[192], flag[DENIAL_FLAG];
	struct policy p;

	(void)state;
	policy_init(&p);
	assert_non_null(mkdtemp(directory));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct act act = { .op = NOTE_READ, .object = path, .error = ENOENT };
		int fd;

		snprintf(path, sizeof(path), "%s/%s", directory, cases[i].name);
		fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
		assert_true(fd >= 0);
		close(fd);
		snprintf(wanted, sizeof(wanted), "--ro ");
		if (cases[i].word)
			snprintf(wanted + 5, sizeof(wanted) - 5, cases[i].word, directory);
		denial_flag(flag, &p, &act);
		unlink(path);
		assert_string_equal(flag, cases[i].word ? wanted : "");
	}
	rmdir(directory);
	policy_free(&p);
}

/* The log is bounded, and at most one line a second comes of one act. */
static void the_log_is_bounded(void **state)
{
	FILE *file = tmpfile();
	int fd = dup(fileno(file));
	struct policy p;
	struct audit audit;
	struct stat st;

	(void)state;
	policy_init(&p);
	audit_start(&audit, fd, 0, &p);
	for (int i = 0; i < 1000; i++) {
		struct note note = make(NOTE_READ, "/again");

		notes_take(&notes, &note);
		audit_act(&audit, &notes.acts[0]);
	}
	assert_int_equal(fstat(fd, &st), 0);
	assert_true(st.st_size > 0 && st.st_size < 1000);
	for (int i = 0; audit.bytes < AUDIT_BYTES_MAX - 300; i++) {
		assert_true(i < 1000000);
		notes.acts[0].told_ns = 0;
		notes.acts[0].untold = 1;
		audit_act(&audit, &notes.acts[0]);
	}
	for (int i = 0; i < 1000; i++) {
		notes.acts[0].told_ns = 0;
		notes.acts[0].untold = 1;
		audit_act(&audit, &notes.acts[0]);
	}
	assert_true(audit.dropped > 900);
	audit_finish(&audit, &notes);
	assert_int_equal(audit.fd, -1);
	assert_int_equal(fstat(fileno(file), &st), 0);
	assert_true(st.st_size < AUDIT_BYTES_MAX + 300);
	fclose(file);
	policy_free(&p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(acts_are_told_apart_and_counted),
		TEST(records_come_in_pieces),
		TEST(nothing_there_is_not_waited_for),
		TEST(nonsense_is_left_out),
		TEST(texts_without_an_end),
		TEST(what_does_not_fit_is_counted),
		TEST(long_texts_have_their_bound),
		TEST(streams_at_random),
		TEST(a_suggestion_is_one_word),
		TEST(the_log_is_bounded),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
