// SPDX-License-Identifier: Apache-2.0
/* Fills the vCPU's request page, rings the doorbell, takes the reply. */
#include "guest-runtime/host/hypercall.h"

#include "abi/layout.h"
#include "guest-runtime/host/request.h"
#include "guest-runtime/lib/lib.h"

int64_t request_ring(enum hc_number number, size_t length)
{
	request->number = number;
	request->length = (uint32_t)length;
	/* The store leaves the VM; when it retires, the reply is in the page. */
	__asm__ volatile("movl %0, (%1)" : : "r"(0), "r"(GUEST_DOORBELL_GVA) : "memory");
	return request->result;
}

int64_t request_call(enum hc_number number, const void *args, size_t size)
{
	memcpy(request->payload, args, size);
	return request_ring(number, size);
}

int64_t request_segments(enum hc_number number, const void *args, size_t size,
			 const struct hc_segment *segments, uint32_t count)
{
	must(count > 0 && count <= HC_SEGMENTS_MAX);
	memcpy(request->payload, args, size);
	memcpy(request->payload + size, segments, count * sizeof(*segments));
	return request_ring(number, size + count * sizeof(*segments));
}

_Noreturn void host_exit(enum hc_exit_kind kind, uint32_t code)
{
	struct hc_exit args = { .kind = kind, .code = code };

	for (;;)
		request_call(HC_EXIT, &args, sizeof(args));
}

_Noreturn void host_panic(const struct hc_panic *panic)
{
	for (;;)
		request_call(HC_PANIC, panic, sizeof(*panic));
}

int64_t host_mem_grow(uint64_t bytes)
{
	struct hc_mem_grow args = { .bytes = bytes };

	return request_call(HC_MEM_GROW, &args, sizeof(args));
}

int64_t host_mem_give(const struct hc_segment *segments, uint32_t count)
{
	struct hc_mem_give args = { .count = count };

	return request_segments(HC_MEM_GIVE, &args, sizeof(args), segments, count);
}

int64_t host_timer(int64_t after_ns)
{
	struct hc_timer args = { .after_ns = after_ns };

	return request_call(HC_TIMER, &args, sizeof(args));
}

int64_t host_clock(struct hc_clock_out *out)
{
	int64_t result = request_ring(HC_CLOCK, 0);

	memcpy(out, request->payload, sizeof(*out));
	return result;
}

int64_t host_wait(int64_t timeout_ns, uint32_t flags, const uint16_t events[HC_STREAMS],
		  uint16_t revents[HC_STREAMS])
{
	struct hc_wait args = { .timeout_ns = timeout_ns, .flags = flags };

	for (int i = 0; i < HC_STREAMS; i++)
		args.stream[i].events = events ? events[i] : 0;
	int64_t result = request_call(HC_WAIT, &args, sizeof(args));
	if (revents && result >= 0)
		memcpy(revents, request->payload, HC_STREAMS * sizeof(*revents));
	return result;
}

uint64_t host_take_outside(void)
{
	uint64_t *word = &request->outside;

	if (!__atomic_load_n(word, __ATOMIC_RELAXED))
		return 0;
	return __atomic_exchange_n(word, 0, __ATOMIC_RELAXED);
}

int64_t host_stream_read(uint32_t stream, const struct hc_segment *segments, uint32_t count)
{
	struct hc_stream_io args = { .stream = stream, .count = count };

	return request_segments(HC_STREAM_READ, &args, sizeof(args), segments, count);
}

int64_t host_stream_write(uint32_t stream, const struct hc_segment *segments, uint32_t count)
{
	struct hc_stream_io args = { .stream = stream, .count = count };

	return request_segments(HC_STREAM_WRITE, &args, sizeof(args), segments, count);
}

int64_t host_stream_seek(uint32_t stream, int64_t offset, uint32_t whence)
{
	struct hc_stream_seek args = { .stream = stream, .whence = whence, .offset = offset };

	return request_call(HC_STREAM_SEEK, &args, sizeof(args));
}

int64_t host_stream_attr(uint32_t stream, struct hc_attr *out)
{
	struct hc_stream args = { .stream = stream };
	int64_t result = request_call(HC_STREAM_ATTR, &args, sizeof(args));

	memcpy(out, request->payload, sizeof(*out));
	return result;
}

int64_t host_tty_get(uint32_t stream, enum hc_tty_what what, void *out, size_t size)
{
	struct hc_tty_get args = { .stream = stream, .what = what };
	int64_t result = request_call(HC_TTY_GET, &args, sizeof(args));

	memcpy(out, request->payload, MIN(size, (size_t)HC_TTY_OUT));
	return result;
}
