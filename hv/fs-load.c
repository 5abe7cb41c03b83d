// SPDX-License-Identifier: Apache-2.0
/*
 * FS_LOAD: attributes and first bytes of many files of one directory, for a
 * program that reads a tree of small ones. Each is walked to and opened as
 * FS_WALK does it, by the same checks, and closed again: nothing is left open.
 */
#include "common/syscall.h"
#include "hv/account.h"
#include "hv/dispatch.h"
#include "hv/fs.h"
#include "hv/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* The rest of the buffer, from a multiple of HC_LOAD_ALIGN. */
struct room {
	uint8_t *base; /* of the whole buffer: RAM, which the monitor can store to */
	uint64_t at, end;
};

static void skip(struct room *room, uint64_t bytes)
{
	room->at = (room->at + bytes + HC_LOAD_ALIGN - 1) & ~(uint64_t)(HC_LOAD_ALIGN - 1);
	if (room->at > room->end)
		room->at = room->end;
}

/* Up to limit bytes of what fd reads; closes it. */
static void take(struct vm *vm, const struct handle *found, int fd, uint64_t limit,
		 struct room *room, struct hc_load_entry *entry)
{
	struct iovec to = { .iov_base = room->base + room->at, .iov_len = limit };
	int64_t n = host_readv(fd, &to, 1, 0, 0);

	if (vm->account && n >= 0)
		account_load(vm, found->grant, (uint64_t)n);
	if (n < 0) {
		entry->error = (int32_t)-n;
	} else {
		entry->opened = 1;
		entry->start = (uint32_t)room->at;
		entry->length = (uint32_t)n;
		skip(room, (uint64_t)n);
	}
	close(fd);
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* One name. 0: there is no room for its content, and others' came before it. */
static int load(const struct hc_call *call, const struct handle *dir, const uint8_t *name,
		struct room *room, int first, struct hc_load_entry *entry)
{
	uint64_t most = call->args.FS_LOAD.bytes, left = room->end - room->at;
	char text[HC_NAME_MAX + 1];
	struct handle found;
	int fd, fits;

	fs_name(name, text);
	entry->error = -fs_step(call->vm, dir, text, &found, &entry->attr);
	if (entry->error)
		return 1;
	fits = first || least((uint64_t)entry->attr.size, most) <= left;
	if (!S_ISREG(found.mode) || !fits || !most) { /* I6; without bytes, attributes are enough */
		close(found.fd);
		return !S_ISREG(found.mode) || fits;
	}
	fd = fs_open(call->vm, &found, O_RDONLY);
	close(found.fd);
	if (fd < 0)
		entry->error = -fd;
	else
		take(call->vm, &found, fd, least(most, left), room, entry);
	return 1;
}

int64_t hc_serve_FS_LOAD(struct hc_call *call)
{
	const struct hc_fs_load *args = &call->args.FS_LOAD;
	const struct handle *dir = fs_handle(call, args->handle);
	struct room room = { .base = gm_ram_range(&call->vm->gm, args->buffer.gpa,
						  args->buffer.length),
			     .end = args->buffer.length };
	const uint8_t *name = call->names;
	uint32_t done;

	if (!room.base) /* I2 */
		vm_kill_call(call->vm, HV_VIOLATION_SEGMENT);
	if (!call->count || room.end > HC_IO_MAX || /* I12 */
	    room.end < call->count * sizeof(struct hc_load_entry))
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (!S_ISDIR(dir->mode))
		return -ENOTDIR;
	skip(&room, call->count * sizeof(struct hc_load_entry));
	for (done = 0; done < call->count; done++, name += 1 + name[0]) {
		struct hc_load_entry entry;

		memset(&entry, 0, sizeof(entry)); /* I13 */
		if (!load(call, dir, name, &room, !done, &entry))
			break;
		memcpy(room.base + done * sizeof(entry), &entry, sizeof(entry));
	}
	return done;
}
