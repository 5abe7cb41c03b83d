// SPDX-License-Identifier: Apache-2.0
/* Numbers, and places in memory. */
#include "tests/fuzz/syscalls/values.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

uint64_t draw(struct source *source, uint64_t below)
{
	uint64_t x = source->state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	source->state = x;
	return (x * 0x2545f4914f6cdd1dull >> 11) % below;
}

static const uint64_t edges[] = { 0,
				  1,
				  2,
				  3,
				  7,
				  8,
				  16,
				  63,
				  64,
				  65,
				  255,
				  256,
				  1023,
				  1024,
				  4095,
				  4096,
				  4097,
				  8192,
				  65535,
				  65536,
				  1 << 20,
				  0x7fffffff,
				  0x80000000,
				  0xfffffffe,
				  0xffffffff,
				  1ull << 32,
				  1ull << 39,
				  0x7ffffffff000,
				  0x7fffffffffff,
				  1ull << 47,
				  0xffff800000000000,
				  INT64_MAX - 4095,
				  INT64_MAX,
				  1ull << 63,
				  (uint64_t)-4096,
				  (uint64_t)-100,
				  (uint64_t)-2,
				  (uint64_t)-1 };

uint64_t anything(struct source *source)
{
	switch (draw(source, 8)) {
	case 0:
		return draw(source, UINT64_MAX);
	case 1:
		return 1ull << draw(source, 64);
	case 2:
		return edges[draw(source, COUNT(edges))] + draw(source, 3) - 1;
	case 3:
		return ARENA + draw(source, ARENA_SIZE);
	case 4:
		return SPACE + draw(source, SPACE_SIZE / 4096) * 4096;
	case 5:
		return draw(source, 300);
	default:
		return draw(source, 16);
	}
}

/* A place in the arena with room for size bytes; sometimes where there is less, or none. */
uint64_t at_place(struct source *source, size_t size)
{
	switch (draw(source, 64)) {
	case 0:
		return 0;
	case 1:
		return anything(source);
	case 2:
		return ARENA + ARENA_SIZE - draw(source, size + 1);
	case 3:
		return SPACE + draw(source, SPACE_SIZE);
	default:
		return ARENA + (draw(source, ARENA_SIZE - size) & ~7ull);
	}
}

/* True when what lies there may be written by us: the calls may have taken it away. */
bool is_ours(uint64_t at, size_t size)
{
	return at >= ARENA && at + size <= ARENA + ARENA_SIZE;
}

uint64_t at_words(struct source *source, size_t size)
{
	uint64_t at = at_place(source, size);

	if (is_ours(at, size))
		for (size_t i = 0; i < size / 8; i++)
			((volatile uint64_t *)at)[i] = anything(source);
	return at;
}
