// SPDX-License-Identifier: Apache-2.0
/*
 * One JSON object a line. A reader that does not read must not stop the run:
 * lines are shorter than what a pipe that is ready takes at once, and are left
 * out when it is not.
 */
#include "sandbox-cli/report/status.h"
#include "common/err.h"
#include "common/json.h"
#include "sandbox-cli/report/denials.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LAST_MS	     2000 /* that the last line waits for its reader */
#define OBJECT_SHOWN 400  /* bytes: at most six times as long in JSON */
#define RULE_SHOWN   100

_Static_assert((OBJECT_SHOWN + RULE_SHOWN) * 6 + 256 < PIPE_BUF,
	       "a line is one write that does not wait");

int status_open(struct status *s, int fd, struct err *e)
{
	int flags;

	*s = (struct status){ .fd = fd };
	if (!fd)
		return 0;
	flags = fcntl(fd, F_GETFL);
	if (flags >= 0 && !(flags & O_PATH) && (flags & O_ACCMODE) != O_RDONLY)
		return 0;
	s->fd = 0;
	err_set(e, ERR_SANDBOX, EBADF, "--status-fd %d: %s", fd,
		flags < 0 ? strerror(EBADF) : "not open for writing");
	err_hint(e, "open it: sandbox-run --status-fd %d ... %d>FILE", fd, fd);
	return -EBADF;
}

struct line {
	struct json json;
	char *text;
	size_t size;
};

/* Begins the object of an event. -ENOMEM. */
static int line_start(struct line *l, const char *event)
{
	*l = (struct line){ 0 };
	l->json = json_start(open_memstream(&l->text, &l->size), 0);
	if (!l->json.out)
		return -ENOMEM;
	json_object(&l->json, NULL);
	json_text(&l->json, "event", event);
	return 0;
}

/* Ends the object and writes the line. */
static void line_finish(struct line *l, int fd, int wait_ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };

	signal(SIGPIPE, SIG_IGN); /* the monitor has been forked by now, or never will be */
	json_end_object(&l->json);
	fputc('\n', l->json.out);
	if (fclose(l->json.out) == 0 && poll(&poll_fd, 1, wait_ms) == 1 &&
	    (poll_fd.revents & POLLOUT) && write(fd, l->text, l->size) < 0)
		errno = 0; /* nobody reads it: no reason to fail */
	free(l->text);
}

void status_started(const struct status *s, pid_t monitor)
{
	struct line line;

	if (!s->fd || line_start(&line, "started"))
		return;
	json_signed(&line.json, "pid", monitor);
	line_finish(&line, s->fd, 0);
}

void status_denied(struct status *s, const struct policy *p, const struct act *act)
{
	struct line line;
	const char *rule;

	if (!s->fd || (s->told & 1u << act->op) || !denial_counts(p, act) ||
	    line_start(&line, "denied"))
		return;
	s->told |= 1u << act->op;
	json_text(&line.json, "op", notes_op_name(act->op));
	json_bytes(&line.json, "object", act->object, strnlen(act->object, OBJECT_SHOWN));
	rule = denial_rule(p, act);
	json_bytes(&line.json, "rule", rule, strnlen(rule, RULE_SHOWN));
	line_finish(&line, s->fd, 0);
}

const char *status_ended_by(const struct launch_result *r, int status)
{
	if (!r || r->end == LAUNCH_DIED)
		return "sandbox";
	if (r->end == LAUNCH_TIMEOUT || (r->timed_out && status == ERR_TIMEOUT))
		return "timeout";
	if (r->end == LAUNCH_SIGNAL)
		return "signal";
	switch (r->outcome.end) {
	case HV_END_STATUS:
		return status == ERR_SANDBOX && r->outcome.code != ERR_SANDBOX ? "sandbox"
									       : "command";
	case HV_END_SIGNAL:
		return "signal";
	case HV_END_NO_MEMORY:
		return r->outcome.code ? "policy" : "sandbox";
	case HV_END_OUTPUT:
	case HV_END_DENIED:
		return "policy";
	default:
		return "sandbox";
	}
}

void status_exited(const struct status *s, const struct launch_result *r, int status,
		   uint64_t denied)
{
	const char *by = status_ended_by(r, status);
	struct line line;

	if (!s->fd || line_start(&line, "exited"))
		return;
	json_text(&line.json, "by", by);
	json_signed(&line.json, "status", status);
	if (strcmp(by, "signal") == 0 && status > 128)
		json_signed(&line.json, "signal", status - 128);
	else
		json_null(&line.json, "signal");
	json_number(&line.json, "denied", denied);
	json_number(&line.json, "wall_ms", r ? (r->end_ns - r->start_ns) / 1000000 : 0);
	json_signed(&line.json, "max_rss_kib", r ? r->max_rss_kib : 0);
	line_finish(&line, s->fd, LAST_MS);
}
