// SPDX-License-Identifier: Apache-2.0
/* A valid request for each row of HYPERCALLS; and the rows' names and sizes. */
#include "tests/adversarial/valid.h"

#include "hv/dispatch.h"

#include <errno.h>
#include <string.h>

#define BUFFER \
	{ \
		MESSAGE_BUFFER, 4096 \
	}

/* clang-format off */
const struct message valid[] = {
	{ HC_EXIT, ENDS(STATUS), sizeof(struct hc_exit), { .exit = { .kind = HC_EXIT_STATUS } } },
	{ HC_PANIC, ENDS(PANIC), sizeof(struct hc_panic), { .panic = { .message = "hostile" } } },
	{ HC_MEM_GROW, RESULT(0), sizeof(struct hc_mem_grow), { .mem_grow = { GUEST_HUGE_SIZE } } },
	{ HC_MEM_GIVE, RESULT(0), sizeof(struct hc_mem_give) + 16,
	  { .mem_give = { { 0, 1 }, { BUFFER } } } },
	{ HC_TIMER, RESULT(0), sizeof(struct hc_timer), { .timer = { 0 } } },
	{ HC_CLOCK, RESULT(0), 0, { .bytes = { 0 } } },
	{ HC_WAIT, RESULT(0), sizeof(struct hc_wait), { .wait = { .timeout_ns = 0 } } },
	{ HC_STREAM_READ, RESULT(16), sizeof(struct hc_stream_io) + 16,
	  { .stream_io = { { 0, 1 }, { { MESSAGE_BUFFER, 16 } } } } },
	{ HC_STREAM_WRITE, RESULT(4096), sizeof(struct hc_stream_io) + 16,
	  { .stream_io = { { 1, 1 }, { BUFFER } } } },
	{ HC_STREAM_SEEK, RESULT(3), sizeof(struct hc_stream_seek), { .stream_seek = { 0, 0, 3 } } },
	{ HC_STREAM_ATTR, RESULT(0), sizeof(struct hc_stream), { .stream = { .stream = 1 } } },
	{ HC_TTY_GET, RESULT(-ENOTTY), sizeof(struct hc_tty_get), { .tty_get = { 0, 0 } } },
	{ HC_FS_WALK, RESULT(0), sizeof(struct hc_fs_walk) + 5,
	  { .fs_walk = { { H_ROOT, HC_WALK_OPEN, 1, 0 }, { 4, 'f', 'i', 'l', 'e' } } } },
	{ HC_FS_READ, RESULT(16), sizeof(struct hc_fs_read) + 16,
	  { .fs_read = { { H_FILE, 1, 0 }, { BUFFER } } } },
	{ HC_FS_READDIR, POSITIVE, sizeof(struct hc_fs_readdir),
	  { .fs_readdir = { H_SUB, 0, 0, BUFFER } } },
	{ HC_FS_READLINK, RESULT(10), sizeof(struct hc_fs_readlink),
	  { .fs_readlink = { H_LINK, 0, BUFFER } } },
	{ HC_FS_ATTR, RESULT(0), sizeof(struct hc_fs_handle), { .fs_handle = { H_FIFO, 0 } } },
	{ HC_FS_STATFS, RESULT(0), sizeof(struct hc_fs_handle), { .fs_handle = { H_FILE, 0 } } },
	{ HC_FS_CLOSE, RESULT(0), sizeof(struct hc_fs_close) + 4,
	  { .fs_close = { { 1, 0 }, { H_CLOSED } } } },
	{ HC_FS_LOAD, RESULT(2), sizeof(struct hc_fs_load) + 10,
	  { .fs_load = { { H_ROOT, 100, 2, 0, BUFFER }, { 4, 'f', 'i', 'l', 'e', 4, 'f', 'i', 'f', 'o' } } } },
	{ HC_FS_SEEK, RESULT(0), sizeof(struct hc_fs_seek),
	  { .fs_seek = { H_FILE, HC_SEEK_DATA, 0 } } },
	{ HC_FS_XATTR_GET, ANY, sizeof(struct hc_fs_xattr_get),
	  { .fs_xattr_get = { { H_FILE, 0, 0, 0, BUFFER }, { 0 } } } },
	{ HC_FS_MAP, RESULT(0), sizeof(struct hc_fs_map), { .fs_map = { .handle = H_FILE, .pages = 1 } } },
	{ HC_FS_UNMAP, RESULT(0), sizeof(struct hc_fs_unmap), { .fs_unmap = { .pages = 1 } } },
	{ HC_FS_WRITE, RESULT(16), sizeof(struct hc_fs_write) + 16,
	  { .fs_write = { { H_WRITE, 1, 0 }, { { MESSAGE_BUFFER, 16 } } } } },
	{ HC_FS_CREATE, RESULT(0), sizeof(struct hc_fs_create) + 4,
	  { .fs_create = { { H_DIR, HC_CREATE_SYMLINK, 1, 0644, { MESSAGE_BUFFER, 16 } },
			   { 3, 'n', 'e', 'w' } } } },
	{ HC_FS_REMOVE, RESULT(0), sizeof(struct hc_fs_remove) + 4,
	  { .fs_remove = { { H_DIR, 1, 1, 0 }, { 3, 's', 'u', 'b' } } } },
	{ HC_FS_RENAME, RESULT(0), sizeof(struct hc_fs_rename) + 8,
	  { .fs_rename = { { H_DIR, H_DIR, 2, 0 }, { 3, 's', 'u', 'b', 3, 'n', 'e', 'w' } } } },
	{ HC_FS_LINK, RESULT(0), sizeof(struct hc_fs_link) + 4,
	  { .fs_link = { { H_DIR, H_WRITE, 1, 0 }, { 3, 'n', 'e', 'w' } } } },
	{ HC_FS_SET_ATTR, RESULT(0), sizeof(struct hc_fs_set_attr),
	  { .fs_set_attr = { .handle = H_WRITE, .what = HC_SET_MODE | HC_SET_SIZE | HC_SET_MTIME,
			     .mode = 0600, .size = 8 } } },
	{ HC_FS_ALLOCATE, RESULT(0), sizeof(struct hc_fs_allocate),
	  { .fs_allocate = { H_WRITE, 0, 0, 4096 } } },
	{ HC_FS_SYNC, RESULT(0), sizeof(struct hc_fs_sync), { .fs_sync = { H_WRITE, 1 } } },
	{ HC_FS_XATTR_SET, RESULT(0), sizeof(struct hc_fs_xattr_set) + 7,
	  { .fs_xattr_set = { { H_WRITE, 0, 1, 0, { MESSAGE_BUFFER, 16 } },
			      { 6, 'u', 's', 'e', 'r', '.', 'x' } } } },
};

