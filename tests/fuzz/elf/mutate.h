/* SPDX-License-Identifier: Apache-2.0 */
/* Makes broken programs out of good ones. */
#ifndef TESTS_FUZZ_ELF_MUTATE_H
#define TESTS_FUZZ_ELF_MUTATE_H

#include <stddef.h>
#include <stdint.h>

#define FILE_MAX (4u << 20)

/* Numbers that follow from a seed, below a bound. */
uint64_t pick(uint64_t *state, uint64_t below);

/* Changes a file of that size, in a buffer of FILE_MAX; returns its new size. */
size_t mutate(uint64_t *state, uint8_t *file, size_t size);

#endif
