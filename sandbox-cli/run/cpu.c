// SPDX-License-Identifier: Apache-2.0
/*
 * A bucket that fills at the rate of the share and empties by what is used. It
 * never holds more than a slice, so that who has waited does not compute for
 * longer afterwards; when it is empty the monitor stands still until a slice
 * is there again.
 */
#include "sandbox-cli/run/cpu.h"
#include "policy/policy.h"

#include <signal.h>

#define SECOND_NS 1000000000ull
#define PERIOD_NS 20000000ull /* of computing and standing still */
#define LEAST_NS  1000000     /* between two looks */

static uint64_t read_clock(const struct cpu *cpu)
{
	struct timespec t = { .tv_sec = 0 };

	if (clock_gettime(cpu->clock, &t) < 0)
		return cpu->used; /* it is dead: its outcome says so */
	return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

static int64_t slice(const struct cpu *cpu)
{
	int64_t ns = (int64_t)(PERIOD_NS * cpu->percent / 100);

	return ns < LEAST_NS ? LEAST_NS : ns;
}

/* Of a CPU's time as long as that. */
static int64_t share(const struct cpu *cpu, uint64_t ns)
{
	return (int64_t)(ns / 100 * cpu->percent);
}

void cpu_start(struct cpu *cpu, const struct policy *p, pid_t monitor, uint64_t now)
{
	*cpu = (struct cpu){ .monitor = monitor,
			     .percent = p->cpu_percent ? p->cpu_percent : 100,
			     .limit = p->cpu_time_ns,
			     .looked = now,
			     .next = UINT64_MAX };
	if (cpu->percent >= 100 && !cpu->limit)
		return;
	if (clock_getcpuclockid(monitor, &cpu->clock))
		cpu->clock = CLOCK_PROCESS_CPUTIME_ID; /* never: it is our child */
	cpu->credit = slice(cpu);
	cpu->next = now + LEAST_NS;
}

/* How long it may go on, or has to wait, until it is looked at again. */
static uint64_t keep_share(struct cpu *cpu, uint64_t passed, uint64_t used)
{
	int64_t most = slice(cpu), wait;

	cpu->credit += share(cpu, passed) - (int64_t)used;
	if (cpu->credit > most)
		cpu->credit = most;
	if (cpu->credit > 0 && (!cpu->stopped || cpu->credit == most)) {
		if (cpu->stopped)
			kill(cpu->monitor, SIGCONT);
		cpu->stopped = 0;
		return (uint64_t)cpu->credit;
	}
	/* Again and again: a SIGCONT that somebody sends to all of a group is no way out. */
	kill(cpu->monitor, SIGSTOP);
	cpu->stopped = 1;
	wait = (most - cpu->credit) * 100 / (int64_t)cpu->percent;
	return (uint64_t)wait;
}

int cpu_look(struct cpu *cpu, uint64_t now)
{
	uint64_t used = read_clock(cpu), wait = UINT64_MAX;
	int over = cpu->limit && used >= cpu->limit;

	if (cpu->percent < 100)
		wait = keep_share(cpu, now - cpu->looked, used - cpu->used);
	cpu->used = used;
	cpu->looked = now;
	if (over)
		cpu->limit = 0;
	if (cpu->limit && cpu->limit - used < wait) /* no CPU goes faster than that */
		wait = cpu->limit - used;
	if (wait == UINT64_MAX)
		cpu->next = UINT64_MAX;
	else
		cpu->next = now + (wait < LEAST_NS ? LEAST_NS : wait);
	return over;
}
