// SPDX-License-Identifier: Apache-2.0
/*
 * Fuzzes the decoder and the services behind it (I2, I3, I4, I7, I13): requests
 * of any bytes, until one ends the VM. Each is a number, a length, and the
 * payload; the custom mutator makes such that have the shape of their row.
 */
#include "tests/fuzz/vm.h"
#include "tests/unit/rows.h"

#include "hv/dispatch.h"

#include <stdlib.h>
#include <string.h>

#define HEAD 4 /* bytes of a request before its payload: number, length */

static struct vm vm;

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_vm_start(&vm, 0);
	return 0;
}

static void call(uint16_t number, uint32_t length, const uint8_t *bytes, size_t there)
{
	static uint8_t payload[HC_PAYLOAD_MAX];

	memset(payload, 0, sizeof(payload));
	memcpy(payload, bytes, there);
	if (number == HC_WAIT) /* not for long */
		memset(payload, 0, sizeof(int64_t));
	guest_call(&vm, number, payload, length);
	if (killed.end > HV_END_BAD_HYPERCALL)
		fuzz_fail("hypercall %u ended the VM with %d", number, (int)killed.end);
	if (!handles_get(&vm.handles, FUZZ_RW) || !handles_get(&vm.handles, FUZZ_RO))
		fuzz_fail("hypercall %u closed a grant", number);
	if (!killed.end && vm.vcpu.request->result < -4095)
		fuzz_fail("hypercall %u answers %ld", number, (long)vm.vcpu.request->result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_vm_reset(&vm);
	for (int n = 0; n < 64 && size >= HEAD; n++) {
		uint16_t number, length;
		size_t there;

		memcpy(&number, data, 2);
		memcpy(&length, data + 2, 2);
		data += HEAD;
		size -= HEAD;
		there = length < size ? length : size;
		call(number, length, data, there < HC_PAYLOAD_MAX ? there : HC_PAYLOAD_MAX);
		if (killed.end)
			break; /* it is not entered again */
		data += there;
		size -= there;
	}
	return 0;
}

/* A number, a handle, or an address with a length. */
static uint64_t word(size_t index)
{
	switch (rand() % 4) {
	case 0:
		return (uint64_t)(rand() % 6) | (uint64_t)(rand() % 3) << 32;
	case 1:
		return index % 2 ? BUFFER_GPA : 1 + (uint64_t)(rand() % 4096);
	case 2:
		return (uint64_t)(rand() % 8) * GUEST_HUGE_SIZE;
	default:
		return 1ull << rand() % 64;
	}
}

static size_t put_names(uint8_t *to, uint32_t count)
{
	static const char *const names[] = {
		"file", "dir", "link", "fifo", "user.a", "setuid", ".."
	};
	size_t used = 0;

	for (; count > 0; count--) {
		const char *name = names[rand() % 7];
		size_t length = strlen(name);

		to[used] = (uint8_t)length;
		/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): it is counted */
		memcpy(to + used + 1, name, length);
		used += 1 + length;
	}
	return used;
}

/* A request that decodes, mostly. Its bytes. */
static size_t make(uint8_t *to)
{
	const struct row *row = &rows[(size_t)rand() % ROWS];
	uint8_t *payload = to + HEAD;
	size_t used = row->args;
	uint32_t count = (uint32_t)rand() % 4;
	uint16_t length;

	for (size_t i = 0; i < row->args + 64u; i += 8) {
		uint64_t value = word(i / 8);

		memcpy(payload + i, &value, 8);
	}
	if (row->tail == SEGMENTS)
		memcpy(payload + offsetof(struct hc_fs_read, count), &count, 4);
	else if (row->tail == NAMES || row->tail == TEXTS)
		memcpy(payload + offsetof(struct hc_fs_walk, count), &count, 4);
	else if (row->tail == HANDLES)
		memcpy(payload, &count, 4);
	if (row->tail == NAMES || row->tail == TEXTS)
		used += put_names(payload + used, count);
	else if (row->tail == SEGMENTS)
		used += count * sizeof(struct hc_segment);
	else if (row->tail == HANDLES)
		used += count * sizeof(uint32_t);
	for (uint32_t i = 0; row->tail == SEGMENTS && i < count; i++) {
		const struct hc_segment segment = { BUFFER_GPA + (uint64_t)(rand() % 4096),
						    1 + (uint64_t)(rand() % 4096) };

		memcpy(payload + row->args + i * sizeof(segment), &segment, sizeof(segment));
	}
	length = (uint16_t)used;
	memcpy(to, &row->number, 2);
	memcpy(to + 2, &length, 2);
	return HEAD + used;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	uint8_t one[HC_PAYLOAD_MAX];
	size_t made;

	srand(seed);
	if (rand() % 2)
		return LLVMFuzzerMutate(data, size, max);
	made = make(one);
	if (size + made > max)
		return LLVMFuzzerMutate(data, size, max);
	if (rand() % 2) { /* first */
		memmove(data + made, data, size);
		memcpy(data, one, made);
	} else {
		memcpy(data + size, one, made);
	}
	return size + made;
}
