// SPDX-License-Identifier: Apache-2.0
/*
 * Writes the audit log. What it says is chosen by the guest, so lines per act
 * and second and bytes per run are bounded (I12), and every text is written as
 * JSON that no terminal takes for an order (I11). The times are the host's.
 */
#include "sandbox-cli/report/audit.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "policy/policy.h"
#include "sandbox-cli/report/denials.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS 1000000000ull

void audit_start(struct audit *a, int fd, int all, const struct policy *p)
{
	uint32_t number = (uint32_t)getpid();

	*a = (struct audit){ .fd = fd, .all = all, .policy = p };
	if (fd < 0)
		return;
	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) < 0)
		number = (uint32_t)getpid();
	snprintf(a->run, sizeof(a->run), "%08x", number);
}

static void put_time(struct json *j)
{
	char day[32], text[48];
	struct timespec now;
	struct tm parts;

	clock_gettime(CLOCK_REALTIME, &now);
	if (!gmtime_r(&now.tv_sec, &parts))
		return;
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &parts);
	snprintf(text, sizeof(text), "%s.%03ldZ", day, now.tv_nsec / 1000000);
	json_text(j, "t", text);
}

/* What one line says besides when and where. */
struct entry {
	const char *verdict, *op, *object, *rule, *exe;
	unsigned int error;
	uint32_t pid;
	uint64_t n;
};

static void put_line(const struct audit *a, const struct entry *entry, FILE *out)
{
	struct json j = json_start(out, 0);

	json_object(&j, NULL);
	json_number(&j, "v", 1);
	put_time(&j);
	json_text(&j, "run", a->run);
	json_text(&j, "policy", a->policy->name);
	json_text(&j, "verdict", entry->verdict);
	json_text(&j, "op", entry->op);
	json_text(&j, "object", entry->object);
	json_text(&j, "rule", entry->rule);
	json_text(&j, "errno", audit_error_name(entry->error));
	json_number(&j, "pid", entry->pid);
	json_text(&j, "exe", entry->exe);
	json_number(&j, "n", entry->n);
	json_end_object(&j);
	fputc('\n', out);
}

/* The line as one write, so that two runs may share a file. 0: there was no room. */
static int write_entry(struct audit *a, const struct entry *entry, uint64_t most)
{
	cleanup_free char *line = NULL;
	ssize_t written;
	size_t size = 0;
	FILE *out = open_memstream(&line, &size);

	if (!out)
		return 0;
	put_line(a, entry, out);
	if (fclose(out) || a->bytes + size > most)
		return 0;
	written = write(a->fd, line, size);
	if (written != (ssize_t)size) {
		a->error = written < 0 ? errno : ENOSPC;
		return 0;
	}
	a->bytes += size;
	return 1;
}

static void write_act(struct audit *a, struct act *act)
{
	const struct entry entry = {
		.verdict = act->verdict == NOTE_DENIED ? "deny" : "allow",
		.op = notes_op_name(act->op),
		.object = act->object,
		.rule = denial_rule(a->policy, act),
		.exe = act->exe,
		.error = act->error,
		.pid = act->pid,
		.n = act->untold,
	};

	if (!write_entry(a, &entry, AUDIT_BYTES_MAX))
		a->dropped += act->untold;
	act->untold = 0;
}

static int is_logged(const struct audit *a, const struct act *act)
{
	return a->fd >= 0 && !(act->flags & NOTE_LOOKUP) && (act->verdict == NOTE_DENIED || a->all);
}

void audit_act(struct audit *a, struct act *act)
{
	struct timespec now;
	uint64_t ns;

	if (!is_logged(a, act))
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	ns = (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
	if (act->told_ns && ns - act->told_ns < SECOND_NS)
		return;
	act->told_ns = ns;
	write_act(a, act);
}

void audit_finish(struct audit *a, struct notes *n)
{
	struct entry rest = {
		.verdict = "deny", .op = "others", .object = "", .rule = "none", .exe = ""
	};

	if (a->fd < 0)
		return;
	for (size_t i = 0; i < n->count; i++)
		if (n->acts[i].untold && is_logged(a, &n->acts[i]))
			write_act(a, &n->acts[i]);
	rest.n = a->dropped + (a->all ? n->lost : 0);
	for (int op = 0; op < NOTE_OPS; op++)
		rest.n += n->others[op];
	if (rest.n)
		write_entry(a, &rest, UINT64_MAX);
	close(steal_fd(&a->fd));
}
