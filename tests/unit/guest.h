/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A VM without KVM: real guest memory, handles and services; the test plays
 * the guest. vm_kill() comes back to guest_call() and is noted in `killed`.
 */
#ifndef TESTS_UNIT_GUEST_H
#define TESTS_UNIT_GUEST_H

/* cmocka needs these four first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "abi/hypercalls.h"
#include "abi/layout.h"
#include "hv/vm.h"
#include "policy/policy.h"

#define GUEST_MEMORY  (64ull << 20)
#define HYPERCALL_GPA 0x1000
#define BUFFER_GPA    GUEST_RAM_GPA

/* How the last guest_call() ended the VM; end is 0 when it did not. */
struct killed {
	enum hv_end end;
	uint32_t code;
};

extern struct killed killed;

/* Slots that were added, and what the next KVM_SET_USER_MEMORY_REGION answers. */
struct slots {
	unsigned int added;
	uint64_t gpa, bytes; /* of the last one */
	uint32_t flags;
	int error; /* errno, or 0 */
};

extern struct slots slots;

/*
 * Makes vm with one grant for each path (NULL-terminated list, may be empty),
 * and all permissions. It is a read grant, or a write grant where
 * GUEST_WRITABLE stands before the path. guest_stop() checks that no
 * descriptor leaked.
 */
#define GUEST_WRITABLE "+"
void guest_start(struct vm *vm, const char *const *grants, unsigned int handles_max);
void guest_stop(struct vm *vm);

/* One hypercall with that payload; the result when the VM still lives. */
int64_t guest_call(struct vm *vm, uint32_t number, const void *payload, uint32_t length);

/* The reply's payload. */
void *guest_reply(struct vm *vm);

/* True when the last call ended the VM for that violation. */
int guest_violated(enum hv_violation violation);

/* FS_WALK along a path like "a/b"; fills out when the result is 0. */
int64_t guest_walk(struct vm *vm, uint32_t handle, const char *path, uint32_t flags,
		   struct hc_fs_walk_out *out);

/* A new scratch directory under $TMPDIR, removed with all in it by scratch_remove(). */
char *scratch_make(void);
void scratch_remove(char *path);
void scratch_write(const char *directory, const char *name, const char *text);

int test_run(const struct CMUnitTest *tests, size_t count, const char *name);
#define RUN(tests, name) test_run(tests, sizeof(tests) / sizeof(*(tests)), name)

#endif
