// SPDX-License-Identifier: Apache-2.0
/*
 * The shared object that every program finds mapped: the time, without
 * leaving the program. Linked on its own (vdso.lds), it may use nothing but
 * the page below it; for what that page cannot say it makes the system call.
 */
#include "guest-runtime/host/clock-page.h"

#include <asm/unistd.h>
#include <linux/time.h>

#define NS_PER_S  1000000000
#define NS_PER_US 1000
#define COARSE_NS 4000000

#define EXPORT __attribute__((visibility("default")))

struct vdso_timespec {
	int64_t seconds, nanoseconds;
};

struct vdso_timeval {
	int64_t seconds, microseconds;
};

struct vdso_timezone {
	int32_t minutes_west, dst;
};

extern const struct clock_page vdso_clock_page __attribute__((visibility("hidden")));

EXPORT int __vdso_clock_gettime(int clock, struct vdso_timespec *out);
EXPORT int __vdso_clock_getres(int clock, struct vdso_timespec *out);
EXPORT int __vdso_gettimeofday(struct vdso_timeval *out, struct vdso_timezone *zone);
EXPORT int64_t __vdso_time(int64_t *out);
EXPORT long __vdso_getcpu(unsigned int *cpu, unsigned int *node, void *unused);

static long system_call(long number, uint64_t a, uint64_t b)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b)
			 : "rcx", "r11", "memory");
	return result;
}

int __vdso_clock_gettime(int clock, struct vdso_timespec *out)
{
	int64_t monotonic, realtime, ns;

	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_TAI:
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
		if (clock_page_read(&vdso_clock_page, &monotonic, &realtime))
			break;
		/* fall through */
	default:
		return (int)system_call(__NR_clock_gettime, (uint64_t)clock, (uint64_t)out);
	}
	ns = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI
		     ? realtime
		     : monotonic;
	out->seconds = ns / NS_PER_S;
	out->nanoseconds = ns % NS_PER_S;
	return 0;
}

int __vdso_clock_getres(int clock, struct vdso_timespec *out)
{
	int64_t ns;

	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_TAI:
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_BOOTTIME:
		ns = 1;
		break;
	case CLOCK_REALTIME_COARSE:
	case CLOCK_MONOTONIC_COARSE:
		ns = COARSE_NS;
		break;
	default:
		return (int)system_call(__NR_clock_getres, (uint64_t)clock, (uint64_t)out);
	}
	if (out)
		*out = (struct vdso_timespec){ .nanoseconds = ns };
	return 0;
}

int __vdso_gettimeofday(struct vdso_timeval *out, struct vdso_timezone *zone)
{
	int64_t monotonic, realtime;

	if (!clock_page_read(&vdso_clock_page, &monotonic, &realtime))
		return (int)system_call(__NR_gettimeofday, (uint64_t)out, (uint64_t)zone);
	if (out) {
		out->seconds = realtime / NS_PER_S;
		out->microseconds = realtime % NS_PER_S / NS_PER_US;
	}
	if (zone)
		*zone = (struct vdso_timezone){ 0 };
	return 0;
}

int64_t __vdso_time(int64_t *out)
{
	int64_t monotonic, realtime;

	if (!clock_page_read(&vdso_clock_page, &monotonic, &realtime))
		return system_call(__NR_time, (uint64_t)out, 0);
	realtime /= NS_PER_S;
	if (out)
		*out = realtime;
	return realtime;
}

/* There is one vCPU. */
long __vdso_getcpu(unsigned int *cpu, unsigned int *node, void *unused)
{
	(void)unused;
	if (cpu)
		*cpu = 0;
	if (node)
		*node = 0;
	return 0;
}

#define ALIAS(name) \
	EXPORT extern __typeof__(__vdso_##name) name __attribute__((weak, alias("__vdso_" #name)))

ALIAS(clock_gettime);
ALIAS(clock_getres);
ALIAS(gettimeofday);
ALIAS(time);
ALIAS(getcpu);
