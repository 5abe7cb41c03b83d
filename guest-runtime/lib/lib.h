/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What freestanding C lacks: memory and string functions, small helpers, and
 * the runtime's way to say that it is broken.
 */
#ifndef GUEST_LIB_LIB_H
#define GUEST_LIB_LIB_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a)	 (sizeof(a) / sizeof((a)[0]))
#define ALIGN_UP(x, a)	 (((x) + (a)-1) & ~((__typeof__(x))(a)-1))
#define ALIGN_DOWN(x, a) ((x) & ~((__typeof__(x))(a)-1))
/* Each argument is evaluated once: it may read a clock. */
#define CHOOSE_(a, op, b, x, y) \
	({ \
		__typeof__((a) + (b)) x = (a), y = (b); \
		x op y ? x : y; \
	})
#define CHOOSE_NAMED_(a, op, b, n) CHOOSE_NAMES_(a, op, b, n)
#define CHOOSE_NAMES_(a, op, b, n) CHOOSE_(a, op, b, choose_a##n, choose_b##n)
#ifdef __cppcheck__ /* does not read such expressions in initializers */
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#else
#define MIN(a, b) CHOOSE_NAMED_(a, <, b, __COUNTER__)
#define MAX(a, b) CHOOSE_NAMED_(a, >, b, __COUNTER__)
#endif
#define container_of(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

/*
 * Formats %s %c %d %u %x %lu %ld %lx %p, widths and zero padding; always
 * terminates. Returns the length wanted.
 */
int format(char *out, size_t size, const char *text, ...) __attribute__((format(printf, 3, 4)));
int vformat(char *out, size_t size, const char *text, va_list args);

/* A bug of the runtime: ends the VM with 125 and this text. */
_Noreturn void panic(const char *text, ...) __attribute__((format(printf, 1, 2)));

/* Always evaluated; a false one is a bug of ours, never input. */
#define must(expression) \
	((expression) ? (void)0 : panic("%s:%d: %s", __FILE__, __LINE__, #expression))

#endif
