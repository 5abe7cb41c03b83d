// SPDX-License-Identifier: Apache-2.0
/* Time without exits: a pair of TSC and host clocks, renewed when it gets old. */
#include "guest-runtime/host/clock.h"

#include "guest-runtime/host/boot.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/lib/lib.h"

#define SHIFT 32

static struct clock_page page;
static int64_t last_monotonic_ns;
static uint64_t start_tsc, waited_tsc;
static int64_t start_ns, waited_ns; /* when the TSC's frequency is unknown */

static uint64_t tsc(void)
{
	uint32_t low, high;

	/* LFENCE: not before the instructions that the program measures. */
	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

static int64_t tsc_to_ns(uint64_t ticks)
{
	return (int64_t)((unsigned __int128)ticks * page.mult >> page.shift);
}

/* A new base: the host read its clocks between our two looks at the TSC. */
static void rebase(void)
{
	struct hc_clock_out host;
	uint64_t before = tsc();

	must(host_clock(&host) >= 0);
	page.base_tsc = before + (tsc() - before) / 2;
	page.monotonic_ns = host.monotonic_ns;
	page.realtime_ns = host.realtime_ns;
	page.lifetime = boot_block()->tsc_khz * 1000;
}

/* Nanoseconds since the base, after renewing it where needed. */
static int64_t since_base(void)
{
	/* Before the first base lifetime is 0; with no frequency it stays 0. */
	uint64_t age = tsc() - page.base_tsc;

	if (age < page.lifetime)
		return tsc_to_ns(age);
	rebase();
	return page.lifetime ? tsc_to_ns(tsc() - page.base_tsc) : 0;
}

int64_t clock_monotonic_ns(void)
{
	int64_t since = since_base();
	int64_t now = page.monotonic_ns + since;

	/* The old base may have run ahead of the new by the error of both. */
	last_monotonic_ns = MAX(last_monotonic_ns, now);
	return last_monotonic_ns;
}

int64_t clock_realtime_ns(void)
{
	int64_t since = since_base();

	return page.realtime_ns + since;
}

int64_t clock_coarse_ns(void)
{
	if (page.lifetime || !page.mult)
		return clock_realtime_ns();
	return boot_block()->realtime_ns + tsc_to_ns(tsc() - start_tsc);
}

void clock_start(void)
{
	uint64_t khz = boot_block()->tsc_khz;

	start_tsc = tsc();
	if (!khz) {
		start_ns = clock_monotonic_ns();
		return;
	}
	page.shift = SHIFT;
	page.mult = (1000000ull << SHIFT) / khz;
}

int64_t clock_cpu_ns(void)
{
	if (!boot_block()->tsc_khz)
		return clock_monotonic_ns() - start_ns - waited_ns;
	return tsc_to_ns(tsc() - start_tsc - waited_tsc);
}

int64_t clock_wait(int64_t timeout_ns, const uint16_t events[HC_STREAMS],
		   uint16_t revents[HC_STREAMS])
{
	bool known = boot_block()->tsc_khz;
	int64_t before_ns = known ? 0 : clock_monotonic_ns();
	uint64_t before = tsc();
	int64_t result = host_wait(timeout_ns, events, revents);

	waited_tsc += tsc() - before;
	if (!known)
		waited_ns += clock_monotonic_ns() - before_ns;
	return result;
}
