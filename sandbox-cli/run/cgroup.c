// SPDX-License-Identifier: Apache-2.0
/* Finds our own groups in /proc/self/cgroup, makes one beside or below them, and limits it. */
#include "sandbox-cli/run/cgroup.h"
#include "common/cleanup.h"
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOP	  "/sys/fs/cgroup"
#define PERIOD_US 100000u
/* Of the monitor and of the kernel for it, besides the guest's memory. */
#define OWN	  ((uint64_t)128 << 20)
#define PIDS	  8u /* the monitor, and KVM's thread in it */

static const char *const names[] = {
	[CGROUP_CPU] = "cpu", [CGROUP_MEMORY] = "memory", [CGROUP_PIDS] = "pids"
};

__attribute__((format(printf, 3, 4))) static int put(const char *dir, const char *file,
						     const char *format, ...)
{
	char path[PATH_MAX], text[64];
	cleanup_close int fd = -1;
	va_list args;
	int length;

	if (snprintf(path, sizeof(path), "%s/%s", dir, file) >= (int)sizeof(path))
		return 0;
	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd >= 0 && write(fd, text, (size_t)length) == length;
}

/* True when a list like "cpu,cpuacct" or "cpu io memory" has that word. */
static int has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += length) {
		int begins = at == list || strchr(", \n", at[-1]);

		if (begins && (at[length] == '\0' || strchr(", \n", at[length])))
			return 1;
	}
	return 0;
}

static int read_text(const char *path, char *out, size_t size)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, size - 1);

	out[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* A group that a launcher of that number left behind, killed before it could remove it, goes. */
static int make_new(const char *path)
{
	rmdir(path);
	return mkdir(path, 0700);
}

/* One version 1 hierarchy: a group below our own. */
static void make_below(struct cgroup *group, enum cgroup_controller which, const char *hierarchy,
		       const char *own, pid_t monitor)
{
	char *path = group->paths[which];

	if (snprintf(path, PATH_MAX, TOP "/%s%s/sandbox-run.%d", hierarchy,
		     strcmp(own, "/") == 0 ? "" : own, (int)monitor) >= PATH_MAX ||
	    make_new(path))
		*path = '\0';
	else
		group->version = 1;
}

/* Version 2: beside us, as a group with processes has no groups of its own. */
static void make_beside(struct cgroup *group, const char *own, pid_t monitor)
{
	char parent[PATH_MAX], control[PATH_MAX], list[256];
	char *path = group->paths[CGROUP_CPU], *slash;

	if (snprintf(parent, sizeof(parent), TOP "%s", own) >= (int)sizeof(parent))
		return;
	slash = strrchr(parent, '/');
	if (strcmp(own, "/") == 0 || strcmp(own, "/..") == 0)
		*slash = '\0';
	else if (strlen(parent) > strlen(TOP))
		*slash = '\0';
	if (snprintf(control, sizeof(control), "%s/cgroup.subtree_control", parent) >=
		    (int)sizeof(control) ||
	    !read_text(control, list, sizeof(list)) || !has_word(list, names[CGROUP_CPU]))
		return;
	if (snprintf(path, PATH_MAX, "%s/sandbox-run.%d", parent, (int)monitor) >= PATH_MAX ||
	    make_new(path))
		*path = '\0';
	else
		group->version = 2;
}

static void find(struct cgroup *group, pid_t monitor)
{
	char text[4096], *rest = text, *line;

	if (!read_text("/proc/self/cgroup", text, sizeof(text)))
		return;
	while ((line = strsep(&rest, "\n"))) {
		char *number = strsep(&line, ":"), *list = strsep(&line, ":"), *own = line;

		if (!number || !list || !own || strstr(own, ".."))
			continue;
		if (!*list && group->version == 0)
			make_beside(group, own, monitor);
		for (int i = 0; *list && group->version != 2 && i < CGROUP_CONTROLLERS; i++)
			if (has_word(list, names[i]))
				make_below(group, (enum cgroup_controller)i, list, own, monitor);
	}
}

static int limit(const struct cgroup *group, enum cgroup_controller which, const struct policy *p)
{
	const char *path = group->paths[group->version == 2 ? CGROUP_CPU : which];
	unsigned int quota = PERIOD_US / 100 * p->cpu_percent;

	if (!*path)
		return 0;
	switch (which) {
	case CGROUP_CPU:
		if (group->version == 2)
			return put(path, "cpu.max", "%u %u", quota, PERIOD_US);
		return put(path, "cpu.cfs_period_us", "%u", PERIOD_US) &&
		       put(path, "cpu.cfs_quota_us", "%u", quota);
	case CGROUP_MEMORY:
		return put(path, group->version == 2 ? "memory.max" : "memory.limit_in_bytes",
			   "%" PRIu64, p->memory + OWN);
	case CGROUP_PIDS:
		return put(path, "pids.max", "%u", PIDS);
	case CGROUP_CONTROLLERS:
		break;
	}
	return 0;
}

void cgroup_enter(struct cgroup *group, const struct policy *p, pid_t monitor)
{
	*group = (struct cgroup){ .version = 0 };
	find(group, monitor);
	for (int i = 0; group->version && i < CGROUP_CONTROLLERS; i++) {
		enum cgroup_controller which = (enum cgroup_controller)i;

		if (limit(group, which, p))
			group->limited |= 1u << i;
	}
	for (int i = 0; i < CGROUP_CONTROLLERS; i++)
		if (*group->paths[i] && !put(group->paths[i], "cgroup.procs", "%d", (int)monitor))
			group->limited &= group->version == 2 ? 0 : ~(1u << i);
	if (!(group->limited & 1u << CGROUP_CPU))
		cgroup_leave(group);
}

void cgroup_leave(struct cgroup *group)
{
	for (int i = 0; i < CGROUP_CONTROLLERS; i++)
		if (*group->paths[i])
			rmdir(group->paths[i]);
	*group = (struct cgroup){ .version = 0 };
}
