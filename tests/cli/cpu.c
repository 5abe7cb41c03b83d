// SPDX-License-Identifier: Apache-2.0
/* A share of the CPU and a sum of its time, against a child that computes without end. */
#include "sandbox-cli/run/cpu.h"
#include "policy/policy.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define MS	  1000000ull
#define SECOND_NS 1000000000ull

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

static uint64_t cpu_ns(const struct cpu *cpu)
{
	struct timespec t;

	clock_gettime(cpu->clock, &t);
	return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

static void sleep_until(uint64_t ns)
{
	const struct timespec t = { (time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS) };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static pid_t start(int computes)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (volatile int always = computes; always;)
		;
	pause();
	_exit(0);
}

static void end(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* Looks as the launcher does, for that long; 1: the CPU time was used up, and *at says when. */
static int keep(struct cpu *cpu, uint64_t until, uint64_t *at)
{
	*at = 0;
	while (cpu->next < until && *at < until) {
		sleep_until(cpu->next);
		*at = now_ns();
		if (cpu_look(cpu, *at))
			return 1;
	}
	sleep_until(until);
	return 0;
}

/* How long a process has waited for a CPU that others had. */
static uint64_t waited_ns(pid_t pid)
{
	unsigned long long waited = 0;
	char path[40];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)pid);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%*u %llu", &waited) != 1)
		waited = SECOND_NS; /* nobody knows */
	if (file)
		fclose(file);
	return waited;
}

/* Within a tenth over a second. Who computes beside us may take the rest, never add to it. */
static void a_share_is_kept(void **state)
{
	static const unsigned int percents[] = { 5, 20, 40, 70 };

	(void)state;
	for (size_t i = 0; i < sizeof(percents) / sizeof(*percents); i++) {
		const struct policy p = { .cpu_percent = percents[i] };
		uint64_t begin, used, lost, at;
		pid_t child = start(1);
		struct cpu cpu;

		lost = waited_ns(getpid());
		begin = now_ns();
		cpu_start(&cpu, &p, child, begin);
		assert_int_equal(keep(&cpu, begin + SECOND_NS, &at), 0);
		used = cpu_ns(&cpu) / (SECOND_NS / 10000);
		lost = (waited_ns(getpid()) - lost + waited_ns(child)) / (SECOND_NS / 10000);
		end(child);
		print_message("# %u percent: %.1f, lost to others %.1f\n", percents[i],
			      (double)used / 100, (double)lost / 100);
		assert_in_range(used, 0, percents[i] * 100 + percents[i] * 10 + 100);
		assert_true(used + lost >= percents[i] * 85);
	}
}

/* Who has waited has no more than a slice to his credit. */
static void waiting_is_not_saved(void **state)
{
	const struct policy p = { .cpu_percent = 20 };
	uint64_t begin = now_ns(), at;
	pid_t child = start(0);
	struct cpu cpu;

	(void)state;
	cpu_start(&cpu, &p, child, begin);
	keep(&cpu, begin + 300 * MS, &at);
	assert_in_range(cpu.credit, 1, 4 * MS);
	assert_int_equal(cpu.stopped, 0);
	end(child);
}

static void the_sum_is_said_once(void **state)
{
	const struct policy p = { .cpu_percent = 100, .cpu_time_ns = 200 * MS };
	uint64_t begin = now_ns(), at = 0;
	pid_t child = start(1);
	struct cpu cpu;

	(void)state;
	cpu_start(&cpu, &p, child, begin);
	assert_int_equal(keep(&cpu, begin + 10 * SECOND_NS, &at), 1);
	assert_in_range(cpu.used, 200 * MS, 260 * MS);
	assert_true(at - begin >= 199 * MS);
	assert_int_equal(cpu.next, UINT64_MAX);
	assert_int_equal(cpu_look(&cpu, now_ns()), 0);
	end(child);
}

static void who_does_not_compute_is_not_ended(void **state)
{
	const struct policy p = { .cpu_percent = 100, .cpu_time_ns = 100 * MS };
	uint64_t begin = now_ns(), at;
	pid_t child = start(0);
	struct cpu cpu;

	(void)state;
	cpu_start(&cpu, &p, child, begin);
	assert_int_equal(keep(&cpu, begin + 400 * MS, &at), 0);
	end(child);
}

static void without_limits_nobody_looks(void **state)
{
	const struct policy p = { .cpu_percent = 100 };
	struct cpu cpu;

	(void)state;
	cpu_start(&cpu, &p, getpid(), now_ns());
	assert_true(cpu.next == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_share_is_kept),
		cmocka_unit_test(waiting_is_not_saved),
		cmocka_unit_test(the_sum_is_said_once),
		cmocka_unit_test(who_does_not_compute_is_not_ended),
		cmocka_unit_test(without_limits_nobody_looks),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cpu", tests, NULL, NULL) != 0;
}
