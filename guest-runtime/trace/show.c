// SPDX-License-Identifier: Apache-2.0
/* Numbers, flags, strings and small structures of system calls as text. */
#include "guest-runtime/trace/show.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/trace/names.h"

#include <asm/stat.h>
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <linux/resource.h>
#include <linux/time.h>

#define TEXT_MAX   48 /* bytes shown of a buffer */
#define PATH_SHOWN 256
#define ITEMS_MAX  8 /* of arrays */

void line_put(struct line *line, const char *text, ...)
{
	size_t room = sizeof(line->text) - line->length;
	va_list args;

	va_start(args, text);
	int wanted = vformat(line->text + line->length, room, text, args);
	va_end(args);
	line->length += MIN((size_t)wanted, room - 1);
}

/* Bytes of the program's, escaped: nothing but printable ASCII leaves. */
static void put_bytes(struct line *line, const char *bytes, size_t n)
{
	static const char letters[] = "abtnvfr"; /* from 7 on */

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '"' || c == '\\')
			line_put(line, "\\%c", c);
		else if (c >= 7 && c <= 13)
			line_put(line, "\\%c", letters[c - 7]);
		else if (c >= ' ' && c < 127)
			line_put(line, "%c", c);
		else
			line_put(line, "\\x%02x", c);
	}
}

static void put_buffer(struct line *line, uva_t from, uint64_t length)
{
	char bytes[TEXT_MAX];
	size_t n = MIN(length, sizeof(bytes));

	if (copy_from_user(bytes, from, n)) {
		line_put(line, "0x%lx", from);
		return;
	}
	line_put(line, "\"");
	put_bytes(line, bytes, n);
	line_put(line, length > n ? "\"..." : "\"");
}

static void put_string(struct line *line, uva_t from)
{
	char text[PATH_SHOWN];
	long length = from ? string_from_user(text, from, sizeof(text)) : -1;

	if (!from) {
		line_put(line, "NULL");
		return;
	}
	if (length < 0 && copy_from_user(text, from, sizeof(text))) {
		line_put(line, "0x%lx", from);
		return;
	}
	line_put(line, "\"");
	put_bytes(line, text, length < 0 ? sizeof(text) : (size_t)length);
	line_put(line, length < 0 ? "\"..." : "\"");
}

static void put_strings(struct line *line, uva_t from)
{
	uint64_t at;

	line_put(line, "[");
	for (unsigned int i = 0; copy_from_user(&at, from + i * sizeof(at), sizeof(at)) == 0 && at;
	     i++) {
		line_put(line, i ? ", " : "");
		if (i == ITEMS_MAX) {
			line_put(line, "...");
			break;
		}
		put_string(line, at);
	}
	line_put(line, "]");
}

static void put_flags(struct line *line, const struct flag_set *set, uint64_t value)
{
	uint64_t choice = set->mask ? value & set->mask : value, left = value & ~set->mask;
	const char *between = "";

	for (const struct flag *row = set->values; row->name; row++)
		if (row->value == choice) {
			line_put(line, "%s", row->name);
			between = "|";
			choice = 0;
			break;
		}
	if (!set->mask)
		left = value;
	else
		left |= choice;
	for (const struct flag *row = set->flags; row && row->name && left; row++)
		if ((left & row->value) == row->value && row->value) {
			line_put(line, "%s%s", between, row->name);
			between = "|";
			left &= ~row->value;
		}
	if (left)
		line_put(line, "%s0x%lx", between, left);
}

static void put_vector(struct line *line, uva_t from, uint64_t count, uint64_t bytes)
{
	struct iovec_user vector;

	line_put(line, "[");
	for (uint64_t i = 0; i < count; i++) {
		if (i == ITEMS_MAX ||
		    copy_from_user(&vector, from + i * sizeof(vector), sizeof(vector))) {
			line_put(line, "...");
			break;
		}
		line_put(line, "%s{", i ? ", " : "");
		put_buffer(line, vector.base, MIN(vector.length, bytes));
		line_put(line, ", %lu}", vector.length);
		bytes -= MIN(vector.length, bytes);
	}
	line_put(line, "]");
}

static void put_signal(struct line *line, uint64_t number)
{
	const char *name = name_of_signal((uint32_t)number);

	if (name)
		line_put(line, "%s", name);
	else
		line_put(line, "%ld", (long)number);
}

static void put_set(struct line *line, uint64_t set)
{
	const char *between = "";

	line_put(line, set == ~0ull ? "~[" : "[");
	for (uint32_t i = 1; i <= 64 && set != ~0ull; i++)
		if (set >> (i - 1) & 1) {
			line_put(line, "%s", between);
			put_signal(line, i);
			between = " ";
		}
	line_put(line, "]");
}

static void put_poll(struct line *line, uva_t from, uint64_t count)
{
	struct pollfd poll;

	line_put(line, "[");
	for (uint64_t i = 0; i < count; i++) {
		if (i == ITEMS_MAX ||
		    copy_from_user(&poll, from + i * sizeof(poll), sizeof(poll))) {
			line_put(line, "...");
			break;
		}
		line_put(line, "%s{%d, 0x%x}", i ? ", " : "", poll.fd,
			 (unsigned int)(uint16_t)poll.events);
	}
	line_put(line, "]");
}

/* Structures of a fixed size; false: the address is bad. */
/* As wait(2) has it. */
static void put_status(struct line *line, int status)
{
	const char *name = name_of_signal((uint32_t)(status & 0x7f));

	if (status == 0xffff)
		line_put(line, "[continued]");
	else if ((status & 0xff) == 0x7f)
		line_put(line, "[stopped by %s]", name_of_signal((uint32_t)status >> 8 & 0x7f));
	else if (status & 0x7f)
		line_put(line, "[killed by %s]", name ? name : "a signal");
	else
		line_put(line, "[exited with %d]", status >> 8 & 0xff);
}

