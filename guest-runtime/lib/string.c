// SPDX-License-Identifier: Apache-2.0
/*
 * Memory and string functions. The compiler calls these behind our back, so
 * none may contain a loop that it could turn into a call of the same function:
 * the large cases are REP instructions, the small ones word loops.
 */
#include "guest-runtime/lib/lib.h"

#define SMALL 128 /* below, starting up REP MOVSB costs more than the loop */

/* Any object, at any alignment. */
typedef uint64_t __attribute__((aligned(1), may_alias)) word_t;

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	char *out = to;
	const char *in = from;

	if (n >= SMALL) {
		__asm__ volatile("rep movsb" : "+D"(out), "+S"(in), "+c"(n) : : "memory");
		return to;
	}
	for (; n >= 8; n -= 8, out += 8, in += 8)
		*(word_t *)out = *(const word_t *)in;
	while (n--)
		*out++ = *in++;
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	char *out = to;
	const char *in = from;

	/* Forward is right for every overlap but this one. */
	if ((uintptr_t)to - (uintptr_t)from >= n) {
		__asm__ volatile("rep movsb" : "+D"(out), "+S"(in), "+c"(n) : : "memory");
		return to;
	}
	for (; n >= 8; n -= 8)
		*(word_t *)(out + n - 8) = *(const word_t *)(in + n - 8);
	while (n--)
		out[n] = in[n];
	return to;
}

void *memset(void *to, int byte, size_t n)
{
	char *out = to;

	if (n >= SMALL) {
		__asm__ volatile("rep stosb" : "+D"(out), "+c"(n) : "a"(byte) : "memory");
		return to;
	}
	uint64_t pattern = (uint8_t)byte * 0x0101010101010101u;
	for (; n >= 8; n -= 8, out += 8)
		*(word_t *)out = pattern;
	while (n--)
		*out++ = (char)byte;
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;

	for (; n >= 8 && *(const word_t *)x == *(const word_t *)y; n -= 8)
		x += 8, y += 8;
	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (uint8_t)*a - (uint8_t)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++)
		if (*a != *b || !*a)
			return (uint8_t)*a - (uint8_t)*b;
	return 0;
}
