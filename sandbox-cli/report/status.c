// SPDX-License-Identifier: Apache-2.0
/*
 * One JSON object a line. A reader that does not read must not stop the run:
 * lines are shorter than what a pipe that is ready takes at once, and are left
 * out when it is not.
 */
#include "sandbox-cli/report/status.h"
#include "common/cleanup.h"
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

/* Ends the object and writes the line. */
static void finish(const struct status *s, struct json *j, char **line, size_t *size, int wait_ms)
{
	struct pollfd poll_fd = { .fd = s->fd, .events = POLLOUT };

	signal(SIGPIPE, SIG_IGN); /* the monitor has been forked by now, or never will be */
	json_end_object(j);
	fputc('\n', j->out);
	if (fclose(j->out) == 0 && poll(&poll_fd, 1, wait_ms) == 1 && (poll_fd.revents & POLLOUT) &&
	    write(s->fd, *line, *size) < 0)
		return; /* nobody reads it: no reason to fail */
}

void status_started(const struct status *s, pid_t monitor)
{
	cleanup_free char *line = NULL;
	size_t size;
	struct json j;

	if (!s->fd)
		return;
	j = json_start(open_memstream(&line, &size), 0);
	if (!j.out)
		return;
	json_object(&j, NULL);
	json_text(&j, "event", "started");
	json_signed(&j, "pid", monitor);
	finish(s, &j, &line, &size, 0);
}

void status_denied(struct status *s, const struct policy *p, const struct act *act)
{
	cleanup_free char *line = NULL;
	const char *rule;
	size_t size;
	struct json j;

	if (!s->fd || (s->told & 1u << act->op) || !denial_counts(p, act))
		return;
	j = json_start(open_memstream(&line, &size), 0);
	if (!j.out)
		return;
	s->told |= 1u << act->op;
	json_object(&j, NULL);
	json_text(&j, "event", "denied");
	json_text(&j, "op", notes_op_name(act->op));
	json_bytes(&j, "object", act->object, strnlen(act->object, OBJECT_SHOWN));
	rule = denial_rule(p, act);
	json_bytes(&j, "rule", rule, strnlen(rule, RULE_SHOWN));
	finish(s, &j, &line, &size, 0);
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
	cleanup_free char *line = NULL;
	size_t size;
	struct json j;

	if (!s->fd)
		return;
	j = json_start(open_memstream(&line, &size), 0);
	if (!j.out)
		return;
	json_object(&j, NULL);
	json_text(&j, "event", "exited");
	json_text(&j, "by", by);
	json_signed(&j, "status", status);
	if (strcmp(by, "signal") == 0 && status > 128)
		json_signed(&j, "signal", status - 128);
	else
		json_null(&j, "signal");
	json_number(&j, "denied", denied);
	json_number(&j, "wall_ms", r ? (r->end_ns - r->start_ns) / 1000000 : 0);
	json_signed(&j, "max_rss_kib", r ? r->max_rss_kib : 0);
	finish(s, &j, &line, &size, LAST_MS);
}
