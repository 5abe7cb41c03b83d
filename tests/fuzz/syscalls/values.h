/* SPDX-License-Identifier: Apache-2.0 */
/* Places in memory for arguments, most of them filled with what a call looks for there. */
#ifndef TESTS_FUZZ_SYSCALLS_VALUES_H
#define TESTS_FUZZ_SYSCALLS_VALUES_H

#include "tests/fuzz/syscalls/fuzz.h"

#include <stdbool.h>

/* With room for size bytes; sometimes where there is less, or none. */
uint64_t at_place(struct source *source, size_t size);

/* True when what lies there may be written by us: the calls may have taken it away. */
bool is_ours(uint64_t at, size_t size);

uint64_t at_words(struct source *source, size_t size);
uint64_t at_path(struct source *source);
uint64_t at_text(struct source *source);
uint64_t at_iovec(struct source *source);
uint64_t at_time(struct source *source);
uint64_t at_sockaddr(struct source *source);
uint64_t at_message(struct source *source);
uint64_t at_polls(struct source *source);
uint64_t at_action(struct source *source);
uint64_t at_vector(struct source *source);
uint64_t at_clone_args(struct source *source);

#endif
