// SPDX-License-Identifier: Apache-2.0
/*
 * Every hypercall number, every length at its boundary, every field at its
 * extremes (I3, I4), and segments wherever memory begins or ends (I2). The
 * fields are a table: what is not refused there must answer as it says.
 */
#include "tests/adversarial/fields.h"
#include "tests/adversarial/message.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct run ring3 = { .ring = 3, .memory = 32ull << 20, .writes_stderr = 1 };
static const struct run ring0 = { .ring = 0, .memory = 32ull << 20, .writes_stderr = 1 };

/* A control: without it, a refusal below could have another reason. */
static void valid_requests(void)
{
	for (unsigned int i = 0; i < valid_count; i++) {
		message_check(&ring3, "valid", &valid[i]);
		if (!quick)
			message_check(&ring0, "valid, from ring 0", &valid[i]);
	}
}

static void numbers(void)
{
	static const uint32_t odd[] = { 1u << 8, 1u << 16, 1u << 31,
					~0u,	 ~0u - 15, 0x10000 + HC_CLOCK };
	static const uint32_t lengths[] = { 0, 16, HC_PAYLOAD_MAX };
	struct message m = { .expect = KILL(NUMBER) };

	for (m.number = 0; m.number <= 64; m.number++) {
		m.length = lengths[m.number % 3];
		if (!row_name(m.number) && !(quick && m.number % 8))
			message_check(&ring3, "without a row", &m);
	}
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		m.number = odd[i];
		message_check(&ring3, "without a row", &m);
	}
}

static void lengths(void)
{
	for (unsigned int i = 0; i < valid_count; i++) {
		const uint32_t good = valid[i].length, args = row_args(valid[i].number);
		const uint32_t tries[] = { good + 1, HC_PAYLOAD_MAX + 1, ~0u,
					   ~0u - 7,  1u << 31,		 HC_PAYLOAD_MAX,
					   good - 1, args - 1,		 0 };

		for (size_t j = 0; j < (quick ? 2 : sizeof(tries) / sizeof(*tries)); j++) {
			struct message m = valid[i];
			char what[48];

			m.length = tries[j];
			m.expect = (struct expect)KILL(LENGTH);
			if (m.length == good || (hasty && failures))
				continue;
			snprintf(what, sizeof(what), "length %u", m.length);
			message_check(&ring3, what, &m);
		}
	}
}

static void every_field(void)
{
	for (size_t i = 0; i < field_count; i += quick ? 7 : 1) {
		const struct field *field = &fields[i];
		struct message m;

		if (!stage_row(row_name(field->number)) || (hasty && failures))
			continue;
		for (unsigned int j = 0; j < valid_count; j++)
			if (valid[j].number == field->number)
				m = valid[j];
		memcpy(m.args.bytes + field->offset, &field->value, field->size);
		m.expect = field->expect;
		message_check(&ring3, field->name, &m);
	}
}

static struct hc_segment *segment_of(struct message *m)
{
	switch (m->number) {
	case HC_FS_LOAD:
		return &m->args.fs_load.head.buffer;
	case HC_FS_XATTR_GET:
		return &m->args.fs_xattr_get.head.buffer;
	case HC_STREAM_READ:
	case HC_STREAM_WRITE:
		return m->args.stream_io.segments;
	case HC_FS_READ:
		return m->args.fs_read.segments;
	case HC_FS_WRITE:
		return m->args.fs_write.segments;
	case HC_FS_CREATE:
		return &m->args.fs_create.head.target;
	case HC_FS_XATTR_SET:
		return &m->args.fs_xattr_set.head.value;
	case HC_FS_READDIR:
		return &m->args.fs_readdir.buffer;
	case HC_FS_READLINK:
		return &m->args.fs_readlink.buffer;
	default:
		return NULL;
	}
}

#define RAM_END (GUEST_RAM_GPA + GUEST_RAM_INITIAL)

static const struct hc_segment outside[] = {
	{ MESSAGE_BUFFER, 0 },
	{ MESSAGE_BUFFER, ~0ull },
	{ MESSAGE_BUFFER, 1ull << 63 },
	{ MESSAGE_BUFFER, GUEST_RAM_INITIAL },
	{ GUEST_RAM_GPA, GUEST_RAM_INITIAL + 1 },
	{ GUEST_RAM_GPA - 1, 1 },
	{ GUEST_RAM_GPA - 1, 2 },
	{ RAM_END - 1, 2 },
	{ RAM_END, 1 },
	{ ~0ull, 1 },
	{ ~0ull, 2 },
	{ ~0ull - 15, 16 },
	{ MESSAGE_BUFFER | 1ull << 52, 16 },
	{ MESSAGE_BUFFER | 1ull << 63, 16 },
	{ GUEST_DOORBELL_GPA, 8 },
	{ GUEST_DOORBELL_GPA - 8, 16 },
	{ GUEST_WINDOW_GPA - 1, 2 },
	{ GUEST_WINDOW_GPA, 1 },		    /* nothing is mapped there yet */
	{ GUEST_WINDOW_GPA + GUEST_WINDOW_MAX, 1 }, /* nor in the shared one */
	{ GUEST_SHARED_GPA + GUEST_SHARED_MAX, 1 },
	{ GUEST_WINDOW_GPA + GUEST_WINDOW_MAX - 1, 2 },
	{ GUEST_WINDOW_GPA, GUEST_WINDOW_MAX + 1ull },
};

