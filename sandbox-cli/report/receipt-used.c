// SPDX-License-Identifier: Apache-2.0
/*
 * What a run did: by the monitor's counts, and by what the guest says. Both
 * are taken as untrusted: numbers, and texts that are bounded and escaped (I11).
 */
#include "abi/hypercalls.h"
#include "common/json.h"
#include "hv/account.h"
#include "policy/policy.h"
#include "sandbox-cli/report/audit.h"
#include "sandbox-cli/report/denials.h"
#include "sandbox-cli/report/notes.h"
#include "sandbox-cli/report/receipt.h"
#include "sandbox-cli/run/launch.h"

#include <string.h>

static int is_used(const struct account_grant *a)
{
	return a->opened || a->read_bytes || a->written_bytes || a->changes || a->refused;
}

static void put_grants(struct json *j, const struct receipt *r)
{
	const struct policy *p = r->policy;
	size_t handle = 0;

	json_array(j, "files");
	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *g = &p->grants[i];
		const struct account_grant *a;

		if (!grant_is_host(g->kind))
			continue;
		a = &r->account->grants[handle++];
		if (!is_used(a))
			continue;
		json_object(j, NULL);
		json_text(j, "path", g->guest);
		json_text(j, "host", g->host);
		json_text(j, "rule", g->rule);
		json_number(j, "opened", a->opened);
		json_number(j, "read_bytes", a->read_bytes);
		json_number(j, "written_bytes", a->written_bytes);
		json_number(j, "changes", a->changes);
		json_number(j, "refused", a->refused);
		json_end_object(j);
	}
	json_end_array(j);
}

static void put_calls(struct json *j, const char *key, const uint64_t counts[HC_NUMBER_MAX])
{
	json_object(j, key);
#define ROW(name, number, ...) \
	if (counts[number]) \
		json_number(j, #name, counts[number]);
	HYPERCALLS(ROW)
#undef ROW
	json_end_object(j);
}

void receipt_used(struct json *j, const struct receipt *r)
{
	json_object(j, "used");
	put_calls(j, "hypercalls", r->account->calls);
	put_calls(j, "refused", r->account->refused);
	put_grants(j, r);
	json_number(j, "output_bytes", r->account->output_bytes);
	json_end_object(j);
}

static void put_act(struct json *j, const struct act *act)
{
	json_object(j, NULL);
	json_text(j, "op", notes_op_name(act->op));
	json_text(j, "object", act->object);
	if (act->cut)
		json_bool(j, "cut", 1);
}

static void end_act(struct json *j, const struct act *act)
{
	json_text(j, "program", act->exe);
	json_number(j, "count", act->count);
	json_end_object(j);
}

void receipt_denied(struct json *j, const struct policy *p, const struct notes *n)
{
	uint64_t others = 0;

	json_array(j, "denied");
	for (size_t i = 0; n && i < n->count; i++) {
		const struct act *act = &n->acts[i];

		if (!denial_counts(p, act))
			continue;
		put_act(j, act);
		json_text(j, "rule", denial_rule(p, act));
		json_text(j, "errno", audit_error_name(act->error));
		end_act(j, act);
	}
	json_end_array(j);
	for (size_t op = 0; n && op < NOTE_OPS; op++)
		others += n->others[op];
	json_number(j, "denied_others", others); /* that are not told apart */
}

void receipt_written(struct json *j, const struct notes *n)
{
	json_array(j, "written");
	for (size_t i = 0; n && i < n->count; i++) {
		const struct act *act = &n->acts[i];

		if (act->verdict != NOTE_ALLOWED ||
		    (act->op != NOTE_WRITE && act->op != NOTE_CREATE && act->op != NOTE_DELETE))
			continue;
		put_act(j, act);
		end_act(j, act);
	}
	json_end_array(j);
	json_number(j, "written_others", n ? n->lost : 0);
}

void receipt_limits(struct json *j, const struct receipt *r, const struct launch_result *result)
{
	static const char *const names[ACCOUNT_LIMITS] = {
		[ACCOUNT_MEMORY] = "memory",
		[ACCOUNT_HANDLES] = "handles",
		[ACCOUNT_OUTPUT] = "output",
		[ACCOUNT_DISK] = "disk",
	};
	uint32_t limits = r->account->limits;

	if (result && result->end == LAUNCH_OUTCOME && result->outcome.end == HV_END_OUTPUT)
		limits |= 1u << ACCOUNT_OUTPUT;
	if (result && result->end == LAUNCH_OUTCOME && result->outcome.end == HV_END_NO_MEMORY)
		limits |= 1u << ACCOUNT_MEMORY;
	json_array(j, "limits_reached");
	for (unsigned int i = 0; i < ACCOUNT_LIMITS; i++)
		if (limits & 1u << i)
			json_text(j, NULL, names[i]);
	if (result && result->cpu_limited)
		json_text(j, NULL, "cpu-time");
	else if (result && (result->timed_out || result->end == LAUNCH_TIMEOUT))
		json_text(j, NULL, "wall-time");
	json_end_array(j);
}
