// SPDX-License-Identifier: Apache-2.0
/* The account of new bytes below write grants. */
#include "hv/disk.h"

#include "common/cleanup.h"
#include "hv/attr.h"
#include "hv/vm.h"

#include <errno.h>
#include <unistd.h>

#define PARTS_MAX 32  /* of data and holes that are looked for; the rest counts as hole */
#define BLOCK	  512 /* what st_blocks counts */

void disk_init(struct disk *disk, uint64_t limit)
{
	*disk = (struct disk){ .left = limit ? limit : UINT64_MAX };
}

static int is_limited(const struct vm *vm)
{
	return vm->disk.left != UINT64_MAX;
}

/* Bytes of [from, to), which lies within the file, that are holes. */
static uint64_t holes_within(int fd, uint64_t from, uint64_t to)
{
	uint64_t holes = 0;

	for (int part = 0; part < PARTS_MAX && from < to; part++) {
		off_t hole = lseek(fd, (off_t)from, SEEK_HOLE), data;

		if (hole >= 0 && (uint64_t)hole >= to)
			return holes;
		if (hole < 0)
			break;
		data = lseek(fd, hole, SEEK_DATA);
		if (data < 0)
			return holes + to - (uint64_t)hole;
		holes += (uint64_t)data < to ? (uint64_t)(data - hole) : to - (uint64_t)hole;
		from = (uint64_t)data;
	}
	return from < to ? holes + to - from : holes;
}

/* Where the guest put no blocks behind the end, as many as its size needs leave no hole. */
static int is_sparse(const struct vm *vm, const struct hc_attr *attr)
{
	return vm->disk.behind || attr->blocks < (attr->size + BLOCK - 1) / BLOCK;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* All of it or nothing. */
static int count(struct disk *disk, const struct disk_cost *cost)
{
	if (cost->bytes > disk->left) /* I12 */
		return -EDQUOT;
	disk->left -= cost->bytes;
	disk->holes -= cost->filled;
	disk->holes += cost->made;
	return 0;
}

/* The holes of [from, to) below the file's end, as far as they are not paid for. */
static void add_holes(struct vm *vm, int fd, const struct hc_attr *attr, uint64_t from, uint64_t to,
		      struct disk_cost *cost)
{
	uint64_t holes = 0;

	to = least(to, (uint64_t)attr->size);
	if (is_sparse(vm, attr) && from < to)
		holes = holes_within(fd, from, to);
	cost->filled = least(holes, vm->disk.holes);
	cost->bytes += holes - cost->filled;
}

/* Begins an act's account. 1: its size counts, attr is filled; 0: nothing counts; -errno. */
static int begin(struct vm *vm, int fd, struct hc_attr *attr, struct disk_cost *cost)
{
	int error;

	*cost = (struct disk_cost){ .limited = is_limited(vm) };
	if (!cost->limited)
		return 0;
	error = attr_get(fd, attr);
	return error ? error : 1;
}

int disk_fill(struct vm *vm, int fd, int64_t offset, uint64_t length, struct disk_cost *cost)
{
	struct hc_attr attr;
	int counts = begin(vm, fd, &attr, cost);

	if (counts <= 0)
		return counts;
	cost->size = (uint64_t)attr.size;
	cost->start = offset < 0 ? cost->size : (uint64_t)offset;
	cost->end = cost->start + length;
	if (cost->end > cost->size)
		cost->bytes = cost->end - cost->size;
	if (cost->start > cost->size)
		cost->made = cost->start - cost->size;
	add_holes(vm, fd, &attr, cost->start, cost->end, cost);
	return count(&vm->disk, cost);
}

void disk_short(struct vm *vm, const struct disk_cost *cost, uint64_t done)
{
	uint64_t end = cost->start + done;

	if (!cost->limited)
		return;
	if (end < cost->size)
		end = cost->size;
	if (cost->end > end)
		vm->disk.left += cost->end - end;
}

int disk_extend(struct vm *vm, int fd, int64_t size, struct disk_cost *cost)
{
	struct hc_attr attr;
	int counts = begin(vm, fd, &attr, cost);

	if (counts <= 0)
		return counts;
	if (size > attr.size)
		cost->bytes = cost->made = (uint64_t)(size - attr.size);
	return count(&vm->disk, cost);
}

int disk_map(struct vm *vm, int fd, uint64_t offset, uint64_t length)
{
	struct disk_cost cost;
	struct hc_attr attr;
	int counts = begin(vm, fd, &attr, &cost);

	if (counts <= 0)
		return counts;
	add_holes(vm, fd, &attr, offset, offset + length, &cost);
	return count(&vm->disk, &cost);
}

int disk_add(struct vm *vm, uint64_t bytes, struct disk_cost *cost)
{
	*cost = (struct disk_cost){ .limited = is_limited(vm) };
	if (!cost->limited)
		return 0;
	cost->bytes = bytes;
	return count(&vm->disk, cost);
}

void disk_return(struct vm *vm, const struct disk_cost *cost)
{
	if (!cost->limited)
		return;
	vm->disk.left += cost->bytes;
	vm->disk.holes += cost->filled;
	vm->disk.holes -= cost->made;
}

int disk_name(struct vm *vm)
{
	struct disk_cost cost;
	int error = disk_add(vm, DISK_NAME, &cost);

	vm->disk.names += !error && cost.limited;
	return error;
}

void disk_name_gone(struct vm *vm)
{
	if (!vm->disk.names)
		return;
	vm->disk.names--;
	vm->disk.left += DISK_NAME;
}
