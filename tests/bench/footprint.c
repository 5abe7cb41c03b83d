// SPDX-License-Identifier: Apache-2.0
/*
 * Reads /proc/PID/smaps, which counts whole mappings, and /proc/PID/pagemap for
 * the runtime image, which is a part of one. Guest memory is known by marks
 * that hv/memory.c and hv/image-blob.S leave: see struct footprint.
 */
#include "tests/bench/footprint.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE	       4096u
#define PAGE_PRESENT   (1ull << 63)
#define PAGE_EXCLUSIVE (1ull << 56)

struct mapping {
	uint64_t start, private_bytes;
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
	unsigned long long start, kilobytes;
	char line[PATH_MAX + 200];
	int path;

	memset(m, 0, sizeof(*m));
	while (fgets(line, sizeof(line), smaps)) {
		line[strcspn(line, "\n")] = '\0';
		path = 0;
		if (sscanf(line, "%llx-%*x %*s %*x %*x:%*x %*u %n", &start, &path) == 1 && path) {
			m->start = start;
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

/* Where in the executable the image lies: offset from its first mapping, and size. */
static int find_image(FILE *exe, uint64_t *offset, uint64_t *bytes)
{
	Elf64_Shdr section, names;
	Elf64_Ehdr header;
	char name[16];

	if (fread(&header, sizeof(header), 1, exe) != 1 || header.e_type != ET_DYN ||
	    fseek(exe, (long)(header.e_shoff + header.e_shstrndx * sizeof(names)), SEEK_SET) ||
	    fread(&names, sizeof(names), 1, exe) != 1)
		return -1;
	for (unsigned i = 0; i < header.e_shnum; i++) {
		if (fseek(exe, (long)(header.e_shoff + i * sizeof(section)), SEEK_SET) ||
		    fread(&section, sizeof(section), 1, exe) != 1 ||
		    fseek(exe, (long)(names.sh_offset + section.sh_name), SEEK_SET) ||
		    fread(name, 1, sizeof(name), exe) == 0)
			return -1;
		if (strncmp(name, ".runtime_image", sizeof(name)) != 0)
			continue;
		*offset = section.sh_addr;
		*bytes = section.sh_size;
		return 0;
	}
	return -1;
}

static int count_exclusive(FILE *pagemap, uint64_t start, uint64_t bytes, uint64_t *result)
{
	uint64_t entry;

	if (fseek(pagemap, (long)(start / PAGE * sizeof(entry)), SEEK_SET))
		return -1;
	for (uint64_t at = 0; at < bytes; at += PAGE) {
		if (fread(&entry, sizeof(entry), 1, pagemap) != 1)
			return -1;
		if ((entry & PAGE_PRESENT) && (entry & PAGE_EXCLUSIVE))
			*result += PAGE;
	}
	return 0;
}

static int count_image(pid_t pid, uint64_t base, struct footprint *f)
{
	FILE *exe = open_of(pid, "exe"), *pagemap = open_of(pid, "pagemap");
	uint64_t offset, bytes;
	int result = -1;

	if (exe && pagemap && !find_image(exe, &offset, &bytes))
		result = count_exclusive(pagemap, base + offset, bytes, &f->image);
	if (exe)
		fclose(exe);
	if (pagemap)
		fclose(pagemap);
	return result;
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
	uint64_t base = 0;

	if (!smaps)
		return fail(why, "smaps of the monitor (only root may look)");
	snprintf(link, sizeof(link), "/proc/%d/exe", pid);
	memset(f, 0, sizeof(*f));
	if (readlink(link, exe, sizeof(exe) - 1) < 0) {
		fclose(smaps);
		return fail(why, link);
	}
	while (next_mapping(smaps, &m)) {
		if (!base && !strcmp(m.path, exe))
			base = m.start;
		add(f, &m, exe);
	}
	fclose(smaps);
	errno = 0;
	if (!f->ram)
		return fail(why, "the mapping of guest RAM");
	if (!base || count_image(pid, base, f) || f->image > f->own)
		return fail(why, "the runtime image in the executable");
	f->own -= f->image;
	return 0;
}
