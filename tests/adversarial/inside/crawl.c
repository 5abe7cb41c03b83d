// SPDX-License-Identifier: Apache-2.0
/*
 * crawl PATH... [: NAME...]: goes through all that can be reached from those
 * grants, by hypercalls alone, tries each NAME in each directory, and opens
 * everything in every way. Prints what it could read and write, and LEAK for
 * what nobody may see.
 */
#include "tests/adversarial/inside/crawl.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct node nodes[NODES_MAX];
size_t node_count;
static char **tempting; /* NAMEs */

static char kind_of(uint32_t mode)
{
	return S_ISREG(mode)	? 'f'
	       : S_ISDIR(mode)	? 'd'
	       : S_ISLNK(mode)	? 'l'
	       : S_ISFIFO(mode) ? 'p'
				: '?';
}

/* A node below a directory, if it can be walked to. */
static void enter(size_t parent, const char *name)
{
	struct node *node = &nodes[node_count], *up = &nodes[parent];
	const size_t used = strlen(up->path);
	struct hc_fs_walk_out out;

	for (size_t i = 0; i < node_count; i++)
		if (nodes[i].parent == parent && strcmp(nodes[i].name, name) == 0)
			return;
	if (node_count == NODES_MAX || call_walk(up->handle, &name, 1, HC_WALK_OPEN, &out))
		return;
	*node = (struct node){ .handle = out.handle, .parent = parent, .mode = out.attr.mode };
	node->opened = out.opened;
	snprintf(node->name, sizeof(node->name), "%s", name);
	if (used + strlen(name) + 2 > sizeof(node->path))
		return;
	memcpy(node->path, up->path, used);
	snprintf(node->path + used, sizeof(node->path) - used, "/%s", name);
	node_count++;
}

static void list(size_t parent)
{
	static uint8_t entries[BUFFER_BYTES];
	uint64_t cookie = 0;
	int64_t bytes;

	while ((bytes = call_list(nodes[parent].handle, cookie)) > 0) {
		memcpy(entries, buffer, (size_t)bytes);
		for (int64_t at = 0; at < bytes;) {
			const struct dirent64 *entry = (const struct dirent64 *)(entries + at);

			if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
				enter(parent, entry->d_name);
			cookie = (uint64_t)entry->d_off;
			at += entry->d_reclen;
		}
	}
	for (char **name = tempting; *name; name++)
		enter(parent, *name);
}

void crawl_all(char **words)
{
	while (*words && strcmp(*words, ":") != 0) {
		int64_t grant = call_grant(*words);
		struct hc_fs_walk_out out;
		struct node *node = &nodes[node_count];

		if (grant >= 0 && !call_walk((uint32_t)grant, NULL, 0, HC_WALK_OPEN, &out)) {
			*node = (struct node){ .handle = out.handle,
					       .parent = NODES_MAX,
					       .mode = out.attr.mode,
					       .opened = out.opened };
			snprintf(node->path, sizeof(node->path), "%s", *words);
			node_count++;
		}
		words++;
	}
	tempting = *words ? words + 1 : words;
	for (size_t i = 0; i < node_count; i++)
		if (S_ISDIR(nodes[i].mode))
			list(i);
}

/* By each way that there is to contents. */
static void look(const struct node *node)
{
	static const uint32_t ways[] = { HC_WALK_OPEN, HC_WALK_WRITE,
					 HC_WALK_OPEN | HC_WALK_WRITE };
	char may[4] = "---";
	struct hc_fs_walk_out out;

	for (size_t i = 0; i < 3; i++) {
		if (call_walk(node->handle, NULL, 0, ways[i], &out))
			continue;
		may[i] = out.opened ? "rwb"[i] : '-';
		if (out.opened && has_canary(call_read(out.handle)))
			printf("LEAK %s\n", node->path);
		call_close(out.handle);
	}
	if (S_ISLNK(node->mode) && has_canary(call_readlink(node->handle)))
		printf("LEAK %s\n", node->path);
	printf("%c %s %s\n", kind_of(node->mode), may, node->path);
}

int crawl(char **words)
{
	crawl_all(words);
	for (size_t i = 0; i < node_count; i++)
		look(&nodes[i]);
	return 0;
}
