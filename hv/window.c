// SPDX-License-Identifier: Apache-2.0
/*
 * The window: pages of host files in guest memory, read-only: a guest that
 * stores there ends. The memory slot of a chunk lies over a host reservation
 * in which mappings are replaced in place; the slot itself never changes.
 */
#include "common/cleanup.h"
#include "hv/dispatch.h"
#include "hv/fs.h"
#include "hv/vm.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define MAP_FLAGS   (MAP_PRIVATE | MAP_FIXED | MAP_POPULATE)
#define UNMAP_FLAGS (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED)

/*
 * Puts the reservation back. Without it there would be a hole under a live
 * slot, where any later mapping of the monitor's would become guest memory:
 * a VM whose hole cannot be closed ends (I2).
 */
static int64_t unmap(struct vm *vm, void *host, uint64_t bytes)
{
	if (mmap(host, bytes, PROT_NONE, UNMAP_FLAGS, -1, 0) == MAP_FAILED)
		vm_kill(vm, HV_END_KVM_ERROR, (uint32_t)errno);
	return 0;
}

int64_t hc_serve_FS_MAP(struct hc_call *call)
{
	const struct hc_fs_map *map = &call->args.FS_MAP;
	const struct handle *handle = fs_handle(call, map->handle);
	void *host = gm_window_pages(&call->vm->gm, map->window_page, map->pages);
	uint64_t bytes = (uint64_t)map->pages * GUEST_PAGE_SIZE, start, end;
	int error;

	if (!host)
		vm_kill_call(call->vm, HV_VIOLATION_SEGMENT);
	if (mul_ovf(map->file_page, (uint64_t)GUEST_PAGE_SIZE, &start) ||
	    add_ovf(start, bytes, &end) || end > INT64_MAX)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (handle->kind != HANDLE_OPEN)
		return -EBADF;
	if (!S_ISREG(handle->mode)) /* I6 */
		return -ENODEV;
	error = gm_window_back(&call->vm->gm, map->window_page);
	if (error)
		return error;
	if (mmap(host, bytes, PROT_READ, MAP_FLAGS, handle->fd, (off_t)start) == MAP_FAILED) {
		error = -errno;
		unmap(call->vm, host, bytes); /* the failed call may have left a hole */
		return error;
	}
	return 0;
}

int64_t hc_serve_FS_UNMAP(struct hc_call *call)
{
	const struct hc_fs_unmap *gone = &call->args.FS_UNMAP;
	void *host = gm_window_pages(&call->vm->gm, gone->window_page, gone->pages);

	if (!host)
		vm_kill_call(call->vm, HV_VIOLATION_SEGMENT);
	return unmap(call->vm, host, gone->pages * GUEST_PAGE_SIZE);
}
