// SPDX-License-Identifier: Apache-2.0
/* Fills the vCPU's request page, rings the doorbell, takes the reply. */
#include "guest-runtime/host/hypercall.h"

#include "abi/layout.h"
#include "guest-runtime/lib/lib.h"

static struct hc_request *const request = (void *)(GUEST_DIRECT_BASE + VCPU_HYPERCALL);

static int64_t ring(enum hc_number number, size_t length)
{
	request->number = number;
	request->length = (uint32_t)length;
	/* The store leaves the VM; when it retires, the reply is in the page. */
	__asm__ volatile("movl %0, (%1)" : : "r"(0), "r"(GUEST_DOORBELL_GVA) : "memory");
	return request->result;
}

static int64_t call(enum hc_number number, const void *args, size_t size)
{
	memcpy(request->payload, args, size);
	return ring(number, size);
}

static int64_t call_segments(enum hc_number number, const void *args, size_t size,
			     const struct hc_segment *segments, uint32_t count)
{
	must(count > 0 && count <= HC_SEGMENTS_MAX);
	memcpy(request->payload, args, size);
	memcpy(request->payload + size, segments, count * sizeof(*segments));
	return ring(number, size + count * sizeof(*segments));
}

_Noreturn void host_exit(enum hc_exit_kind kind, uint32_t code)
{
	struct hc_exit args = { .kind = kind, .code = code };

	for (;;)
		call(HC_EXIT, &args, sizeof(args));
}

_Noreturn void host_panic(const struct hc_panic *panic)
{
	for (;;)
		call(HC_PANIC, panic, sizeof(*panic));
}

int64_t host_mem_grow(uint64_t bytes)
{
	struct hc_mem_grow args = { .bytes = bytes };

	return call(HC_MEM_GROW, &args, sizeof(args));
}

int64_t host_clock(struct hc_clock_out *out)
{
	int64_t result = ring(HC_CLOCK, 0);

	memcpy(out, request->payload, sizeof(*out));
	return result;
}

int64_t host_wait(int64_t timeout_ns, const uint16_t events[HC_STREAMS],
		  uint16_t revents[HC_STREAMS])
{
	struct hc_wait args = { .timeout_ns = timeout_ns };

	for (int i = 0; i < HC_STREAMS; i++)
		args.stream[i].events = events ? events[i] : 0;
	int64_t result = call(HC_WAIT, &args, sizeof(args));
	if (revents && result >= 0)
		memcpy(revents, request->payload, HC_STREAMS * sizeof(*revents));
	return result;
}

int64_t host_stream_read(uint32_t stream, const struct hc_segment *segments, uint32_t count)
{
	struct hc_stream_io args = { .stream = stream, .count = count };

	return call_segments(HC_STREAM_READ, &args, sizeof(args), segments, count);
}

int64_t host_stream_write(uint32_t stream, const struct hc_segment *segments, uint32_t count)
{
	struct hc_stream_io args = { .stream = stream, .count = count };

	return call_segments(HC_STREAM_WRITE, &args, sizeof(args), segments, count);
}

int64_t host_stream_seek(uint32_t stream, int64_t offset, uint32_t whence)
{
	struct hc_stream_seek args = { .stream = stream, .whence = whence, .offset = offset };

	return call(HC_STREAM_SEEK, &args, sizeof(args));
}

int64_t host_stream_attr(uint32_t stream, struct hc_attr *out)
{
	struct hc_stream args = { .stream = stream };
	int64_t result = call(HC_STREAM_ATTR, &args, sizeof(args));

	memcpy(out, request->payload, sizeof(*out));
	return result;
}

int64_t host_tty_get(uint32_t stream, enum hc_tty_what what, void *out, size_t size)
{
	struct hc_tty_get args = { .stream = stream, .what = what };
	int64_t result = call(HC_TTY_GET, &args, sizeof(args));

	memcpy(out, request->payload, MIN(size, (size_t)HC_TTY_OUT));
	return result;
}

int64_t host_fs_walk(uint32_t handle, const char *path, size_t length, uint32_t flags,
		     struct hc_fs_walk_out *out)
{
	struct hc_fs_walk args = { .handle = handle, .flags = flags };
	uint8_t *tail = request->payload + sizeof(args);
	size_t used = 0, room = HC_PAYLOAD_MAX - sizeof(args), at = 0;

	while (at < length && args.count < HC_NAMES_MAX) {
		size_t end = at;

		while (end < length && path[end] != '/')
			end++;
		size_t name = end - at;
		if (name > HC_NAME_MAX)
			return -36; /* ENAMETOOLONG */
		if (used + 1 + name > room)
			break;
		tail[used] = (uint8_t)name;
		memcpy(tail + used + 1, path + at, name);
		used += 1 + name;
		args.count++;
		at = end + 1;
	}
	memcpy(request->payload, &args, sizeof(args));
	int64_t result = ring(HC_FS_WALK, sizeof(args) + used);
	memcpy(out, request->payload, sizeof(*out));
	return result;
}

int64_t host_fs_read(uint32_t handle, int64_t offset, const struct hc_segment *segments,
		     uint32_t count)
{
	struct hc_fs_read args = { .handle = handle, .count = count, .offset = offset };

	return call_segments(HC_FS_READ, &args, sizeof(args), segments, count);
}

int64_t host_fs_readdir(uint32_t handle, uint64_t cookie, struct hc_segment buffer)
{
	struct hc_fs_readdir args = { .handle = handle, .cookie = cookie, .buffer = buffer };

	return call(HC_FS_READDIR, &args, sizeof(args));
}

int64_t host_fs_readlink(uint32_t handle, struct hc_segment buffer)
{
	struct hc_fs_readlink args = { .handle = handle, .buffer = buffer };

	return call(HC_FS_READLINK, &args, sizeof(args));
}

int64_t host_fs_attr(uint32_t handle, struct hc_attr *out)
{
	struct hc_fs_handle args = { .handle = handle };
	int64_t result = call(HC_FS_ATTR, &args, sizeof(args));

	memcpy(out, request->payload, sizeof(*out));
	return result;
}

int64_t host_fs_statfs(uint32_t handle, struct hc_fs_statfs_out *out)
{
	struct hc_fs_handle args = { .handle = handle };
	int64_t result = call(HC_FS_STATFS, &args, sizeof(args));

	memcpy(out, request->payload, sizeof(*out));
	return result;
}

int64_t host_fs_close_many(const uint32_t *handles, uint32_t count)
{
	struct hc_fs_close args = { .count = count };

	must(count > 0 && count <= HC_CLOSE_MAX);
	memcpy(request->payload, &args, sizeof(args));
	memcpy(request->payload + sizeof(args), handles, count * sizeof(*handles));
	return ring(HC_FS_CLOSE, sizeof(args) + count * sizeof(*handles));
}

int64_t host_fs_close(uint32_t handle)
{
	return host_fs_close_many(&handle, 1);
}

int64_t host_fs_map(uint32_t handle, uint64_t file_page, uint32_t pages, uint64_t window_page)
{
	struct hc_fs_map args = {
		.handle = handle, .pages = pages, .file_page = file_page, .window_page = window_page
	};

	return call(HC_FS_MAP, &args, sizeof(args));
}

int64_t host_fs_unmap(uint64_t window_page, uint64_t pages)
{
	struct hc_fs_unmap args = { .window_page = window_page, .pages = pages };

	return call(HC_FS_UNMAP, &args, sizeof(args));
}
