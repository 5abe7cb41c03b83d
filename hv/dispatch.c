// SPDX-License-Identifier: Apache-2.0
/*
 * Hypercall dispatch. Order of checks: number, permission, length, tail; then
 * the service. All rows come from HYPERCALLS.
 */
#include "hv/dispatch.h"

#include "hv/account.h"
#include "hv/vm.h"

#include <errno.h>
#include <string.h>

enum tail { NONE, SEGMENTS, NAMES, TEXTS, HANDLES };

struct row {
	int64_t (*serve)(struct hc_call *call);
	uint32_t args; /* bytes */
	enum tail tail;
	uint32_t permission;
};

static const struct row rows[HC_NUMBER_MAX] = {
#define ROW(NAME, number, args, tail, permission, ...) \
	[number] = { hc_serve_##NAME, sizeof(struct hc_##args), tail, PERM_##permission },
	HYPERCALLS(ROW)
#undef ROW
};

/* The private copy: what struct hc_request is in the guest, with typed arguments. */
struct copy {
	uint32_t number, length;
	int64_t result;
	uint64_t outside;
	uint8_t payload[HC_PAYLOAD_MAX];
};

_Static_assert(sizeof(struct copy) == sizeof(struct hc_request), "copied as one");

static const struct row *row_of(uint32_t number)
{
	if (number >= HC_NUMBER_MAX || !rows[number].serve)
		return NULL;
	return &rows[number];
}

/* Each segment becomes a checked iovec (I2). */
static void decode_segments(struct hc_call *call, const uint8_t *tail, uint32_t bytes,
			    uint32_t count)
{
	uint64_t total = 0;

	if (!count || count > HC_SEGMENTS_MAX)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (bytes != count * sizeof(struct hc_segment))
		vm_kill_call(call->vm, HV_VIOLATION_LENGTH);
	for (uint32_t i = 0; i < count; i++) {
		struct hc_segment segment;

		memcpy(&segment, tail + i * sizeof(segment), sizeof(segment));
		call->iov[i].iov_base = gm_range(&call->vm->gm, segment.gpa, segment.length);
		call->iov[i].iov_len = segment.length;
		if (!call->iov[i].iov_base)
			vm_kill_call(call->vm, HV_VIOLATION_SEGMENT);
		total += segment.length;
		if (total > HC_IO_MAX) /* I12; each is less than all memory: no overflow */
			vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	}
	call->count = count;
}

/* One path component: what the host kernel may be given as a name (I5). */
static int name_is_component(const uint8_t *name, uint32_t length)
{
	if (!length || memchr(name, '\0', length) || memchr(name, '/', length))
		return 0;
	return !(name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.')));
}

/* What is no path, the name of an extended attribute, may have any bytes that a string may have. */
static int name_is_text(const uint8_t *name, uint32_t length)
{
	return length && !memchr(name, '\0', length);
}

static void decode_names(struct hc_call *call, const uint8_t *tail, uint32_t bytes, uint32_t count,
			 int (*is_valid)(const uint8_t *name, uint32_t length))
{
	uint32_t used = 0;

	if (count > HC_NAMES_MAX)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t length;

		if (used == bytes)
			vm_kill_call(call->vm, HV_VIOLATION_LENGTH);
		length = tail[used++];
		if (length > bytes - used)
			vm_kill_call(call->vm, HV_VIOLATION_LENGTH);
		if (!is_valid(tail + used, length)) /* I5 */
			vm_kill_call(call->vm, HV_VIOLATION_NAME);
		used += length;
	}
	if (used != bytes)
		vm_kill_call(call->vm, HV_VIOLATION_LENGTH);
	call->names = tail;
	call->count = count;
}

static void decode_handles(struct hc_call *call, const uint8_t *tail, uint32_t bytes,
			   uint32_t count)
{
	if (!count || count > HC_CLOSE_MAX)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (bytes != count * sizeof(call->handles[0]))
		vm_kill_call(call->vm, HV_VIOLATION_LENGTH);
	memcpy(call->handles, tail, bytes);
	call->count = count;
}

/* One place for the count of each kind of tail. */
#define COUNT_AT_NONE(args)
#define COUNT_AT(args, as) \
	_Static_assert(offsetof(struct hc_##args, count) == offsetof(struct as, count), #args);
#define COUNT_AT_SEGMENTS(args)			   COUNT_AT(args, hc_fs_read)
#define COUNT_AT_NAMES(args)			   COUNT_AT(args, hc_fs_walk)
#define COUNT_AT_TEXTS(args)			   COUNT_AT(args, hc_fs_walk)
#define COUNT_AT_HANDLES(args)			   COUNT_AT(args, hc_fs_close)
#define CHECK_COUNT(NAME, number, args, tail, ...) COUNT_AT_##tail(args)
HYPERCALLS(CHECK_COUNT)

static void decode(struct hc_call *call, const struct row *row, const struct copy *copy)
{
	const uint8_t *tail = copy->payload + row->args;
	uint32_t bytes;

	if (copy->length < row->args || copy->length > HC_PAYLOAD_MAX)
		vm_kill_call(call->vm, HV_VIOLATION_LENGTH);
	bytes = copy->length - row->args;
	memcpy(&call->args, copy->payload, row->args);
	switch (row->tail) {
	case NONE:
		if (bytes)
			vm_kill_call(call->vm, HV_VIOLATION_LENGTH);
		return;
	case SEGMENTS:
		decode_segments(call, tail, bytes, call->args.FS_READ.count);
		return;
	case NAMES:
		decode_names(call, tail, bytes, call->args.FS_WALK.count, name_is_component);
		return;
	case TEXTS:
		decode_names(call, tail, bytes, call->args.FS_WALK.count, name_is_text);
		return;
	case HANDLES:
		decode_handles(call, tail, bytes, call->args.FS_CLOSE.count);
		return;
	}
}

uint64_t hc_shorten(struct hc_call *call, uint64_t most)
{
	uint64_t out = 0;

	for (uint32_t i = 0; i < call->count; i++) {
		uint64_t length = call->iov[i].iov_len;

		call->iov[i].iov_len = length < most ? length : most;
		out += length - call->iov[i].iov_len;
		most -= call->iov[i].iov_len;
	}
	return out;
}

void hc_dispatch(struct vm *vm)
{
	struct hc_request *request = vm->vcpu.request;
	struct hc_call call;
	struct copy copy;
	const struct row *row;
	int64_t result;

	memcpy(&copy, request, sizeof(copy)); /* I3 */
	__asm__ volatile("" : : : "memory");  /* and the compiler may not read it again */
	call.vm = vm;
	call.number = vm->outcome.number = copy.number;
	call.outside = copy.outside;
	call.out_size = 0;
	vm->refused = 0;
	memset(&call.out, 0, sizeof(call.out)); /* I13 */
	row = row_of(copy.number);
	if (!row)
		vm_kill_call(vm, HV_VIOLATION_NUMBER);
	if (vm->permissions & row->permission) { /* I8 */
		decode(&call, row, &copy);
		result = row->serve(&call);
		if (vm->account)
			account_call(vm, &call, result);
	} else {
		if (vm->account)
			account_unserved(vm, call.number);
		result = vm_refuse(vm, -EPERM);
	}
	if (call.out_size)
		memcpy(request->payload, &call.out, call.out_size);
	request->result = result;
}
