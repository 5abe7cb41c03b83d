// SPDX-License-Identifier: Apache-2.0
/*
 * Fuzzes the file service (I5, I6): scripts of requests on what earlier ones
 * opened, while the host changes the tree, too. Whatever a guest asks, nothing
 * outside of its grants changes, the holes are respected, and the canaries of
 * what it may not see never reach it.
 */
#include "tests/fuzz/vm.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* One step of a script. */
struct step {
	uint8_t what, handle, other, name, second, flags, a, b;
};

#define WINDOW_PAGES 8

static struct vm vm;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_vm_start(&vm, 1);
	return 0;
}

static const char *const names[] = { "file",   "link",	"dir",	"setuid",  "fifo",   "out",
				     "secret", "none",	"keep", "sub",	   "deep",   "kept",
				     "new",    "other", "ro",	"outside", "user.a", "...",
				     " ",      "\377",	"rw" };
#define NAMES (sizeof(names) / sizeof(*names))

/* The n-th of the handles that are open, so that most requests find one. */
static uint32_t handle_of(uint8_t n)
{
	uint32_t open[FUZZ_MAX], count = 0;

	for (uint32_t i = 0; i < FUZZ_MAX; i++)
		if (handles_get(&vm.handles, i))
			open[count++] = i;
	return n == 255 ? FUZZ_MAX : open[n % count];
}

/* Whether something that the guest can look at holds a canary. */
static void look_for_canary(const void *bytes, size_t size, const char *where)
{
	if (memmem(bytes, size, CANARY, sizeof(CANARY) - 1))
		fuzz_fail("%s shows a file that is not granted", where);
}

static void check_attr(const struct hc_attr *attr)
{
	struct stat st;

	for (int i = 0; i < 2; i++)
		if (!lstat(fuzz_path(i ? "outside/secret" : "outside"), &st) &&
		    st.st_ino == attr->ino && st.st_dev == attr->dev)
			fuzz_fail("a handle leads outside");
}

static int64_t ask(uint32_t number, const void *payload, size_t size)
{
	int64_t result = guest_call(&vm, number, payload, (uint32_t)size);
	struct hc_fs_walk_out walk;

	if (killed.end)
		return -1;
	look_for_canary(guest_reply(&vm), HC_PAYLOAD_MAX, "a reply");
	look_for_canary(gm_range(&vm.gm, BUFFER_GPA, 8192), 8192, "the guest's memory");
	if (number == HC_FS_WALK && result == 0) {
		memcpy(&walk, guest_reply(&vm), sizeof(walk));
		check_attr(&walk.attr);
	}
	return result;
}

static size_t add(uint8_t *payload, size_t used, uint8_t name)
{
	const char *text = names[name % NAMES];
	size_t length = strlen(text);

	payload[used] = (uint8_t)length;
	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): it is counted */
	memcpy(payload + used + 1, text, length);
	return used + 1 + length;
}

/* Arguments and up to three names. */
static int64_t ask_names(uint32_t number, const void *args, size_t size, const uint8_t *name,
			 uint32_t count)
{
	uint8_t payload[HC_PAYLOAD_MAX];

	memcpy(payload, args, size);
	for (uint32_t i = 0; i < count; i++)
		size = add(payload, size, name[i]);
	return ask(number, payload, size);
}

static const struct hc_segment buffer = { BUFFER_GPA, 8192 };

static void walk(const struct step *s)
{
	const uint8_t path[] = { s->name, s->second, s->a };
	const struct hc_fs_walk args = { .handle = handle_of(s->handle),
					 .flags = s->flags % 4,
					 .count = s->b % 4 };

	ask_names(HC_FS_WALK, &args, sizeof(args), path, args.count);
}

static void load(const struct step *s)
{
	const uint8_t list[] = { s->name, s->second, s->a };
	const struct hc_fs_load args = { .handle = handle_of(s->handle),
					 .bytes = s->flags,
					 .count = 1 + s->b % 3,
					 .buffer = buffer };

	ask_names(HC_FS_LOAD, &args, sizeof(args), list, args.count);
}

