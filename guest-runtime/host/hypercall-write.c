// SPDX-License-Identifier: Apache-2.0
/* Hypercalls that change files of the host, below a write grant. */
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/host/request.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/notes/notes.h"

#include <linux/errno.h>

/* Calls with one or two names behind the arguments. */
static int64_t call_names(enum hc_number number, const void *args, size_t size,
			  const struct host_name *names, uint32_t count)
{
	uint8_t *tail = request->payload + size;

	memcpy(request->payload, args, size);
	for (uint32_t i = 0; i < count; i++) {
		if (names[i].length > HC_NAME_MAX)
			return -ENAMETOOLONG;
		*tail = (uint8_t)names[i].length;
		memcpy(tail + 1, names[i].bytes, names[i].length);
		tail += 1 + names[i].length;
	}
	return request_ring(number, (size_t)(tail - request->payload));
}

/* The monitor counts new bytes below write grants. */
static int64_t disk(int64_t result)
{
	return result == -EDQUOT ? note_limit("disk", -EDQUOT) : result;
}

int64_t host_fs_write(uint32_t handle, int64_t offset, const struct hc_segment *segments,
		      uint32_t count)
{
	struct hc_fs_write args = { .handle = handle, .count = count, .offset = offset };

	return disk(request_segments(HC_FS_WRITE, &args, sizeof(args), segments, count));
}

int64_t host_fs_create(uint32_t handle, enum hc_create_kind kind, struct host_name name,
		       uint32_t mode, struct hc_segment target, struct hc_fs_walk_out *out)
{
	struct hc_fs_create args = { .handle = handle,
				     .kind = kind,
				     .count = kind != HC_CREATE_TEMPORARY,
				     .mode = mode,
				     .target = target };
	int64_t result = call_names(HC_FS_CREATE, &args, sizeof(args), &name, args.count);

	memcpy(out, request->payload, sizeof(*out));
	return result;
}

int64_t host_fs_remove(uint32_t handle, struct host_name name, bool directory)
{
	struct hc_fs_remove args = { .handle = handle, .directory = directory, .count = 1 };

	return call_names(HC_FS_REMOVE, &args, sizeof(args), &name, 1);
}

int64_t host_fs_rename(uint32_t handle, struct host_name name, uint32_t to_handle,
		       struct host_name to_name, uint32_t flags)
{
	struct hc_fs_rename args = {
		.handle = handle, .to_handle = to_handle, .count = 2, .flags = flags
	};
	const struct host_name names[] = { name, to_name };

	return call_names(HC_FS_RENAME, &args, sizeof(args), names, 2);
}

int64_t host_fs_link(uint32_t handle, struct host_name name, uint32_t object)
{
	struct hc_fs_link args = { .handle = handle, .object = object, .count = 1 };

	return call_names(HC_FS_LINK, &args, sizeof(args), &name, 1);
}

int64_t host_fs_set_attr(const struct hc_fs_set_attr *args)
{
	return disk(request_call(HC_FS_SET_ATTR, args, sizeof(*args)));
}

int64_t host_fs_allocate(uint32_t handle, uint32_t mode, int64_t offset, int64_t length)
{
	struct hc_fs_allocate args = {
		.handle = handle, .mode = mode, .offset = offset, .length = length
	};

	return disk(request_call(HC_FS_ALLOCATE, &args, sizeof(args)));
}

int64_t host_fs_sync(uint32_t handle, bool data)
{
	struct hc_fs_sync args = { .handle = handle, .data = data };

	return request_call(HC_FS_SYNC, &args, sizeof(args));
}

int64_t host_fs_xattr_set(uint32_t handle, struct host_name name, uint32_t flags,
			  struct hc_segment value)
{
	struct hc_fs_xattr_set args = {
		.handle = handle, .flags = flags, .count = 1, .value = value
	};

	return call_names(HC_FS_XATTR_SET, &args, sizeof(args), &name, 1);
}
