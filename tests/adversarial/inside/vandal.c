// SPDX-License-Identifier: Apache-2.0
/*
 * vandal COUNT PATH... [: NAME...]: COUNT acts by chance, each meant to change
 * something: on all that crawl finds, by handles that stay open whatever is
 * moved under them, and with the NAMEs as names.
 */
#include "tests/adversarial/inside/crawl.h"

#include "abi/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char **tempting;
static size_t tempting_count;
static unsigned long done, tried;

static struct node *any(void)
{
	return &nodes[(size_t)random() % node_count];
}

static struct node *any_directory(void)
{
	struct node *node = any();

	for (int i = 0; i < 100 && !S_ISDIR(node->mode); i++)
		node = any();
	return node;
}

static struct name any_name(void)
{
	static char made[16];
	const char *name = any()->name;

	if (random() % 3 == 0 && tempting_count)
		name = tempting[(size_t)random() % tempting_count];
	else if (random() % 3 == 0 || !*name) {
		snprintf(made, sizeof(made), "v%ld", random() % 5);
		name = made;
	}
	return (struct name){ name, strlen(name) };
}

static void count(int64_t result)
{
	tried++;
	done += result >= 0;
}

static void create(void)
{
	struct hc_fs_create args = { .handle = any_directory()->handle,
				     .kind = (uint32_t)random() % 4,
				     .mode = 0777,
				     .target = { buffer_gpa, 10 } };
	struct name name = any_name();
	struct hc_fs_walk_out out;
	int64_t result;

	strcpy((char *)buffer, "../outside");
	args.count = args.kind != HC_CREATE_TEMPORARY;
	result = call_names(HC_FS_CREATE, &args, sizeof(args), &name, args.count);
	count(result);
	if (result)
		return;
	memcpy(&out, call_reply(), sizeof(out));
	call_close(out.handle);
}

static void take_away(void)
{
	const struct hc_fs_remove args = { .handle = any_directory()->handle,
					   .directory = (uint32_t)random() % 2,
					   .count = 1 };
	struct name name = any_name();

	if (random() % 4 == 0) /* or soon nothing is left */
		count(call_names(HC_FS_REMOVE, &args, sizeof(args), &name, 1));
}

static void move(void)
{
	const struct hc_fs_rename args = { .handle = any_directory()->handle,
					   .to_handle = any_directory()->handle,
					   .count = 2,
					   .flags = (uint32_t)random() % 3 };
	struct name names[2] = { any_name(), any_name() };

	count(call_names(HC_FS_RENAME, &args, sizeof(args), names, 2));
}

static void link_to(void)
{
	const struct hc_fs_link args = { .handle = any_directory()->handle,
					 .object = any()->handle,
					 .count = 1 };
	struct name name = any_name();

	count(call_names(HC_FS_LINK, &args, sizeof(args), &name, 1));
}

static void set_attributes(void)
{
	const struct hc_fs_set_attr args = { .handle = any()->handle,
					     .what = 1 + (uint32_t)random() % 31,
					     .mode = 0777,
					     .uid = UINT32_MAX,
					     .gid = UINT32_MAX,
					     .mtime_ns = 1,
					     .atime_ns = 1 };
	const struct hc_fs_xattr_set named = { .handle = any()->handle,
					       .count = 1,
					       .value = { buffer_gpa, 4 } };
	const struct name name = { "user.vandal", 11 };

	count(call(HC_FS_SET_ATTR, &args, sizeof(args)));
	count(call_names(HC_FS_XATTR_SET, &named, sizeof(named), &name, 1));
}

/* Opens it to write, and writes in each way, also by what was opened to be read. */
static void overwrite(void)
{
	const struct node *node = any();
	struct hc_fs_allocate room = { .mode = (uint32_t)random() % 4, .length = 4096 };
	struct hc_fs_set_attr cut = { .what = HC_SET_SIZE, .size = 1 + random() % 9 };
	struct hc_fs_map map = { .pages = 1, .flags = HC_MAP_SHARED };
	const struct hc_fs_unmap gone = { .pages = 1, .flags = HC_MAP_SHARED };
	struct hc_fs_walk_out out;

	if (call_walk(node->handle, NULL, 0, 1 + (uint32_t)random() % 3, &out))
		return;
	room.handle = cut.handle = map.handle = out.handle;
	count(call_write(out.handle, "VANDAL"));
	count(call_write(node->handle, "VANDAL"));
	count(call(HC_FS_ALLOCATE, &room, sizeof(room)));
	count(call(HC_FS_SET_ATTR, &cut, sizeof(cut)));
	if (!call(HC_FS_MAP, &map, sizeof(map))) {
		*(volatile char *)(GUEST_DIRECT_BASE + GUEST_SHARED_GPA) = 'V';
		count(call(HC_FS_UNMAP, &gone, sizeof(gone)));
	}
	call_close(out.handle);
}

int vandal(char **words)
{
	static void (*const acts[])(void) = { create,	      take_away, move, link_to,
					      set_attributes, overwrite, move };
	long rounds = atol(*words);

	crawl_all(words + 1);
	for (tempting = words; *tempting && strcmp(*tempting, ":") != 0;)
		tempting++;
	for (tempting += *tempting != NULL; tempting[tempting_count];)
		tempting_count++;
	srandom((unsigned int)rounds);
	for (long i = 0; node_count && i < rounds; i++)
		acts[(size_t)random() % (sizeof(acts) / sizeof(*acts))]();
	printf("%zu objects\n", node_count);
	return !(done > 100 && tried > done);
}
