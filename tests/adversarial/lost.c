// SPDX-License-Identifier: Apache-2.0
/*
 * Pages of the window that the host cannot give, since their file is shorter:
 * the guest is told, by vector 2, and goes on. One that provokes it again and
 * again costs itself time, and ends when it asks nothing in between (I4). In
 * ring 3 alone: a KVM that interprets ring 0 takes its loads for device memory.
 */
#include "tests/adversarial/message.h"
#include "tests/adversarial/trials.h"

#include <errno.h>
#include <string.h>

#define PAST	    100 /* page of granted/file, which has one */
#define WINDOW_GVA  (GUEST_DIRECT_BASE + GUEST_WINDOW_GPA)
#define VECTOR_LOST 2
#define STUB_LOST   IMAGE_GVA(0x100 + VECTOR_LOST * 16)
#define LOAD	    "\x8a\x06" /* mov (%rsi), %al */

static void map_past_the_end(void)
{
	struct message m = { HC_FS_MAP,
			     RESULT(0),
			     sizeof(struct hc_fs_map),
			     { .fs_map = { .handle = H_FILE, .pages = 1, .file_page = PAST } } };

	stage_orders(ORDERS_RECORDS);
	message_prelude();
	message_record(&m);
}

/* A trial that has the doorbell in RDI and the lost page in RSI. */
static struct trial *touch(const char *code, size_t bytes, uint64_t stub)
{
	struct trial trial = { .in = { .rdi = GUEST_DOORBELL_GVA, .rsi = WINDOW_GVA },
			       .poke = { { stub ? STUB_LOST : 0, stub }, POKE_CALL } };

	memset(trial.code, 0xc3, sizeof(trial.code));
	memcpy(trial.code, code, bytes);
	return (struct trial *)stage_record(RECORD_TRIAL, 0, &trial, sizeof(trial))->payload;
}

static void ask(void)
{
	stage_record(HC_CLOCK, 0, "", 0);
}

static void expect_end(const struct run *how, uint32_t ends, const char *what)
{
	struct ending ending = stage_run(how);

	if (!(ending.end & ends) || (ending.end == END(KVM_ERROR) && ending.outcome.code != EFAULT))
		fail("%s: end %u code %u", what, ending.outcome.end, ending.outcome.code);
}

static const struct run run = { .ring = 3 };

static void told_each_time(void)
{
	const struct trial *trials[3];

	map_past_the_end();
	for (size_t i = 0; i < 3; i++) {
		trials[i] = touch(CODE(LOAD), 0);
		ask();
	}
	expect_end(&run, END(STATUS), "asking in between");
	for (size_t i = 0; i < 3; i++)
		if (trials[i]->state != TRIAL_FAULTED || trials[i]->vector != VECTOR_LOST)
			fail("touch %zu: state %u vector %u", i, trials[i]->state,
			     trials[i]->vector);
}

static void not_told_twice(void)
{
	map_past_the_end();
	touch(CODE(LOAD), 0);
	touch(CODE(LOAD), 0);
	expect_end(&run, END(KVM_ERROR), "asking nothing");
	map_past_the_end();
	touch(CODE(LOAD), 0xcf48); /* the stub is an IRETQ: back to the load */
	expect_end(&run, END(KVM_ERROR), "going back to the same page");
}

static void told_for_ever(void)
{
	const struct run brief = { .ring = 3, .patience = quick ? 2000 : 300 };

	map_past_the_end();
	touch(CODE(LOAD), 0xcf480789); /* MOV to the doorbell, then IRETQ */
	expect_end(&brief, END_TIMEOUT, "asking for ever");
}

/* What was never mapped, or was unmapped, reads as zeros: nothing is lost there. */
static void unmapped_pages_are_zeros(void)
{
	struct message gone = { HC_FS_UNMAP,
				RESULT(0),
				sizeof(struct hc_fs_unmap),
				{ .fs_unmap = { .window_page = 0, .pages = 1 } } };
	const struct trial *unmapped, *never;

	map_past_the_end();
	message_record(&gone);
	unmapped = touch(CODE(LOAD), 0);
	never = touch(CODE("\x8a\x86\x00\x10\x00\x00"), 0); /* a page further */
	expect_end(&run, END(STATUS), "unmapped");
	if (unmapped->state != TRIAL_RETURNED || unmapped->out.rax & 0xff)
		fail("an unmapped page: state %u, RAX 0x%llx", unmapped->state,
		     (unsigned long long)unmapped->out.rax);
	if (never->state != TRIAL_RETURNED || never->out.rax & 0xff)
		fail("a page never mapped: state %u, RAX 0x%llx", never->state,
		     (unsigned long long)never->out.rax);
}

const struct attack lost_attacks[] = {
	{ "lost pages, told each time", told_each_time },
	{ "lost pages, not told twice", not_told_twice },
	{ "lost pages, for ever", told_for_ever },
	{ "window pages that are not mapped", unmapped_pages_are_zeros },
	{ NULL, NULL },
};
