// SPDX-License-Identifier: Apache-2.0
/* The layers that are lists: hypercalls, mounts and handles, memory slots, limits, environment. */
#include "sandbox-cli/explain/layers.h"
#include "abi/hypercalls.h"
#include "common/err.h"
#include "common/units.h"
#include "hv/jail/limits.h"
#include "hv/memory.h"
#include "policy/policy.h"

#include <ctype.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/stat.h>

#define SHOWN	   1024 /* bytes of an escaped path */
#define LINE_WIDTH 90

static const struct {
	const char *name;
	uint32_t permission;
} hypercalls[] = {
#define ROW(name, number, args, tail, permission, hosts) { #name, PERM_##permission },
	HYPERCALLS(ROW)
#undef ROW
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void print_hypercalls(FILE *out, const struct policy *p)
{
	size_t granted = 0;
	int column = 0;

	for (size_t i = 0; i < COUNT(hypercalls); i++)
		granted += (hypercalls[i].permission & p->permissions) != 0;
	fprintf(out, "# hypercalls: %zu of %zu; any other answers EPERM", granted,
		COUNT(hypercalls));
	for (size_t i = 0; i < COUNT(hypercalls); i++) {
		char name[32];
		size_t length = strlen(hypercalls[i].name);

		if (!(hypercalls[i].permission & p->permissions))
			continue;
		must(length < sizeof(name));
		for (size_t k = 0; k <= length; k++)
			name[k] = (char)tolower(hypercalls[i].name[k]);
		if (column == 0 || column + (int)length + 1 > LINE_WIDTH)
			column = fprintf(out, "\n#  ") - 1;
		column += fprintf(out, " %s", name);
	}
	fputc('\n', out);
}

static const char *rights(const struct grant *g)
{
	switch (g->kind) {
	case GRANT_READ:
		return "read";
	case GRANT_WRITE:
		return S_ISDIR(g->mode) ? "read, write, create, remove, rename" : "read, write";
	case GRANT_OVERLAY:
		return "read; changes stay in the VM";
	case GRANT_TMPFS:
		return "private, empty at first, in the VM";
	case GRANT_DEV:
		return "device files of the VM's own";
	case GRANT_PROC:
		return "process files of the VM's own";
	case GRANT_SYS:
		return "system files of the VM's own";
	case GRANT_SYMLINK:
		return "symbolic link";
	case GRANT_DENY:
		return "nothing";
	}
	return "?";
}

static void print_mount(FILE *out, const struct grant *g, size_t handle)
{
	char guest[SHOWN], other[SHOWN];
	const char *more = g->host ? g->host : g->target;

	err_escape(guest, sizeof(guest), g->guest, strlen(g->guest));
	fprintf(out, "#   %s: %s", guest, rights(g));
	if (more && (g->kind == GRANT_SYMLINK || strcmp(more, g->guest) != 0)) {
		err_escape(other, sizeof(other), more, strlen(more));
		fprintf(out, "%s %s", g->host ? "; of the host's" : " to", other);
	}
	if (g->host)
		fprintf(out, "; handle %zu", handle);
	fprintf(out, "  # %s\n", g->rule);
}

static void print_holes(FILE *out, const struct policy *p)
{
	static const char *const words[] = {
		[HOLE_DENIED] = "not walked to, made or replaced",
		[HOLE_READ] = "not changed, nor what lies below it",
		[HOLE_PINNED] = "not moved or removed, being on the way to one of those",
		[HOLE_WAY] = "on the way to one of those, whatever directory comes to be there",
	};

	if (p->hole_count)
		fputs("# kept from the guest below these, by the monitor at each step of a "
		      "walk:\n",
		      out);
	for (size_t i = 0; i < p->hole_count; i++) {
		const struct hole *hole = &p->holes[i];
		char name[SHOWN];

		fprintf(out, "#   %s %" PRIu64 " of device %" PRIu64,
			hole->name ? "in directory" : "object", hole->ino, hole->dev);
		if (hole->name) {
			err_escape(name, sizeof(name), hole->name, strlen(hole->name));
			fprintf(out, ", the name %s", name);
		}
		fprintf(out, ": %s\n", words[hole->kind]);
	}
}

static void print_mounts(FILE *out, const struct policy *p)
{
	size_t handle = 0;

	fputs("# mounts of the guest, and the monitor's handles of what the host shows there:\n",
	      out);
	for (size_t i = 0; i < p->grant_count; i++) {
		print_mount(out, &p->grants[i], handle);
		handle += grant_is_host(p->grants[i].kind) != 0;
	}
	fprintf(out, "# handles: %u at once, those included\n", p->handles_max);
	print_holes(out, p);
}

static void print_slots(FILE *out, const struct policy *p)
{
	fputs("# memory slots of the VM; any other physical address ends it:\n", out);
	for (size_t i = 0; i < GM_AREAS; i++) {
		const struct gm_area *area = &gm_areas[GM_AREAS - 1 - i];
		uint64_t bytes = area->slot_bytes ? area->slot_bytes * area->slots : p->memory;

		/* What is mapped to be written in place is a file of a write grant. */
		if (area == &gm_areas[GM_WINDOW_SHARED] && !(p->permissions & PERM_WRITE))
			continue;
		fprintf(out, "#   0x%" PRIx64 " + %" PRIu64 " MiB: %s, %s, in at most %u slots\n",
			area->gpa, bytes >> 20, area->what,
			area->flags & KVM_MEM_READONLY ? "read-only" : "writable", area->slots);
	}
}

static void print_limits(FILE *out, const struct policy *p)
{
	struct jail_limit limits[JAIL_LIMITS_MAX];
	size_t count = limits_list(p, NULL, limits);

	fputs("# rlimits of the monitor, soft and hard:\n", out);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "#   %s: %" PRIu64 "\n", limits[i].name, limits[i].value);
}

