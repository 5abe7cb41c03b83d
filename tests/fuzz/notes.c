// SPDX-License-Identifier: Apache-2.0
/*
 * Fuzzes the reader of the guest's notes and the reports made of them (I11,
 * I12): whatever the records say, the log and the status stream are lines of
 * JSON, and the summary is lines of printable text.
 */
#include "sandbox-cli/report/notes.h"
#include "common/err.h"
#include "policy/policy.h"
#include "sandbox-cli/report/audit.h"
#include "sandbox-cli/report/status.h"
#include "sandbox-cli/report/summary.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TEXT_MAX (1 << 20)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct policy policy;
static int log_fd, status_fd;

/* Before a record's texts in an input. */
struct head {
	uint8_t op, verdict, error, flags, count, object, exe, whole;
};

static struct reader {
	struct audit audit;
	struct status status;
} reader;

static _Noreturn void fail(const char *words, const char *text)
{
	fprintf(stdout, "fuzz: %s: %.300s\n", words, text);
	fflush(stdout);
	abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err e = { 0 };

	(void)argc, (void)argv;
	policy_init(&policy);
	policy.name = "fuzz";
	if (policy_grant_host(&policy, GRANT_READ, "/usr", "/usr", 0, "fuzz.yaml:3", &e) ||
	    policy_grant_host(&policy, GRANT_OVERLAY, "/etc", "/over", 0, "--overlay", &e) ||
	    policy_deny(&policy, "/usr/share", "--deny", &e) || policy_finish(&policy, &e))
		fail("policy", e.what);
	log_fd = memfd_create("log", 0);
	status_fd = memfd_create("status", 0);
	return 0;
}

static void hear(void *context, struct act *act, enum note_op op, uint64_t n)
{
	struct reader *r = context;

	if (op >= NOTE_OPS || !n)
		fail("a record that makes no sense was counted", "");
	if (!act)
		return;
	audit_act(&r->audit, act);
	if (act->verdict == NOTE_DENIED)
		status_denied(&r->status, &policy, act);
}

/* The end of a JSON text's string, or NULL: something in it may not be there. */
static const char *skip_string(const char *at)
{
	for (; *at != '"'; at++) {
		if ((unsigned char)*at < ' ')
			return NULL;
		if (*at == '\\')
			at++;
	}
	return at + 1;
}

static void check_object(const char *line, const char *end)
{
	int depth = 0;

	for (const char *at = line; at < end;) {
		if (*at == '"') {
			at = skip_string(at + 1);
			if (!at || at > end)
				fail("a string of JSON does not end", line);
			continue;
		}
		depth += (*at == '{') - (*at == '}');
		if (!depth && at + 1 < end)
			fail("something after an object", line);
		if ((unsigned char)*at < ' ' || (unsigned char)*at > '~')
			fail("no JSON", line);
		at++;
	}
	if (depth)
		fail("an object that does not end", line);
}

/* Lines of one JSON object each. */
static void check_json(int fd)
{
	static char text[TEXT_MAX];
	ssize_t size = pread(fd, text, sizeof(text) - 1, 0);
	const char *end;

	text[size < 0 ? 0 : size] = '\0';
	for (const char *line = text; (end = strchr(line, '\n')); line = end + 1)
		check_object(line, end);
}

static void check_lines(const char *text)
{
	for (const char *at = text; *at; at++)
		if (*at != '\n' && ((unsigned char)*at < ' ' || *at == 0x7f))
			fail("a line cannot be printed", at);
}

/* A record of which the input has what is said first, or all of it as it comes. */
static size_t record(struct note *note, const uint8_t *data, size_t size)
{
	struct head head;
	size_t used = sizeof(head), object, exe;

	memset(note, 0, sizeof(*note));
	memcpy(&head, data, sizeof(head));
	if (head.whole == 255) {
		size = size < sizeof(*note) ? size : sizeof(*note);
		memcpy(note, data, size);
		return size;
	}
	note->op = head.op;
	note->verdict = head.verdict;
	note->error = head.error;
	note->flags = head.flags;
	note->count = head.count;
	object = head.object < size - used ? head.object : size - used;
	memcpy(note->object, data + used, object);
	used += object;
	exe = head.exe < size - used ? head.exe : size - used;
	memcpy(note->exe, data + used, exe < NOTE_EXE ? exe : NOTE_EXE);
	note->object_length = (uint32_t)object + head.whole;
	return used + exe;
}

static void report(struct notes *n)
{
	struct launch_result result = { .end = LAUNCH_OUTCOME };
	FILE *say = stderr;
	char *lines = NULL;
	size_t length;

	audit_finish(&reader.audit, n);
	stderr = open_memstream(&lines, &length);
	summary_print(n, &policy, &result, "./tool", 1);
	summary_missing(n);
	fclose(stderr);
	stderr = say;
	status_exited(&reader.status, &result, 0, summary_count(n, &policy));
	check_lines(lines);
	free(lines);
	check_json(log_fd);
	check_json(status_fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct notes notes = { .fd = -1, .listener = hear, .context = &reader };

	if (ftruncate(log_fd, 0) || ftruncate(status_fd, 0))
		fail("ftruncate", "");
	lseek(log_fd, 0, SEEK_SET);
	lseek(status_fd, 0, SEEK_SET);
	audit_start(&reader.audit, dup(log_fd), size % 2, &policy); /* which closes it */
	reader.status = (struct status){ .fd = status_fd };
	while (size >= sizeof(struct head)) {
		struct note note;
		size_t used = record(&note, data, size);

		notes_take(&notes, &note);
		data += used;
		size -= used;
	}
	report(&notes);
	notes_close(&notes);
	return 0;
}
