// SPDX-License-Identifier: Apache-2.0
/* Time without exits: what a TSC value means, renewed when that gets old. */
#include "guest-runtime/host/clock.h"

#include "guest-runtime/host/boot.h"
#include "guest-runtime/host/clock-page.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/lib/lib.h"

#define CLOCK_NOISE_NS 20000
#define SLEW_SHIFT     4 /* a clock that ran ahead is slowed down by a sixteenth at the most */

/* Alone in its page: programs see all of it. */
static union {
	struct clock_page clock;
	uint8_t bytes[GUEST_PAGE_SIZE];
} shared __attribute__((aligned(GUEST_PAGE_SIZE)));

static struct clock_page *const page = &shared.clock;
static uint64_t nominal_mult; /* by the frequency that the monitor said; 0: it said none */
static struct {
	uint64_t tsc;
	int64_t ns;
} last_asked; /* the host's monotonic clock */
static uint64_t start_tsc, waited_tsc;
static int64_t start_ns, waited_ns; /* when the TSC's frequency is unknown */

const void *clock_shared_page(void)
{
	return &shared;
}

static int64_t scale(uint64_t ticks, uint64_t mult)
{
	return (int64_t)((unsigned __int128)ticks * mult >> CLOCK_SHIFT);
}

/* Ticks to nanoseconds as the host's clock went lately, or as the frequency says. */
static uint64_t rate(uint64_t tsc, int64_t ns)
{
	uint64_t ticks = tsc - last_asked.tsc;
	int64_t span = ns - last_asked.ns;

	if (!last_asked.tsc || span < NS_PER_S / 2 || span > 1000 * NS_PER_S ||
	    ticks <= (uint64_t)span >> CLOCK_SHIFT)
		return nominal_mult;
	uint64_t mult, rest;

	__asm__("divq %4"
		: "=a"(mult), "=d"(rest)
		: "a"((uint64_t)span << CLOCK_SHIFT), "d"((uint64_t)span >> CLOCK_SHIFT),
		  "r"(ticks));
	uint64_t off = mult > nominal_mult ? mult - nominal_mult : nominal_mult - mult;

	return off < nominal_mult >> 6 ? mult : nominal_mult;
}

/*
 * A new base: the host read its clocks between our two looks at the TSC. What
 * was told is never taken back: a clock that ran ahead waits, going slower.
 */
static void rebase(void)
{
	struct hc_clock_out host;
	uint64_t before = clock_tsc();

	must(host_clock(&host) >= 0);
	uint64_t now = before + (clock_tsc() - before) / 2;
	uint64_t age = MIN(now - page->base_tsc, page->lifetime);
	int64_t told = page->monotonic_ns + scale(age, page->mult);
	int64_t ahead = MAX(told - host.monotonic_ns, 0);
	int64_t offset = host.realtime_ns - host.monotonic_ns;
	int64_t change = offset - page->realtime_offset_ns;
	uint64_t mult = rate(now, host.monotonic_ns);

	__atomic_store_n(&page->sequence, page->sequence + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	page->base_tsc = now;
	page->lifetime = nominal_mult ? boot_block()->tsc_khz * 1000 : 0;
	page->monotonic_ns = host.monotonic_ns + ahead;
	page->mult = mult - MIN(mult * (uint64_t)MIN(ahead, NS_PER_S) / (uint64_t)NS_PER_S,
				mult >> SLEW_SHIFT);
	/* The host reads one clock after the other: less than that is no change. */
	if (change > CLOCK_NOISE_NS || change < -CLOCK_NOISE_NS)
		page->realtime_offset_ns = offset;
	__atomic_store_n(&page->sequence, page->sequence + 1, __ATOMIC_RELEASE);
	last_asked.tsc = now;
	last_asked.ns = host.monotonic_ns;
}

static void read_both(int64_t *monotonic_ns, int64_t *realtime_ns)
{
	if (clock_page_read(page, monotonic_ns, realtime_ns))
		return;
	rebase();
	if (clock_page_read(page, monotonic_ns, realtime_ns))
		return;
	*monotonic_ns = page->monotonic_ns;
	*realtime_ns = page->monotonic_ns + page->realtime_offset_ns;
}

int64_t clock_monotonic_ns(void)
{
	int64_t monotonic, realtime;

	read_both(&monotonic, &realtime);
	return monotonic;
}

int64_t clock_realtime_ns(void)
{
	int64_t monotonic, realtime;

	read_both(&monotonic, &realtime);
	return realtime;
}

int64_t clock_coarse_ns(void)
{
	if (page->lifetime || !nominal_mult)
		return clock_realtime_ns();
	return boot_block()->realtime_ns + scale(clock_tsc() - start_tsc, nominal_mult);
}

void clock_start(void)
{
	uint64_t khz = boot_block()->tsc_khz;

	start_tsc = clock_tsc();
	if (!khz) {
		start_ns = clock_monotonic_ns();
		return;
	}
	nominal_mult = (1000000ull << CLOCK_SHIFT) / khz;
}

int64_t clock_cpu_ns(void)
{
	if (!boot_block()->tsc_khz)
		return clock_monotonic_ns() - start_ns - waited_ns;
	return scale(clock_tsc() - start_tsc - waited_tsc, nominal_mult);
}

int64_t clock_wait(int64_t timeout_ns, uint32_t flags, const uint16_t events[HC_STREAMS],
		   uint16_t revents[HC_STREAMS])
{
	bool known = boot_block()->tsc_khz;
	int64_t before_ns = known ? 0 : clock_monotonic_ns();
	uint64_t before = clock_tsc();
	int64_t result = host_wait(timeout_ns, flags, events, revents);

	waited_tsc += clock_tsc() - before;
	if (!known)
		waited_ns += clock_monotonic_ns() - before_ns;
	return result;
}