#define WALK(handle, flags, length, ...) \
	{ HC_FS_WALK, RESULT(0), sizeof(struct hc_fs_walk) + (length) + 1, \
	  { .fs_walk = { { handle, flags, 1, 0 }, { length, __VA_ARGS__ } } } }

const struct message prelude[] = {
	WALK(H_ROOT, HC_WALK_OPEN, 4, 'f', 'i', 'l', 'e'),
	WALK(H_ROOT, HC_WALK_OPEN, 3, 's', 'u', 'b'),
	WALK(H_ROOT, HC_WALK_OPEN, 4, 'l', 'i', 'n', 'k'),
	WALK(H_ROOT, HC_WALK_OPEN, 4, 'f', 'i', 'f', 'o'),
	WALK(H_ROOT, 0, 4, 'f', 'i', 'l', 'e'),
	WALK(H_DIR, HC_WALK_OPEN | HC_WALK_WRITE, 4, 'f', 'i', 'l', 'e'),
	{ HC_FS_READ, RESULT(16), sizeof(struct hc_fs_read) + 16,
	  { .fs_read = { { H_FILE, 1, 0 }, { { MESSAGE_BUFFER, 16 } } } } },
};
/* clang-format on */

const unsigned int prelude_count = sizeof(prelude) / sizeof(*prelude);
const unsigned int valid_count = sizeof(valid) / sizeof(*valid);

static const struct {
	uint32_t number;
	const char *name;
	uint32_t args;
} rows[] = {
#define ROW(NAME, number, args, ...) { number, #NAME, sizeof(struct hc_##args) },
	HYPERCALLS(ROW)
#undef ROW
};

const char *row_name(uint32_t number)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].number == number)
			return rows[i].name;
	return NULL;
}

uint32_t row_args(uint32_t number)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].number == number)
			return rows[i].args;
	return 0;
}

struct message walk_start(uint32_t handle, uint32_t flags)
{
	return (struct message){ HC_FS_WALK,
				 RESULT(0),
				 sizeof(struct hc_fs_walk),
				 { .fs_walk = { { handle, flags, 0, 0 }, { 0 } } } };
}

void walk_name(struct message *m, const void *name, size_t length)
{
	m->args.bytes[m->length] = (uint8_t)length;
	memcpy(m->args.bytes + m->length + 1, name, length);
	m->length += (uint32_t)(1 + length);
	m->args.fs_walk.head.count++;
}
