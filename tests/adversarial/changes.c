// SPDX-License-Identifier: Apache-2.0
/*
 * Attempts to change what is not granted for writing (I5), and to leave behind
 * what a host would run or open in another's name (I6). That nothing outside
 * of writable/ has changed is checked after each attack.
 */
#include "tests/adversarial/message.h"
#include "tests/adversarial/scene.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct run plain = { .ring = 3 };

static struct message valid_of(uint32_t number)
{
	for (unsigned int i = 0; i < valid_count; i++)
		if (valid[i].number == number)
			return valid[i];
	return (struct message){ .number = number };
}

/* Appends a name to a message whose arguments are there. */
static void add_name(struct message *m, const char *name)
{
	size_t length = strlen(name);

	m->args.bytes[m->length] = (uint8_t)length;
	memcpy(m->args.bytes + m->length + 1, name, length);
	m->length += (uint32_t)(1 + length);
}

static int is_there(const char *name)
{
	struct stat st;

	return lstat(scene_path(name), &st) == 0;
}

/* Opening for writing what a read grant shows, by each way to it. */
static void opening_to_write(void)
{
	static const struct {
		const char *what, *name;
		uint32_t handle;
		int32_t error;
	} walks[] = { { "a file of a read grant", "file", H_ROOT, EROFS },
		      { "a directory of a read grant", "sub", H_ROOT, EISDIR },
		      { "what a read grant's directory holds", "inner", H_SUB, EROFS },
		      { "a link of a read grant", "link", H_ROOT, 0 },
		      { "a copy of an open handle", NULL, H_FILE, EROFS },
		      { "a directory of a write grant", "sub", H_DIR, EISDIR },
		      { "a FIFO of a write grant", "fifo", H_DIR, 0 } };

	for (size_t i = 0; i < sizeof(walks) / sizeof(*walks); i++) {
		for (uint32_t flags = HC_WALK_WRITE; flags <= (HC_WALK_OPEN | HC_WALK_WRITE);
		     flags++) {
			struct message m = walk_start(walks[i].handle, flags);
			struct hc_fs_walk_out out;
			struct record *record;

			if (walks[i].name)
				walk_name(&m, walks[i].name, strlen(walks[i].name));
			record = message_check(&plain, walks[i].what, &m);
			memcpy(&out, record->reply, sizeof(out));
			if (out.opened || out.error != walks[i].error)
				fail("%s: opened %u, error %d", walks[i].what, out.opened,
				     out.error);
		}
	}
}

/* The names that FS_WALK refuses are refused in every row that takes one. */
static void names_of_every_row(void)
{
	static const char *const bad[] = { "",	  ".",		"..",	       "/",
					   "a/b", "../outside", "/etc/passwd", "sub/" };
	static const struct {
		uint32_t number, size;
	} rows[] = { { HC_FS_CREATE, sizeof(struct hc_fs_create) },
		     { HC_FS_REMOVE, sizeof(struct hc_fs_remove) },
		     { HC_FS_RENAME, sizeof(struct hc_fs_rename) },
		     { HC_FS_LINK, sizeof(struct hc_fs_link) } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t j = 0; j < sizeof(bad) / sizeof(*bad); j++) {
			struct message m = valid_of(rows[i].number);

			m.length = rows[i].size;
			if (rows[i].number == HC_FS_RENAME)
				add_name(&m, j % 2 ? "sub" : bad[j]);
			add_name(&m, rows[i].number == HC_FS_RENAME && j % 2 == 0 ? "new" : bad[j]);
			m.expect = (struct expect)KILL(NAME);
			message_check(&plain, bad[j], &m);
		}
	}
}

/* A link that the guest makes leads out of its tree: it goes there only if the host follows. */
static void own_links_are_not_followed(void)
{
	static const uint32_t kinds[] = { HC_CREATE_FILE, HC_CREATE_DIRECTORY };
	const struct message link = valid_of(HC_FS_CREATE); /* "new" */

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct message m = link;

		stage_orders(ORDERS_RECORDS);
		message_prelude();
		message_record(&link);
		m.args.fs_create.head.kind = kinds[i];
		m.expect = (struct expect)RESULT(-EEXIST);
		message_judge(&plain, "over a link", &m, message_record(&m));
	}
	for (uint32_t flags = HC_WALK_OPEN; flags <= (HC_WALK_OPEN | HC_WALK_WRITE); flags++) {
		struct message m = walk_start(H_DIR, flags);
		struct record *record;

		walk_name(&m, "new", 3);
		stage_orders(ORDERS_RECORDS);
		message_prelude();
		message_record(&link);
		record = message_record(&m);
		message_judge(&plain, "to a link", &m, record);
		if (((struct hc_fs_walk_out *)(void *)record->reply)->opened)
			fail("a link of the guest's own was opened");
	}
}

