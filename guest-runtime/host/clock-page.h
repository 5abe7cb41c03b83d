/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page that the runtime shares with every program's vDSO: what turns a
 * TSC value into time. Only the runtime writes it; sequence is odd meanwhile.
 */
#ifndef GUEST_HOST_CLOCK_PAGE_H
#define GUEST_HOST_CLOCK_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_SHIFT 32

struct clock_page {
	uint32_t sequence;
	uint32_t pad;
	uint64_t base_tsc, lifetime; /* valid until base_tsc + lifetime; 0: ask by system call */
	uint64_t mult;		     /* nanoseconds for each tick, times 2^CLOCK_SHIFT */
	int64_t monotonic_ns;	     /* at base_tsc */
	int64_t realtime_offset_ns;  /* to be added */
};

static inline uint64_t clock_tsc(void)
{
	uint32_t low, high;

	/* LFENCE: not before the instructions that the program measures. */
	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

/* Both clocks now; false: the page is too old. */
static inline bool clock_page_read(const struct clock_page *page, int64_t *monotonic_ns,
				   int64_t *realtime_ns)
{
	uint32_t sequence;
	uint64_t age;

	do {
		sequence = __atomic_load_n(&page->sequence, __ATOMIC_ACQUIRE) & ~1u;
		age = clock_tsc() - page->base_tsc;
		if (age >= page->lifetime)
			return false;
		/* Within the lifetime, a second, the product fits. */
		*monotonic_ns = page->monotonic_ns + (int64_t)(age * page->mult >> CLOCK_SHIFT);
		*realtime_ns = *monotonic_ns + page->realtime_offset_ns;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while (__atomic_load_n(&page->sequence, __ATOMIC_RELAXED) != sequence);
	return true;
}

#endif
