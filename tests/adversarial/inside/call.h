/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hypercalls from a Linux program that has taken its VM over: runtime and
 * program share ring 3 and one address space, so nothing inside hinders it.
 */
#ifndef TESTS_ADVERSARIAL_INSIDE_CALL_H
#define TESTS_ADVERSARIAL_INSIDE_CALL_H

#include "abi/hypercalls.h"

#include <stddef.h>
#include <stdint.h>

#define BUFFER_BYTES 4096

/* A page of the program's, and where the monitor finds it. */
extern uint8_t *buffer;
extern uint64_t buffer_gpa;

/* Finds the hypercall page and the buffer; ends the program when this is no VM of ours. */
void call_init(void);

/* One hypercall of `length` bytes of payload; the reply's payload stays in call_reply(). */
int64_t call(uint32_t number, const void *payload, size_t length);
const void *call_reply(void);

/* The handle of the grant that is mounted there, or -1. */
int64_t call_grant(const char *path);

/* Names are raw: whatever bytes, whatever length up to 255. */
struct name {
	const char *text;
	size_t length;
};

/* A request whose arguments are followed by names. */
int64_t call_names(uint32_t number, const void *args, size_t size, const struct name *names,
		   size_t count);

/* FS_WALK; what it found. */
int64_t call_walk(uint32_t from, const char *const *names, size_t count, uint32_t flags,
		  struct hc_fs_walk_out *out);
void call_close(uint32_t handle);

/* The first bytes of an opened file, or what a directory lists, in the buffer. */
int64_t call_read(uint32_t handle);
int64_t call_list(uint32_t handle, uint64_t cookie);
int64_t call_readlink(uint32_t handle);
int64_t call_write(uint32_t handle, const char *text);

/* True when what nobody may see is in the first bytes of the buffer. */
int has_canary(int64_t bytes);

/* The acts, by name, see main.c. */
int crawl(char **words);
int vandal(char **words);
int race(char **words);
int handles(char **words);
int say(char **words);
int refused(char **words);

#endif