/* A second name for a file of the read grant, or of what is special, would make it writable. */
static void links_to_what_is_not_ours(void)
{
	static const struct {
		const char *what, *name;
		uint32_t from;
		int64_t result;
	} bad[] = { { "a file of a read grant", "file", H_ROOT, -EROFS },
		    { "a link of a read grant", "link", H_ROOT, -EROFS },
		    { "a directory", "sub", H_DIR, -EPERM },
		    { "a FIFO", "fifo", H_DIR, -EPERM },
		    { "a set-user-id file", "setuid", H_DIR, -EPERM } };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct message walk = walk_start(bad[i].from, 0), m = valid_of(HC_FS_LINK);

		walk_name(&walk, bad[i].name, strlen(bad[i].name));
		stage_orders(ORDERS_RECORDS);
		message_prelude();
		message_record(&walk);
		m.args.fs_link.head.object = H_FREE; /* what was walked to */
		m.expect = (struct expect)RESULT(bad[i].result);
		message_judge(&plain, bad[i].what, &m, message_record(&m));
		if (is_there("writable/new"))
			fail("%s got a second name", bad[i].what);
	}
}

/* Names move between write grants only. */
static void renames_across_grants(void)
{
	static const struct {
		const char *what, *name, *to_name;
		uint32_t from, to;
	} bad[] = { { "out of a read grant", "file", "new", H_ROOT, H_DIR },
		    { "out of a directory below one", "inner", "new", H_SUB, H_DIR },
		    { "into a read grant", "file", "new", H_DIR, H_ROOT },
		    { "over a file of a read grant", "file", "file", H_DIR, H_ROOT },
		    { "within a read grant", "file", "new", H_ROOT, H_ROOT } };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		for (uint32_t flags = 0; flags <= 2; flags++) {
			struct message m = valid_of(HC_FS_RENAME);

			m.length = sizeof(struct hc_fs_rename);
			m.args.fs_rename.head = (struct hc_fs_rename){
				.handle = bad[i].from, .to_handle = bad[i].to, .count = 2, flags
			};
			add_name(&m, bad[i].name);
			add_name(&m, bad[i].to_name);
			m.expect = (struct expect)RESULT(-EROFS);
			message_check(&plain, bad[i].what, &m);
		}
	}
}

/* The name of an attribute is no path: it may have slashes, and must still be a string. */
static void names_of_attributes(void)
{
	struct message m = valid_of(HC_FS_XATTR_SET);

	m.length = sizeof(struct hc_fs_xattr_set);
	add_name(&m, "user.../../x");
	message_check(&plain, "a name with slashes", &m);
	m.args.fs_xattr_set.names[3] = '\0';
	m.expect = (struct expect)KILL(NAME);
	message_check(&plain, "a name with a NUL", &m);
	m.length = sizeof(struct hc_fs_xattr_set);
	add_name(&m, "");
	message_check(&plain, "an empty name", &m);
}

/* Attributes by which the host's kernel gives privileges. */
static void reserved_attributes(void)
{
	static const char *const names[] = { "security.capability", "security.selinux",
					     "trusted.overlay.opaque", "trusted.x" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		for (uint32_t flags = 0; flags <= HC_XATTR_REMOVE; flags += HC_XATTR_REMOVE) {
			struct message m = valid_of(HC_FS_XATTR_SET);

			m.length = sizeof(struct hc_fs_xattr_set);
			m.args.fs_xattr_set.head.flags = flags;
			add_name(&m, names[i]);
			m.expect = (struct expect)RESULT(-EPERM);
			message_check(&plain, names[i], &m);
		}
	}
}

/* A target that the monitor would copy from where it cannot read. */
static void targets_in_the_window(void)
{
	struct message m = valid_of(HC_FS_CREATE);

	stage_orders(ORDERS_RECORDS);
	message_prelude();
	message_record(&(struct message){ .number = HC_FS_MAP,
					  .length = sizeof(struct hc_fs_map),
					  .args.fs_map = { .handle = H_FILE, .pages = 2 } });
	m.args.fs_create.head.target = (struct hc_segment){ GUEST_WINDOW_GPA + 4096, 16 };
	m.expect = (struct expect)KILL(SEGMENT);
	message_judge(&plain, "target past a file's end", &m, message_record(&m));
}

/* As many objects as the table of handles holds, and no more. */
static void creating_into_a_full_table(void)
{
	struct message m = valid_of(HC_FS_CREATE), copy = walk_start(H_SUB, 0);
	struct record *last;

	stage_orders(ORDERS_RECORDS);
	message_prelude();
	for (int i = H_FREE; i < STAGE_HANDLES; i++)
		message_record(&copy);
	last = message_record(&m);
	m.expect = (struct expect)RESULT(-EMFILE);
	message_judge(&plain, "into a full table", &m, last);
	if (is_there("writable/new"))
		fail("there is no handle of what was created");
}

const struct attack change_attacks[] = {
	{ "opening to write what is not granted so", opening_to_write },
	{ "names in every row that has one", names_of_every_row },
	{ "links of the guest's own are not followed", own_links_are_not_followed },
	{ "second names of what is not granted", links_to_what_is_not_ours },
	{ "renaming across grants", renames_across_grants },
	{ "names of attributes", names_of_attributes },
	{ "attributes that give privileges", reserved_attributes },
	{ "targets in the window", targets_in_the_window },
	{ "creating into a full table", creating_into_a_full_table },
	{ NULL, NULL },
};