static void create(const struct step *s)
{
	struct hc_fs_create args = { .handle = handle_of(s->handle),
				     .kind = s->flags % 4,
				     .mode = (uint32_t)s->a << 2 };

	args.count = args.kind != HC_CREATE_TEMPORARY;
	if (args.kind == HC_CREATE_SYMLINK) {
		strcpy(gm_range(&vm.gm, BUFFER_GPA, 64), s->b % 2 ? "../../outside/secret" : "dir");
		args.target = (struct hc_segment){ BUFFER_GPA, s->b % 2 ? 20 : 3 };
	}
	ask_names(HC_FS_CREATE, &args, sizeof(args), &s->name, args.count);
}

static void remove_name(const struct step *s)
{
	const struct hc_fs_remove args = { .handle = handle_of(s->handle),
					   .directory = s->flags % 2,
					   .count = 1 };

	ask_names(HC_FS_REMOVE, &args, sizeof(args), &s->name, 1);
}

static void rename_name(const struct step *s)
{
	const struct hc_fs_rename args = { .handle = handle_of(s->handle),
					   .to_handle = handle_of(s->other),
					   .count = 2,
					   .flags = s->flags % 3 };

	ask_names(HC_FS_RENAME, &args, sizeof(args), &s->name, 2);
}

static void link_name(const struct step *s)
{
	const struct hc_fs_link args = { .handle = handle_of(s->handle),
					 .object = handle_of(s->other),
					 .count = 1 };

	ask_names(HC_FS_LINK, &args, sizeof(args), &s->name, 1);
}

static void set_attr(const struct step *s)
{
	const struct hc_fs_set_attr args = { .handle = handle_of(s->handle),
					     .what = 1 + s->flags % 31,
					     .mode = (uint32_t)s->a << 1,
					     .uid = (uint32_t)s->name - 1,
					     .gid = (uint32_t)s->second - 1,
					     .size = s->b,
					     .atime_ns = s->a,
					     .mtime_ns = s->b ? s->b : HC_TIME_NOW };

	ask(HC_FS_SET_ATTR, &args, sizeof(args));
}

static void xattr(const struct step *s)
{
	static const uint8_t flags[] = { 0, 1, 2, 4 };
	static const char *const texts[] = { "\006user.a", "\012security.x", "\011trusted.a",
					     "\027system.posix_acl_access",
					     "\024security.capability" };
	const char *text = texts[s->name % 5];
	struct {
		struct hc_fs_xattr_set args;
		char name[32];
	} set = { .args = { .handle = handle_of(s->handle),
			    .flags = flags[s->flags % 4],
			    .count = 1,
			    .value = { BUFFER_GPA, s->a } } };

	memcpy(set.name, text, 1 + (size_t)*text);
	ask(HC_FS_XATTR_SET, &set, sizeof(set.args) + 1 + (size_t)*text);
}

/* Reads or writes; an offset of -1 appends. */
static void transfer(const struct step *s, uint32_t number)
{
	const struct {
		struct hc_fs_write args;
		struct hc_segment segment;
	} all = { { handle_of(s->handle), 1,
		    s->flags & 1 && number == HC_FS_WRITE ? -1 : s->a * 16 },
		  { BUFFER_GPA, 1 + s->b } };

	memset(gm_range(&vm.gm, BUFFER_GPA, 256), 'w', 256);
	ask(number, &all, sizeof(all));
}

static void list(const struct step *s)
{
	const struct hc_fs_readdir args = { .handle = handle_of(s->handle),
					    .cookie = s->a,
					    .buffer = buffer };
	const struct hc_fs_readlink link = { .handle = handle_of(s->handle), .buffer = buffer };

	if (s->flags % 2)
		ask(HC_FS_READDIR, &args, sizeof(args));
	else
		ask(HC_FS_READLINK, &link, sizeof(link));
}

/* By the kernel, since what is past the end of a file cannot be touched. */
static int touch_window(uint64_t gpa, void *bytes, size_t size, int write)
{
	const struct iovec here = { bytes, size };
	const struct iovec there = { gm_range(&vm.gm, gpa, size), size };
	pid_t self = getpid();

	if (!there.iov_base)
		return 0;
	return (write ? process_vm_writev(self, &here, 1, &there, 1, 0)
		      : process_vm_readv(self, &here, 1, &there, 1, 0)) > 0;
}

