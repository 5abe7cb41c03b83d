/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random bytes for the program and the runtime, from the boot block's seed:
 * ChaCha20, whose key is replaced by its own output before that output is
 * used, so what was given out cannot be computed from what is in memory.
 */
#ifndef GUEST_LIB_RANDOM_H
#define GUEST_LIB_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void random_init(const uint8_t seed[64]);
void random_bytes(void *to, size_t n);

/* The bits that mask has, each at random. */
uint64_t random_bits(uint64_t mask);

#endif
