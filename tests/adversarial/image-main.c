// SPDX-License-Identifier: Apache-2.0
/*
 * The hostile image's C: carries out the orders and leaves with status 0. It
 * runs in ring 0 or ring 3, and trusts that its orders are well-formed.
 */
#include "tests/adversarial/image.h"

void image_main(void);
void trial_call(struct trial *trial);

static struct orders *const orders = (void *)IMAGE_GVA(IMAGE_ORDERS);
static struct hc_request *const request = (void *)IMAGE_GVA(IMAGE_HYPERCALL);

static void ring(void)
{
	__asm__ volatile("movl %0, (%1)" : : "r"(0), "r"(GUEST_DOORBELL_GVA) : "memory");
}

static void copy(uint8_t *to, const uint8_t *from, uint32_t bytes)
{
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

static void fill(uint8_t *to, uint32_t bytes)
{
	__asm__ volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(0xa5) : "memory");
}

static void try(struct trial *trial)
{
	trial->state = TRIAL_STARTED;
	for (int i = 0; i < TRIAL_POKES; i++)
		if (trial->poke[i].gva)
			*(volatile uint64_t *)trial->poke[i].gva = trial->poke[i].value;
	trial_call(trial);
}

static void play(struct record *record)
{
	if (record->number == RECORD_TRIAL) {
		try((struct trial *)record->payload);
		return;
	}
	copy(request->payload, record->payload, record->stored);
	fill(request->payload + record->stored, HC_PAYLOAD_MAX - record->stored);
	request->number = record->number;
	request->length = record->length;
	request->result = INT64_MIN;
	ring();
	record->result = request->result;
	copy(record->reply, request->payload, RECORD_REPLY);
}

void image_main(void)
{
	uint8_t *at = orders->list.records;

	for (uint32_t i = 0; i < orders->count; i++) {
		orders->begun = i + 1;
		if (orders->kind == ORDERS_TRIALS) {
			try(&orders->list.trials[i]);
		} else {
			play((struct record *)at);
			at += ((struct record *)at)->bytes;
		}
		orders->done = i + 1;
	}
	*(volatile struct hc_exit *)request->payload =
		(struct hc_exit){ .kind = HC_EXIT_STATUS, .code = 0 };
	request->length = sizeof(struct hc_exit);
	request->number = HC_EXIT;
	ring();
}
