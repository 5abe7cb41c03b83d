/* SPDX-License-Identifier: Apache-2.0 */
/* What the file services share. */
#ifndef HV_FS_H
#define HV_FS_H

#include "abi/hypercalls.h"
#include "hv/handles.h"

#include <errno.h>
#include <stdint.h>

struct hc_call;
struct policy;
struct vm;

/* The open handle of that number; a number that is none ends the VM (I7). */
struct handle *fs_handle(const struct hc_call *call, uint32_t number);

/* A single buffer that is an argument, not a tail: checked as the segments are (I2). */
void *fs_buffer(const struct hc_call *call, const struct hc_segment *buffer);

/* The text of a checked name: a length byte and that many bytes. */
void fs_name(const uint8_t *name, char text[HC_NAME_MAX + 1]);

/* dir's entry of that name, whatever the policy's holes are: an O_PATH descriptor, or -errno. */
int fs_look(const struct handle *dir, const char *name, struct hc_attr *attr);

/*
 * One step of a walk: from's entry of that name, a symbolic link itself (I5).
 * Fills to, as a HANDLE_PATH that no table holds yet, and attr: 0, or -errno.
 */
int fs_step(struct vm *vm, const struct handle *from, const char *name, struct handle *to,
	    struct hc_attr *attr);

/* fs_open() of what is neither a regular file nor a directory. */
#define FS_NEVER_OPENED (-ENXIO)

/* fs_open() of a root that was opened beforehand. */
#define FS_IS_OPEN (-EALREADY)

/*
 * Opens what a handle names, a regular file or a directory (I6), with O_RDONLY,
 * O_WRONLY or O_RDWR: a descriptor of the caller's, or -errno.
 */
int fs_open(struct vm *vm, const struct handle *handle, int access);

/*
 * Before the jail, for a policy that opens nothing later: each granted file is
 * opened to be read, in the place of its O_PATH descriptor. One that cannot be
 * says so when the guest opens it.
 */
void fs_open_grants(struct vm *vm, const struct policy *p);

#endif
