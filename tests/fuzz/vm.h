/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the fuzzers of hv/: a VM without KVM (tests/unit/guest.h) that is as new
 * for each input, and a tree on the host around what it is granted:
 *   rw/   granted for writing: file link -> file dir/ setuid fifo out -> ../outside
 *         rw/dir/ is on the way to the holes: secret and the place none are
 *         denied, keep/sub/deep and kept are read-only
 *   ro/   granted for reading: file dir/ link -> ../outside/secret
 *   outside/secret   not granted
 */
#ifndef TESTS_FUZZ_VM_H
#define TESTS_FUZZ_VM_H

#include "tests/unit/guest.h"

#define FUZZ_RW	 0 /* handles */
#define FUZZ_RO	 1
#define FUZZ_MAX 40

/* In outside/secret and rw/dir/secret: nobody may see it. */
#define CANARY "canary-of-a-file-that-is-not-granted"

/* Once, before the first input; writable: rw/ is granted for writing. */
void fuzz_vm_start(struct vm *vm, int writable);

/* Before each input. */
void fuzz_vm_reset(struct vm *vm);

/* Makes the tree as it was, and remembers the state of what may not change. */
void fuzz_tree_plant(struct vm *vm);

/* Ends the process with words when something has changed that may not. */
void fuzz_tree_check(const struct vm *vm);

/* The host changes something itself: from now on that state counts. */
void fuzz_tree_changed(void);

/* Path on the host, from the top of the tree; holds until the next call but one. */
const char *fuzz_path(const char *name);

/* abort() with words. */
_Noreturn void fuzz_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What libFuzzer calls. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