static bool put_struct(struct line *line, enum argument kind, uva_t from)
{
	union {
		struct stat stat;
		struct __kernel_timespec time;
		struct rlimit64 limit;
		uint64_t set;
		int pair[2];
		struct {
			uint64_t handler, flags, restorer, mask;
		} action;
	} u;
	size_t size = kind == ARG_STAT				     ? sizeof(u.stat)
		      : kind == ARG_SET || kind == ARG_PAIR_OUT	     ? sizeof(u.set)
		      : kind == ARG_STATUS_OUT			     ? sizeof(u.pair[0])
		      : kind == ARG_ACTION || kind == ARG_ACTION_OUT ? sizeof(u.action)
								     : sizeof(u.time);

	if (copy_from_user(&u, from, size))
		return false;
	switch (kind) {
	case ARG_STAT:
		line_put(line, "{st_mode=0%o, st_size=%ld, ...}", (unsigned int)u.stat.st_mode,
			 (long)u.stat.st_size);
		break;
	case ARG_TIME:
	case ARG_TIME_OUT:
		line_put(line, "{%ld, %ld}", (long)u.time.tv_sec, (long)u.time.tv_nsec);
		break;
	case ARG_TIMEVAL:
		line_put(line, "{%ld, %ld us}", (long)u.time.tv_sec, (long)u.time.tv_nsec);
		break;
	case ARG_LIMIT:
	case ARG_LIMIT_OUT:
		line_put(line, "{%ld, %ld}", (long)u.limit.rlim_cur, (long)u.limit.rlim_max);
		break;
	case ARG_SET:
		put_set(line, u.set);
		break;
	case ARG_PAIR_OUT:
		line_put(line, "[%d, %d]", u.pair[0], u.pair[1]);
		break;
	case ARG_STATUS_OUT:
		put_status(line, u.pair[0]);
		break;
	default:
		line_put(line, "{0x%lx, ", u.action.handler);
		put_set(line, u.action.mask);
		line_put(line, ", 0x%lx}", u.action.flags);
	}
	return true;
}

bool show_is_output(enum argument kind)
{
	switch (kind) {
	case ARG_TEXT_OUT:
	case ARG_VECTOR_OUT:
	case ARG_STAT:
	case ARG_TIME_OUT:
	case ARG_PAIR_OUT:
	case ARG_LIMIT_OUT:
	case ARG_ACTION_OUT:
	case ARG_STATUS_OUT:
		return true;
	default:
		return false;
	}
}

static void put_descriptor(struct line *line, int32_t fd)
{
	if (fd == AT_FDCWD)
		line_put(line, "AT_FDCWD");
	else
		line_put(line, "%d", fd);
}

static void put_buffers(struct line *line, enum argument kind, uint64_t value, uint64_t count,
			long result)
{
	switch (kind) {
	case ARG_TEXT_OUT:
		put_buffer(line, value, (uint64_t)result);
		return;
	case ARG_TEXT_IN:
		put_buffer(line, value, count);
		return;
	case ARG_VECTOR_OUT:
		put_vector(line, value, count, (uint64_t)result);
		return;
	case ARG_VECTOR_IN:
		put_vector(line, value, count, UINT64_MAX);
		return;
	case ARG_PATH:
		put_string(line, value);
		return;
	case ARG_STRINGS:
		put_strings(line, value);
		return;
	case ARG_POLL:
		put_poll(line, value, count);
		return;
	default:
		if (!put_struct(line, kind, value))
			line_put(line, "0x%lx", value);
	}
}

void show_argument(struct line *line, const struct call_shape *shape, unsigned int index,
		   const uint64_t arguments[6], long result)
{
	enum argument kind = shape->arguments[index];
	uint64_t value = arguments[index], next = index < 5 ? arguments[index + 1] : 0;

	if (kind >= ARG_OF(0)) {
		/* Flags are ints: what a program leaves in the upper half is nobody's. */
		put_flags(line, &flag_sets[kind - ARG_OF(0)], (uint32_t)value);
		return;
	}
	switch (kind) {
	case ARG_FD:
	case ARG_AT_FD:
		put_descriptor(line, (int32_t)value);
		return;
	case ARG_DECIMAL:
		line_put(line, "%ld", (long)value);
		return;
	case ARG_ID:
		line_put(line, "%d", (int32_t)value);
		return;
	case ARG_UNSIGNED:
		line_put(line, "%lu", value);
		return;
	case ARG_HEX:
		line_put(line, "0x%lx", value);
		return;
	case ARG_MODE:
		line_put(line, "0%o", (unsigned int)value);
		return;
	case ARG_SIGNAL:
		put_signal(line, value);
		return;
	default:
		break;
	}
	if (value == 0)
		line_put(line, "NULL");
	else if (kind == ARG_ADDRESS || (show_is_output(kind) && result < 0) ||
		 (kind == ARG_STATUS_OUT && result == 0))
		line_put(line, "0x%lx", value);
	else
		put_buffers(line, kind, value, next, result);
}

void show_result(struct line *line, const struct call_shape *shape, long result)
{
	const char *name = result < 0 && result > -4096 ? name_of_errno((uint32_t)-result) : NULL;

	if (name)
		line_put(line, " = -1 %s", name);
	else if (result <= -512 && result > -4096)
		line_put(line, " = ? (interrupted, to be restarted)");
	else if (shape && shape->address)
		line_put(line, " = 0x%lx", (uint64_t)result);
	else
		line_put(line, " = %ld", result);
}
