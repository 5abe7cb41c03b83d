// SPDX-License-Identifier: Apache-2.0
/* The lines that are no errors: what -v says, and the note about a time limit. */
#include "common/err.h"
#include "hv/jail/sidechannels.h"
#include "policy/policy.h"
#include "sandbox-cli/report/report.h"
#include "sandbox-cli/run/cgroup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NAME_SHOWN 200
#define ARROW	   " -> "

static const char *const kinds[] = {
	[GRANT_READ] = "read",	 [GRANT_TMPFS] = "tmpfs",     [GRANT_SYMLINK] = "link",
	[GRANT_DEV] = "dev",	 [GRANT_PROC] = "proc",	      [GRANT_SYS] = "sys",
	[GRANT_WRITE] = "write", [GRANT_OVERLAY] = "overlay", [GRANT_DENY] = "deny",
};

static const char *const registers[HC_PANIC_REGS] = {
	"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8",	   "r9",  "r10",
	"r11", "r12", "r13", "r14", "r15", "rip", "rsp", "rflags", "cr2", "vector",
};

static void say_grant(const struct grant *g)
{
	const char *from = g->kind == GRANT_SYMLINK ? g->target : g->host;
	char guest[NAME_SHOWN], other[NAME_SHOWN] = "";

	err_escape(guest, sizeof(guest), g->guest, strlen(g->guest));
	if (from && (g->kind == GRANT_SYMLINK || strcmp(from, g->guest) != 0))
		err_escape(other, sizeof(other), from, strlen(from));
	fprintf(stderr, "sandbox-run: grant: %-7s %s%s%s (%s)\n", kinds[g->kind], guest,
		*other ? ARROW : "", other, g->rule);
}

void report_size(char *out, size_t size, uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB" };
	size_t unit = 0;

	while (unit + 1 < sizeof(units) / sizeof(*units) && bytes >= 1024 && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	snprintf(out, size, "%" PRIu64 "%s", bytes, units[unit]);
}

static void say_limits(const struct policy *p)
{
	char output[32];

	fprintf(stderr, "sandbox-run: limits: memory %" PRIu64 "MiB, ", p->memory >> 20);
	if (p->timeout_ns)
		fprintf(stderr, "timeout %.3fs", (double)p->timeout_ns / 1e9);
	else
		fprintf(stderr, "no timeout");
	fprintf(stderr, ", %u processes, %u open files", p->processes, p->open_files);
	if (p->output) {
		report_size(output, sizeof(output), p->output);
		fprintf(stderr, ", output %s", output);
	}
	fputc('\n', stderr);
}

void report_setup(const struct policy *p, const char *program)
{
	char shown[NAME_SHOWN], workdir[NAME_SHOWN];
	size_t variables = 0;

	for (size_t i = 0; i < p->grant_count; i++)
		say_grant(&p->grants[i]);
	while (p->env[variables])
		variables++;
	err_escape(shown, sizeof(shown), program, strlen(program));
	err_escape(workdir, sizeof(workdir), p->workdir, strlen(p->workdir));
	fprintf(stderr, "sandbox-run: program: %s in %s, %zu environment variables\n", shown,
		workdir, variables);
	say_limits(p);
}

static int ended_badly(const struct hv_outcome *o)
{
	switch (o->end) {
	case HV_END_PANIC:
	case HV_END_BAD_HYPERCALL:
	case HV_END_BAD_EXIT:
	case HV_END_SHUTDOWN:
	case HV_END_KVM_ERROR:
		return 1;
	default:
		return 0;
	}
}

/* Who keeps the share of the CPU. */
static void say_share(const struct launch_result *r, const struct policy *p)
{
	if (p->cpu_percent >= 100)
		return;
	if (!r->cgroup_version)
		fprintf(stderr,
			"sandbox-run: cpus: %u percent, kept by sandbox-run: "
			"no control group can be made\n",
			p->cpu_percent);
	else
		fprintf(stderr,
			"sandbox-run: cpus: %u percent, kept by a control group, "
			"version %d%s%s\n",
			p->cpu_percent, r->cgroup_version,
			r->cgroup_limited & 1u << CGROUP_MEMORY ? "; memory" : "",
			r->cgroup_limited & 1u << CGROUP_PIDS ? "; processes" : "");
}

void report_details(const struct launch_result *r, const struct policy *p, int status)
{
	const struct hv_outcome *o = &r->outcome;
	double total = (double)(r->end_ns - r->start_ns) / 1e6;

	if (r->end == LAUNCH_OUTCOME && ended_badly(o)) {
		for (size_t i = 0; i < HC_PANIC_REGS; i++)
			fprintf(stderr, "%s%-6s %016" PRIx64 "%s",
				i % 4 ? "  " : "sandbox-run: ", registers[i], o->regs[i],
				i % 4 == 3 ? "\n" : "");
	}
	say_share(r, p);
	if (r->end == LAUNCH_OUTCOME) {
		char states[200];

		sidechannels_describe(states, sizeof(states), o->sidechannels);
		fprintf(stderr, "sandbox-run: side channels: %s\n", states);
	}
	/* The monitor's clock counts only if it can be true (I11). */
	if (r->end == LAUNCH_OUTCOME && o->setup_ns >= r->start_ns && o->setup_ns <= r->end_ns) {
		double start = (double)(o->setup_ns - r->start_ns) / 1e6;

		fprintf(stderr, "sandbox-run: time: start %.3fms, run %.3fms, total %.3fms\n",
			start, total - start, total);
	} else {
		fprintf(stderr, "sandbox-run: time: total %.3fms\n", total);
	}
	fprintf(stderr, "sandbox-run: exit status: %d\n", status);
}

void report_note(const struct launch_result *r, const char *name, const struct policy *p)
{
	char shown[NAME_SHOWN];

	if (r->end != LAUNCH_TIMEOUT && !(r->end == LAUNCH_OUTCOME && r->timed_out))
		return;
	err_escape(shown, sizeof(shown), name, strlen(name));
	if (r->cpu_limited)
		fprintf(stderr, "sandbox-run: %s was ended: it used more than %gs of CPU time\n",
			shown, (double)p->cpu_time_ns / 1e9);
	else
		fprintf(stderr, "sandbox-run: %s was ended: it ran longer than %gs\n", shown,
			(double)p->timeout_ns / 1e9);
}

void report_lost(const char *file, int error)
{
	char shown[NAME_SHOWN];

	err_escape(shown, sizeof(shown), file, strlen(file));
	fprintf(stderr, "sandbox-run: --audit %s: not all was written: %s\n", shown,
		strerror(error));
}

void report_dropped(const char *file)
{
	char shown[NAME_SHOWN];

	err_escape(shown, sizeof(shown), file, strlen(file));
	fprintf(stderr, "sandbox-run: %s: not written: COMMAND did not come to its own end\n",
		shown);
}