/* Maps, looks at what is there, and stores into what is shared. */
static void map(const struct step *s)
{
	const struct hc_fs_map args = { .handle = handle_of(s->handle),
					.pages = 1 + s->a % 2,
					.file_page = s->b % 2,
					.window_page = s->name % WINDOW_PAGES,
					.flags = s->flags % 2 };
	uint64_t gpa = (args.flags ? GUEST_SHARED_GPA : GUEST_WINDOW_GPA) +
		       args.window_page * GUEST_PAGE_SIZE;
	char page[128];

	if (ask(HC_FS_MAP, &args, sizeof(args)) || killed.end)
		return;
	if (touch_window(gpa, page, sizeof(page), 0))
		look_for_canary(page, sizeof(page), "a mapped page");
	memset(page, 'm', sizeof(page));
	if (args.flags)
		touch_window(gpa, page, 4, 1);
}

static void unmap(const struct step *s)
{
	const struct hc_fs_unmap args = { .window_page = s->name % WINDOW_PAGES,
					  .pages = 1 + s->a % 4,
					  .flags = s->flags % 2 };

	ask(HC_FS_UNMAP, &args, sizeof(args));
}

static void query(const struct step *s)
{
	const struct hc_fs_handle args = { .handle = handle_of(s->handle) };
	const struct hc_fs_allocate room = {
		.handle = args.handle, .mode = s->flags, .offset = s->a, .length = 1 + s->b
	};

	switch (s->name % 3) {
	case 0:
		ask(HC_FS_ATTR, &args, sizeof(args));
		break;
	case 1:
		ask(HC_FS_STATFS, &args, sizeof(args));
		break;
	default:
		ask(HC_FS_ALLOCATE, &room, sizeof(room));
	}
}

static void close_handle(const struct step *s)
{
	const struct {
		struct hc_fs_close args;
		uint32_t handle;
	} all = { { 1, 0 }, handle_of(s->handle) };

	if (all.handle > FUZZ_RO)
		ask(HC_FS_CLOSE, &all, sizeof(all));
}

/* What other programs of the host do meanwhile, on names that mean nothing to the policy. */
static void host(const struct step *s)
{
	const char *new = fuzz_path("rw/new"), *other = "rw/other";
	int failed = 0;

	switch (s->flags % 6) {
	case 0: /* a second name for what is denied */
		failed = link(fuzz_path("rw/dir/secret"), new);
		break;
	case 1: /* a second name for what is read-only */
		failed = link(fuzz_path("rw/dir/kept"), new);
		break;
	case 2: /* a link that leads outside */
		failed = symlink("../outside", fuzz_path(other));
		break;
	case 3:
		failed = mkdir(fuzz_path(other), 0755);
		break;
	case 4:
		failed = rename(new, fuzz_path(other));
		break;
	default:
		failed = renameat2(AT_FDCWD, new, AT_FDCWD, fuzz_path("rw/file"), RENAME_EXCHANGE);
	}
	if (!failed)
		fuzz_tree_changed();
}

static void take(const struct step *s)
{
	static void (*const acts[])(const struct step *) = {
		walk,	   walk, walk,	walk, load,  create,   create, remove_name, rename_name,
		link_name, list, query, map,  unmap, set_attr, xattr,  host,	    close_handle
	};
	size_t count = sizeof(acts) / sizeof(*acts), what = s->what % (count + 3u);

	if (what < count)
		acts[what](s);
	else
		transfer(s, what == count ? HC_FS_READ : HC_FS_WRITE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct step step;

	fuzz_vm_reset(&vm);
	fuzz_tree_plant(&vm);
	for (int n = 0; n < 48 && size >= sizeof(step); n++) {
		memcpy(&step, data, sizeof(step));
		data += sizeof(step);
		size -= sizeof(step);
		take(&step);
		if (killed.end)
			break; /* it is not entered again */
	}
	fuzz_tree_check(&vm);
	return 0;
}
