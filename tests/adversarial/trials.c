// SPDX-License-Identifier: Apache-2.0
/* Packs trials into VMs, runs these, and judges each trial by the notes that it left. */
#include "tests/adversarial/trials.h"

#include "common/err.h"

#include <stdio.h>
#include <string.h>

#define BATCH		200
#define MOMENT		300 /* ms; for trials that may stall */
#define MOMENT_EMULATED 2000

static void place(struct trial *trial, const struct try *t)
{
	*trial = (struct trial){
		.in = { .rax = t->rax, .rcx = t->rcx, .rdx = t->rdx, .rdi = t->rdi }
	};
	must(t->bytes < TRIAL_BYTES);
	memset(trial->code, 0xc3, sizeof(trial->code)); /* RET */
	memcpy(trial->code, t->code, t->bytes);
	for (int i = 0; i < TRIAL_POKES; i++) {
		trial->poke[i].gva = t->poke[i].gva;
		trial->poke[i].value = t->poke[i].value;
	}
}

static const char *fate_name(unsigned int fate)
{
	return fate & KILLS	? "ended the VM"
	       : fate & STALLS	? "stalled"
	       : fate & RETURNS ? "returned"
	       : fate & FAULTS	? "faulted"
				: "did not begin";
}

static void judge(const struct try *t, int ring, const struct trial *trial,
		  const struct ending *last)
{
	const struct hv_outcome *outcome = &last->outcome;
	unsigned int fate = trial->state == TRIAL_RETURNED  ? RETURNS
			    : trial->state == TRIAL_FAULTED ? FAULTS
							    : 0;

	if (last->end == END_TIMEOUT)
		fate |= STALLS;
	else if (last->end && last->end != END(STATUS))
		fate |= KILLS;
	if (!fate || fate & ~t->fates)
		fail("%s in ring %d %s: end %u code %u, vector %u error 0x%llx", t->name, ring,
		     fate_name(fate & ~t->fates ? fate & ~t->fates : fate), outcome->end,
		     outcome->code, trial->vector, (unsigned long long)trial->error);
	if (!(fate & KILLS))
		return;
	if (!(last->end & (t->ends ? t->ends : END_KILLED)))
		fail("%s in ring %d: end %u code %u", t->name, ring, outcome->end, outcome->code);
	else if (t->violation && last->end == END(BAD_HYPERCALL) && outcome->code != t->violation)
		fail("%s in ring %d: violation %u, not %u", t->name, ring, outcome->code,
		     t->violation);
}

/* One VM for the first of `count` tries; returns how many of them are done with. */
static size_t run_batch(const struct try *const *tries, size_t count, int ring)
{
	static const struct ending no_end;
	struct orders *orders = stage_orders(ORDERS_TRIALS);
	struct run run = { .ring = ring, .writes_stderr = 1 };
	struct ending ending;
	size_t done;

	do
		place(&orders->list.trials[orders->count], tries[orders->count]);
	while (++orders->count < count && orders->count < BATCH &&
	       !tries[orders->count - 1]->alone && !tries[orders->count]->alone);
	if (tries[0]->fates & STALLS)
		run.patience = quick ? MOMENT_EMULATED : MOMENT;
	ending = stage_run(&run);
	done = orders->begun;
	if (!ending.end || !done || (ending.end == END(STATUS) && done != orders->count)) {
		fail("that was ring %d from %s, %zu of %u begun, end %u code %u", ring,
		     tries[0]->name, done, orders->count, ending.outcome.end, ending.outcome.code);
		return done ? done : 1;
	}
	for (size_t i = 0; i < done; i++) {
		const struct trial *trial = &orders->list.trials[i];

		judge(tries[i], ring, trial, i + 1 == done ? &ending : &no_end);
		if (tries[i]->look)
			tries[i]->look(tries[i], ring, trial);
	}
	return done;
}

#define TRIES_MAX 512

void tries_run(const struct try *tries, size_t count, size_t quick_step)
{
	static const struct try *chosen[TRIES_MAX];

	for (int ring = 0; ring <= 3; ring += 3) {
		size_t total = 0;

		for (size_t i = 0; i < count; i += quick ? quick_step : 1) {
			if (!(tries[i].rings & (ring ? RING3 : RING0)))
				continue;
			must(total < TRIES_MAX);
			chosen[total++] = &tries[i];
		}
		for (size_t i = 0; i < total;)
			i += run_batch(chosen + i, total - i, ring);
	}
}
