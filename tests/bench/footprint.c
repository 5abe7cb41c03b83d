// SPDX-License-Identifier: Apache-2.0
/*
 * Reads /proc/PID/smaps. Guest memory is known by a mark that hv/memory.c
 * leaves: see struct footprint.
 */
#include "tests/bench/footprint.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct mapping {
	uint64_t private_bytes;
	int advised; /* about huge pages, one way or the other */
	char path[PATH_MAX];
};

static int fail(char why[200], const char *what)
{
	snprintf(why, 200, "%s: %s", what, errno ? strerror(errno) : "not found");
	return -1;
}

/* Reads up to the end of the next mapping's entry: VmFlags is its last line. */
static int next_mapping(FILE *smaps, struct mapping *m)
{
	unsigned long long kilobytes;
	char line[PATH_MAX + 200];
	int path;

	memset(m, 0, sizeof(*m));
	while (fgets(line, sizeof(line), smaps)) {
		line[strcspn(line, "\n")] = '\0';
		path = 0;
		if (sscanf(line, "%*x-%*x %*s %*x %*x:%*x %*u %n", &path) == 0 && path) {
			snprintf(m->path, sizeof(m->path), "%s", line + path);
		} else if (sscanf(line, "Private_Clean: %llu kB", &kilobytes) == 1 ||
			   sscanf(line, "Private_Dirty: %llu kB", &kilobytes) == 1) {
			m->private_bytes += kilobytes * 1024;
		} else if (!strncmp(line, "VmFlags:", 8)) {
			m->advised = strstr(line, " nh ") || strstr(line, " hg ");
			return 1;
		}
	}
	return 0;
}

static FILE *open_of(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	errno = 0;
	return fopen(path, "re");
}

int footprint_all(pid_t pid, struct footprint *f, char why[200])
{
	FILE *smaps = open_of(pid, "smaps");
	struct mapping m;

	if (!smaps)
		return fail(why, "smaps of the launcher");
	memset(f, 0, sizeof(*f));
	while (next_mapping(smaps, &m))
		f->own += m.private_bytes;
	fclose(smaps);
	return 0;
}

static void add(struct footprint *f, const struct mapping *m, const char *exe)
{
	if (!*m->path && m->advised)
		f->ram += m->private_bytes;
	else if (*m->path == '/' && strcmp(m->path, exe) != 0)
		f->window += m->private_bytes;
	else
		f->own += m->private_bytes;
}

int footprint_monitor(pid_t pid, struct footprint *f, char why[200])
{
	char link[64], exe[PATH_MAX] = "";
	FILE *smaps = open_of(pid, "smaps");
	struct mapping m;

	if (!smaps)
		return fail(why, "smaps of the monitor (only root may look)");
	snprintf(link, sizeof(link), "/proc/%d/exe", pid);
	memset(f, 0, sizeof(*f));
	if (readlink(link, exe, sizeof(exe) - 1) < 0) {
		fclose(smaps);
		return fail(why, link);
	}
	while (next_mapping(smaps, &m))
		add(f, &m, exe);
	fclose(smaps);
	errno = 0;
	return f->ram ? 0 : fail(why, "the mapping of guest RAM");
}
