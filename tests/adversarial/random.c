// SPDX-License-Identifier: Apache-2.0
/*
 * Requests by chance: valid ones with fields replaced by values that matter
 * somewhere, and bytes without any sense. A VM goes on until one ends it.
 */
#include "tests/adversarial/message.h"

#include <stdio.h>
#include <string.h>

#define ROUNDS	     400
#define ROUNDS_QUICK 6
#define REQUESTS     120 /* at most, in one VM */

static uint64_t interesting(void)
{
	static const uint64_t values[] = {
		0,
		1,
		2,
		3,
		4,
		5,
		6,
		7,
		8,
		16,
		64,
		65,
		128,
		129,
		255,
		256,
		257,
		4080,
		4096,
		0x7fffffff,
		0x80000000,
		0xffffffff,
		0x100000000,
		GUEST_RAM_GPA,
		MESSAGE_BUFFER,
		GUEST_RAM_GPA + GUEST_RAM_INITIAL,
		GUEST_HUGE_SIZE,
		GUEST_DOORBELL_GPA,
		GUEST_WINDOW_GPA,
		GUEST_WINDOW_CHUNK,
		INT64_MAX,
		1ull << 63,
		~0ull,
		~0ull - 4095,
	};
	uint64_t value = values[random_below(sizeof(values) / sizeof(*values))];

	return random_below(4) ? value : value + random_below(33) - 16;
}

/* Sleeping is not what is tried here. */
static void keep_awake(struct message *m)
{
	if (m->number == HC_WAIT && m->args.wait.timeout_ns >= -1)
		m->args.wait.timeout_ns = (int64_t)random_below(1000);
}

static void mutate(struct message *m)
{
	static const unsigned int sizes[] = { 1, 2, 4, 4, 4, 8, 8 };
	unsigned int size = sizes[random_below(sizeof(sizes) / sizeof(*sizes))];
	uint64_t value = interesting();
	uint32_t length = m->length ? m->length : 8;

	if (length > HC_PAYLOAD_MAX)
		length = HC_PAYLOAD_MAX;
	memcpy(m->args.bytes + random_below(length) / size * size, &value, size);
	if (random_below(16) == 0)
		m->length = (uint32_t)interesting();
}

/* As its first field. */
static int takes_handle(uint32_t number)
{
	return number >= HC_FS_WALK && number != HC_FS_CLOSE && number != HC_FS_UNMAP;
}

static struct message by_chance(void)
{
	struct message m;

	if (random_below(300) == 0) {
		m = (struct message){ .number = (uint32_t)random_below(48) };
		m.length = (uint32_t)random_below(HC_PAYLOAD_MAX + 16);
		for (uint32_t i = 0; i < HC_PAYLOAD_MAX; i++)
			m.args.bytes[i] = (uint8_t)random_next();
	} else {
		do /* seldom what ends the VM, or takes from the later ones what they name */
			m = valid[random_below(valid_count)];
		while ((m.number <= HC_PANIC || m.number == HC_FS_CLOSE) && random_below(40));
		if (takes_handle(m.number) && random_below(2))
			m.args.fs_handle.handle = (uint32_t)random_below(H_FREE);
		while (random_below(24) == 0)
			mutate(&m);
	}
	keep_awake(&m);
	return m;
}

static void requests_by_chance(void)
{
	const int rounds = quick ? ROUNDS_QUICK : ROUNDS;
	unsigned int requests = 0;

	for (int round = 0; round < rounds; round++) {
		const struct run run = { .ring = round % 16 ? 3 : 0,
					 .memory = 32ull << 20,
					 .writes_stderr = 1 };
		const struct orders *orders = stage_orders(ORDERS_RECORDS);
		struct ending ending;

		message_prelude();
		for (int i = 0; i < REQUESTS; i++) {
			struct message m = by_chance();

			message_record(&m);
		}
		ending = stage_run(&run);
		requests += orders->done;
		if (!ending.end || ending.end == END_TIMEOUT)
			fail("that was round %d, after %u requests", round, orders->done);
		else if (!(ending.end & (END(STATUS) | END(SIGNAL) | END(NO_EXEC) | END(NO_MEMORY) |
					 END(PANIC) | END(BAD_HYPERCALL))))
			fail("round %d: end %u code %u", round, ending.outcome.end,
			     ending.outcome.code);
	}
	printf("# %u requests in %d VMs\n", requests, rounds);
}

const struct attack random_attacks[] = {
	{ "requests by chance", requests_by_chance },
	{ NULL, NULL },
};
