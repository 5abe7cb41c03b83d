/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One hypercall and what must become of it; and a valid one for each row, from
 * which the hostile ones are made. They name the handles below.
 */
#ifndef TESTS_ADVERSARIAL_VALID_H
#define TESTS_ADVERSARIAL_VALID_H

#include "abi/hypercalls.h"
#include "abi/layout.h"
#include "hv/hv.h"

#include <stddef.h>
#include <stdint.h>

/* What a guest has open before it: the prelude of message.h, or the like. */
enum {
	H_ROOT,	  /* granted/, a grant */
	H_DIR,	  /* writable/, a write grant */
	H_FILE,	  /* granted/file, opened */
	H_SUB,	  /* granted/sub, opened */
	H_LINK,	  /* granted/link, a symbolic link */
	H_FIFO,	  /* granted/fifo; opening was asked for */
	H_CLOSED, /* granted/file, not opened */
	H_WRITE,  /* writable/file, opened to read and write */
	H_FREE,	  /* no handle */
};

#define MESSAGE_BUFFER (GUEST_RAM_GPA + 0x800000)

/* How a VM may end: bit of enum hv_end, or that the driver's patience ended it. */
#define END(name)   (1u << HV_END_##name)
#define END_TIMEOUT (1u << 31)

struct expect {
	enum {
		EXPECT_KILL,	 /* code: enum hv_violation */
		EXPECT_RESULT,	 /* code: the exact result */
		EXPECT_POSITIVE, /* a result above 0 */
		EXPECT_ANY,	 /* any result, no kill */
		EXPECT_END,	 /* code: END() bits */
	} kind;
	int64_t code;
};

#define KILL(violation) \
	{ \
		EXPECT_KILL, HV_VIOLATION_##violation \
	}
#define RESULT(code) \
	{ \
		EXPECT_RESULT, (code) \
	}
#define POSITIVE \
	{ \
		EXPECT_POSITIVE, 0 \
	}
#define ANY \
	{ \
		EXPECT_ANY, 0 \
	}
#define ENDS(name) \
	{ \
		EXPECT_END, END(name) \
	}

struct message {
	uint32_t number;
	struct expect expect;
	uint32_t length;
	union {
		uint8_t bytes[HC_PAYLOAD_MAX];
		struct hc_fs_allocate fs_allocate;
		struct hc_fs_set_attr fs_set_attr;
		struct hc_fs_sync fs_sync;
		struct hc_exit exit;
		struct hc_panic panic;
		struct hc_mem_grow mem_grow;
		struct hc_wait wait;
		struct hc_timer timer;
		struct hc_stream stream;
		struct hc_stream_seek stream_seek;
		struct hc_tty_get tty_get;
		struct hc_fs_handle fs_handle;
		struct hc_fs_readdir fs_readdir;
		struct hc_fs_readlink fs_readlink;
		struct hc_fs_map fs_map;
		struct hc_fs_unmap fs_unmap;
		struct hc_fs_seek fs_seek;
		struct {
			struct hc_mem_give head;
			struct hc_segment segments[HC_SEGMENTS_MAX];
		} mem_give;
		struct {
			struct hc_stream_io head;
			struct hc_segment segments[HC_SEGMENTS_MAX];
		} stream_io;
		struct {
			struct hc_fs_read head;
			struct hc_segment segments[HC_SEGMENTS_MAX];
		} fs_read;
		struct {
			struct hc_fs_write head;
			struct hc_segment segments[HC_SEGMENTS_MAX];
		} fs_write;
		struct {
			struct hc_fs_create head;
			uint8_t names[HC_NAME_MAX + 1];
		} fs_create;
		struct {
			struct hc_fs_remove head;
			uint8_t names[HC_NAME_MAX + 1];
		} fs_remove;
		struct {
			struct hc_fs_rename head;
			uint8_t names[2 * (HC_NAME_MAX + 1)];
		} fs_rename;
		struct {
			struct hc_fs_link head;
			uint8_t names[HC_NAME_MAX + 1];
		} fs_link;
		struct {
			struct hc_fs_xattr_set head;
			uint8_t names[HC_NAME_MAX + 1];
		} fs_xattr_set;
		struct {
			struct hc_fs_walk head;
			uint8_t names[HC_PAYLOAD_MAX - sizeof(struct hc_fs_walk)];
		} fs_walk;
		struct {
			struct hc_fs_load head;
			uint8_t names[HC_PAYLOAD_MAX - sizeof(struct hc_fs_load)];
		} fs_load;
		struct {
			struct hc_fs_xattr_get head;
			uint8_t names[HC_PAYLOAD_MAX - sizeof(struct hc_fs_xattr_get)];
		} fs_xattr_get;
		struct {
			struct hc_fs_close head;
			uint32_t handles[HC_CLOSE_MAX];
		} fs_close;
	} args;
};

/* A valid request for each row of HYPERCALLS, with what it answers. */
extern const struct message valid[];
extern const unsigned int valid_count;

/* The row's name and size of arguments; NULL when there is no such row. */
const char *row_name(uint32_t number);
uint32_t row_args(uint32_t number);

/* Requests that the guests of valid.h begin with: they open its handles, and fill the buffer. */
extern const struct message prelude[];
extern const unsigned int prelude_count;

/* An FS_WALK from a handle; names are appended one by one. */
struct message walk_start(uint32_t handle, uint32_t flags);
void walk_name(struct message *m, const void *name, size_t length);

#endif