/* A limit that somebody counts: how much, of what, and who. */
static void print_kept(FILE *out, const char *what, const char *value, const char *who)
{
	fprintf(out, "#   %s: %s, by %s\n", what, value, who);
}

static void print_size(FILE *out, const char *what, uint64_t bytes, const char *who)
{
	char text[40] = "no limit";

	if (bytes)
		units_print_size(text, sizeof(text), bytes);
	print_kept(out, what, text, who);
}

static void print_time(FILE *out, const char *what, uint64_t ns, const char *who)
{
	char text[40] = "no limit";

	if (ns)
		units_print_time(text, sizeof(text), ns);
	print_kept(out, what, text, who);
}

static void print_counted(FILE *out, const struct policy *p)
{
	char count[40];

	fputs("# limits that are counted:\n", out);
	print_size(out, "memory", p->memory, "the VM's memory slots");
	print_size(out, "output", p->output, "the monitor");
	print_size(out, "disk", p->disk,
		   "the monitor below write grants, the runtime in its own memory");
	print_size(out, "file-size", p->file_size, "the monitor's rlimit, and the runtime");
	print_time(out, "wall-time", p->timeout_ns, "the launcher");
	print_time(out, "cpu-time", p->cpu_time_ns, "the launcher, and the monitor's rlimit");
	snprintf(count, sizeof(count), "%u%% of one", p->cpu_percent);
	print_kept(out, "cpus", count,
		   p->cpu_percent < 100 ? "a cgroup where one can be made, else the launcher"
					: "the VM's one vCPU");
	snprintf(count, sizeof(count), "%u", p->processes);
	print_kept(out, "processes", count, "the runtime in the VM");
	snprintf(count, sizeof(count), "%u", p->open_files);
	print_kept(out, "open-files", count, "the runtime in the VM");
}

static void print_environment(FILE *out, const struct policy *p)
{
	fputs("# environment of the program, by name; the monitor's is erased:", out);
	for (char **variable = p->env; variable && *variable; variable++) {
		char name[SHOWN];

		err_escape(name, sizeof(name), *variable, strcspn(*variable, "="));
		fprintf(out, " %s", name);
	}
	fputs(p->env && *p->env ? "\n" : " none\n", out);
}

struct jail_fds layers_fds(void)
{
	const uint32_t all = (1u << HC_STREAMS) - 1;

	return (struct jail_fds){
		.vm = 3,
		.vcpu = 4,
		.outcome = 5,
		.outside = 6,
		.self_fd = 7,
		.program = 8,
		.save = 9,
		.trace = 10,
		.notes = 11,
		.terminals = all,
		.seekable = all,
	};
}

void layers_print(FILE *out, const struct policy *p)
{
	const struct jail_fds fds = layers_fds();

	fputs("# ---- layers ----\n", out);
	print_hypercalls(out, p);
	print_mounts(out, p);
	print_slots(out, p);
	layers_print_landlock(out, p, jail_landlock_abi());
	layers_print_seccomp(out, p, &fds);
	fputs("# capabilities of the monitor: none; no new privileges; not dumpable; ends with its "
	      "launcher\n",
	      out);
	print_limits(out, p);
	print_counted(out, p);
	print_environment(out, p);
}
