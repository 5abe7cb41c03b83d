// SPDX-License-Identifier: Apache-2.0
/* ChaCha20 (RFC 8439's block function) as a generator with fast key erasure. */
#include "guest-runtime/lib/random.h"

#include "guest-runtime/lib/lib.h"

#define KEY   32
#define BLOCK 64
#define POOL  (8 * BLOCK)

static struct {
	uint32_t key[KEY / 4];
	uint8_t pool[POOL];
	size_t left; /* unused bytes, at the end of pool */
	bool seeded;
} generator;

static uint32_t rotate(uint32_t x, int bits)
{
	return x << bits | x >> (32 - bits);
}

static void quarter(uint32_t *s, int a, int b, int c, int d)
{
	s[a] += s[b], s[d] = rotate(s[d] ^ s[a], 16);
	s[c] += s[d], s[b] = rotate(s[b] ^ s[c], 12);
	s[a] += s[b], s[d] = rotate(s[d] ^ s[a], 8);
	s[c] += s[d], s[b] = rotate(s[b] ^ s[c], 7);
}

static void block(const uint32_t key[8], const uint32_t position[4], uint8_t out[BLOCK])
{
	const uint32_t start[16] = {
		0x61707865, 0x3320646e, 0x79622d32,  0x6b206574, /* "expand 32-byte k" */
		key[0],	    key[1],	key[2],	     key[3],	  key[4],      key[5],
		key[6],	    key[7],	position[0], position[1], position[2], position[3],
	};
	uint32_t s[16];

	memcpy(s, start, sizeof(s));
	for (int i = 0; i < 10; i++) {
		quarter(s, 0, 4, 8, 12), quarter(s, 1, 5, 9, 13);
		quarter(s, 2, 6, 10, 14), quarter(s, 3, 7, 11, 15);
		quarter(s, 0, 5, 10, 15), quarter(s, 1, 6, 11, 12);
		quarter(s, 2, 7, 8, 13), quarter(s, 3, 4, 9, 14);
	}
	for (int i = 0; i < 16; i++)
		s[i] += start[i];
	memcpy(out, s, BLOCK);
}

/* Fills out, a multiple of BLOCK, and replaces the key by the first block of the stream. */
static void stream(uint8_t *out, size_t n)
{
	uint32_t position[4] = { 0 };
	uint8_t next[BLOCK];

	block(generator.key, position, next);
	for (position[0] = 1; n; n -= BLOCK, out += BLOCK, position[0]++)
		block(generator.key, position, out);
	memcpy(generator.key, next, KEY);
}

void random_init(const uint8_t seed[64])
{
	uint32_t position[4];
	uint8_t mixed[BLOCK];

	/* All 64 bytes count: the second half as the block's position, and into its output. */
	memcpy(generator.key, seed, KEY);
	memcpy(position, seed + KEY, sizeof(position));
	block(generator.key, position, mixed);
	for (int i = 0; i < KEY; i++)
		mixed[i] ^= seed[KEY + i];
	memcpy(generator.key, mixed, KEY);
	generator.left = 0;
	generator.seeded = true;
}

void random_bytes(void *to, size_t n)
{
	uint8_t *out = to;

	must(generator.seeded);
	while (n) {
		/* Large requests do not pass through the pool. */
		if (!generator.left && n >= POOL) {
			stream(out, POOL);
			out += POOL, n -= POOL;
			continue;
		}
		if (!generator.left) {
			stream(generator.pool, POOL);
			generator.left = POOL;
		}
		size_t now = MIN(n, generator.left);
		uint8_t *from = generator.pool + POOL - generator.left;
		memcpy(out, from, now);
		memset(from, 0, now);
		generator.left -= now;
		out += now, n -= now;
	}
}

uint64_t random_bits(uint64_t mask)
{
	uint64_t bits;

	random_bytes(&bits, sizeof(bits));
	return bits & mask;
}
