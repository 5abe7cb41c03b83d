// SPDX-License-Identifier: Apache-2.0
/* Hypercalls that look at files of the host, and map them. */
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/host/request.h"
#include "guest-runtime/lib/lib.h"

#include <linux/errno.h>

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
			return -ENAMETOOLONG;
		if (used + 1 + name > room)
			break;
		tail[used] = (uint8_t)name;
		memcpy(tail + used + 1, path + at, name);
		used += 1 + name;
		args.count++;
		at = end + 1;
	}
	memcpy(request->payload, &args, sizeof(args));
	int64_t result = request_ring(HC_FS_WALK, sizeof(args) + used);
	memcpy(out, request->payload, sizeof(*out));
	return result;
}

int64_t host_fs_read(uint32_t handle, int64_t offset, const struct hc_segment *segments,
		     uint32_t count)
{
	struct hc_fs_read args = { .handle = handle, .count = count, .offset = offset };

	return request_segments(HC_FS_READ, &args, sizeof(args), segments, count);
}

int64_t host_fs_readdir(uint32_t handle, uint64_t cookie, struct hc_segment buffer)
{
	struct hc_fs_readdir args = { .handle = handle, .cookie = cookie, .buffer = buffer };

	return request_call(HC_FS_READDIR, &args, sizeof(args));
}

int64_t host_fs_readlink(uint32_t handle, struct hc_segment buffer)
{
	struct hc_fs_readlink args = { .handle = handle, .buffer = buffer };

	return request_call(HC_FS_READLINK, &args, sizeof(args));
}

int64_t host_fs_attr(uint32_t handle, struct hc_attr *out)
{
	struct hc_fs_handle args = { .handle = handle };
	int64_t result = request_call(HC_FS_ATTR, &args, sizeof(args));

	memcpy(out, request->payload, sizeof(*out));
	return result;
}

int64_t host_fs_statfs(uint32_t handle, struct hc_fs_statfs_out *out)
{
	struct hc_fs_handle args = { .handle = handle };
	int64_t result = request_call(HC_FS_STATFS, &args, sizeof(args));

	memcpy(out, request->payload, sizeof(*out));
	return result;
}

int64_t host_fs_close_many(const uint32_t *handles, uint32_t count)
{
	struct hc_fs_close args = { .count = count };

	must(count > 0 && count <= HC_CLOSE_MAX);
	memcpy(request->payload, &args, sizeof(args));
	memcpy(request->payload + sizeof(args), handles, count * sizeof(*handles));
	return request_ring(HC_FS_CLOSE, sizeof(args) + count * sizeof(*handles));
}

int64_t host_fs_close(uint32_t handle)
{
	return host_fs_close_many(&handle, 1);
}

int64_t host_fs_map(uint32_t handle, uint64_t file_page, uint32_t pages, uint64_t window_page,
		    uint32_t flags)
{
	struct hc_fs_map args = { .handle = handle,
				  .pages = pages,
				  .file_page = file_page,
				  .window_page = window_page,
				  .flags = flags };

	return request_call(HC_FS_MAP, &args, sizeof(args));
}

int64_t host_fs_unmap(uint64_t window_page, uint64_t pages, uint32_t flags)
{
	struct hc_fs_unmap args = { .window_page = window_page, .pages = pages, .flags = flags };

	return request_call(HC_FS_UNMAP, &args, sizeof(args));
}

int64_t host_fs_seek(uint32_t handle, int64_t offset, enum hc_seek_whence whence)
{
	struct hc_fs_seek args = { .handle = handle, .whence = whence, .offset = offset };

	return request_call(HC_FS_SEEK, &args, sizeof(args));
}

/*
 * Adds a name to a tail of `used` bytes behind `size` bytes of arguments: false
 * when it does not fit.
 */
static bool put_name(size_t size, size_t *used, struct host_name name)
{
	uint8_t *tail = request->payload + size + *used;

	if (name.length > HC_NAME_MAX || size + *used + 1 + name.length > HC_PAYLOAD_MAX)
		return false;
	*tail = (uint8_t)name.length;
	memcpy(tail + 1, name.bytes, name.length);
	*used += 1 + name.length;
	return true;
}

int64_t host_fs_load(uint32_t handle, uint32_t bytes, const struct host_name *names, uint32_t count,
		     struct hc_segment buffer)
{
	struct hc_fs_load args = { .handle = handle, .bytes = bytes, .buffer = buffer };
	size_t used = 0;

	while (args.count < MIN(count, (uint32_t)HC_NAMES_MAX) &&
	       put_name(sizeof(args), &used, names[args.count]))
		args.count++;
	if (!args.count)
		return -ENAMETOOLONG;
	memcpy(request->payload, &args, sizeof(args));
	return request_ring(HC_FS_LOAD, sizeof(args) + used);
}

int64_t host_fs_xattr_get(uint32_t handle, struct host_name name, struct hc_segment buffer)
{
	struct hc_fs_xattr_get args = { .handle = handle, .buffer = buffer };
	size_t used = 0;

	if (name.length) {
		if (!put_name(sizeof(args), &used, name))
			return -ERANGE;
		args.count = 1;
	}
	memcpy(request->payload, &args, sizeof(args));
	return request_ring(HC_FS_XATTR_GET, sizeof(args) + used);
}
