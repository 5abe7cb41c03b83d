// SPDX-License-Identifier: Apache-2.0
/* Fields of headers that do not fit, bits that flip, ends that are missing. */
#include "tests/fuzz/elf/mutate.h"

#include <elf.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

uint64_t pick(uint64_t *state, uint64_t below)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	*state = x;
	return (x * 0x2545f4914f6cdd1dull >> 11) % below;
}

/* What a field of that value may become. */
static uint64_t other(uint64_t *state, uint64_t value)
{
	static const uint64_t edges[] = { 0,
					  1,
					  0x1000,
					  0x200000,
					  0x400000,
					  0x7fffffff,
					  0x80000000,
					  0xffffffff,
					  0x555555554000,
					  0x7f7fffffe000,
					  0x7f8000000000,
					  0x7ffffffff000,
					  0x800000000000,
					  0xffff800000000000,
					  INT64_MAX,
					  1ull << 63,
					  UINT64_MAX - 4095,
					  UINT64_MAX };

	switch (pick(state, 6)) {
	case 0:
		return edges[pick(state, COUNT(edges))];
	case 1:
		return value ^ 1ull << pick(state, 64);
	case 2:
		return value + pick(state, 9) - 4;
	case 3:
		return value + (pick(state, 17) - 8) * 4096;
	case 4:
		return edges[pick(state, COUNT(edges))] + pick(state, 17) - 8;
	default:
		return pick(state, 0x100000);
	}
}

static void change(uint64_t *state, uint8_t *field, size_t bytes)
{
	uint64_t value = 0;

	memcpy(&value, field, bytes);
	value = other(state, value);
	memcpy(field, &value, bytes);
}

static void change_header(uint64_t *state, uint8_t *file)
{
	static const struct {
		uint8_t at, bytes;
	} fields[] = { { 4, 1 },  { 5, 1 },  { 7, 1 },	{ 16, 2 }, { 18, 2 }, { 20, 4 },
		       { 24, 8 }, { 24, 8 }, { 32, 8 }, { 40, 8 }, { 48, 4 }, { 52, 2 },
		       { 54, 2 }, { 56, 2 }, { 56, 2 }, { 58, 2 }, { 60, 2 }, { 62, 2 } };
	size_t i = pick(state, COUNT(fields));

	change(state, file + fields[i].at, fields[i].bytes);
}

/* The number of program headers that lie in the file; *at: the first. */
static size_t headers(const uint8_t *file, size_t size, size_t *at)
{
	Elf64_Ehdr header;

	memcpy(&header, file, sizeof(header));
	*at = header.e_phoff;
	if (header.e_phoff >= size || header.e_phnum > (size - header.e_phoff) / sizeof(Elf64_Phdr))
		return 0;
	return header.e_phnum;
}

static void change_segment(uint64_t *state, uint8_t *file, size_t size)
{
	static const uint8_t kinds[] = { PT_NULL,   PT_LOAD, PT_LOAD, PT_DYNAMIC,
					 PT_INTERP, PT_NOTE, PT_PHDR, PT_TLS };
	size_t first, count = headers(file, size, &first);

	if (!count)
		return;
	uint8_t *segment = file + first + pick(state, count) * sizeof(Elf64_Phdr);
	switch (pick(state, 10)) {
	case 0: /* of another kind */
		*(uint8_t *)segment = kinds[pick(state, sizeof(kinds))];
		return;
	case 1: /* twice, one of them at another place */
		memcpy(segment, file + first + pick(state, count) * sizeof(Elf64_Phdr),
		       sizeof(Elf64_Phdr));
		return;
	case 2:
		change(state, segment + 4, 4); /* flags */
		return;
	default: /* offset, addresses, sizes, alignment */
		change(state, segment + 8 + pick(state, 6) * 8, 8);
	}
}

static void change_bytes(uint64_t *state, uint8_t *file, size_t size, size_t below)
{
	for (uint64_t n = 1 + pick(state, 8); n > 0; n--)
		file[pick(state, below < size ? below : size)] ^= (uint8_t)(1 << pick(state, 8));
}

/* "#!" and what follows, of any length. */
static size_t script(uint64_t *state, uint8_t *file)
{
	static const char *const lines[] = { "#!/bin/busybox sh\nexit 3\n",
					     "#!/bin/busybox sh -e -x\nexit 3\n",
					     "#!/t/x\n",
					     "#! \t /t/x \t\n",
					     "#!\n",
					     "#!",
					     "#!/",
					     "#!relative\n",
					     "#!/bin/busybox\tenv\0x\n",
					     "#!/proc/self/exe a\n",
					     "#!/nowhere\n" };
	const char *line = lines[pick(state, COUNT(lines))];
	size_t length = strlen(line), pad = pick(state, 3) ? 0 : pick(state, 600);

	memcpy(file, line, length + 1);
	if (pad) {
		memset(file + length, pick(state, 2) ? ' ' : 'x', pad);
		length += pad;
	}
	if (!pick(state, 3))
		change_bytes(state, file, length, length);
	return length;
}

size_t mutate(uint64_t *state, uint8_t *file, size_t size)
{
	if (!pick(state, 16))
		return script(state, file);
	if (size < sizeof(Elf64_Ehdr))
		return size;
	for (uint64_t n = 1 + pick(state, 3); n > 0; n--) {
		switch (pick(state, 8)) {
		case 0:
			change_header(state, file);
			break;
		case 1:
			change_bytes(state, file, size, size);
			break;
		case 2:
			change_bytes(state, file, size, 1024);
			break;
		default:
			change_segment(state, file, size);
		}
	}
	return pick(state, 8) ? size : pick(state, size);
}