static void check_segment(const struct message *from, uint64_t gpa, uint64_t length,
			  struct expect expect)
{
	struct message m = *from;
	char what[80];

	*segment_of(&m) = (struct hc_segment){ gpa, length };
	m.expect = expect;
	snprintf(what, sizeof(what), "segment 0x%llx 0x%llx", (unsigned long long)gpa,
		 (unsigned long long)length);
	message_check(&ring3, what, &m);
}

static void segments_outside(void)
{
	const struct expect refused = KILL(SEGMENT);

	for (unsigned int i = 0; i < valid_count; i++) {
		struct message m = valid[i];
		uint64_t end;

		if (!segment_of(&m) || !stage_row(row_name(m.number)) || (hasty && failures))
			continue;
		for (size_t j = 0; j < sizeof(outside) / sizeof(*outside); j += quick ? 5 : 1)
			/* without a buffer it asks for the size, or means an empty value */
			if ((m.number != HC_FS_XATTR_GET && m.number != HC_FS_XATTR_SET) ||
			    outside[j].length)
				check_segment(&m, outside[j].gpa, outside[j].length, refused);
		stage_orders(ORDERS_RECORDS); /* the image's end, which the orders move */
		message_prelude();
		message_record(&m);
		end = stage_image_bytes();
		check_segment(&m, end, 1, refused);
		check_segment(&m, end - 1, 2, refused);
		check_segment(&m, 0, end + 1, refused);
		if (m.number == HC_FS_CREATE) /* it is RAM that is copied from, and checked */
			continue;
		if (m.number == HC_FS_LOAD) { /* RAM alone, and with room for entries */
			check_segment(&m, 0, 4096, refused);
			continue;
		}
		check_segment(&m, end - 1, 1, (struct expect)ANY);
		check_segment(&m, RAM_END - 1, 1, (struct expect)ANY);
	}
}

/* Memory that cannot be given back: not RAM, or not whole pages of it. */
static void memory_to_give(void)
{
	static const struct hc_segment parts[] = {
		{ 0, GUEST_PAGE_SIZE },
		{ GUEST_RAM_GPA - GUEST_PAGE_SIZE, GUEST_PAGE_SIZE },
		{ GUEST_RAM_GPA + 8, GUEST_PAGE_SIZE },
		{ GUEST_RAM_GPA, GUEST_PAGE_SIZE - 1 },
		{ GUEST_RAM_GPA, 0 },
		{ GUEST_RAM_GPA, GUEST_RAM_INITIAL + GUEST_PAGE_SIZE },
		{ RAM_END, GUEST_PAGE_SIZE },
		{ RAM_END - GUEST_PAGE_SIZE, 2 * GUEST_PAGE_SIZE },
		{ GUEST_DOORBELL_GPA, GUEST_PAGE_SIZE },
		{ GUEST_WINDOW_GPA, GUEST_PAGE_SIZE },
		{ ~0ull << 12, GUEST_PAGE_SIZE },
		{ GUEST_RAM_GPA, ~0ull << 12 },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i += quick ? 4 : 1) {
		struct message m = { HC_MEM_GIVE,
				     KILL(SEGMENT),
				     sizeof(struct hc_mem_give) + 16,
				     { .mem_give = { { 0, 1 }, { parts[i] } } } };

		message_check(&ring3, "what is not the guest's to give", &m);
	}
	/* A chunk of the window that has its slot. */
	struct message map = { HC_FS_MAP,
			       RESULT(0),
			       sizeof(struct hc_fs_map),
			       { .fs_map = { .handle = H_FILE, .pages = 1 } } };
	struct message give = { HC_MEM_GIVE,
				KILL(SEGMENT),
				sizeof(struct hc_mem_give) + 16,
				{ .mem_give = { { 0, 1 }, { { GUEST_WINDOW_GPA, 4096 } } } } };

	stage_orders(ORDERS_RECORDS);
	message_prelude();
	message_record(&map);
	message_judge(&ring3, "the window", &give, message_record(&give));
}

const struct attack request_attacks[] = {
	{ "valid requests are served", valid_requests },
	{ "hypercall numbers without a row", numbers },
	{ "lengths at their boundaries", lengths },
	{ "every field at its extremes", every_field },
	{ "segments outside of guest memory", segments_outside },
	{ "memory that is not the guest's to give back", memory_to_give },
	{ NULL, NULL },
};
