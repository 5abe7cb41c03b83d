// SPDX-License-Identifier: Apache-2.0
/* The verdict on one message. */
#include "tests/adversarial/message.h"

#include <string.h>

struct record *message_record(const struct message *m)
{
	uint32_t stored = m->length < HC_PAYLOAD_MAX ? m->length : HC_PAYLOAD_MAX;

	return stage_record(m->number, m->length, m->args.bytes, stored);
}

void message_prelude(void)
{
	for (unsigned int i = 0; i < prelude_count; i++)
		message_record(&prelude[i]);
}

static int as_expected(const struct expect *expect, const struct ending *ending, int64_t result)
{
	switch (expect->kind) {
	case EXPECT_KILL:
		return ending->end == END(BAD_HYPERCALL) && ending->outcome.code == expect->code;
	case EXPECT_RESULT:
		return ending->end == END(STATUS) && result == expect->code;
	case EXPECT_POSITIVE:
		return ending->end == END(STATUS) && result > 0;
	case EXPECT_ANY:
		return ending->end == END(STATUS);
	case EXPECT_END:
		return (ending->end & expect->code) != 0;
	}
	return 0;
}

void message_judge(const struct run *run, const char *what, const struct message *m,
		   const struct record *record)
{
	struct ending ending = stage_run(run);

	if (!ending.end) {
		fail("that was %s", what);
		return;
	}
	if (!as_expected(&m->expect, &ending, record->result))
		fail("%s %s: end %u code %u result %lld, not what must be (%d %lld)",
		     row_name(m->number) ? row_name(m->number) : "number", what, ending.outcome.end,
		     ending.outcome.code, (long long)record->result, (int)m->expect.kind,
		     (long long)m->expect.code);
	if (m->expect.kind == EXPECT_KILL && ending.outcome.number != m->number)
		fail("%s: the outcome names hypercall %u, not %u", what, ending.outcome.number,
		     m->number);
}

struct record *message_check(const struct run *run, const char *what, const struct message *m)
{
	struct record *record;

	stage_orders(ORDERS_RECORDS);
	message_prelude();
	record = message_record(m);
	message_judge(run, what, m, record);
	return record;
}
